package signs_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/signs"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestSchemaNumbers(t *testing.T) { storetest.Numbered(t, 60, signs.Schema()) }

var generated = regexp.MustCompile(`^[0-9a-f]{32}$`)

// published is the key as gateways get it, with its secret opened.
func (x *fixture) published(id string) (key definition.SignatureKey, plain string) {
	x.Helper()
	got, err := x.area.Contribute(x.Context(), x.db, id)
	if err != nil {
		x.Fatal(err)
	}
	key, ok := got.(definition.SignatureKey)
	if !ok {
		x.Fatalf("%s contributes %v", id, got)
	}
	secret, err := x.sealer.Open("sign-secret", id, key.Secret)
	if err != nil {
		x.Fatal(err)
	}
	return key, string(secret)
}

func TestCreate(t *testing.T) {
	each(t, func(x *fixture) {
		r := x.alice.Do("POST", keys, object{"name": "signature01", "sign_key": "abcd_123", "sign_secret": "Secret-_!@#$%123"}).Want(201)
		id := r.Text("id")
		x.touched("sign/" + id)
		x.fields(r, map[string]string{
			"name": "signature01", "sign_key": "abcd_123", "sign_secret": "Secret-_!@#$%123",
			"create_time": "2026-01-02T03:04:05.123456Z", "update_time": "2026-01-02T03:04:05.123456Z",
		})
		key, secret := x.published(id)
		if key.ID != id || key.ProjectID != "p1" || key.Key != "abcd_123" || secret != "Secret-_!@#$%123" {
			x.Errorf("published %+v with %q", key, secret)
		}
		// What is not given, empty or masked is made by the server and shown.
		for name, body := range map[string]object{
			"absent": {}, "empty": {"sign_key": "", "sign_secret": ""}, "masked": {"sign_key": nil, "sign_secret": "*****"},
		} {
			body["name"] = name
			r := x.alice.Do("POST", keys, body).Want(201)
			if !generated.MatchString(r.Text("sign_key")) || !generated.MatchString(r.Text("sign_secret")) {
				x.Errorf("%s: %s", name, r.Body)
			}
			if key, secret := x.published(r.Text("id")); key.Key != r.Text("sign_key") || secret != r.Text("sign_secret") {
				x.Errorf("%s: answered %s, published %s %s", name, r.Body, key.Key, secret)
			}
		}
		x.touch = nil
		x.alice.Do("POST", keys, object{"name": "one_too_many"}).Refused(403, "APIG.3105")
		x.create(x.bob, "signature01") // names are a project's own
		x.touch = nil
		x.reader.Do("POST", keys, object{"name": "by_reader"}).Refused(403, "APIC.7110")

		for _, tt := range []struct {
			field, value string
			code         string
		}{
			{"name", "", "APIG.2001"},
			{"name", "ab", "APIG.2005"},
			{"name", strings.Repeat("a", 65), "APIG.2006"},
			{"name", "1abc", "APIG.2011"},
			{"name", "signature01", "APIG.3207"},
			{"sign_key", "abcd_12", "APIG.2005"},
			{"sign_key", strings.Repeat("a", 33), "APIG.2006"},
			{"sign_key", "_abcdefgh", "APIG.2011"},
			{"sign_key", "abcdefgh!", "APIG.2011"},
			{"sign_key", "abcdefgh\n", "APIG.2011"},
			{"sign_secret", strings.Repeat("a", 15), "APIG.2005"},
			{"sign_secret", strings.Repeat("a", 65), "APIG.2006"},
			{"sign_secret", "!" + strings.Repeat("a", 16), "APIG.2011"},
			{"sign_secret", strings.Repeat("a", 16) + ".", "APIG.2011"},
			{"sign_secret", strings.Repeat("a", 16) + "*", "APIG.2011"},
		} {
			body := object{"name": "another"}
			body[tt.field] = tt.value
			if r := x.bob.Do("POST", keys, body).Refused(400, tt.code, tt.field); tt.field == "sign_secret" && strings.Contains(string(r.Body), tt.value) {
				x.Errorf("the refusal shows the secret: %s", r.Body)
			}
		}
		x.touched()
		for _, record := range x.client.Audit() {
			if text := fmt.Sprintf("%+v", record); strings.Contains(text, "Secret-_") {
				x.Errorf("the audit record shows the secret: %s", text)
			}
		}
	})
}

