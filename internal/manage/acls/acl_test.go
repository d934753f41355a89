package acls_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/acls"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestSchemaNumbers(t *testing.T) { storetest.Numbered(t, 50, acls.Schema()) }

func TestCreate(t *testing.T) {
	each(t, func(x *fixture) {
		r := x.alice.Do("POST", policies, acls.Input{
			Name: "test001", Type: "permit", Value: "192.168.1.5, 192.168.10.0/24,192.168.12.12-192.168.12.19", EntityType: "ip",
		}).Want(201)
		id := r.Text("id")
		x.touched("acl/" + id)
		want := map[string]string{
			"acl_name": "test001", "entity_type": "IP", "acl_type": "PERMIT", "update_time": "2026-01-02T03:04:05.123456Z",
			"acl_value": "192.168.1.5,192.168.10.0/24,192.168.12.12-192.168.12.19",
		}
		x.fields(r, want)
		x.fields(x.reader.Do("GET", policies+"/"+id, nil).Want(200), want)

		for _, tt := range []struct {
			change func(*acls.Input)
			status int
			code   string
			text   string
		}{
			{func(in *acls.Input) { in.Name = "" }, 400, "APIG.2001", "acl_name"},
			{func(in *acls.Input) { in.Name = "ab" }, 400, "APIG.2005", "acl_name"},
			{func(in *acls.Input) { in.Name = strings.Repeat("a", 65) }, 400, "APIG.2006", "acl_name"},
			{func(in *acls.Input) { in.Name = "1abc" }, 400, "APIG.2011", "acl_name"},
			{func(in *acls.Input) { in.Type = "" }, 400, "APIG.2001", "acl_type"},
			{func(in *acls.Input) { in.Type = "ALLOW" }, 400, "APIG.2011", "acl_type"},
			{func(in *acls.Input) { in.EntityType = "" }, 400, "APIG.2001", "entity_type"},
			{func(in *acls.Input) { in.EntityType = "ADMIN" }, 400, "APIG.2011", "entity_type"},
			{func(in *acls.Input) { in.Value = "" }, 400, "APIG.2001", "acl_value"},
			{func(in *acls.Input) { in.Value = "garbage" }, 400, "APIG.2015", "acl_value"},
			{func(in *acls.Input) { in.Value = "10.0.0.1,10.0.0.1" }, 400, "APIG.3306", "acl_value"},
			{func(in *acls.Input) { in.Value = "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5" }, 403, "APIG.3100", "5 entries"},
			{func(in *acls.Input) { in.EntityType, in.Value = "DOMAIN", "a,b,c,d,e" }, 403, "APIG.3100", "5 entries"},
			{func(in *acls.Input) { in.Name = "test001" }, 400, "APIG.3206", "acl_name:test001"},
		} {
			in := input("another")
			tt.change(&in)
			x.alice.Do("POST", policies, in).Refused(tt.status, tt.code, tt.text)
		}
		x.touched()
		x.create(x.bob, input("test001")) // names are a project's own
	})
}

func TestQuota(t *testing.T) {
	each(t, func(x *fixture) {
		id := ""
		for _, name := range []string{"one_1", "two_2", "three", "four4"} {
			id = x.create(x.alice, input(name))
		}
		x.alice.Do("POST", policies, input("five5")).Refused(403, "APIG.3112")
		x.create(x.bob, input("five5"))
		x.alice.Do("DELETE", policies+"/"+id, nil).Want(204)
		x.create(x.alice, input("five5"))
		// A quota that is lowered takes nothing away, and refuses what is new.
		full := x.create(x.bob, acls.Input{Name: "long_list", Type: "DENY", Value: "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4", EntityType: "IP"})
		x.exec(`INSERT INTO project_quotas (project_id, item, quota, update_time) VALUES ('p2', 'acl_entries', 2, 0)`)
		x.bob.Do("PUT", policies+"/"+full, map[string]any{"acl_name": "renamed"}).Want(200)
		x.bob.Do("PUT", policies+"/"+full, map[string]any{"acl_value": "1.1.1.1,1.1.1.2,1.1.1.3"}).Refused(403, "APIG.3100")
		x.bob.Do("PUT", policies+"/"+full, map[string]any{"acl_value": "1.1.1.1,1.1.1.2"}).Want(200)
	})
}

