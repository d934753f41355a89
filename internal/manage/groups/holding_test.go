package groups_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// bind gives a group a domain, and a certificate where its name is not empty.
func (h *house) bind(group, id string, at int, certificate string) {
	h.t.Helper()
	h.exec(`INSERT INTO domains (id, group_id, project_id, domain, url_domain, cname_status, check_time, create_time)
		VALUES ($1, $2, 'p', $3, $4, 3, 0, $5)`, id, group, id+".example.com", id+".Example.com", at)
	if certificate != "" {
		h.exec(`INSERT INTO certificates (id, domain_id, name, chain, private_key, update_time) VALUES ($1, $2, $3, 'x', 'x', 0)`,
			"ssl-"+id, id, certificate)
	}
}

func (h *house) respond(group, id string) {
	h.t.Helper()
	h.exec(`INSERT INTO group_responses (id, group_id, project_id, name, is_default, create_time, update_time) VALUES ($1, $2, 'p', $1, 0, 0, 0)`, id, group)
	h.exec(`INSERT INTO group_response_types (response_id, type, status, body) VALUES ($1, 'THROTTLED', 0, '{}')`, id)
}

func TestDomainsAreShown(t *testing.T) {
	each(t, func(h *house) {
		first, second := create(h.one, "first"), create(h.one, "second")
		h.bind(first, "b", 2, "")
		h.bind(first, "a", 3, "wild_card")
		h.bind(first, "c", 1, "")
		h.bind(second, "z", 1, "")
		want := []any{
			map[string]any{"id": "c", "domain": "c.Example.com", "cname_status": 3.0, "ssl_id": "", "ssl_name": ""},
			map[string]any{"id": "b", "domain": "b.Example.com", "cname_status": 3.0, "ssl_id": "", "ssl_name": ""},
			map[string]any{"id": "a", "domain": "a.Example.com", "cname_status": 3.0, "ssl_id": "ssl-a", "ssl_name": "wild_card"},
		}
		if got := h.one.Do("GET", path+"/"+first, nil).Want(200).Get("url_domains"); !reflect.DeepEqual(got, want) {
			h.t.Errorf("shown: %v", got)
		}
		if got := h.one.Do("PUT", path+"/"+first, `{"name":"first_2"}`).Want(200).Get("url_domains"); !reflect.DeepEqual(got, want) {
			h.t.Errorf("after a change: %v", got)
		}
		list := h.one.Do("GET", path+"?name=first", nil).Want(200)
		if got := list.Get("groups.0.url_domains"); !reflect.DeepEqual(got, want) {
			h.t.Errorf("listed: %v", got)
		}
		if got := h.one.Do("GET", path, nil).Want(200).Text("groups.0.url_domains.0.id"); got != "z" && got != "c" {
			h.t.Errorf("listed with others: %s", got)
		}

		value, err := h.area.Contribute(h.t.Context(), h.db, first)
		if err != nil {
			h.t.Fatal(err)
		}
		hosts := value.(definition.Group).Hosts
		if len(hosts) != 4 || !slices.Equal(hosts[1:], []string{"a.example.com", "b.example.com", "c.example.com"}) {
			h.t.Errorf("published hosts %v", hosts)
		}
	})
}

// TestDNSIsAskedAboutFewGroups: a status is brought up to date for who looks at
// it, not for who lists everything.
func TestDNSIsAskedAboutFewGroups(t *testing.T) {
	each(t, func(h *house) {
		id := create(h.one, "shown")
		h.one.Do("GET", path+"/"+id, nil).Want(200)
		h.one.Do("GET", path, nil).Want(200)
		h.one.Do("PUT", path+"/"+id, `{"name":"renamed"}`).Want(200) // a write does not wait for DNS
		if want := []string{id, id}; !slices.Equal(h.asked, want) {
			h.t.Errorf("asked about %v, want %v", h.asked, want)
		}
		h.asked = nil
		for i := range 20 {
			h.exec(`INSERT INTO groups (id, project_id, name, remark, status, sl_domain, on_sell_status, is_default, register_time, update_time)
				VALUES ($1, 'p1', $1, '', 1, $1, 2, 2, 0, 0)`, fmt.Sprintf("extra%02d", i))
		}
		h.one.Do("GET", path+"?page_size=0", nil).Want(200)
		if len(h.asked) != 0 {
			h.t.Errorf("a list of 21 asked about %d", len(h.asked))
		}
		h.one.Do("GET", path, nil).Want(200)
		if len(h.asked) != 20 {
			h.t.Errorf("a list of 20 asked about %d", len(h.asked))
		}
		h.mute = errors.New("away")
		h.one.Do("GET", path+"/"+id, nil).Refused(500, "APIG.9999")
	})
}