// TestWhoSeesTheSecret: who may set it.
func TestWhoSeesTheSecret(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(x.alice, "signature01")
		_, secret := x.published(id)
		for name, tt := range map[string]struct {
			as   *wiretest.Client
			want string
		}{
			"member": {x.alice, secret}, "reader": {x.reader, "*****"}, "administrator of another project": {x.admin, "*****"},
			"administrator": {x.client.As("project=p1;roles=admin"), secret},
		} {
			if got := tt.as.Do("GET", keys+"?id="+id, nil).Want(200).Text("signs.0.sign_secret"); got != tt.want {
				x.Errorf("%s sees %q", name, got)
			}
		}
		if got := x.admin.Do("PUT", keys+"/"+id, object{"name": "signature02"}).Want(200).Text("sign_secret"); got != "*****" {
			x.Errorf("an administrator of another project sees %q", got)
		}
		x.bind(x.alice, id, "pub1")
		for _, list := range []string{"binded-apis?sign_id=" + id, "binded-signs?api_id=api1"} {
			if r := x.alice.Do("GET", bindings+"/"+list, nil).Want(200); r.Text("bindings.0.sign_secret") != "*****" {
				x.Errorf("%s: %s", list, r.Body)
			}
		}
		var stored string
		if err := x.db.QueryRow(x.Context(), `SELECT sign_secret FROM sign_keys`).Scan(&stored); err != nil || strings.Contains(stored, secret) {
			x.Errorf("stored in the clear, or %v", err)
		}
	})
}

func TestUpdate(t *testing.T) {
	each(t, func(x *fixture) {
		r := x.alice.Do("POST", keys, object{"name": "signature01", "sign_key": "abcd_123", "sign_secret": "0123456789abcdef"}).Want(201)
		id, created := r.Text("id"), r.Text("create_time")
		x.clock.Advance(time.Minute)
		other := x.create(x.bob, "theirs")
		x.create(x.alice, "second")
		path := keys + "/" + id
		// A name alone changes nothing that backends check.
		x.fields(x.alice.Do("PUT", path, object{"name": "signature02"}).Want(200), map[string]string{
			"id": id, "name": "signature02", "sign_key": "abcd_123", "sign_secret": "0123456789abcdef", "create_time": created, "update_time": "2026-01-02T03:05:07.123456Z",
		})
		x.touched("sign/" + id)
		x.fields(x.alice.Do("PUT", path, object{"name": "signature02", "sign_key": "abcd_1234", "sign_secret": "******"}).Want(200), map[string]string{
			"sign_key": "abcd_1234", "sign_secret": "0123456789abcdef",
		})
		x.fields(x.alice.Do("PUT", path, object{"name": "signature02", "sign_secret": "fedcba9876543210"}).Want(200), map[string]string{
			"sign_key": "abcd_1234", "sign_secret": "fedcba9876543210",
		})
		if key, secret := x.published(id); key.Key != "abcd_1234" || secret != "fedcba9876543210" {
			x.Errorf("published %s %s", key.Key, secret)
		}
		r = x.alice.Do("PUT", path, object{"name": "signature02", "sign_key": "", "sign_secret": ""}).Want(200)
		if !generated.MatchString(r.Text("sign_key")) || !generated.MatchString(r.Text("sign_secret")) {
			x.Errorf("made anew: %s", r.Body)
		}
		x.touch = nil
		x.alice.Do("PUT", path, object{}).Refused(400, "APIG.2001", "name")
		x.alice.Do("PUT", path, object{"name": "second"}).Refused(400, "APIG.3207", "name:second")
		x.alice.Do("PUT", path, object{"name": "signature02", "sign_key": "short"}).Refused(400, "APIG.2005", "sign_key")
		x.alice.Do("PUT", path, object{"name": "signature02", "sign_secret": "short"}).Refused(400, "APIG.2005", "sign_secret")
		x.alice.Do("PUT", keys+"/"+other, object{"name": "mine"}).Refused(403, "APIG.1112")
		x.alice.Do("PUT", keys+"/nothing", object{"name": "mine"}).Refused(404, "APIG.3017", "Signature key nothing does not exist")
		x.reader.Do("PUT", path, object{"name": "mine"}).Refused(403, "APIC.7110")
		x.touched()
	})
}