func TestUpdate(t *testing.T) {
	each(t, func(x *fixture) {
		id, other := x.create(x.alice, input("first")), x.create(x.bob, input("theirs"))
		x.create(x.alice, input("second"))
		path := policies + "/" + id
		x.fields(x.alice.Do("PUT", path, map[string]any{"acl_name": "goodone", "acl_type": "deny", "acl_value": "10.0.0.1 ,10.0.0.2"}).Want(200), map[string]string{
			"id": id, "acl_name": "goodone", "acl_type": "DENY", "acl_value": "10.0.0.1,10.0.0.2", "entity_type": "IP", "update_time": "2026-01-02T03:04:08.123456Z",
		})
		x.touched("acl/" + id)
		// What is absent stays, and the type of entity may be repeated.
		x.fields(x.alice.Do("PUT", path, map[string]any{"acl_value": "10.0.0.3", "entity_type": "ip"}).Want(200), map[string]string{
			"acl_name": "goodone", "acl_type": "DENY", "acl_value": "10.0.0.3", "entity_type": "IP",
		})
		x.fields(x.alice.Do("PUT", path, map[string]any{}).Want(200), map[string]string{"acl_name": "goodone", "acl_value": "10.0.0.3"})
		x.touched("acl/" + id)

		for _, tt := range []struct {
			body       map[string]any
			code, text string
		}{
			{map[string]any{"acl_name": ""}, "APIG.2001", "acl_name"},
			{map[string]any{"acl_type": "ALLOW"}, "APIG.2011", "acl_type"},
			{map[string]any{"acl_value": ""}, "APIG.2001", "acl_value"},
			{map[string]any{"acl_value": "10.0.0.9-10.0.0.1"}, "APIG.2015", "reversed"},
			{map[string]any{"acl_name": "second"}, "APIG.3206", "second"},
			{map[string]any{"entity_type": "DOMAIN", "acl_value": "account"}, "APIG.2011", "a policy of type IP stays one"},
			{map[string]any{"entity_type": "ADMIN"}, "APIG.2011", "entity_type"},
		} {
			x.alice.Do("PUT", path, tt.body).Refused(400, tt.code, tt.text)
		}
		x.touched()
		x.alice.Do("PUT", policies+"/"+other, map[string]any{}).Refused(403, "APIG.1106")
		x.alice.Do("PUT", policies+"/nothing", map[string]any{}).Refused(404, "APIG.3006", "Access control policy nothing does not exist")
		x.reader.Do("PUT", path, map[string]any{}).Refused(403, "APIC.7110")
		x.fields(x.admin.Do("PUT", policies+"/"+other, map[string]any{"acl_type": "DENY"}).Want(200), map[string]string{"acl_name": "theirs", "acl_type": "DENY"})
	})
}

