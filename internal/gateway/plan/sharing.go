package plan

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/appauth"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/mapping"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/order"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/protocol"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/sign"
)

// maxShared bounds each table of what plans share. What does not fit is made for its
// plan alone.
const maxShared = 4096

// shared is what plans have in common. APIs of an installation declare one of a few
// lists of parameters, fill their backends in one of a few ways, and authenticate
// alike. With a copy of all that in each plan, calls of many APIs at random found next
// to nothing of it in the processor's cache.
type shared struct {
	env   Env
	apps  [2]*appauth.Policy // without and with AppCode
	order *order.Policy

	mu        sync.Mutex
	protocols map[string]*protocol.Policy // nil for one that admits everything
	lists     map[string]*declared
	senders   map[sender]*backend.HTTP
	words     map[string]string
}

// sender is where a backend sends: what it remembers of the way there is right for
// all APIs with this address.
type sender struct{ scheme, address string }

// declared is what APIs with equal variables in their path and equal parameters have
// in common.
type declared struct {
	set   *parameter.Set
	check *parameter.Check // nil when nothing is demanded

	mu      sync.Mutex
	filling map[string]*filling
}

// filling is what backends with equal parameters of their own have in common beside
// it.
type filling struct {
	parts *mapping.Parts
	sign  *sign.Shared
}

func newShared(env Env) *shared {
	s := &shared{
		env: env, order: order.New(env.Beside.Orders, env.Clock),
		protocols: make(map[string]*protocol.Policy), lists: make(map[string]*declared),
		senders: make(map[sender]*backend.HTTP), words: make(map[string]string),
	}
	for i := range s.apps {
		s.apps[i] = appauth.New(env.Callers, env.Clock, i == 1)
	}
	return s
}

// Sharing is env with room for what the plans that are built with it have in common.
// Without it each plan stands alone, as one does that is thrown away.
func (e Env) Sharing() Env {
	e.shared = newShared(e)
	return e
}

// common is where a plan finds what it shares. Who has changed the callers of an Env
// (a draft that is debugged) shares nothing with the others.
func (e Env) common() *shared {
	if e.shared == nil || e.shared.env.Callers != e.Callers {
		return newShared(e)
	}
	return e.shared
}

func (s *shared) protocol(name string) (*protocol.Policy, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, known := s.protocols[name]; known {
		return p, nil
	}
	p, err := protocol.New(name)
	if err == nil { // for one of four names
		s.protocols[name] = p
	}
	return p, err
}

func (s *shared) app(code bool) *appauth.Policy {
	if code {
		return s.apps[1]
	}
	return s.apps[0]
}

// sender is what sends to an address that the definition names.
func (s *shared) sender(h *definition.HTTPBackend) *backend.HTTP {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := sender{h.Scheme, h.Address}
	if b := s.senders[at]; b != nil {
		return b
	}
	b := backend.NewHTTP(s.env.Transport, s.env.Clock)
	if len(s.senders) < maxShared {
		s.senders[at] = b
	}
	return b
}

// word is text where all plans have it that use it. It is no part of a definition.
func (s *shared) word(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	own, known := s.words[text]
	if !known {
		own = strings.Clone(text)
		if len(s.words) < maxShared {
			s.words[own] = own
		}
	}
	return own
}

// declared compiles the parameters of an API, or finds them.
func (s *shared) declared(api *definition.API) (*declared, error) {
	variables, err := parameter.Variables(api.Path)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(struct {
		Variables []parameter.Variable
		Params    []definition.Param
	}{variables, api.Params})
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.lists[string(text)]; d != nil {
		return d, nil
	}
	d := &declared{filling: make(map[string]*filling)}
	if d.set, err = parameter.Compile(api); err != nil {
		return nil, err
	}
	if d.check, err = parameter.NewCheck(d.set); err != nil {
		return nil, err
	}
	if len(s.lists) < maxShared {
		s.lists[string(text)] = d
	}
	return d, nil
}

// maxFillings bounds the ways to fill a backend that are shared below one list of
// parameters.
const maxFillings = 64

// fill compiles the parameters of a backend, or finds them.
func (d *declared) fill(list []definition.Mapping, env Env) (*filling, error) {
	text, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("backend parameters: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.filling[string(text)]; f != nil {
		return f, nil
	}
	f := &filling{sign: sign.Share(env.Clock, list)}
	if f.parts, err = mapping.Compile(list, d.set); err != nil {
		return nil, err
	}
	if len(d.filling) < maxFillings {
		d.filling[string(text)] = f
	}
	return f, nil
}

// target is what a call learns of its API, in two pieces of memory: what most APIs
// have in common is in words, and what is the API's own lies in one text. place is
// the API and its environment; APIID is its beginning, which saves these bytes.
func (s *shared) target(api *definition.API) (t call.Target, place string) {
	text := strings.Join([]string{api.ID, "/", api.EnvID, api.GroupID, api.VersionID, api.Name, api.Path}, "")
	cut := func(n int) (part string) {
		part, text = text[:n], text[n:]
		return part
	}
	place = cut(len(api.ID) + 1 + len(api.EnvID))
	return call.Target{
		APIID: place[:len(api.ID)], EnvID: place[len(api.ID)+1:],
		GroupID: cut(len(api.GroupID)), VersionID: cut(len(api.VersionID)), APIName: cut(len(api.Name)), Pattern: text,
		ProjectID: s.word(api.ProjectID), EnvName: s.word(api.EnvName),
	}, place
}
