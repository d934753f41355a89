package identitytest

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// seen is what a probe tells about its caller.
type seen struct {
	User    string   `json:"user"`
	Project string   `json:"project"`
	Domain  string   `json:"domain"`
	Roles   []string `json:"roles"`
	Kind    string   `json:"kind"`
	Body    string   `json:"body"`
}

type said struct {
	Text string `json:"text"`
}

// probes are routes that answer with the actor of the request: /v3/probe
// needs credentials, /v3/probe/project a project, /v3/probe/admin the role.
func probes() []wire.Route {
	see := func(r *wire.Request, in *said) (seen, error) {
		a := &r.Actor
		return seen{a.UserName, a.ProjectName, a.ScopeDomainID, a.Roles, a.Credential, in.Text}, nil
	}
	route := func(pattern, action string, access wire.Access) wire.Route {
		return wire.Route{
			Method: http.MethodPost, Pattern: pattern, Action: action, Summary: "Answers who calls.",
			Access: access, Handle: wire.Body(see).Optional(),
		}
	}
	return []wire.Route{
		route("/v3/probe", "probe:any", wire.Authenticated),
		route("/v3/probe/project", "probe:project", wire.Project),
		route("/v3/probe/admin", "probe:admin", wire.Admin),
	}
}
