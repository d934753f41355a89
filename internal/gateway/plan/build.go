package plan

import (
	"fmt"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/acl"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/authorizer"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/choice"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/grant"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/iamauth"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/mapping"
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

	shared *shared // see Sharing
}

// flat is a plan and what only it has, in one piece. Plans that need more than it has
// room for have that elsewhere.
type flat struct {
	Plan
	policies [8]Policy
	throttle throttle.Policy
	branch   [1]Branch
	way      way
}

// way is what a branch to an HTTP backend has of its own.
type way struct {
	policies [3]Policy
	mapping  mapping.Mapping
	sign     sign.Policy
}

// builder is a plan that is being built.
type builder struct {
	api   *definition.API
	env   Env
	plan  *flat
	place string // the API and its environment
	bound *beside.Bound
	*shared
	*declared
}

// Build compiles a definition, parts of which it keeps, so that it must not change any
// more. It refuses what it cannot serve and never answers with half a plan.
func Build(api *definition.API, env Env) (*Plan, error) {
	p, err := build(api, env)
	if err != nil {
		return nil, fmt.Errorf("API %s: %w", api.ID, err)
	}
	return p, nil
}

func build(api *definition.API, env Env) (*Plan, error) {
	b := builder{api: api, env: env, plan: new(flat), shared: env.common()}
	var err error
	if b.declared, err = b.shared.declared(api); err != nil {
		return nil, err
	}
	p := &b.plan.Plan
	p.Target, b.place = b.shared.target(api)
	p.ResponseID, p.CORS, p.Preflight = b.word(api.ResponseID), api.CORS, api.Method == http.MethodOptions
	b.bound = env.Beside.At(beside.Place{APIID: p.Target.APIID, EnvID: p.Target.EnvID})
	if p.Policies, err = b.policies(); err != nil {
		return nil, err
	}
	p.Branches = b.plan.branch[:0]
	for i := range api.Policies {
		d := &api.Policies[i]
		other, err := b.branch(&d.Backend, new(way))
		if err == nil {
			other.Name, other.Definition = d.Name, d
			other.Conditions, err = choice.New(d.Effect, d.Conditions, b.set)
		}
		if err != nil {
			return nil, fmt.Errorf("policy backend %q: %w", d.Name, err)
		}
		p.Branches = append(p.Branches, other)
	}
	last, err := b.branch(&api.Backend, &b.plan.way)
	if err != nil {
		return nil, err
	}
	p.Branches = append(p.Branches, last)
	return p, nil
}

// policies lists what a call passes, in the one order that holds for every API.
// A policy that an API does not need is left out of its plan.
func (b *builder) policies() ([]Policy, error) {
	api, env, t := b.api, b.env, &b.plan.Target
	list := b.plan.policies[:0]

	// First, because a credential that came over plain HTTP to an HTTPS API is
	// not even looked at.
	wrong, err := b.protocol(api.Protocol)
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		list = append(list, wrong)
	}

	// Before authentication, which costs more and tells more.
	list = append(list, acl.NewAddresses(&b.bound.Addresses))

	// Before authentication: what the caller claims about itself is gone when
	// the gateway finds out who it is.
	list = append(list, identity.Strip{})

	// Before the parameter check, so that nobody without a credential learns
	// which parameters an API has.
	switch auth := authOf(api); auth {
	case definition.AuthNone:
	case definition.AuthApp:
		list = append(list, b.app(api.AppCode))
		// Needs the caller that authentication found.
		list = append(list, grant.New(env.Callers, t.APIID, t.EnvID))
	case definition.AuthIAM:
		list = append(list, iamauth.New(env.Users, env.Clock))
		// Needs the account that authentication found.
		list = append(list, acl.NewAccounts(&b.bound.Accounts))
	case definition.AuthAuthorizer:
		list = append(list, authorizer.Frontend(env.Beside.Authorizers, api.AuthorizerID))
	default:
		return nil, fmt.Errorf("auth %q is unknown", auth)
	}

	// After authentication: it counts callers, and a forged call must not use up
	// what a true one may.
	b.plan.throttle.Make(b.place, len(t.APIID), api.Auth == definition.AuthIAM, &b.bound.Throttle, env.Limits)
	list = append(list, &b.plan.throttle)

	// Late: the branch conditions and the mapping rely on checked values.
	if b.check != nil {
		list = append(list, b.check)
	}

	// Behind everything that may refuse: a call that was bought is paid for when
	// it goes to the backend. What an order buys is RELEASE.
	if api.EnvName == release && authOf(api) == definition.AuthApp {
		list = append(list, b.order)
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

// branch makes what leads to a backend, in place as far as it is its own.
func (b *builder) branch(d *definition.Backend, place *way) (Branch, error) {
	switch d.Kind {
	case definition.BackendMock:
		if d.Mock == nil {
			return Branch{}, fmt.Errorf("backend MOCK has no mock block")
		}
		return Branch{Backend: backend.NewMock(d.Mock.Content)}, nil
	case definition.BackendFunction:
		if d.Function == nil {
			return Branch{}, fmt.Errorf("backend FUNCTION has no function block")
		}
		m, err := mapping.NewEvent(d.Mappings, b.set)
		if err != nil {
			return Branch{}, err
		}
		f, err := backend.NewFunction(b.env.Beside.Functions, d.Function, m, b.env.Clock)
		return Branch{Policies: []Policy{m, identity.Assertion{}}, Backend: f}, err
	case definition.BackendHTTP:
		if d.HTTP == nil {
			return Branch{}, fmt.Errorf("backend HTTP has no http block")
		}
		return b.web(d, place)
	}
	return Branch{}, fmt.Errorf("backend kind %q is unknown", d.Kind)
}

// web is the branch of an HTTP backend.
func (b *builder) web(d *definition.Backend, place *way) (Branch, error) {
	h := *d.HTTP
	h.Scheme, h.Address, h.ProxyHost, h.Method = b.word(h.Scheme), b.word(h.Address), b.word(h.ProxyHost), b.word(h.Method)
	fill, err := b.fill(d.Mappings, b.env)
	if err == nil {
		place.mapping, err = fill.parts.Mapping(&h, b.api.Match)
	}
	if err != nil {
		return Branch{}, err
	}
	list := place.policies[:0]
	if h.AuthorizerID != "" {
		// First: the mapping may send what it answers.
		list = append(list, authorizer.Backend(b.env.Beside.Authorizers, h.AuthorizerID))
	}
	// The gateway's own word comes after the mapping, and the signature covers it.
	place.sign = fill.sign.Policy(&b.bound.Sign)
	list = append(list, &place.mapping, identity.Assertion{}, &place.sign)
	if h.ChannelID != "" {
		sender := backend.NewHTTP(b.env.Members, b.env.Clock)
		return Branch{Policies: list, Backend: channel.NewBackend(b.env.Beside.Channels, h.ChannelID, h.ProxyHost, sender)}, nil
	}
	return Branch{Policies: list, Backend: b.sender(&h)}, nil
}
