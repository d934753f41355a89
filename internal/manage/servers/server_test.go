package servers_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/channels"
	"github.com/lintel-gateway/lintel/internal/manage/servers"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 100, servers.Schema()) }

var neighbours = fstest.MapFS{
	"0010_projects.sql": {Data: []byte("-- +goose Up\nCREATE TABLE identity_projects (id TEXT PRIMARY KEY);\n" +
		"INSERT INTO identity_projects VALUES ('p1'), ('p2');\n")},
}

const collection = "/v1/p1/servers"

type object = map[string]any

// fixture is the area with a quota of 5 servers. Project p1 has the channel c1
// with the members s1 and s2 and the channel c2 with s1; p2 has c3 with s1.
type fixture struct {
	*testing.T
	db    *store.DB
	clock *clock.Fake
	touch []string
	alice *wiretest.Client // p1
	bob   *wiretest.Client // p2
	admin *wiretest.Client // p0
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	schemas := []fs.FS{servers.Schema(), channels.Schema(), entitlement.Schema(), neighbours}
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		x := &fixture{T: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		limits, err := quota.Default().With(map[quota.Item]int{quota.Servers: 5})
		if err != nil {
			t.Fatal(err)
		}
		area := servers.New(servers.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: entitlement.New(limits)})
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			for _, t := range touched {
				x.touch = append(x.touch, t.Kind+"/"+t.ID)
			}
			return nil, nil
		})
		for _, ch := range [][2]string{{"c1", "p1"}, {"c2", "p1"}, {"c3", "p2"}} {
			x.exec(`INSERT INTO channels VALUES ('` + ch[0] + `', '` + ch[1] + `', '` + ch[0] + `', 'instance', 80, 1, 1, 'h', 'tcp', '', 0, 2, 2, 2, 5, '')`)
		}
		for _, m := range [][2]string{{"c1", "s1"}, {"c1", "s2"}, {"c2", "s1"}, {"c3", "s1"}} {
			x.exec(`INSERT INTO channel_members VALUES ('` + m[0] + m[1] + `', '` + m[0] + `', '` + m[1] + `', '', 'm', 1, 1)`)
		}
		client := wiretest.Serve(t, apig.Dialect(area.Routes()))
		x.alice = client.As("project=p1;roles=member")
		x.bob = client.As("project=p2;roles=member")
		x.admin = client.As("project=p0;roles=admin")
		f(x)
	})
}

func (x *fixture) exec(statement string) {
	x.Helper()
	if err := x.db.Write(x.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(x.Context(), statement)
		return err
	}); err != nil {
		x.Fatal(err)
	}
}

func (x *fixture) touched(ids ...string) {
	x.Helper()
	var want []string
	for _, id := range ids {
		want = append(want, "channel/"+id)
	}
	if !slices.Equal(x.touch, want) {
		x.Errorf("touched %v, want %v", x.touch, want)
	}
	x.touch = nil
}

// server is a body; pairs are fields of it, nil takes one out.
func server(pairs ...any) object {
	s := object{"name": "web-1", "addresses": object{"private": []any{object{"addr": "10.0.0.1", "version": 4}}}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if s[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
			delete(s, pairs[i].(string))
		}
	}
	return object{"server": s}
}

func (x *fixture) has(r *wiretest.Response, want map[string]string) {
	x.Helper()
	for path, text := range want {
		if got := r.Text(path); got != text {
			x.Errorf("%s: %s is %q, want %q", r.Call, path, got, text)
		}
	}
}

// host is the address that gateways call.
func (x *fixture) host(id string) (host string) {
	x.Helper()
	if err := x.db.QueryRow(x.Context(), `SELECT host FROM servers WHERE project_id = 'p1' AND id = $1`, id).Scan(&host); err != nil {
		x.Fatal(err)
	}
	return host
}

