package domains_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/domains"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestLifeOfADomain(t *testing.T) {
	each(t, func(x *fixture) {
		x.dns.cnames["www.mycompany.com"] = "ONE.gw.example.com."
		made := x.alice.Do("POST", at("g1"), body("www.MyCompany.com")).Want(201)
		id := made.Text("id")
		want := map[string]any{"id": id, "url_domain": "www.MyCompany.com", "status": 3.0}
		if !ids.Valid(id) || !reflect.DeepEqual(made.JSON(), want) {
			x.t.Errorf("made %s", made.Body)
		}
		x.touches(mark("group", "g1"))

		x.alice.Do("DELETE", at("g1")+"/"+id, nil).Want(204)
		x.touches(mark("group", "g1"))
		x.alice.Do("DELETE", at("g1")+"/"+id, nil).Refused(404, "APIG.3020", ",id:"+id)
		x.alice.Do("DELETE", at("g1")+"/x", nil).Refused(404, "APIG.3020", "The URL domain does not exist.")
		x.touches()
		if n := x.count(`SELECT COUNT(*) FROM domains`); n != 0 {
			x.t.Errorf("%d domains are left", n)
		}
		for _, record := range x.nobody.Audit() {
			if record.Status < 300 && record.Resource != id {
				x.t.Errorf("audit record %+v does not name the domain", record)
			}
		}
	})
}

func TestNames(t *testing.T) {
	label := strings.Repeat("a", 63)
	longest := strings.Join([]string{label, label, label, strings.Repeat("b", 59) + ".c"}, ".") // 253
	for _, c := range []struct{ raw, canonical, code, text string }{
		{"a.b", "a.b", "", ""},
		{"API.Example.COM", "api.example.com", "", ""},
		{"a--b.r3---sn.example.com", "a--b.r3---sn.example.com", "", ""},
		{"1.2.3.x4", "1.2.3.x4", "", ""},
		{"例子.测试", "xn--fsqu00a.xn--0zwm56d", "", ""},
		{"bücher.Example.com", "xn--bcher-kva.example.com", "", ""},
		{"XN--BCHER-KVA.example.com", "xn--bcher-kva.example.com", "", ""},
		{"a。example.com", "a.example.com", "", ""}, // the full stop of Chinese keyboards
		{longest, longest, "", ""},
		{"notgw.example.com", "notgw.example.com", "", ""},

		{"", "", "APIG.2001", "url_domain"},
		{strings.Repeat("a.", 128), "", "APIG.2006", "url_domain"},
		{"b" + longest, "", "APIG.2024", ""},
		{strings.Repeat("a.", 127) + "b", "", "APIG.2024", "not a domain name"},
		{"a" + label + ".com", "", "APIG.2024", "63"},
		{"localhost", "", "APIG.2024", "two labels"},
		{"com", "", "APIG.2024", "two labels"},
		{"*.example.com", "", "APIG.2024", "wildcard"},
		{"www.*.com", "", "APIG.2024", "wildcard"},
		{"*", "", "APIG.2024", "wildcard"},
		{"192.0.2.1", "", "APIG.2024", "address"},
		{"127.1", "", "APIG.2024", "address"},
		{"0x7f.0x1", "", "APIG.2024", "address"},
		{"a.1c", "", "APIG.2024", "address"},
		{"[2001:db8::1]", "", "APIG.2024", "address"},
		{"2001:db8::1", "", "APIG.2024", "address"},
		{"a.example.com:443", "", "APIG.2024", "port"},
		{"https://a.example.com", "", "APIG.2024", "port"},
		{"a.example.com.", "", "APIG.2024", "dot"},
		{".example.com", "", "APIG.2024", ""},
		{"a..com", "", "APIG.2024", ""},
		{"-a.com", "", "APIG.2024", "hyphen"},
		{"a-.com", "", "APIG.2024", "hyphen"},
		{"a_b.com", "", "APIG.2024", "underscore"},
		{"a b.com", "", "APIG.2024", ""},
		{"a.com/x", "", "APIG.2024", ""},
		{"a.com\n", "", "APIG.2024", ""},
		{"xn--a.com", "", "APIG.2024", "internationalised"},
		{"xn--0000h.com", "", "APIG.2024", "internationalised"},
		{"a\u200db.com", "", "APIG.2024", "internationalised"},
		{"é" + strings.Repeat("é", 200) + ".com", "", "APIG.2024", "63"},
		{"gw.example.com", "", "APIG.2024", "gw.example.com"},
		{"x.GW.example.com", "", "APIG.2024", "gw.example.com"},
		{"one.gw.example.com", "", "APIG.2024", "gateway's own"},
	} {
		name, err := domains.Canonical(c.raw, "gw.example.com")
		switch {
		case c.code == "" && (err != nil || name != c.canonical):
			t.Errorf("%.60q: %q, %v; want %q", c.raw, name, err, c.canonical)
		case c.code != "" && (err == nil || !strings.HasPrefix(err.Error(), c.code) || !strings.Contains(err.Error(), c.text)):
			t.Errorf("%.60q: %q, %v; want %s with %q", c.raw, name, err, c.code, c.text)
		}
	}
}