func TestDelete(t *testing.T) {
	each(t, func(x *fixture) {
		id, other := x.create(x.alice, input("first")), x.create(x.bob, input("theirs"))
		x.alice.Do("DELETE", policies+"/"+other, nil).Refused(403, "APIG.1106")
		x.reader.Do("DELETE", policies+"/"+id, nil).Refused(403, "APIC.7110")
		bound := x.bind(x.alice, id, "pub1")
		x.alice.Do("DELETE", policies+"/"+id, nil).Refused(403, "APIG.3447", "cannot be deleted because it has been bound to APIs")
		x.alice.Do("DELETE", bindings+"/"+bound[0], nil).Want(204)
		// A wish is not a binding, and ends with the policy.
		x.exec(`INSERT INTO binding_wishes (api_id, policy, slot, policy_id) VALUES ('api3', 'acl', 'IP', '` + id + `')`)
		x.alice.Do("DELETE", policies+"/"+id, nil).Want(204)
		x.touched("acl/" + id)
		x.alice.Do("DELETE", policies+"/"+id, nil).Refused(404, "APIG.3006", id)
		var wishes int
		if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM binding_wishes`).Scan(&wishes); err != nil || wishes != 0 {
			x.Errorf("%d wishes are left, %v", wishes, err)
		}
		x.admin.Do("DELETE", policies+"/"+other, nil).Want(204)
	})
}

func TestDeleteBatch(t *testing.T) {
	each(t, func(x *fixture) {
		first, second, third := x.create(x.alice, input("first")), x.create(x.alice, input("second")), x.create(x.alice, input("third"))
		theirs := x.create(x.bob, input("theirs"))
		x.bind(x.alice, third, "pub1")
		call := policies + "?action=delete"
		var out acls.Deleted
		in := acls.Batch{ACLs: []string{first, third, "nothing", theirs, second, first}}
		x.alice.Do("PUT", call, in).Want(200).Decode(&out)
		x.touched("acl/"+first, "acl/"+second)
		want := acls.Deleted{SuccessCount: 2, Failure: []acls.Failure{
			{ACLID: third, ACLName: "third", ErrorCode: "APIG.3447", ErrorMsg: "The Acl Strategy has already binded to APIs"},
			{ACLID: "nothing", ErrorCode: "APIG.3006", ErrorMsg: "Access control policy nothing does not exist"},
			{ACLID: theirs, ErrorCode: "APIG.1106", ErrorMsg: "No permissions to perform operations on this access control policy."},
		}}
		if !reflect.DeepEqual(out, want) {
			x.Errorf("answered %+v, want %+v", out, want)
		}
		if r := x.alice.Do("PUT", call, acls.Batch{}).Want(200); r.Text("success_count") != "0" || r.Text("failure") != "[]" {
			x.Errorf("nothing to delete: %s", r.Body)
		}
		x.touched()
		x.alice.Do("PUT", policies, in).Refused(400, "APIG.2001", "action")
		x.alice.Do("PUT", policies+"?action=create", in).Refused(400, "APIG.2011", "action")
		x.alice.Do("PUT", call, acls.Batch{ACLs: make([]string, 1001)}).Refused(400, "APIG.2006", "acls")
		x.reader.Do("PUT", call, in).Refused(403, "APIC.7110")
		if r := x.admin.Do("PUT", call, acls.Batch{ACLs: []string{theirs}}).Want(200); r.Text("success_count") != "1" {
			x.Errorf("an administrator deletes: %s", r.Body)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(x *fixture) {
		first := x.create(x.alice, input("Orders_one"))
		second := x.create(x.alice, acls.Input{Name: "orders_two", Type: "DENY", Value: "Default", EntityType: "DOMAIN"})
		x.create(x.bob, input("theirs"))
		x.bind(x.alice, first, "pub1", "pub1e")
		for query, want := range map[string]string{
			"":                                      "orders_two Orders_one",
			"?page_size=1":                          "orders_two",
			"?page_no=2":                            "",
			"?id=" + second:                         "orders_two",
			"?name=ORDERS_":                         "orders_two Orders_one",
			"?name=%25":                             "",
			"?acl_type=permit":                      "Orders_one",
			"?entity_type=domain&acl_type=DENY":     "orders_two",
			"?name=orders_one&precise_search=name":  "",
			"?name=Orders_one&precise_search=name":  "Orders_one",
			"?name=Orders_one&precise_search=other": "Orders_one",
		} {
			if got := names(x.T, x.reader.Do("GET", policies+query, nil)); got != want {
				x.Errorf("%q: %q, want %q", query, got, want)
			}
		}
		x.fields(x.alice.Do("GET", policies+"?id="+first, nil).Want(200), map[string]string{
			"total": "1", "size": "1", "acls.0.id": first, "acls.0.acl_name": "Orders_one", "acls.0.acl_type": "PERMIT", "acls.0.entity_type": "IP",
			"acls.0.acl_value": "192.168.1.5", "acls.0.bind_num": "2", "acls.0.update_time": "2026-01-02T03:04:05.123456Z",
		})
		if r := x.bob.Do("GET", policies+"?id="+first, nil).Want(200); r.Text("total") != "0" || r.Text("acls") != "[]" {
			x.Errorf("another project's: %s", r.Body)
		}
		if got := names(x.T, x.admin.Do("GET", policies, nil)); got != "theirs orders_two Orders_one" {
			x.Errorf("an administrator sees %q", got)
		}
		x.alice.Do("GET", policies+"?acl_type=ALLOW", nil).Refused(400, "APIG.2011", "acl_type")
		x.alice.Do("GET", policies+"?entity_type=ADMIN", nil).Refused(400, "APIG.2011", "entity_type")
		x.alice.Do("GET", policies+"?page_size=501", nil).Refused(400, "APIG.2003", "page_size")
		x.alice.Do("GET", policies+"/"+x.create(x.bob, input("another")), nil).Refused(403, "APIG.1106")
		x.alice.Do("GET", policies+"/nothing", nil).Refused(404, "APIG.3006", "Access control policy nothing does not exist")
	})
}

// names are the policies of a list.
func names(t *testing.T, r *wiretest.Response) string {
	t.Helper()
	var page acls.List
	r.Want(200).Decode(&page)
	list := make([]string, len(page.ACLs))
	for i := range page.ACLs {
		list[i] = page.ACLs[i].Name
	}
	if page.Size != len(list) {
		t.Errorf("%s: size %d with %d entries", r.Call, page.Size, len(list))
	}
	return strings.Join(list, " ")
}

func TestContribute(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(x.alice, acls.Input{Name: "test001", Type: "DENY", Value: "10.1.2.3/8,2001:DB8::1", EntityType: "IP"})
		got, err := x.area.Contribute(x.Context(), x.db, id)
		want := definition.ACL{ID: id, Name: "test001", ProjectID: "p1", Entity: "IP", Values: []string{"10.0.0.0/8", "2001:db8::1"}}
		if err != nil || !reflect.DeepEqual(got, want) {
			x.Errorf("%+v, %v, want %+v", got, err, want)
		}
		id = x.create(x.alice, acls.Input{Name: "test002", Type: "PERMIT", Value: "Default,租户", EntityType: "DOMAIN"})
		got, err = x.area.Contribute(x.Context(), x.db, id)
		want = definition.ACL{ID: id, Name: "test002", ProjectID: "p1", Permit: true, Entity: "DOMAIN", Values: []string{"Default", "租户"}}
		if err != nil || !reflect.DeepEqual(got, want) {
			x.Errorf("%+v, %v, want %+v", got, err, want)
		}
		if got, err := x.area.Contribute(x.Context(), x.db, "gone"); got != nil || err != nil {
			x.Errorf("gone: %v, %v", got, err)
		}
		x.exec(`UPDATE acls SET acl_value = 'spoilt' WHERE name = 'test001'`)
		if _, err := x.area.Contribute(x.Context(), x.db, x.alice.Do("GET", policies+"?name=test001", nil).Text("acls.0.id")); err == nil {
			x.Error("a spoilt list was published")
		}
	})
}

func TestPut(t *testing.T) {
	each(t, func(x *fixture) {
		// Any request will do: Put takes the project from its caller.
		put := func(s acls.Spec, overwrite bool) (id string, err error) {
			x.clock.Advance(time.Second)
			werr := x.db.Write(x.Context(), func(tx *store.Tx) error {
				id, err = x.area.Put(&wire.Request{HTTP: request(x.T)}, tx, "p1", s, overwrite)
				return err
			})
			return id, werr
		}
		spec := acls.Spec{Name: "imported", Type: "permit", Entity: "ip", Value: "10.0.0.1"}
		id, err := put(spec, false)
		if err != nil || id == "" {
			x.Fatal(id, err)
		}
		x.touched("acl/" + id)
		changed := acls.Spec{Name: "imported", Type: "DENY", Entity: "IP", Value: "10.0.0.2"}
		if again, err := put(changed, false); err != nil || again != id {
			x.Errorf("again: %s, %v", again, err)
		}
		x.touched()
		x.fields(x.alice.Do("GET", policies+"/"+id, nil), map[string]string{"acl_type": "PERMIT", "acl_value": "10.0.0.1"})
		if again, err := put(changed, true); err != nil || again != id {
			x.Errorf("overwrite: %s, %v", again, err)
		}
		x.touched("acl/" + id)
		x.fields(x.alice.Do("GET", policies+"/"+id, nil), map[string]string{"acl_type": "DENY", "acl_value": "10.0.0.2"})

		for _, tt := range []struct {
			spec acls.Spec
			want *wire.Error
		}{
			{acls.Spec{Name: "imported", Type: "DENY", Entity: "DOMAIN", Value: "a"}, apig.E2011},
			{acls.Spec{Name: "imported", Type: "DENY", Entity: "IP", Value: "a"}, apig.E2015},
			{acls.Spec{Name: "no", Type: "DENY", Entity: "IP", Value: "10.0.0.1"}, apig.E2005},
			{acls.Spec{Name: "a_new_one", Type: "DENY", Entity: "ADMIN", Value: "10.0.0.1"}, apig.E2011},
		} {
			if _, err := put(tt.spec, true); !errors.Is(err, tt.want) {
				x.Errorf("%+v: %v, want %s", tt.spec, err, tt.want.Code)
			}
		}
		for _, name := range []string{"two_2", "three", "four4"} {
			x.create(x.alice, input(name))
		}
		if _, err := put(acls.Spec{Name: "five5", Type: "DENY", Entity: "IP", Value: "10.0.0.1"}, true); !errors.Is(err, apig.E3112) {
			x.Errorf("over the quota: %v", err)
		}
	})
}
