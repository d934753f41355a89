package binding_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/manage/acls"
	"github.com/lintel-gateway/lintel/internal/manage/signs"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

func (x *fixture) request() *http.Request {
	return httptest.NewRequest("POST", "/", nil).WithContext(x.Context())
}

var whole = apig.Page{Limit: 100}

func (x *fixture) bound(policyID string, f *binding.Filter) (int, []binding.API) {
	x.Helper()
	total, list, err := binding.Bound(x.Context(), x.db, binding.Throttles(), policy(policyID), f, whole)
	x.must(err)
	return total, list
}

func (x *fixture) unbound(policyID string, f *binding.Filter) (int, []binding.API) {
	x.Helper()
	total, list, err := binding.Unbound(x.Context(), x.db, binding.Throttles(), policy(policyID), f, whole)
	x.must(err)
	return total, list
}

func places(list []binding.API) string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Name + "@" + list[i].EnvName
	}
	return strings.Join(out, " ")
}

func TestLists(t *testing.T) {
	each(t, func(x *fixture) {
		orders, bills := x.api(x.p1, "g1", "orders"), x.api(x.p1, "g1", "bills")
		x.api(x.p1, "g1", "draft")
		x.publish(x.p2, x.api(x.p2, "g2", "foreign"), release)
		live, test, other := x.publish(x.p1, orders, release), x.publish(x.p1, orders, "e1"), x.publish(x.p1, bills, release)
		x.bind("t2", other)

		for _, w := range []struct {
			filter binding.Filter
			want   string
		}{
			{binding.Filter{}, "bills@RELEASE orders@TEST orders@RELEASE"}, // the newest publication first
			{binding.Filter{EnvID: release}, "bills@RELEASE orders@RELEASE"},
			{binding.Filter{EnvID: "nothing"}, ""},
			{binding.Filter{GroupID: "g1", APIID: orders}, "orders@TEST orders@RELEASE"},
			{binding.Filter{GroupID: "g2"}, ""},
			{binding.Filter{Name: "RDER", EnvID: "e1"}, "orders@TEST"},
			{binding.Filter{Name: "_"}, ""},
		} {
			if total, list := x.unbound("t1", &w.filter); places(list) != w.want || total != len(list) {
				x.Errorf("unbound %+v: %d %s, want %s", w.filter, total, places(list), w.want)
			}
		}
		_, list := x.unbound("t1", &binding.Filter{})
		if a := list[0]; a.PolicyID != "t2" || a.PolicyName != "Name_t2" || a.BindID == "" || a.BindTime.IsZero() || a.PublishID != other {
			x.Errorf("with another policy: %+v", a)
		}
		if a := list[1]; a.PolicyID != "" || a.PolicyName != "" || a.BindID != "" || !a.BindTime.IsZero() || a.PublishID != test ||
			a.GroupID != "g1" || a.GroupName != "Group_one" || a.EnvID != "e1" || a.Type != 1 || a.Remark != "about orders" || a.AuthType != "NONE" || a.ReqURI != "/orders" {
			x.Errorf("without a policy: %+v", a)
		}
		// Another kind of policy, and another slot, are not in the way.
		_, err := x.tryBind(alice, listed(), binding.Policy{ID: "t1", ProjectID: "p1", Slot: "IP"}, live)
		x.must(err)
		if total, _ := x.unbound("t1", &binding.Filter{}); total != 3 {
			x.Errorf("%d unbound APIs, want 3", total)
		}
		if total, _, err := binding.Unbound(x.Context(), x.db, listed(), binding.Policy{ID: "t1", ProjectID: "p1", Slot: "DOMAIN"}, &binding.Filter{}, whole); total != 3 || err != nil {
			x.Errorf("%d APIs without it in the slot, %v; want 3", total, err)
		}

		x.bind("t1", live)
		x.bind("t1", test)
		for _, w := range []struct {
			filter binding.Filter
			want   string
		}{
			{binding.Filter{}, "orders@TEST orders@RELEASE"}, // the newest binding first
			{binding.Filter{EnvID: release}, "orders@RELEASE"},
			{binding.Filter{GroupID: "g2"}, ""},
			{binding.Filter{APIID: bills}, ""},
			{binding.Filter{Name: "ORD", EnvID: "e1", GroupID: "g1", APIID: orders}, "orders@TEST"},
		} {
			if total, list := x.bound("t1", &w.filter); places(list) != w.want || total != len(list) {
				x.Errorf("bound %+v: %d %s, want %s", w.filter, total, places(list), w.want)
			}
		}
		total, page, err := binding.Bound(x.Context(), x.db, binding.Throttles(), policy("t1"), &binding.Filter{}, apig.Page{Limit: 1, Offset: 1})
		if total != 2 || places(page) != "orders@RELEASE" || err != nil {
			x.Errorf("second page: %d %s, %v", total, places(page), err)
		}
		if total, list := x.bound("nothing", &binding.Filter{}); total != 0 || list == nil {
			x.Errorf("an unknown policy: %d %v", total, list)
		}
	})
}

// TestKindsNameTables: the tables of all kinds have what the lists read.
func TestKindsNameTables(t *testing.T) {
	all := append(schemas(), []fs.FS{acls.Schema(), signs.Schema()}...)
	storetest.Each(t, all, func(t *testing.T, db *store.DB) {
		for _, k := range []binding.Kind{binding.Throttles(), binding.ACLs(), binding.SignKeys()} {
			for _, list := range []binding.List{binding.Bound, binding.Unbound} {
				if total, _, err := list(t.Context(), db, k, policy("x"), &binding.Filter{}, whole); total != 0 || err != nil {
					t.Errorf("%s: %d, %v", k.Policy, total, err)
				}
			}
		}
	})
}
