package beside

import (
	"runtime"
	"sync"
	"weak"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/acl"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/sign"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
)

// Place is an API in an environment.
type Place struct{ APIID, EnvID string }

// Bound is what is bound to an API in an environment at the moment. Plans hold
// its slots, so that a binding is in force with no publication and no look-up.
type Bound struct {
	Throttle  throttle.Slot
	Addresses acl.Slot
	Accounts  acl.Slot
	Sign      sign.Slot
}

// At answers what is bound to a place: always the same one for the same place.
func (b *Beside) At(p Place) *Bound { return b.bound.at(p) }

// policies holds the policies that can be bound, and where they are.
type policies struct {
	mu *sync.Mutex // plans are also built beside the writer, for debugging
	// places are all that somebody holds: the plans of APIs, and strong while
	// something is bound there. A plan that is gone, after a dry build or with its
	// API, leaves nothing behind.
	places    map[Place]weak.Pointer[Bound]
	strong    map[Place]*Bound
	throttles map[string]*throttle.Rules
	lists     map[string]*acl.List
	keys      map[string]*sign.Key
	bindings  map[string]*definition.Binding
	// uses are the bindings of a policy, byPlace those of a place.
	uses    map[string]map[string]*definition.Binding
	byPlace map[Place]map[string]*definition.Binding
}

func newPolicies() policies {
	return policies{
		mu: &sync.Mutex{}, places: map[Place]weak.Pointer[Bound]{}, strong: map[Place]*Bound{},
		throttles: map[string]*throttle.Rules{}, lists: map[string]*acl.List{}, keys: map[string]*sign.Key{},
		bindings: map[string]*definition.Binding{}, uses: map[string]map[string]*definition.Binding{},
		byPlace: map[Place]map[string]*definition.Binding{},
	}
}

func (s *policies) at(p Place) *Bound {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slots(p)
}

// slots is at for whoever has the lock.
func (s *policies) slots(p Place) *Bound {
	if b := s.places[p].Value(); b != nil {
		return b
	}
	b := &Bound{}
	s.places[p] = weak.Make(b)
	runtime.AddCleanup(b, s.forget, p)
	return b
}

// forget takes away a place that nobody holds any more. Somebody may have asked for
// it again meanwhile.
func (s *policies) forget(p Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places[p].Value() == nil {
		delete(s.places, p)
	}
}

func (s *policies) putThrottle(id string, v *throttle.Rules) { change(s, s.throttles, id, v) }
func (s *policies) putACL(id string, v *acl.List)            { change(s, s.lists, id, v) }
func (s *policies) putSign(id string, v *sign.Key)           { change(s, s.keys, id, v) }

func change[V any](s *policies, held map[string]V, id string, v V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held[id] = v
	s.refreshUses(id)
}

// dropPolicy forgets a policy of any kind: ids are unique over all.
func (s *policies) dropPolicy(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.throttles, id)
	delete(s.lists, id)
	delete(s.keys, id)
	s.refreshUses(id)
}

func (s *policies) refreshUses(id string) {
	for _, v := range s.uses[id] {
		s.refresh(placeOf(v))
	}
}

func placeOf(v *definition.Binding) Place { return Place{v.APIID, v.EnvID} }

func (s *policies) bind(id string, v *definition.Binding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.bindings[id]
	s.bindings[id] = v
	enter(s.uses, v.PolicyID, v)
	enter(s.byPlace, placeOf(v), v)
	if old != nil && (old.PolicyID != v.PolicyID || placeOf(old) != placeOf(v)) {
		s.leave(old, v)
	}
	s.refresh(placeOf(v))
}

func (s *policies) unbind(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.bindings[id]; old != nil {
		delete(s.bindings, id)
		s.leave(old, &definition.Binding{})
	}
}

// leave takes a binding out of the indexes where the one that replaces it does
// not stand.
func (s *policies) leave(old, next *definition.Binding) {
	if old.PolicyID != next.PolicyID {
		remove(s.uses, old.PolicyID, old.ID)
	}
	if placeOf(old) != placeOf(next) {
		remove(s.byPlace, placeOf(old), old.ID)
		s.refresh(placeOf(old))
	}
}

func enter[K comparable](m map[K]map[string]*definition.Binding, k K, v *definition.Binding) {
	if m[k] == nil {
		m[k] = map[string]*definition.Binding{}
	}
	m[k][v.ID] = v
}

func remove[K comparable](m map[K]map[string]*definition.Binding, k K, id string) {
	delete(m[k], id)
	if len(m[k]) == 0 {
		delete(m, k)
	}
}

// refresh fills the slots of a place. Of two bindings for one slot, which are
// there for the moment between two records, the one with the greater id counts.
func (s *policies) refresh(p Place) {
	var throttles, addresses, accounts, keys string // ids of bindings
	for id, v := range s.byPlace[p] {
		switch {
		case v.Policy == definition.BindThrottle:
			throttles = max(throttles, id)
		case v.Policy == definition.BindSign:
			keys = max(keys, id)
		case v.Slot == "DOMAIN":
			accounts = max(accounts, id)
		default:
			addresses = max(addresses, id)
		}
	}
	b := s.slots(p)
	if len(s.byPlace[p]) > 0 {
		s.strong[p] = b
	} else {
		delete(s.strong, p)
	}
	b.Throttle.Store(held(s, s.throttles, throttles))
	b.Addresses.Store(held(s, s.lists, addresses))
	b.Accounts.Store(held(s, s.lists, accounts))
	b.Sign.Store(held(s, s.keys, keys))
}

func held[V any](s *policies, values map[string]*V, binding string) *V {
	v := s.bindings[binding]
	if v == nil {
		return nil
	}
	return values[v.PolicyID]
}