func TestADomainBelongsToOneGroup(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.bind(x.alice, "g1", "api.example.org")
		for group, c := range map[string]string{"g1": "alice", "g2": "alice", "g3": "bob"} {
			who := x.alice
			if c == "bob" {
				who = x.bob
			}
			who.Do("POST", at(group), body("API.example.org")).Refused(400, "APIG.3305", "already exists, url_domain:API.example.org")
		}
		if n := x.count(`SELECT COUNT(*) FROM domains`); n != 1 {
			x.t.Errorf("%d domains", n)
		}
		x.alice.Do("DELETE", at("g1")+"/"+id, nil).Want(204)
		x.bind(x.bob, "g3", "api.example.org")
	})
}

// TestOneOfManyWins: whoever claims a domain at the same moment, one group has it.
func TestOneOfManyWins(t *testing.T) {
	each(t, func(x *fixture) {
		var all sync.WaitGroup
		var mu sync.Mutex
		statuses := map[int]int{}
		for i := range 12 {
			all.Go(func() {
				r := x.root.Do("POST", at(fmt.Sprintf("g%d", 1+i%3)), body("api.example.org"))
				mu.Lock()
				defer mu.Unlock()
				statuses[r.Status]++
			})
		}
		all.Wait()
		if want := map[int]int{201: 1, 400: 11}; !reflect.DeepEqual(statuses, want) {
			x.t.Errorf("statuses %v, want %v", statuses, want)
		}
		if len(x.touched) != 1 {
			x.t.Errorf("touched %v", x.touched)
		}
	})
}

