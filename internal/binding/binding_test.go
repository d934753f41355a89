package binding_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 30, binding.Schema()) }

func TestBindReplacesAndRepeats(t *testing.T) {
	each(t, func(x *fixture) {
		orders, bills := x.api(x.p1, "g1", "orders"), x.api(x.p1, "g1", "bills")
		live, test, other := x.publish(x.p1, orders, release), x.publish(x.p1, orders, "e1"), x.publish(x.p1, bills, release)

		made := x.bind("t1", other, live, other) // in this order, each once
		if len(made) != 2 || made[0].Name != "bills" || made[1].Name != "orders" || made[1].PublishID != live ||
			made[1].PolicyID != "t1" || made[1].BindTime.Second() != 8 || made[0].BindID == made[1].BindID {
			x.Errorf("%+v", made)
		}
		x.touched(made[0].BindID, made[1].BindID)
		x.holds("throttle/ on bills in RELEASE is t1", "throttle/ on orders in RELEASE is t1")

		// Again: nothing changes, not even the time.
		if again := x.bind("t1", live); again[0].BindID != made[1].BindID || !again[0].BindTime.Equal(made[1].BindTime) {
			x.Errorf("again %+v, was %+v", again[0], made[1])
		}
		x.touched()

		// Another takes the place of the first, in this environment only.
		x.bind("t1", test)
		replaced := x.bind("t2", live)
		x.touched(replaced[0].BindID, made[1].BindID) // never without a policy
		x.holds("throttle/ on bills in RELEASE is t1", "throttle/ on orders in RELEASE is t2", "throttle/ on orders in TEST is t1")
		if v, err := binding.Contribute(x.Context(), x.db, made[1].BindID); v != nil || err != nil {
			x.Errorf("the replaced one is published: %v, %v", v, err)
		}
		v, err := binding.Contribute(x.Context(), x.db, replaced[0].BindID)
		if want := (definition.Binding{ID: replaced[0].BindID, Policy: "throttle", PolicyID: "t2", APIID: orders, EnvID: release}); err != nil || v != want {
			x.Errorf("published %+v, %v; want %+v", v, err, want)
		}
	})
}

func TestSlots(t *testing.T) {
	each(t, func(x *fixture) {
		live := x.publish(x.p1, x.api(x.p1, "g1", "orders"), release)
		x.bind("t1", live)
		for _, p := range []binding.Policy{{ID: "t1", ProjectID: "p1", Slot: "IP"}, {ID: "t2", ProjectID: "p1", Slot: "DOMAIN"}, {ID: "t3", ProjectID: "p1", Slot: "IP"}} {
			_, err := x.tryBind(alice, listed(), p, live)
			x.must(err)
		}
		x.holds("acl/DOMAIN on orders in RELEASE is t2", "acl/IP on orders in RELEASE is t3", "throttle/ on orders in RELEASE is t1")
	})
}

func TestBindRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		live := x.publish(x.p1, x.api(x.p1, "g1", "orders"), release)
		foreign := x.publish(x.p2, x.api(x.p2, "g2", "orders"), release)
		long := strings.Repeat("中", 1000)
		for _, w := range []struct {
			publication string
			code        string
		}{{"nothing", "APIG.3015"}, {"", "APIG.3015"}, {long, "APIG.3015"}, {foreign, "APIG.1102"}} {
			_, err := x.tryBind(alice, binding.Throttles(), policy("t1"), live, w.publication)
			if code := x.code(err); code != w.code || len(err.Error()) > 600 {
				x.Errorf("%.20q: %s, want %s: %v", w.publication, code, w.code, err)
			}
			x.touched()
		}
		if _, err := x.tryBind(admin, binding.Throttles(), policy("t1"), live, foreign); x.code(err) != "APIG.1201" {
			x.Errorf("two projects: %v", err)
		}
		x.holds() // a call is refused whole
		if _, err := x.tryBind(admin, binding.Throttles(), policy("t1"), live); err != nil {
			x.Errorf("an administrator: %v", err)
		}
	})
}