func TestPut(t *testing.T) {
	each(t, func(x *fixture) {
		r := x.alice.Do("PUT", collection+"/s1", server()).Want(200)
		x.touched("c1", "c2")
		want := map[string]string{
			"server.id": "s1", "server.name": "web-1", "server.status": "ACTIVE", "server.tenant_id": "p1",
			"server.addresses.private.0.addr": "10.0.0.1", "server.addresses.private.0.version": "4", "server.accessIPv4": "",
			"server.accessIPv6": "", "server.created": "2026-01-02T03:04:05Z", "server.updated": "2026-01-02T03:04:05Z",
		}
		x.has(r, want)
		shown := x.alice.Do("GET", collection+"/s1", nil).Want(200)
		x.has(shown, want)
		if id := shown.Header.Get("RequestId"); id == "" || id != shown.Header.Get("X-Request-Id") {
			t.Errorf("RequestId is %q", id)
		}

		// Replacing leaves nothing of what was; channels hear of another address.
		x.clock.Advance(time.Hour)
		x.alice.Do("PUT", collection+"/s1", server("name", "web-2", "status", "shutoff")).Want(200)
		x.touched()
		r = x.alice.Do("PUT", collection+"/s1", server("name", "网站", "addresses", nil, "accessIPv4", "10.0.0.2")).Want(200)
		x.touched("c1", "c2")
		x.has(r, map[string]string{
			"server.name": "网站", "server.status": "ACTIVE", "server.accessIPv4": "10.0.0.2",
			"server.created": "2026-01-02T03:04:05Z", "server.updated": "2026-01-02T04:04:05Z",
		})
		if n := len(r.Get("server.addresses").(map[string]any)); n != 0 {
			t.Errorf("addresses were kept: %s", r.Body)
		}
		x.alice.Do("PUT", collection+"/s9", server()).Want(200) // in no channel
		x.touched()
		x.bob.Do("PUT", "/v1/p2/servers/s1", server("name", "theirs")).Want(200)
		x.touched("c3")
		x.has(x.alice.Do("GET", collection+"/s1", nil), map[string]string{"server.name": "网站"})
	})
}

