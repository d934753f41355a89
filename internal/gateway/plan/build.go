package plan

import (
	"fmt"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/acl"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/appauth"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/authorizer"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/choice"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/grant"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/iamauth"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/mapping"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/order"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/protocol"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/sign"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
)

// Env is the live state that plans refer to.
type Env struct {
	Callers   *callers.Callers
	Beside    *beside.Beside
	Users     *iamauth.Directory // nil where no identity is reachable
	Limits    *throttle.Limits
	Clock     clock.Clock
	Transport *backend.Transport // to addresses that definitions name
	// Members is the transport to members of channels, which may be where others
	// must not (dial.Channel). Its connections are never those of Transport.
	Members *backend.Transport
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
	bound := env.Beside.At(beside.Place{APIID: api.ID, EnvID: api.EnvID})

	// First, because a credential that came over plain HTTP to an HTTPS API is
	// not even looked at.
	wrong, err := protocol.New(api.Protocol)
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		list = append(list, wrong)
	}

	// Before authentication, which costs more and tells more.
	list = append(list, acl.NewAddresses(&bound.Addresses))

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
	case definition.AuthIAM:
		list = append(list, iamauth.New(env.Users, env.Clock))
		// Needs the account that authentication found.
		list = append(list, acl.NewAccounts(&bound.Accounts))
	case definition.AuthAuthorizer:
		list = append(list, authorizer.Frontend(env.Beside.Authorizers, api.AuthorizerID))
	default:
		return nil, fmt.Errorf("auth %q is unknown", auth)
	}

	// After authentication: it counts callers, and a forged call must not use up
	// what a true one may.
	list = append(list, throttle.New(api, &bound.Throttle, env.Limits))

	// Late: the branch conditions and the mapping rely on checked values.
	check, err := parameter.NewCheck(set)
	if err != nil {
		return nil, err
	}
	if check != nil {
		list = append(list, check)
	}

	// Behind everything that may refuse: a call that was bought is paid for when
	// it goes to the backend. What an order buys is RELEASE.
	if api.EnvName == release && authOf(api) == definition.AuthApp {
		list = append(list, order.New(env.Beside.Orders, env.Clock))
	}
	return list, nil
}

// release is the environment that orders buy (reference 4.12).
const release = "RELEASE"

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
		if b.Function == nil {
			return Branch{}, fmt.Errorf("backend FUNCTION has no function block")
		}
		m, err := mapping.NewEvent(b.Mappings, set)
		if err != nil {
			return Branch{}, err
		}
		f, err := backend.NewFunction(env.Beside.Functions, b.Function, m, env.Clock)
		return Branch{Policies: []Policy{m, identity.Assertion{}}, Backend: f}, err
	case definition.BackendHTTP:
		if b.HTTP == nil {
			return Branch{}, fmt.Errorf("backend HTTP has no http block")
		}
		return web(api, b, env, set)
	}
	return Branch{}, fmt.Errorf("backend kind %q is unknown", b.Kind)
}

// web is the branch of an HTTP backend.
func web(api *definition.API, b *definition.Backend, env Env, set *parameter.Set) (Branch, error) {
	m, err := mapping.New(api, b, set)
	if err != nil {
		return Branch{}, err
	}
	var list []Policy
	if id := b.HTTP.AuthorizerID; id != "" {
		// First: the mapping may send what it answers.
		list = append(list, authorizer.Backend(env.Beside.Authorizers, id))
	}
	// The gateway's own word comes after the mapping, and the signature covers it.
	bound := env.Beside.At(beside.Place{APIID: api.ID, EnvID: api.EnvID})
	list = append(list, m, identity.Assertion{}, sign.New(&bound.Sign, env.Clock, b.Mappings))
	if id := b.HTTP.ChannelID; id != "" {
		sender := backend.NewHTTP(env.Members, env.Clock)
		return Branch{Policies: list, Backend: channel.NewBackend(env.Beside.Channels, id, b.HTTP.ProxyHost, sender)}, nil
	}
	return Branch{Policies: list, Backend: backend.NewHTTP(env.Transport, env.Clock)}, nil
}
