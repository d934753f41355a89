package throttle

import (
	"fmt"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/limit"
)

// Names of limits, which end the debug fields' names.
const (
	nameAPI    = "api"
	nameUser   = "user"
	nameApp    = "app"
	nameIP     = "ip"
	nameAllEnv = "api-allenv"
)

// Words for limits that have no debug field.
const (
	wordGroup  = "group"
	wordDomain = "domain"
)

// Rules is a throttling policy, compiled. It is immutable.
type Rules struct {
	id            string
	shared        bool
	api           *call.Rule
	user, app, ip *call.Rule            // nil: no limit
	users, apps   map[string]*call.Rule // specials
}

// Slot holds the rules that are bound to an API in an environment at the moment;
// nil when none are.
type Slot = atomic.Pointer[Rules]

// Compile refuses what cannot be enforced.
func Compile(d *definition.Throttle) (*Rules, error) {
	r := &Rules{id: d.ID, shared: d.Shared, users: map[string]*call.Rule{}, apps: map[string]*call.Rule{}}
	var err error
	if r.api, err = call.NewRule(nameAPI, nameAPI, d.API, d.Interval, d.Unit); err != nil {
		return nil, fmt.Errorf("throttling policy %s: %w", d.ID, err)
	}
	for _, part := range []struct {
		rule  **call.Rule
		name  string
		calls int64
	}{{&r.user, nameUser, d.User}, {&r.app, nameApp, d.App}, {&r.ip, nameIP, d.IP}} {
		if part.calls == 0 {
			continue
		}
		if *part.rule, err = call.NewRule(part.name, part.name, part.calls, d.Interval, d.Unit); err != nil {
			return nil, fmt.Errorf("throttling policy %s: %w", d.ID, err)
		}
	}
	for _, s := range d.Specials {
		if err := r.special(d, s); err != nil {
			return nil, fmt.Errorf("throttling policy %s: special limit of %s %q: %w", d.ID, s.Type, s.Instance, err)
		}
	}
	return r, nil
}

func (r *Rules) special(d *definition.Throttle, s definition.Special) error {
	list, name := r.apps, nameApp
	switch s.Type {
	case "APP":
	case "USER":
		list, name = r.users, nameUser
	default:
		return fmt.Errorf("type %q is unknown; it is APP or USER", s.Type)
	}
	if s.Instance == "" {
		return fmt.Errorf("instance is empty; name an app or a tenant")
	}
	rule, err := call.NewRule(name, name, s.Limit, d.Interval, d.Unit)
	list[s.Instance] = rule
	return err
}

// CompileEntrance compiles what holds for all calls of a group.
func CompileEntrance(d *definition.Group) (*call.Entrance, error) {
	e := &call.Entrance{SubDomain: d.SubDomain}
	if d.SubDomain != "" {
		e.OfSubDomain = limit.NewName(wordDomain, "", d.SubDomain)
	}
	if d.Limit == nil {
		return e, nil
	}
	e.OfGroup = limit.NewName(wordGroup, "", d.ID)
	var err error
	e.Limit, err = call.NewRule("", wordGroup, d.Limit.Calls, d.Limit.Interval, d.Limit.Unit)
	return e, err
}