func TestAddresses(t *testing.T) {
	each(t, func(x *fixture) {
		address := func(addr string, more ...any) object {
			a := object{"addr": addr}
			for i := 0; i+1 < len(more); i += 2 {
				a[more[i].(string)] = more[i+1]
			}
			return a
		}
		const kind = "OS-EXT-IPS:type"
		b := []any{address("2001:DB8::1", "version", 6), address("10.0.0.9", kind, "floating"), address("10.0.0.5", kind, "fixed")}
		for name, tt := range map[string]struct {
			body object
			want string
		}{
			"the first fixed IPv4 address":     {server("addresses", object{"b": b, "c": []any{address("10.0.0.4")}}), "10.0.0.5"},
			"networks by name":                 {server("addresses", object{"b": b, "a": []any{address("10.0.0.3")}}), "10.0.0.3"},
			"accessIPv4 first":                 {server("addresses", object{"b": b}, "accessIPv4", "10.0.0.2"), "10.0.0.2"},
			"fixed IPv4 before accessIPv6":     {server("addresses", object{"b": b}, "accessIPv6", "2001:db8::2"), "10.0.0.5"},
			"accessIPv6 before IPv6":           {server("addresses", object{"b": b[:2]}, "accessIPv6", "2001:db8::2"), "2001:db8::2"},
			"fixed IPv6 before floating":       {server("addresses", object{"b": b[:2]}), "2001:db8::1"},
			"floating when there is no other":  {server("addresses", object{"b": b[1:2], "a": []any{}, "z": nil}), "10.0.0.9"},
			"IPv4 in IPv6 clothes":             {server("addresses", object{"b": []any{address("::ffff:10.0.0.7")}}), "10.0.0.7"},
			"accessIPv6 alone, in one writing": {server("addresses", nil, "accessIPv6", "2001:0DB8:0::2"), "2001:db8::2"},
		} {
			r := x.alice.Do("PUT", collection+"/s1", tt.body).Want(200)
			if got := x.host("s1"); got != tt.want {
				t.Errorf("%s: %s, want %s", name, got, tt.want)
			}
			if shown := x.alice.Do("GET", collection+"/s1", nil).Want(200); string(shown.Body) != string(r.Body) {
				t.Errorf("%s: shown\n%s\nput\n%s", name, shown.Body, r.Body)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		one := func(addr any, more ...any) object {
			a := object{"addr": addr}
			for i := 0; i+1 < len(more); i += 2 {
				a[more[i].(string)] = more[i+1]
			}
			return server("addresses", object{"net": []any{a}})
		}
		many := make([]any, 65)
		networks := object{}
		for i := range many {
			many[i] = object{"addr": fmt.Sprintf("10.0.0.%d", i)}
			networks[fmt.Sprintf("net%d", i)] = []any{}
		}
		for name, tt := range map[string]struct {
			id   string
			body any
			code string
			text string
		}{
			"no name":              {"s1", server("name", nil), "APIG.2001", "server.name"},
			"nothing":              {"s1", object{}, "APIG.2001", "server.name"},
			"long name":            {"s1", server("name", strings.Repeat("n", 256)), "APIG.2006", "server.name"},
			"control character":    {"s1", server("name", "a\x07"), "APIG.2011", "server.name"},
			"name of another type": {"s1", server("name", 1), "APIG.2011", "server.name"},
			"status":               {"s1", server("status", "on"), "APIG.2011", "server.status"},
			"no address":           {"s1", server("addresses", nil), "APIG.2001", "server.addresses"},
			"networks without":     {"s1", server("addresses", object{"net": []any{}}), "APIG.2001", "server.addresses"},
			"network without name": {"s1", server("addresses", object{"": []any{object{"addr": "10.0.0.1"}}}), "APIG.2001", "server.addresses"},
			"list of addresses":    {"s1", server("addresses", []any{}), "APIG.2011", "addresses"},
			"65 addresses":         {"s1", server("addresses", object{"net": many}), "APIG.2006", "server.addresses"},
			"65 networks":          {"s1", server("addresses", networks), "APIG.2006", "server.addresses"},
			"long network":         {"s1", server("addresses", object{strings.Repeat("n", 256): []any{}}), "APIG.2006", "server.addresses"},
			"no addr":              {"s1", one(nil), "APIG.2001", "server.addresses.net[0].addr"},
			"bad addr":             {"s1", one("10.0.0.256"), "APIG.2015", "Invalid IP address,parameterName:server.addresses.net[0].addr"},
			"addr with a zone":     {"s1", one("fe80::1%eth0"), "APIG.2015", "server.addresses.net[0].addr"},
			"a host name":          {"s1", one("web.example.com"), "APIG.2015", "server.addresses.net[0].addr"},
			"wrong version":        {"s1", one("10.0.0.1", "version", 6), "APIG.2011", "server.addresses.net[0].version"},
			"wrong kind":           {"s1", one("10.0.0.1", "OS-EXT-IPS:type", "public"), "APIG.2011", "OS-EXT-IPS:type"},
			"accessIPv4 of 6":      {"s1", server("accessIPv4", "::1"), "APIG.2015", "server.accessIPv4"},
			"accessIPv6 of 4":      {"s1", server("accessIPv6", "10.0.0.1"), "APIG.2015", "server.accessIPv6"},
			"long id":              {strings.Repeat("a", 65), server(), "APIG.2006", "parameterName:id."},
			"dot in the id":        {"a.b", server(), "APIG.2011", "parameterName:id."},
			"Chinese id":           {"%E4%B8%AD", server(), "APIG.2011", "parameterName:id."},
		} {
			x.Run(name, func(t *testing.T) {
				x.alice.For(t).Do("PUT", collection+"/"+tt.id, tt.body).Refused(400, tt.code, tt.text)
			})
		}
		if r := x.alice.Do("GET", collection, nil).Want(200); string(r.Body) != `{"servers":[]}` {
			t.Errorf("refused writes left %s", r.Body)
		}
		x.alice.Do("PUT", collection+"/"+strings.Repeat("a", 64), server()).Want(200)
	})
}

func TestDelete(t *testing.T) {
	each(t, func(x *fixture) {
		x.alice.Do("PUT", collection+"/s1", server()).Want(200)
		x.touch = nil
		x.alice.Do("DELETE", collection+"/s1", nil).Want(204)
		x.touched("c1", "c2")
		for _, method := range []string{"GET", "DELETE"} {
			x.alice.Do(method, collection+"/s1", nil).Refused(404, "APIG.3092", "The ECS does not exist,id:s1")
		}
		x.touched()
		x.alice.Do("PUT", collection+"/s1", server()).Want(200) // it is back, and so are its members
		x.touched("c1", "c2")
	})
}

func TestTenancy(t *testing.T) {
	each(t, func(x *fixture) {
		x.alice.Do("PUT", collection+"/s1", server()).Want(200)
		for _, c := range []struct{ method, path string }{
			{"GET", ""}, {"GET", "/s1"}, {"PUT", "/s1"}, {"DELETE", "/s1"}, {"GET", "/nothing"}, {"PUT", "/nothing"},
		} {
			var body any
			if c.method == "PUT" {
				body = server()
			}
			x.bob.Do(c.method, collection+c.path, body).Refused(403, "APIC.7111")
		}
		x.bob.Do("GET", "/v1/p2/servers/s1", nil).Refused(404, "APIG.3092", "s1")
		x.has(x.admin.Do("GET", collection+"/s1", nil).Want(200), map[string]string{"server.tenant_id": "p1"})
		x.has(x.admin.Do("PUT", collection+"/s2", server()).Want(200), map[string]string{"server.tenant_id": "p1"})
		x.admin.Do("PUT", "/v1/nowhere/servers/s1", server()).Refused(404, "APIG.3092", "project nowhere does not exist")
		if r := x.admin.Do("GET", "/v1/nowhere/servers", nil).Want(200); string(r.Body) != `{"servers":[]}` {
			t.Errorf("servers of no project: %s", r.Body)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(x *fixture) {
		for i, name := range []string{"web-1", "web_2", "DB", "cache", "web-3"} {
			x.alice.Do("PUT", fmt.Sprintf("%s/s%d", collection, i+1), server("name", name, "status", []string{"ACTIVE", "PAUSED"}[i/4])).Want(200)
			if i != 2 { // two of the same moment: the id decides
				x.clock.Advance(time.Second)
			}
		}
		x.bob.Do("PUT", "/v1/p2/servers/foreign", server()).Want(200)
		list := func(query string) (string, *servers.List) {
			t.Helper()
			var page servers.List
			x.alice.Do("GET", collection+query, nil).Want(200).Decode(&page)
			out := []string{}
			for _, s := range page.Servers {
				out = append(out, s.ID)
			}
			return strings.Join(out, " "), &page
		}
		for query, want := range map[string]string{
			"":                              "s5 s3 s4 s2 s1",
			"?limit=0":                      "s5 s3 s4 s2 s1",
			"?limit=&marker=&name=&status=": "s5 s3 s4 s2 s1",
			"?limit=1001":                   "s5 s3 s4 s2 s1",
			"?limit=99999999999999999999":   "s5 s3 s4 s2 s1",
			"?limit=2":                      "s5 s3",
			"?limit=2&marker=s3":            "s4 s2",
			"?limit=2&marker=s2":            "s1",
			"?marker=s1":                    "",
			"?name=WEB":                     "s5 s2 s1",
			"?name=web_":                    "s2",
			"?status=paused":                "s5",
			"?status=active&name=web":       "s2 s1",
			"?status=gone":                  "",
		} {
			if got, _ := list(query); got != want {
				t.Errorf("%q: %q, want %q", query, got, want)
			}
		}
		// Following the links meets everything once.
		var all []string
		for query := "?limit=1&name=web"; query != ""; {
			got, page := list(query)
			all = append(all, got)
			query = ""
			if len(page.Links) > 0 {
				next, ok := strings.CutPrefix(page.Links[0].Href, "http://example.com"+collection)
				if !ok || page.Links[0].Rel != "next" {
					t.Fatalf("the next page is %+v", page.Links)
				}
				query = next
			}
		}
		if got := strings.Join(all, " "); got != "s5 s2 s1" {
			t.Errorf("all pages: %q", got)
		}
		x.alice.Do("GET", collection+"?limit=-1", nil).Refused(400, "APIG.2002", "limit")
		x.alice.Do("GET", collection+"?limit=-99999999999999999999", nil).Refused(400, "APIG.2002", "limit")
		x.alice.Do("GET", collection+"?limit=x", nil).Refused(400, "APIG.2011", "limit")
		x.alice.Do("GET", collection+"?limit=1.5", nil).Refused(400, "APIG.2011", "limit")
		x.alice.Do("GET", collection+"?marker=nothing", nil).Refused(400, "APIG.2011", "marker")
		x.alice.Do("GET", collection+"?marker=foreign", nil).Refused(400, "APIG.2011", "marker")
	})
}

func TestQuota(t *testing.T) {
	each(t, func(x *fixture) {
		var wait sync.WaitGroup
		var mu sync.Mutex
		made := 0
		for i := range 9 {
			wait.Go(func() {
				r := x.alice.Do("PUT", fmt.Sprintf("%s/n%d", collection, i), server())
				mu.Lock()
				defer mu.Unlock()
				if r.Status == 200 {
					made++
				} else if r.Status != 403 || !strings.Contains(string(r.Body), "APIG.3100") {
					t.Errorf("%d %s", r.Status, r.Body)
				}
			})
		}
		wait.Wait()
		var page servers.List
		x.alice.Do("GET", collection, nil).Want(200).Decode(&page)
		if made != 5 || len(page.Servers) != 5 {
			t.Errorf("%d calls were answered 200, %d servers are there; want 5", made, len(page.Servers))
		}
		x.alice.Do("PUT", collection+"/"+page.Servers[0].ID, server("name", "again")).Want(200) // no new one
		x.bob.Do("PUT", "/v1/p2/servers/one", server()).Want(200)
	})
}
