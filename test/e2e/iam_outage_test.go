package e2e_test

import (
	"testing"
	"time"
)

// credential makes an access key of the user who is logged in.
func (a *admin) credential() app {
	a.t.Helper()
	var made struct {
		Credential struct{ Access, Secret string }
	}
	a.do("POST", "/v3.0/OS-CREDENTIAL/credentials", object{"credential": object{"description": "outage"}}).want(a.t, 201).decode(a.t, &made)
	return app{Key: made.Credential.Access, Secret: made.Credential.Secret}
}

// TestIAMWithoutDatabase: when the database goes away under a running process,
// tokens are verified on, and access keys for as long as they are cached; then
// callers learn that identity is away, and not that they are wrong. A process
// that starts without its database knows nobody.
func TestIAMWithoutDatabase(t *testing.T) {
	t.Parallel()
	line, database := newLink(t)
	env := []string{"LINTEL_DATABASE=" + database}
	p := start(t, setup{env: env})
	a := p.admin(t, password)
	g, k := a.group("users"), a.credential()
	a.api(g.ID, "users_api", "/users", "IAM", "")
	admitted := func(p *process) {
		t.Helper()
		p.call(t, g, "/users", "X-Auth-Token", a.token).want(t, 200, "mock users_api")
		p.signed(t, g, "/users", k).want(t, 200, "mock users_api")
		p.call(t, g, "/users").want(t, 401, "APIG.0301")
		p.call(t, g, "/users", "X-Auth-Token", "x").want(t, 401, "APIG.0301", "decrypt token fail")
	}
	admitted(p)

	line.cut()
	admitted(p)
	eventually(t, "the access key to leave the cache", func() bool {
		answer := p.signed(t, g, "/users", k)
		if answer.status != 200 {
			answer.want(t, 503, "APIG.0613", "The IAM service is currently unavailable.")
		}
		return answer.status != 200
	})
	began := time.Now()
	p.signed(t, g, "/users", app{Key: "UNKNOWNUNKNOWNUNKNOW", Secret: "x"}).want(t, 503, "APIG.0613")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a refusal took %v", took)
	}
	p.call(t, g, "/users", "X-Auth-Token", a.token).want(t, 200, "mock users_api")
	p.call(t, g, "/users", "X-Auth-Token", "x").want(t, 401, "APIG.0301")
	p.kill() // its last figures cannot be stored, so it would not stop in order

	p = start(t, setup{data: p.data, env: env, unready: true})
	p.call(t, g, "/users", "X-Auth-Token", a.token).want(t, 503, "APIG.0613")
	p.signed(t, g, "/users", k).want(t, 503, "APIG.0613")
	p.call(t, g, "/users").want(t, 401, "APIG.0301")

	line.open()
	eventually(t, "identity to come back", func() bool {
		return p.call(t, g, "/users", "X-Auth-Token", a.token).status == 200
	})
	admitted(p)
}