func TestQuotaIsPerGroup(t *testing.T) {
	each(t, func(x *fixture) {
		var all sync.WaitGroup
		for _, name := range numbered("d%d.example.org", 8) {
			all.Go(func() { x.alice.Do("POST", at("g1"), body(name)) })
		}
		all.Wait()
		if n := x.count(`SELECT COUNT(*) FROM domains`); n != 3 {
			x.t.Errorf("%d domains, the quota is 3", n)
		}
		x.alice.Do("POST", at("g1"), body("more.example.org")).Refused(403, "APIG.3108", "exceeds")
		x.bind(x.alice, "g2", "more.example.org")
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(x *fixture) {
		mine, second, theirs := x.bind(x.alice, "g1", "a.example.org"), x.bind(x.alice, "g2", "b.example.org"), x.bind(x.bob, "g3", "secret.example.org")
		x.touched = nil
		x.alice.Do("POST", at("g3"), body("c.example.org")).Refused(403, "APIG.1101")
		x.alice.Do("POST", at("g9"), body("c.example.org")).Refused(404, "APIG.3001", "API group g9 does not exist")
		x.alice.Do("POST", at("g1"), `{"url_domain":7}`).Refused(400, "APIG.2011", "url_domain")
		x.reader.Do("POST", at("g1"), body("c.example.org")).Refused(403, "APIC.7110")
		x.nobody.Do("POST", at("g1"), body("c.example.org")).Refused(401, "APIG.1000")

		x.alice.Do("DELETE", at("g1")+"/"+second, nil).Refused(403, "APIG.3474")
		x.alice.Do("DELETE", at("g1")+"/"+theirs, nil).Refused(404, "APIG.3020") // not even that it exists
		x.root.Do("DELETE", at("g1")+"/"+theirs, nil).Refused(404, "APIG.3020")
		x.alice.Do("DELETE", at("g3")+"/"+theirs, nil).Refused(403, "APIG.1101")
		x.alice.Do("DELETE", at("g9")+"/"+mine, nil).Refused(404, "APIG.3001")
		x.reader.Do("DELETE", at("g1")+"/"+mine, nil).Refused(403, "APIC.7110")
		x.nobody.Do("DELETE", at("g1")+"/"+mine, nil).Refused(401, "APIG.1000")
		if asked := strings.Join(x.dns.asked, " "); strings.Contains(asked, "c.example.org") {
			x.t.Errorf("DNS was asked for who may not: %s", asked)
		}
		x.touches()
		x.root.Do("DELETE", at("g3")+"/"+theirs, nil).Want(204)
		x.root.Do("POST", at("g3"), body("d.example.org")).Want(201)
		if n := x.count(`SELECT COUNT(*) FROM domains WHERE project_id = 'p2'`); n != 1 {
			x.t.Error("an administrator's domain is not the group's project's")
		}
	})
}

func TestStatus(t *testing.T) {
	each(t, func(x *fixture) {
		x.dns.cnames = map[string]string{
			"right.example.org": "one.gw.example.com.", "other.example.org": "two.gw.example.com.",
			"else.example.org": "cdn.example.net.", "plain.example.org": "plain.example.org.",
		}
		x.dns.faults = map[string]error{
			"slow.example.org":    &net.DNSError{Err: "i/o timeout", IsTimeout: true},
			"broken.example.org":  &net.DNSError{Err: "server misbehaving", IsTemporary: true},
			"strange.example.org": errors.New("strange"),
		}
		for domain, want := range map[string]string{
			"right.example.org": "3", "other.example.org": "4", "else.example.org": "4", "plain.example.org": "1",
			"absent.example.org": "1", "slow.example.org": "2", "broken.example.org": "4", "strange.example.org": "4",
		} {
			r := x.alice.Do("POST", at("g1"), body(domain)).Want(201)
			if got := r.Text("status"); got != want {
				x.t.Errorf("%s: status %s, want %s", domain, got, want)
			}
			x.alice.Do("DELETE", at("g1")+"/"+r.Text("id"), nil).Want(204)
		}
	})
}

func TestRefresh(t *testing.T) {
	each(t, func(x *fixture) {
		first, second := x.bind(x.alice, "g1", "a.example.org"), x.bind(x.bob, "g3", "b.example.org")
		refresh := func(groups ...string) {
			x.t.Helper()
			x.dns.asked = nil
			if err := x.area.Refresh(x.t.Context(), groups); err != nil {
				x.t.Error(err)
			}
		}
		x.dns.cnames["a.example.org"], x.dns.cnames["b.example.org"] = "one.gw.example.com", "three.gw.example.com"
		refresh("g1", "g3")
		if len(x.dns.asked) != 0 || x.status(first) != 1 {
			x.t.Errorf("a fresh status was asked for: %v", x.dns.asked)
		}
		x.clock.Advance(time.Minute + time.Second)
		refresh()
		refresh("g2", "g9")
		if len(x.dns.asked) != 0 {
			x.t.Errorf("asked %v", x.dns.asked)
		}
		x.touched = nil
		refresh("g1")
		if x.status(first) != 3 || x.status(second) != 1 {
			x.t.Errorf("statuses %d and %d, want 3 and 1", x.status(first), x.status(second))
		}
		x.touches() // a status is nothing for gateways
		refresh("g1", "g2", "g3")
		if len(x.dns.asked) != 1 || x.status(second) != 3 {
			x.t.Errorf("asked %v, status %d", x.dns.asked, x.status(second))
		}

		// DNS that does not answer takes nothing away, and is not asked again at once.
		x.clock.Advance(2 * time.Minute)
		x.dns.faults["a.example.org"] = &net.DNSError{IsTimeout: true}
		x.dns.faults["b.example.org"] = &net.DNSError{IsTemporary: true}
		refresh("g1", "g3")
		if x.status(first) != 3 || x.status(second) != 4 {
			x.t.Errorf("statuses %d and %d, want 3 and 4", x.status(first), x.status(second))
		}
		refresh("g1", "g3")
		if len(x.dns.asked) != 0 {
			x.t.Errorf("asked again: %v", x.dns.asked)
		}
	})
}

// TestSlowDNS: DNS that never answers costs two seconds, for one domain and for
// many.
func TestSlowDNS(t *testing.T) {
	each(t, func(x *fixture) {
		for _, g := range []string{"g1", "g2", "g3"} {
			for _, name := range numbered(g+"-%d.example.org", 3) {
				x.bind(x.root, g, name)
			}
		}
		x.clock.Advance(time.Hour)
		x.dns.blocked = true
		began := time.Now()
		if err := x.area.Refresh(x.t.Context(), []string{"g1", "g2", "g3"}); err != nil {
			x.t.Error(err)
		}
		if d := time.Since(began); d < 1900*time.Millisecond || d > 4*time.Second {
			x.t.Errorf("nine silent answers took %v", d)
		}
		ctx, cancel := context.WithCancel(x.t.Context())
		cancel()
		x.clock.Advance(time.Hour)
		if err := x.area.Refresh(ctx, []string{"g1"}); err == nil {
			x.t.Error("a caller that left was answered")
		}
	})
}

func TestDatabaseAway(t *testing.T) {
	each(t, func(x *fixture) {
		if err := x.db.Close(); err != nil {
			x.t.Fatal(err)
		}
		for _, r := range x.area.Routes() {
			path := strings.NewReplacer("{group_id}", "g1", "{domain_id}", "x", "{id}", "x").Replace(r.Pattern)
			var sent any
			if r.Method == "POST" {
				sent = map[string]any{"url_domain": "a.example.org", "name": "name", "cert_content": "x", "private_key": "x"}
			}
			answer := x.alice.Do(r.Method, path, sent)
			if answer.Status < 500 || strings.Contains(string(answer.Body), "sql") {
				x.t.Errorf("%s: %d %s", r.Action, answer.Status, answer.Body)
			}
		}
		if err := x.area.Refresh(x.t.Context(), []string{"g1"}); err == nil {
			x.t.Error("refreshed without a database")
		}
	})
}

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 70, domains.Schema()) }

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"a.b", "例子.测试", "xn--bcher-kva.example.com", "192.0.2.1", "[::1]", "a。b", "*.x", "a..b", strings.Repeat("é.", 120)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		name, err := domains.Canonical(raw, "gw.example.com")
		if err != nil {
			return
		}
		again, err := domains.Canonical(name, "gw.example.com")
		if err != nil || again != name || len(name) > 253 || !strings.Contains(name, ".") || net.ParseIP(name) != nil {
			t.Errorf("%q is %q, which is %q, %v", raw, name, again, err)
		}
	})
}
