package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/lintel-gateway/lintel/internal/cli"
)

// run executes one command line against a server and answers what it printed.
func run(t *testing.T, environ []string, in string, args ...string) (string, error) {
	t.Helper()
	root := &cobra.Command{Use: "lintel", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(cli.Commands(environ)...)
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetIn(strings.NewReader(in))
	root.SetArgs(args)
	err := root.ExecuteContext(context.Background())
	return out.String(), err
}

// asked is a request that a server got.
type asked struct {
	line string // method and URI
	body map[string]any
}

// platform answers each "METHOD /path?query" with what is given, and keeps what
// it was asked. The wire itself is proved against the real platform in test/e2e;
// here it is what a command says and prints.
func platform(t *testing.T, answers map[string]string) (url string, got *[]asked) {
	t.Helper()
	got = new([]asked)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := asked{line: r.Method + " " + r.RequestURI}
		if b, _ := io.ReadAll(r.Body); len(b) > 0 {
			if err := json.Unmarshal(b, &a.body); err != nil {
				t.Errorf("%s: %v", a.line, err)
			}
		}
		*got = append(*got, a)
		w.Header().Set("Content-Type", "application/json")
		switch answer, ok := answers[a.line]; {
		case r.URL.Path == "/v3/auth/tokens":
			w.Header().Set("X-Subject-Token", "the-token")
			w.WriteHeader(http.StatusCreated)
		case r.Header.Get("X-Auth-Token") != "the-token":
			w.WriteHeader(http.StatusUnauthorized)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"error":{"code":404,"message":"Could not find it.","title":"Not Found"}}`)
		default:
			io.WriteString(w, answer)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}

func as(url string) []string {
	return []string{"OS_AUTH_URL=" + url + "/v3", "OS_USERNAME=chief", "OS_PASSWORD=pw", "OS_USER_DOMAIN_NAME=Sales", "OS_DOMAIN_NAME=Sales"}
}

const twoUsers = `{"users":[
 {"id":"u1","name":"王小明","domain_id":"d1","email":null,"enabled":true,"links":{"self":"x"}},
 {"id":"u2","name":"evil\u001b[31m\u202eeman","domain_id":"d1","email":"a@b.example","enabled":false}]}`

// Columns stand below each other also behind Chinese names, and nothing of a
// name reaches the terminal as a command.
func TestTable(t *testing.T) {
	url, _ := platform(t, map[string]string{"GET /v3/users": twoUsers})
	out, err := run(t, as(url), "", "user", "list")
	want := "ID  NAME            DOMAIN ID  EMAIL        ENABLED  DEFAULT PROJECT ID\n" +
		"u1  王小明          d1         -            yes      -\n" +
		"u2  evil·[31m·eman  d1         a@b.example  no       -\n"
	if err != nil || out != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

func TestDocuments(t *testing.T) {
	const quotas = `{"domain":{"RegionOne":{"usage":{"cores":1},"quotas":{"cores":156.5,"ram":31146.0},"limits":{"cores":-1}}}}`
	url, _ := platform(t, map[string]string{
		"GET /v3/users": twoUsers, "GET /v3/domains/d1": `{"domain":{"id":"d1","name":"Sales"}}`, "GET /v3/domain_quotas/d1": quotas,
	})
	out, err := run(t, as(url), "", "user", "list", "-o", "json")
	var users []map[string]any
	if err != nil || json.Unmarshal([]byte(out), &users) != nil || len(users) != 2 || users[0]["name"] != "王小明" || !strings.Contains(out, "王小明") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = run(t, as(url), "", "quota", "show", "d1", "-o", "yaml")
	if err != nil || !strings.Contains(out, "cores: 156.5\n") || !strings.Contains(out, "cores: -1\n") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = run(t, as(url), "", "quota", "show", "d1")
	if err != nil || !strings.Contains(out, "ITEM   QUOTAS   ALLOCATED  LIMITS\ncores  156.5    1          unlimited\n") || !strings.Contains(out, "ram    31146.0  -          -\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// What a command sends: names become ids, the id first; numbers stay as typed.
func TestRequests(t *testing.T) {
	answers := map[string]string{
		"GET /v3/domains/Sales": `{"domain":{"id":"d1","name":"Sales"}}`, "GET /v3/domains/d1": `{"domain":{"id":"d1","name":"Sales"}}`,
		"GET /v3/users?domain_id=d1&name=amy":   `{"users":[{"id":"u1","name":"amy","domain_id":"d1"}]}`,
		"GET /v3/users?name=amy":                `{"users":[{"id":"u1","name":"amy"},{"id":"u2","name":"amy"}]}`,
		"GET /v3/users?domain_id=d1&name=ghost": `{"users":[]}`, "GET /v3/users?name=a%2F..%2Fb": `{"users":[]}`,
		"GET /v3/roles?name=member":               `{"roles":[{"id":"r1","name":"member"}]}`,
		"GET /v3/projects?name=shop":              `{"projects":[{"id":"p1","name":"shop"}]}`,
		"GET /v3/projects?domain_id=d1&name=shop": `{"projects":[{"id":"p1","name":"shop"}]}`,
		"PUT /v3/projects/p1/users/u1/roles/r1":   ``, "DELETE /v3/users/u1": ``,
		"GET /v3/domain_quotas/d1":   `{"domain":{"RegionOne":{"quotas":{}}}}`,
		"PATCH /v3/domain_quotas/d1": `{"domain":{"RegionOne":{"quotas":{"cores":100.50}}}}`,
		"POST /v3/users":             `{"user":{"id":"u9","name":"bob"}}`,
	}
	for _, c := range []struct {
		args, in string
		last     string // the last request, with its body
		out      string // a part of the output
		refused  string // a part of the error
		misuse   bool
	}{
		{args: "role grant member --user amy --project shop --in Sales", last: `PUT /v3/projects/p1/users/u1/roles/r1`, out: "amy holds member on shop"},
		{args: "role grant member --user amy --project shop", refused: `2 users are named "amy"`},
		{args: "role grant member --user amy", refused: "say who", misuse: true},
		{args: "user delete amy --domain Sales", last: "DELETE /v3/users/u1", out: "deleted user amy (u1)"},
		{args: "user delete ghost --domain Sales", refused: `no user "ghost"`},
		{args: "user create bob --domain Sales --password-stdin", in: "s3cret line\nmore", last: `POST /v3/users {"user":{"domain_id":"d1","name":"bob","password":"s3cret line"}}`, out: "bob"},
		{args: "user create bob --password-stdin", in: "\n", refused: "holds no password", misuse: true},
		{args: "user create bob", refused: "--password-stdin or --generate-password", misuse: true},
		{args: "user set amy --domain Sales", refused: "nothing to change", misuse: true},
		{args: "user set amy --enable --disable", refused: "none of the others can be"},
		{args: "quota set Sales cores=100.50 ram=-1", last: `PATCH /v3/domain_quotas/d1 {"domain":{"cores":100.50,"ram":-1,"region":"RegionOne"}}`, out: "100.50"},
		{args: "quota set Sales cores=many", refused: "not a number", misuse: true},
		{args: "quota set Sales cores=1 cores=2", refused: "given twice", misuse: true},
		{args: "quota set cores=1", refused: "whose quotas", misuse: true},
		{args: "user list -o xml", refused: "table, json or yaml", misuse: true},
		{args: "user show", refused: "accepts 1 arg", misuse: true},
		{args: "user show a/../b", refused: "no user"},
		{args: "user list --url localhost:1", refused: "http://host:port", misuse: true},
	} {
		t.Run(c.args, func(t *testing.T) {
			url, got := platform(t, answers)
			out, err := run(t, as(url), c.in, strings.Fields(c.args)...)
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("%v, want %q", err, c.refused)
				}
				if _, is := errors.AsType[cli.UsageError](err); is != c.misuse {
					t.Errorf("a fault of the command line: %v, want %v (%v)", is, c.misuse, err)
				}
				return
			}
			if err != nil || !strings.Contains(out, c.out) {
				t.Fatalf("%v\n%s", err, out)
			}
			method, rest, _ := strings.Cut(c.last, " ")
			uri, body, _ := strings.Cut(rest, " ")
			last := (*got)[len(*got)-1]
			var want map[string]any
			if body != "" {
				if err := json.Unmarshal([]byte(body), &want); err != nil {
					t.Fatal(err)
				}
			}
			a, _ := json.Marshal(last.body)
			b, _ := json.Marshal(want)
			if last.line != method+" "+uri || string(a) != string(b) {
				t.Errorf("sent %s %s, want %s", last.line, a, c.last)
			}
		})
	}
}

// A password that is made is shown once and only there.
func TestGeneratedPassword(t *testing.T) {
	url, got := platform(t, map[string]string{"POST /v3/users": `{"user":{"id":"u9","name":"bob"}}`})
	out, err := run(t, as(url), "", "user", "create", "bob", "--generate-password")
	user, _ := (*got)[len(*got)-1].body["user"].(map[string]any)
	password, _ := user["password"].(string)
	if err != nil || len(password) < 20 || strings.Count(out, password) != 1 {
		t.Errorf("%v, %d characters\n%s", err, len(password), out)
	}
}

// Who logs in, and for what.
func TestLogIn(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "admin-password"), []byte("first\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want, refused string
		environ             []string
	}{
		{name: "the first administrator", environ: []string{"LINTEL_DATA_DIR=" + dir},
			want: `{"identity":{"methods":["password"],"password":{"user":{"domain":{"id":"default"},"name":"admin","password":"first"}}},"scope":{"domain":{"id":"default"}}}`},
		{name: "a person in a project", environ: []string{"OS_USERNAME=amy", "OS_PASSWORD=pw", "OS_PROJECT_NAME=shop", "OS_PROJECT_DOMAIN_NAME=Sales"},
			want: `{"identity":{"methods":["password"],"password":{"user":{"domain":{"id":"default"},"name":"amy","password":"pw"}}},"scope":{"project":{"domain":{"name":"Sales"},"name":"shop"}}}`},
		{name: "an application credential", environ: []string{"OS_APPLICATION_CREDENTIAL_ID=c1", "OS_APPLICATION_CREDENTIAL_SECRET=s"},
			want: `{"identity":{"application_credential":{"id":"c1","secret":"s"},"methods":["application_credential"]}}`},
		{name: "nobody", environ: []string{"LINTEL_DATA_DIR=" + t.TempDir()}, refused: "nobody is named"},
		{name: "half a person", environ: []string{"OS_USERNAME=amy"}, refused: "OS_PASSWORD is not"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, got := platform(t, map[string]string{"GET /v3/roles": `{"roles":[]}`})
			_, err := run(t, append(c.environ, "OS_AUTH_URL="+url), "", "role", "list")
			if c.refused != "" {
				if _, misuse := errors.AsType[cli.UsageError](err); !misuse || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("%v", err)
				}
				return
			}
			if auth, _ := json.Marshal((*got)[0].body["auth"]); err != nil || string(auth) != c.want {
				t.Errorf("%v\n%s\nwant %s", err, auth, c.want)
			}
		})
	}
	t.Run("a token is used as it is", func(t *testing.T) {
		url, got := platform(t, map[string]string{"GET /v3/roles": `{"roles":[]}`})
		if _, err := run(t, []string{"OS_AUTH_URL=" + url, "OS_TOKEN=the-token"}, "", "role", "list"); err != nil || len(*got) != 1 {
			t.Errorf("%v, %v", err, *got)
		}
	})
}