// TestDelete: the bindings go with the key (4.14.4).
func TestDelete(t *testing.T) {
	each(t, func(x *fixture) {
		id, other := x.create(x.alice, "signature01"), x.create(x.bob, "theirs")
		bound := x.bind(x.alice, id, "pub1", "pub2")
		x.exec(`INSERT INTO binding_wishes (api_id, policy, slot, policy_id) VALUES ('api3', 'sign', '', '` + id + `')`)
		x.alice.Do("DELETE", keys+"/"+other, nil).Refused(403, "APIG.1112")
		x.reader.Do("DELETE", keys+"/"+id, nil).Refused(403, "APIC.7110")
		x.alice.Do("DELETE", keys+"/"+id, nil).Want(204)
		x.touched("sign/"+id, "binding/"+bound[0], "binding/"+bound[1])
		x.alice.Do("DELETE", keys+"/"+id, nil).Refused(404, "APIG.3017", id)
		for _, table := range []string{"bindings", "binding_wishes", "sign_keys WHERE project_id = 'p1'"} {
			var rows int
			if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM `+table).Scan(&rows); err != nil || rows != 0 {
				x.Errorf("%s: %d rows are left, %v", table, rows, err)
			}
		}
		if got, err := x.area.Contribute(x.Context(), x.db, id); got != nil || err != nil {
			x.Errorf("gone: %v, %v", got, err)
		}
		x.admin.Do("DELETE", keys+"/"+other, nil).Want(204)
	})
}

func TestList(t *testing.T) {
	each(t, func(x *fixture) {
		first := x.create(x.alice, "Orders_one")
		x.create(x.alice, "orders_two")
		x.create(x.bob, "theirs")
		x.bind(x.alice, first, "pub1", "pub1e")
		for query, want := range map[string]string{
			"":                                      "orders_two Orders_one",
			"?page_size=1":                          "orders_two",
			"?page_no=2":                            "",
			"?id=" + first:                          "Orders_one",
			"?name=ORDERS_":                         "orders_two Orders_one",
			"?name=%25":                             "",
			"?name=orders_one&precise_search=name":  "",
			"?name=Orders_one&precise_search=name":  "Orders_one",
			"?name=Orders_one&precise_search=other": "Orders_one",
		} {
			if got := names(x.T, x.reader.Do("GET", keys+query, nil)); got != want {
				x.Errorf("%q: %q, want %q", query, got, want)
			}
		}
		r := x.alice.Do("GET", keys+"?id="+first, nil).Want(200)
		_, secret := x.published(first)
		x.fields(r, map[string]string{
			"total": "1", "size": "1", "signs.0.id": first, "signs.0.name": "Orders_one", "signs.0.sign_secret": secret, "signs.0.bind_num": "2",
			"signs.0.create_time": "2026-01-02T03:04:05.123456Z", "signs.0.update_time": "2026-01-02T03:04:05.123456Z",
		})
		if r := x.bob.Do("GET", keys+"?id="+first, nil).Want(200); r.Text("total") != "0" || r.Text("signs") != "[]" {
			x.Errorf("another project's: %s", r.Body)
		}
		if got := names(x.T, x.admin.Do("GET", keys, nil)); got != "theirs orders_two Orders_one" {
			x.Errorf("an administrator sees %q", got)
		}
		x.alice.Do("GET", keys+"?page_size=501", nil).Refused(400, "APIG.2003", "page_size")
	})
}

// names are the keys of a list.
func names(t *testing.T, r *wiretest.Response) string {
	t.Helper()
	var page signs.List
	r.Want(200).Decode(&page)
	list := make([]string, len(page.Signs))
	for i := range page.Signs {
		list[i] = page.Signs[i].Name
	}
	if page.Size != len(list) {
		t.Errorf("%s: size %d with %d entries", r.Call, page.Size, len(list))
	}
	return strings.Join(list, " ")
}