func TestWhatAGroupHoldsGoesWithIt(t *testing.T) {
	each(t, func(h *house) {
		id, other := create(h.one, "goes"), create(h.one, "stays")
		for _, g := range []string{id, other} {
			h.bind(g, "plain-"+g, 1, "")
			h.bind(g, "tls-"+g, 2, "name")
			h.respond(g, "response-"+g)
		}
		h.exec(`INSERT INTO apis (id, group_id) VALUES ('a', $1)`, id)
		h.touched = nil
		h.one.Do("DELETE", path+"/"+id, nil).Refused(403, "APIG.3415")
		if len(h.touched) != 0 || h.count(`SELECT COUNT(*) FROM domains`) != 4 {
			h.t.Errorf("a refused deletion touched %v", h.touched)
		}
		h.exec(`DELETE FROM apis`)
		h.one.Do("DELETE", path+"/"+id, nil).Want(204)
		want := []store.Touched{{Kind: "response", ID: "response-" + id}, {Kind: "certificate", ID: "ssl-tls-" + id}, {Kind: "group", ID: id}}
		if !reflect.DeepEqual(h.touched, want) {
			h.t.Errorf("touched %v, want %v", h.touched, want)
		}
		for table, want := range map[string]int{"domains": 2, "certificates": 1, "group_responses": 1, "group_response_types": 1} {
			if n := h.count(`SELECT COUNT(*) FROM ` + table); n != want {
				h.t.Errorf("%d rows of %s are left, want %d", n, table, want)
			}
		}
	})
}

// TestOrdersKeepAGroup: what somebody has paid for cannot be deleted; what has
// expired goes with its app.
func TestOrdersKeepAGroup(t *testing.T) {
	each(t, func(h *house) {
		group, other := create(h.one, "sold"), create(h.one, "other")
		now := store.Micros(h.clock.Now())
		for _, o := range []struct {
			id, group string
			expire    int64
		}{{"old", group, now}, {"live", group, now + 1}, {"elsewhere", other, now + 1}} {
			h.exec(`INSERT INTO apps (id) VALUES ($1)`, "app-"+o.id)
			h.exec(`INSERT INTO app_codes (id, app_id) VALUES ($1, $1)`, "app-"+o.id)
			h.exec(`INSERT INTO grants (id, app_id) VALUES ($1, $2)`, "grant-"+o.id, "app-"+o.id)
			h.exec(`INSERT INTO purchases (id, group_id, app_id, expire_time) VALUES ($1, $2, $3, $4)`, o.id, o.group, "app-"+o.id, o.expire)
		}
		h.one.Do("DELETE", path+"/"+group, nil).Refused(403, "APIG.1101", "orders of the group have not expired yet")
		h.clock.Advance(time.Second)
		h.touched = nil
		h.one.Do("DELETE", path+"/"+group, nil).Want(204)
		for _, want := range []store.Touched{
			{Kind: "grant", ID: "grant-old"}, {Kind: "grant", ID: "grant-live"}, {Kind: "order", ID: "live"},
			{Kind: "app", ID: "app-old"}, {Kind: "group", ID: group},
		} {
			if !slices.Contains(h.touched, want) {
				t.Errorf("%v was not touched: %v", want, h.touched)
			}
		}
		for _, table := range []string{"purchases", "apps", "app_codes", "grants"} {
			if n := h.count(`SELECT COUNT(*) FROM ` + table); n != 1 {
				t.Errorf("%s has %d rows, want the other group's", table, n)
			}
		}
	})
}
