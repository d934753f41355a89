package binding_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// wish wishes for a throttling policy of p1.
func (x *fixture) wish(policyID, api string) {
	x.Helper()
	x.must(x.write(alice, func(r *wire.Request, tx *store.Tx) error {
		return binding.Wish(r.Context(), tx, binding.Throttles(), policy(policyID), api)
	}))
	x.touched()
}

func dropPolicy(id string) func(r *wire.Request, tx *store.Tx) error {
	return func(r *wire.Request, tx *store.Tx) error { return binding.DropPolicy(r.Context(), tx, id) }
}

// binding is a write that binds a throttling policy of p1 and answers the
// binding's id.
func (x *fixture) binding(policyID, publication string, id *string) func(*store.Tx) error {
	r := &wire.Request{HTTP: x.request(), Actor: alice}
	return func(tx *store.Tx) error {
		list, err := x.binder(binding.Throttles()).Bind(r, tx, policy(policyID), []string{publication})
		if err == nil {
			*id = list[0].BindID
		}
		return err
	}
}

func TestWishes(t *testing.T) {
	each(t, func(x *fixture) {
		orders, bills := x.api(x.p1, "g1", "orders"), x.api(x.p1, "g1", "bills")
		x.wish("t2", orders)
		x.wish("t1", orders) // the newer one holds
		x.must(x.write(alice, func(r *wire.Request, tx *store.Tx) error {
			return binding.Wish(r.Context(), tx, listed(), binding.Policy{ID: "t3", ProjectID: "p1", Slot: "IP"}, orders)
		}))
		x.publish(x.p1, bills, release) // nobody wished for anything
		x.touched()
		x.publish(x.p1, orders, release)
		if len(x.touch) != 2 {
			x.Errorf("touched %v, want two bindings", x.touch)
		}
		x.holds("acl/IP on orders in RELEASE is t3", "throttle/ on orders in RELEASE is t1")

		// Granted once, it is no reason to bind again.
		x.publish(x.p1, orders, release)
		x.touched()
		// What is bound stays; another environment is still open.
		x.bind("t2", x.publish(x.p1, orders, release))
		x.publish(x.p1, orders, release)
		x.publish(x.p1, orders, "e1")
		x.holds("acl/IP on orders in RELEASE is t3", "acl/IP on orders in TEST is t3",
			"throttle/ on orders in RELEASE is t2", "throttle/ on orders in TEST is t1")
	})
}

// TestUnbindWithdrawsTheWish: what a client has unbound does not come back.
func TestUnbindWithdrawsTheWish(t *testing.T) {
	each(t, func(x *fixture) {
		api := x.api(x.p1, "g1", "orders")
		x.wish("t1", api)
		live := x.publish(x.p1, api, release)
		// Another policy in its place was not wished for: the wish stays.
		other := x.bind("t2", live)
		if code := x.unbind(alice, other[0].BindID); code != "" || x.count("binding_wishes") != 1 {
			x.Fatalf("%s, %d wishes", code, x.count("binding_wishes"))
		}
		x.publish(x.p1, api, release)
		x.holds("throttle/ on orders in RELEASE is t1")
		if _, list := x.bound("t1", &binding.Filter{}); x.unbind(alice, list[0].BindID) != "" {
			x.Fatal("not unbound")
		}
		x.publish(x.p1, api, release)
		x.publish(x.p1, api, "e1")
		x.holds()
	})
}