func TestUnbind(t *testing.T) {
	each(t, func(x *fixture) {
		live := x.publish(x.p1, x.api(x.p1, "g1", "orders"), release)
		id := x.bind("t1", live)[0].BindID
		acl, err := x.tryBind(alice, listed(), binding.Policy{ID: "t2", ProjectID: "p1", Slot: "IP"}, live)
		x.must(err)
		for _, w := range []struct {
			name, id, want string
		}{
			{"unknown", "nothing", "APIG.3012"},
			{"another kind's", acl[0].BindID, "APIG.3012"},
		} {
			if code := x.unbind(alice, w.id); code != w.want {
				x.Errorf("%s: %q, want %s", w.name, code, w.want)
			}
			x.touched()
		}
		if code := x.unbind(bob, id); code != "APIG.1105" {
			x.Errorf("another project: %q", code)
		}
		if code := x.unbind(alice, id); code != "" {
			x.Errorf("the owner: %s", code)
		}
		x.touched(id)
		x.holds("acl/IP on orders in RELEASE is t2")
		if code := x.unbind(alice, id); code != "APIG.3012" {
			x.Errorf("again: %q", code)
		}
	})
}

// TestBindingOutlivesItsPublication: an access list that vanished with a
// publication would let everybody in.
func TestBindingOutlivesItsPublication(t *testing.T) {
	each(t, func(x *fixture) {
		api := x.api(x.p1, "g1", "orders")
		first := x.publish(x.p1, api, release)
		id := x.bind("t1", first)[0].BindID
		second := x.publish(x.p1, api, release)
		if x.touch != nil || second == first {
			x.Errorf("publishing again touched %v", x.touch)
		}
		if _, err := x.tryBind(alice, binding.Throttles(), policy("t2"), first); x.code(err) != "APIG.3015" {
			x.Errorf("a publication that is over: %v", err)
		}
		x.offline(api, release)
		x.touched()
		if total, list := x.bound("t1", &binding.Filter{}); total != 1 || list[0].BindID != id || list[0].PublishID != "" || list[0].AuthType != "NONE" {
			x.Errorf("offline: %d %+v", total, list)
		}
		if total, _ := x.unbound("t2", &binding.Filter{}); total != 0 {
			x.Errorf("%d APIs that are offline could be bound", total)
		}
		third := x.publish(x.p1, api, release)
		x.touched()
		if _, list := x.bound("t1", &binding.Filter{}); list[0].BindID != id || list[0].PublishID != third {
			x.Errorf("back: %+v", list)
		}
	})
}

func TestDrops(t *testing.T) {
	each(t, func(x *fixture) {
		orders, bills := x.api(x.p1, "g1", "orders"), x.api(x.p1, "g1", "bills")
		live, test, other := x.publish(x.p1, orders, release), x.publish(x.p1, orders, "e1"), x.publish(x.p1, bills, release)
		made := x.bind("t1", live, test, other)
		x.wish("t2", orders)
		x.wish("t1", bills)

		x.offline(orders, "e1")
		x.p1.Do("DELETE", root+"envs/e1", nil).Want(204)
		x.touched(made[1].BindID)
		x.holds("throttle/ on bills in RELEASE is t1", "throttle/ on orders in RELEASE is t1")

		x.offline(orders, release)
		x.p1.Do("DELETE", root+"apis/"+orders, nil).Want(204)
		x.touched(made[0].BindID)
		x.holds("throttle/ on bills in RELEASE is t1")
		if n := x.count("binding_wishes"); n != 1 {
			x.Errorf("%d wishes, want that for the API that is left", n)
		}

		x.must(x.write(alice, dropPolicy("t2")))
		x.touched()
		x.must(x.write(alice, dropPolicy("t1")))
		x.touched(made[2].BindID)
		x.holds()
		if n := x.count("binding_wishes"); n != 0 {
			x.Errorf("%d wishes for policies that are gone", n)
		}
	})
}

// TestTwoWriters: whoever binds last is bound, and everybody gets an answer
// that was true.
func TestTwoWriters(t *testing.T) {
	each(t, func(x *fixture) {
		live := x.publish(x.p1, x.api(x.p1, "g1", "orders"), release)
		policies := []string{"t1", "t2", "t3", "t1", "t2", "t3", "t1", "t2"}
		answers := make([]string, len(policies))
		errs := make([]error, len(policies))
		var all sync.WaitGroup
		for i, id := range policies {
			all.Go(func() {
				errs[i] = x.db.Write(x.Context(), x.binding(id, live, &answers[i]))
			})
		}
		all.Wait()
		for _, err := range errs {
			x.must(err)
		}
		rows := x.byID()
		if len(rows) != 1 {
			x.Fatalf("bound: %v", rows)
		}
		for id, b := range rows {
			if i := slices.Index(answers, id); i < 0 || policies[i] != b.policyID {
				x.Errorf("%s is bound as %s; the answers are %v", b.policyID, id, answers)
			}
		}
	})
}
