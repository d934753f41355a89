package binding_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// TestAnySequence: after any sequence of binding and unbinding, an API has in
// an environment at most one policy of a kind and slot, the last one that was
// bound; and a write touches what it changed, and nothing else.
func TestAnySequence(t *testing.T) {
	each(t, func(x *fixture) {
		orders, bills := x.api(x.p1, "g1", "orders"), x.api(x.p1, "g1", "bills")
		publications := []string{x.publish(x.p1, orders, release), x.publish(x.p1, orders, "e1"), x.publish(x.p1, bills, release)}
		kinds := []struct {
			kind binding.Kind
			slot string
		}{{binding.Throttles(), ""}, {listed(), "IP"}, {listed(), "DOMAIN"}}
		rapid.Check(x.T, func(t *rapid.T) {
			x.exec(`DELETE FROM bindings`)
			model := map[string]string{} // place → policy
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				before := x.byID()
				k := rapid.SampledFrom(kinds).Draw(t, "kind")
				if rapid.Bool().Draw(t, "unbind") && len(before) > 0 {
					id := rapid.SampledFrom(slices.Sorted(maps.Keys(before))).Draw(t, "binding")
					x.step(t, func(r *wire.Request, tx *store.Tx) error {
						return x.binder(kindOf(before[id])).Unbind(r, tx, id, apig.E3012, apig.E1105)
					}, before)
					delete(model, before[id].place)
				} else {
					p := binding.Policy{ID: rapid.SampledFrom([]string{"t1", "t2"}).Draw(t, "policy"), ProjectID: "p1", Slot: k.slot}
					chosen := rapid.SliceOfN(rapid.SampledFrom(publications), 1, 4).Draw(t, "publications")
					x.step(t, func(r *wire.Request, tx *store.Tx) error {
						list, err := x.binder(k.kind).Bind(r, tx, p, chosen)
						for _, a := range list {
							model[k.kind.Policy+"/"+k.slot+" "+a.ID+" "+a.EnvID] = p.ID
						}
						return err
					}, before)
				}
				after := map[string]string{}
				for _, b := range x.byID() {
					after[b.place] = b.policyID
				}
				if !maps.Equal(after, model) {
					t.Fatalf("bound %v, want %v", after, model)
				}
			}
		})
	})
}

// row is a binding: what it is for, and its policy.
type row struct{ place, policy, policyID string }

func kindOf(b row) binding.Kind { return binding.Kind{Policy: b.policy, Table: "throttles"} }

// byID are all bindings; two of one place fail the test.
func (x *fixture) byID() map[string]row {
	x.Helper()
	out, places := map[string]row{}, map[string]bool{}
	_, err := store.List(x.Context(), x.db, func(scan store.Scanner) (string, error) {
		var id, slot, api, env string
		var b row
		err := scan.Scan(&id, &b.policy, &slot, &api, &env, &b.policyID)
		b.place = b.policy + "/" + slot + " " + api + " " + env
		if places[b.place] {
			x.Errorf("two bindings of %s", b.place)
		}
		out[id], places[b.place] = b, true
		return id, err
	}, `SELECT id, policy, slot, api_id, env_id, policy_id FROM bindings`)
	x.must(err)
	return out
}

// step writes and compares what was touched with what has changed.
func (x *fixture) step(t *rapid.T, f func(r *wire.Request, tx *store.Tx) error, before map[string]row) {
	if err := x.write(alice, f); err != nil {
		t.Fatal(err)
	}
	after := x.byID()
	var changed []string
	for id := range before {
		if _, still := after[id]; !still {
			changed = append(changed, id)
		}
	}
	for id := range after {
		if _, was := before[id]; !was {
			changed = append(changed, id)
		}
	}
	slices.Sort(changed)
	touched := slices.Sorted(slices.Values(x.touch))
	if !slices.Equal(touched, changed) {
		t.Fatalf("touched %v, changed %v", touched, changed)
	}
}
