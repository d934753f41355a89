package plan

import (
	"fmt"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/appauth"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/choice"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/grant"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/mapping"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/protocol"
)

// Env is the live state that plans refer to.
type Env struct {
	Callers   *callers.Callers
	Clock     clock.Clock
	Transport *backend.Transport
}

// Build compiles a definition, which it keeps and which must not change any
// more. It refuses what it cannot serve and never answers with half a plan.
func Build(api *definition.API, env Env) (*Plan, error) {
	p, err := build(api, env)
	if err != nil {
		return nil, fmt.Errorf("API %s: %w", api.ID, err)
	}
	return p, nil
}

func build(api *definition.API, env Env) (*Plan, error) {
	set, err := parameter.Compile(api)
	if err != nil {
		return nil, err
	}
	p := &Plan{Definition: api, Target: call.Target{
		APIID: api.ID, APIName: api.Name, GroupID: api.GroupID, ProjectID: api.ProjectID,
		EnvID: api.EnvID, EnvName: api.EnvName, VersionID: api.VersionID, Pattern: api.Path,
	}}
	if p.Policies, err = policies(api, env, set); err != nil {
		return nil, err
	}
	for i := range api.Policies {
		d := &api.Policies[i]
		b, err := branch(api, &d.Backend, env, set)
		if err == nil {
			b.Name = d.Name
			b.Conditions, err = choice.New(d.Effect, d.Conditions, set)
		}
		if err != nil {
			return nil, fmt.Errorf("policy backend %q: %w", d.Name, err)
		}
		p.Branches = append(p.Branches, b)
	}
	b, err := branch(api, &api.Backend, env, set)
	if err != nil {
		return nil, err
	}
	p.Branches = append(p.Branches, b)
	return p, nil
}

// policies lists what a call passes, in the one order that holds for every API.
// A policy that an API does not need is left out of its plan.
func policies(api *definition.API, env Env, set *parameter.Set) ([]Policy, error) {
	var list []Policy

	// First, because a credential that came over plain HTTP to an HTTPS API is
	// not even looked at.
	wrong, err := protocol.New(api.Protocol)
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		list = append(list, wrong)
	}

	// Before authentication: what the caller claims about itself is gone when
	// the gateway finds out who it is.
	list = append(list, identity.Strip{})

	// Before the parameter check, so that nobody without a credential learns
	// which parameters an API has.
	switch auth := authOf(api); auth {
	case definition.AuthNone:
	case definition.AuthApp:
		list = append(list, appauth.New(env.Callers, env.Clock, api.AppCode))
		// Needs the caller that authentication found.
		list = append(list, grant.New(env.Callers, api.ID, api.EnvID))
	case definition.AuthIAM, definition.AuthAuthorizer:
		// In place of authentication: what nobody can prove, nobody may do.
		list = append(list, notServed("auth_type", auth))
	default:
		return nil, fmt.Errorf("auth %q is unknown", auth)
	}

	// Last: the branch conditions and the mapping rely on checked values.
	check, err := parameter.NewCheck(set)
	if err != nil {
		return nil, err
	}
	if check != nil {
		list = append(list, check)
	}
	return list, nil
}

// authOf returns how an API authenticates. An API for OPTIONS answers preflight
// requests, which browsers send without credentials: whatever its auth_type
// says, it has none (wire-facts §2.7).
func authOf(api *definition.API) string {
	if api.Method == http.MethodOptions {
		return definition.AuthNone
	}
	return api.Auth
}

func branch(api *definition.API, b *definition.Backend, env Env, set *parameter.Set) (Branch, error) {
	switch b.Kind {
	case definition.BackendMock:
		if b.Mock == nil {
			return Branch{}, fmt.Errorf("backend MOCK has no mock block")
		}
		return Branch{Backend: backend.NewMock(b.Mock.Content)}, nil
	case definition.BackendFunction:
		return Branch{Backend: notServed("backend_type", b.Kind)}, nil
	case definition.BackendHTTP:
	default:
		return Branch{}, fmt.Errorf("backend kind %q is unknown", b.Kind)
	}
	switch {
	case b.HTTP == nil:
		return Branch{}, fmt.Errorf("backend HTTP has no http block")
	case b.HTTP.ChannelID != "":
		return Branch{Backend: notServed("vpc_status", "1")}, nil
	case b.HTTP.AuthorizerID != "":
		return Branch{Backend: notServed("backend_api.authorizer_id", b.HTTP.AuthorizerID)}, nil
	}
	m, err := mapping.New(api, b, set)
	if err != nil {
		return Branch{}, err
	}
	return Branch{Mapping: m, Backend: backend.NewHTTP(env.Transport, env.Clock)}, nil
}
