package api_test

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

// tenant is a project with the people who work in it.
type tenant struct {
	name, project  string
	member, reader *actor
	memberID       string
	readerID       string
}

const userPassword = "battery staple"

// tenants makes two projects that know nothing of each other.
func (s *scenario) tenants() (own, other *tenant) {
	s.t.Helper()
	return s.tenant("own"), s.tenant("other")
}

// tenant makes a project with a member and a reader and logs both in.
func (s *scenario) tenant(name string) *tenant {
	s.t.Helper()
	// Ids make the names unique: tests share one installation.
	t := &tenant{name: name + "_" + s.ids.New()[:8]}
	p, err := s.accounts.CreateProject(s.t.Context(), accounts.NewProject{Name: t.name})
	if err != nil {
		s.t.Fatal(err)
	}
	t.project = p.ID
	t.member, t.memberID = s.person(name+" member", t, accounts.RoleMember)
	t.reader, t.readerID = s.person(name+" reader", t, accounts.RoleReader)
	return t
}

// person makes a user with a role in the tenant's project and logs it in there.
func (s *scenario) person(name string, t *tenant, role string) (*actor, string) {
	s.t.Helper()
	login := strings.ReplaceAll(name, " ", "_") + "_" + t.name
	u, err := s.accounts.CreateUser(s.t.Context(), accounts.NewUser{Name: login, Password: userPassword, DefaultProjectID: t.project})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.accounts.Assign(s.t.Context(), u.ID, role, accounts.OnProject, t.project); err != nil {
		s.t.Fatal(err)
	}
	return &actor{name: name, token: s.logIn(login, userPassword, scopeOf(t.project))}, u.ID
}

func scopeOf(project string) object { return object{"project": object{"id": project}} }

// byPassword is the body of a log-in; scope may be nil.
func byPassword(user, password string, scope any) object {
	auth := object{"identity": object{
		"methods":  list{"password"},
		"password": object{"user": object{"name": user, "password": password, "domain": object{"id": "default"}}},
	}}
	if scope != nil {
		auth["scope"] = scope
	}
	return object{"auth": auth}
}

func (s *scenario) logIn(user, password string, scope any) string {
	s.t.Helper()
	a := s.do(nobody, "POST /v3/auth/tokens?nocatalog", byPassword(user, password, scope))
	if a.status != 201 || a.header.Get("X-Subject-Token") == "" {
		s.t.Fatalf("log-in of %s: %d %s", user, a.status, a.body)
	}
	return a.header.Get("X-Subject-Token")
}

// signer is somebody with an access key in place of the token.
func (s *scenario) signer(as *actor, project string) *actor {
	s.t.Helper()
	made := s.post(as, credentialsPath, object{"credential": object{"description": as.name}})
	return &actor{
		name: as.name + " by signature", project: project,
		access: made.text("credential.access"), secret: made.text("credential.secret"),
	}
}

// The bodies of the things that scenarios need. Names are unique in a project,
// so whoever makes several gives them.

func (s *scenario) group(as *actor, name string) string {
	s.t.Helper()
	return s.post(as, "api-groups", object{"name": name}).text("id")
}

func (s *scenario) env(as *actor, name string) string {
	s.t.Helper()
	return s.post(as, "envs", object{"name": name}).text("id")
}

func (s *scenario) app(as *actor, name string) string {
	s.t.Helper()
	return s.post(as, "apps", object{"name": name}).text("id")
}

// mock is the document of an API that answers by itself.
func mock(group, name, path string) object {
	return object{
		"group_id": group, "name": name, "type": 1, "req_protocol": "BOTH", "req_method": "GET", "req_uri": path,
		"auth_type": "NONE", "backend_type": "MOCK", "mock_info": object{"result_content": "mock of " + name},
	}
}

// web is the document of an API with an HTTP backend.
func web(group, name, path, address string) object {
	d := mock(group, name, path)
	delete(d, "mock_info")
	d["backend_type"] = "HTTP"
	d["backend_api"] = object{
		"url_domain": address, "req_protocol": "HTTP", "req_method": "GET", "req_uri": "/backend", "timeout": 5000,
	}
	return d
}

// with is a copy of a document with other fields; nil takes one out.
func with(d object, pairs ...any) object {
	out := make(object, len(d))
	for k, v := range d {
		out[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if key := pairs[i].(string); pairs[i+1] == nil {
			delete(out, key)
		} else {
			out[key] = pairs[i+1]
		}
	}
	return out
}

func (s *scenario) api(as *actor, document object) string {
	s.t.Helper()
	return s.post(as, "apis", document).text("id")
}

// publish publishes and answers the version.
func (s *scenario) publish(as *actor, api, env string) string {
	s.t.Helper()
	return s.post(as, "apis/publish/"+api, object{"env_id": env}).text("version_id")
}

// unknown is an id that nothing has.
func (s *scenario) unknown() string { return s.ids.New() }

func many(text string, n int) string { return strings.Repeat(text, n) }

func numbered(format string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}
