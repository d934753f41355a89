package e2e_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// shell runs commands of the binary against a platform as one person.
type shell struct {
	t   *testing.T
	env []string
}

// run answers what a command printed; a failure is one of the test.
func (s *shell) run(in string, args ...string) string {
	s.t.Helper()
	out, errors, code := s.try(in, args...)
	if code != 0 {
		s.t.Fatalf("lintel %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errors)
	}
	return out
}

func (s *shell) try(in string, args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	c := exec.Command(binary, args...)
	c.Env = s.env
	c.Stdin = strings.NewReader(in)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil && c.ProcessState == nil {
		s.t.Fatal(err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// fails runs a command that has to be refused, with a part of the reason.
func (s *shell) fails(code int, reason, in string, args ...string) {
	s.t.Helper()
	out, errs, got := s.try(in, args...)
	if got != code || !strings.Contains(errs, reason) {
		s.t.Errorf("lintel %s: exit %d, want %d and %q\n%s%s", strings.Join(args, " "), got, code, reason, out, errs)
	}
}

// object is a command's answer as JSON.
func (s *shell) object(in string, args ...string) (o map[string]any) {
	s.t.Helper()
	out := s.run(in, append(args, "-o", "json")...)
	if err := json.Unmarshal([]byte(out), &o); err != nil {
		s.t.Fatalf("lintel %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return o
}

// person is a shell with the variables of somebody.
func (p *process) person(name, password, domain string, more ...string) *shell {
	return &shell{p.t, append([]string{
		"OS_AUTH_URL=" + p.management + "/v3", "OS_USERNAME=" + name, "OS_PASSWORD=" + password, "OS_USER_DOMAIN_NAME=" + domain,
	}, more...)}
}

// TestDepartmentFromTheCommandLine is docs/operate/identity.md as a test: an
// administrator sets a department up, its manager fills it, and both are
// stopped where their rights end.
func TestDepartmentFromTheCommandLine(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	root := &shell{t, []string{"OS_AUTH_URL=" + p.management + "/v3", "LINTEL_ADMIN_PASSWORD=" + password}}

	sales := root.object("", "domain", "create", "Sales", "--description", "Sells")["id"].(string)
	root.run("", "domain", "create", "Works")
	root.run("Chief-Passw0rd-1\n", "user", "create", "chief", "--domain", "Sales", "--password-stdin")
	root.run("", "role", "grant", "manager", "--user", "chief", "--domain", "Sales", "--in", "Sales")
	root.run("", "quota", "set", "Sales", "cores=100", "api_groups=2")
	root.fails(1, "", "", "quota", "set", "Sales", "castles=1")

	chief := p.person("chief", "Chief-Passw0rd-1", "Sales", "OS_DOMAIN_NAME=Sales")
	shop := chief.object("", "project", "create", "shop")
	if shop["domain_id"] != sales {
		t.Errorf("the project is in %v, want %s", shop["domain_id"], sales)
	}
	chief.run("Amy-Passw0rd-1\n", "user", "create", "amy", "--project", "shop", "--password-stdin")
	chief.run("", "group", "create", "sellers")
	chief.run("", "group", "add", "sellers", "amy")
	chief.run("", "role", "grant", "member", "--group", "sellers", "--project", "shop")
	if out := chief.run("", "role", "holders", "--project", "shop"); !strings.Contains(out, "member  -     sellers  shop") {
		t.Errorf("holders of the project:\n%s", out)
	}
	chief.fails(1, "(403", "", "role", "grant", "admin", "--user", "chief", "--domain", "Sales")
	chief.fails(1, "(403", "", "domain", "create", "Mine")
	chief.fails(1, "(403", "", "quota", "set", "Sales", "cores=1000")
	chief.fails(1, `no domain "Works"`, "", "user", "create", "spy", "--domain", "Works", "--generate-password")

	amy := p.person("amy", "Amy-Passw0rd-1", "Sales", "OS_PROJECT_NAME=shop", "OS_PROJECT_DOMAIN_NAME=Sales")
	key := amy.object("", "key", "create", "--description", "terraform")
	if key["secret"] == nil || key["status"] != "active" {
		t.Errorf("access key %v", key)
	}
	if out := amy.run("", "key", "list"); strings.Contains(out, key["secret"].(string)) || !strings.Contains(out, key["access"].(string)) {
		t.Errorf("keys:\n%s", out)
	}
	amy.fails(1, "(403", "", "user", "create", "friend", "--generate-password")
	amy.fails(2, "--password-stdin", "", "user", "create", "friend")

	chief.run("Amy-Passw0rd-2\n", "user", "password", "amy")
	amy.fails(1, "(401", "", "key", "list")
	amy = p.person("amy", "Amy-Passw0rd-2", "Sales", "OS_PROJECT_NAME=shop", "OS_PROJECT_DOMAIN_NAME=Sales")
	amy.run("", "key", "delete", key["access"].(string))

	if out := chief.run("", "quota", "show", "Sales"); !strings.Contains(out, "cores") || !strings.Contains(out, "100") {
		t.Errorf("quotas:\n%s", out)
	}
	chief.run("", "quota", "set", "--project", "shop", "cores=60")
	chief.fails(1, "", "", "quota", "set", "--project", "shop", "cores=101")
	root.run("", "quota", "usage")

	root.fails(1, "lintel domain set Sales --disable", "", "domain", "delete", "Sales")
	root.run("", "domain", "set", "Sales", "--disable")
	amy.fails(1, "(401", "", "key", "list")
	root.run("", "domain", "delete", "Sales")
	root.fails(1, `no domain "Sales"`, "", "domain", "show", "Sales")
	root.run("", "key", "rotate-signing")
	nobody := &shell{t, nil}
	nobody.fails(2, "nobody is named", "", "user", "list", "--data-dir", t.TempDir(), "--url", p.management)
	root.fails(1, "does not answer", "", "user", "list", "--url", "http://127.0.0.1:1")
}
