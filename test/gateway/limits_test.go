package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/app"
	"github.com/lintel-gateway/lintel/internal/config"
	"github.com/lintel-gateway/lintel/internal/secret"
)

// limited is a fault of a limit, in the words of wire-facts §8.
func (r *reply) limited(words string) {
	r.t.Helper()
	r.fault(429, "APIG.0308", "The throttling threshold has been reached: policy "+words)
}

// TestThrottle: what a policy bounds, over every protocol, and that it is in
// force as soon as the management API has answered.
func TestThrottle(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	b := echo(t)
	g := own.group("orders")

	t.Run("API", func(t *testing.T) {
		own, g := own.on(t), g.on(t)
		api := own.published(g, web("/api", b.address))
		id := own.throttle(api, object{"api_call_limits": 3})
		before := b.count()
		g.http("GET /api").want(200, "")
		g.https("GET /api").want(200, "")
		g.h2("GET /api").want(200, "")
		for kind := range protocol(3) {
			g.call(kind, "GET /api").limited("api over ratelimit,limit:3,time:1 day")
		}
		if n := b.count() - before; n != 3 {
			t.Errorf("%d calls reached the backend, want 3", n)
		}
		name := own.get("throttles/" + id).text("name")
		change := object{"name": name, "api_call_limits": 5, "time_interval": 1, "time_unit": "DAY"}
		own.put("throttles/"+id, change)
		g.http("GET /api").want(200, "")
		g.http("GET /api").want(200, "")
		g.http("GET /api").limited("api over ratelimit,limit:5,time:1 day")
		own.put("throttles/"+id, with(change, "api_call_limits", 1))
		g.http("GET /api").limited("api over ratelimit,limit:1,time:1 day")
		own.put("throttles/"+id, with(change, "time_interval", 2147483647))
		g.http("GET /api").want(200, "").has("X-Apig-RateLimit-api", "")
		binding := own.get("throttle-bindings/binded-apis?throttle_id=" + id).text("apis.0.throttle_apply_id")
		own.put("throttles/"+id, with(change, "api_call_limits", 1, "time_interval", 2147483647))
		g.http("GET /api").limited("api over ratelimit,limit:1,time:2147483647 day")
		own.remove("throttle-bindings/" + binding)
		g.http("GET /api").want(200, "")
	})
	t.Run("address", func(t *testing.T) {
		own, g := own.on(t), g.on(t)
		own.throttle(own.published(g, web("/address", b.address)), object{"api_call_limits": 100, "ip_call_limits": 2})
		g.http("GET /address").want(200, "")
		g.https("GET /address", header("X-Forwarded-For", "192.0.2.1")).want(200, "") // nobody believes it
		g.http("GET /address", header("X-Forwarded-For", "192.0.2.2")).limited("ip over ratelimit,limit:2,time:1 day")
	})
	t.Run("apps, their project and specials", func(t *testing.T) {
		own, g := own.on(t), g.on(t)
		api := own.published(g, web("/apps", b.address), "auth_type", "APP")
		first, second, special := own.app("first"), own.app("second"), own.app("special")
		guest := p.on(t).tenant("guest")
		theirs := guest.app("theirs")
		own.grant(api, first, second, special, theirs)
		id := own.throttle(api, object{"api_call_limits": 20, "user_call_limits": 5, "app_call_limits": 3})
		own.special(id, "APP", special.id, 6)
		calls := func(c client, pass int, words string) {
			t.Helper()
			for range pass {
				g.http("GET /apps", c.signs()).want(200, "")
			}
			g.https("GET /apps", c.signs()).limited(words)
		}
		calls(first, 3, "app over ratelimit,limit:3,time:1 day")
		calls(second, 2, "user over ratelimit,limit:5,time:1 day")
		calls(special, 6, "app over ratelimit,limit:6,time:1 day")
		g.http("GET /apps").fault(401, "APIG.0303", "") // not counted
		own.special(id, "USER", guest.project, 2)
		calls(theirs, 2, "user over ratelimit,limit:2,time:1 day")
	})
	t.Run("accounts", func(t *testing.T) {
		own, g := own.on(t), g.on(t)
		api := own.published(g, web("/accounts", b.address), "auth_type", "IAM")
		id := own.throttle(api, object{"api_call_limits": 20, "user_call_limits": 3})
		colleague := p.on(t).tenant("colleague") // of another project, and of the same account
		g.http("GET /accounts", token(own)).want(200, "")
		g.http("GET /accounts", token(own)).want(200, "")
		g.https("GET /accounts", token(colleague)).want(200, "")
		g.http("GET /accounts", token(colleague)).limited("user over ratelimit,limit:3,time:1 day")
		g.http("GET /accounts", token(own)).limited("user over ratelimit,limit:3,time:1 day")
		own.special(id, "USER", "default", 4)
		g.http("GET /accounts", token(own)).want(200, "")
		g.http("GET /accounts", token(own)).limited("user over ratelimit,limit:4,time:1 day")
	})
	t.Run("shared", func(t *testing.T) {
		own, g := own.on(t), g.on(t)
		one, two := own.published(g, web("/one", b.address)), own.published(g, web("/two", b.address))
		id := own.throttle(one, object{"api_call_limits": 3, "type": 2})
		own.post("throttle-bindings", object{"strategy_id": id, "publish_ids": list{two.publication}})
		g.http("GET /one").want(200, "")
		g.http("GET /two").want(200, "")
		g.http("GET /two").want(200, "")
		g.http("GET /one").limited("api over ratelimit,limit:3,time:1 day")
		g.http("GET /two").limited("api over ratelimit,limit:3,time:1 day")
	})
	t.Run("environments", func(t *testing.T) {
		own, g := own.on(t), g.on(t)
		api := own.published(g, web("/environments", b.address))
		stage := published{api.id, own.publishIn(api.id, own.env("STAGE"))}
		id := own.throttle(api, object{"api_call_limits": 1})
		own.post("throttle-bindings", object{"strategy_id": id, "publish_ids": list{stage.publication}})
		for range 2 {
			g.http("GET /environments")
			g.http("GET /environments", header("X-Stage", "STAGE"))
		}
		own.put("throttles/"+id, object{"name": own.get("throttles/" + id).text("name"), "api_call_limits": 2, "time_interval": 1, "time_unit": "DAY"})
		g.http("GET /environments").want(200, "")
		g.http("GET /environments", header("X-Stage", "STAGE")).want(200, "")
		g.http("GET /environments").limited("api over")
		g.http("GET /environments", header("X-Stage", "STAGE")).limited("api over")
	})
}

// TestThrottleUnderLoad: hundreds of calls at once through all protocols, and
// exactly the limit passes.
func TestThrottleUnderLoad(t *testing.T) {
	t.Parallel()
	p := start(t)
	b := echo(t)
	g := p.admin.group("orders")
	p.admin.throttle(p.admin.published(g, web("/load", b.address)), object{"api_call_limits": 100, "ip_call_limits": 90})
	var passed, refused atomic.Int64
	var wg sync.WaitGroup
	for worker := range 12 {
		wg.Go(func() {
			for range 25 {
				switch r := g.call(protocol(worker%3), "GET /load"); r.status {
				case 200:
					passed.Add(1)
				case 429:
					refused.Add(1)
				default:
					t.Errorf("%d %s", r.status, r.body)
				}
			}
		})
	}
	wg.Wait()
	if passed.Load() != 90 || refused.Load() != 210 || b.count() != 90 {
		t.Errorf("%d calls passed, %d were refused, %d reached the backend; want 90, 210, 90", passed.Load(), refused.Load(), b.count())
	}
}

// TestLimitFields: what a caller that asks with X-Apig-Mode learns, and that
// others learn nothing.
func TestLimitFields(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *config.Config) { c.Gateway.APIRate, c.Gateway.SubdomainCalls = 100_000, 1000 })
	own := p.admin
	g := own.group("orders")
	b := backend(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("X-Apig-Ratelimit-Api", "a backend's word")
	})
	debug := header("X-Apig-Mode", "debug")
	limits := func(r *reply) (text string) {
		for _, name := range []string{"api", "user", "app", "ip", "api-allenv"} {
			if v := r.header.Get("X-Apig-RateLimit-" + name); v != "" {
				text += name + " " + v + "; "
			}
		}
		return strings.TrimSuffix(text, "; ")
	}
	api := own.published(g, web("/fields", b.address), "auth_type", "APP")
	app := own.app("consumer")
	own.grant(api, app)
	if got := limits(g.http("GET /fields", app.signs())); got != "" {
		t.Errorf("without X-Apig-Mode: %s", got)
	}
	g.https("GET /fields", debug, app.signs()).want(200, "")
	if got := limits(g.http("GET /fields", debug, app.signs())); !strings.HasPrefix(got, "api-allenv remain:9999") || !strings.HasSuffix(got, ",limit:100000,time:1 second") {
		t.Errorf("without a policy: %s", got)
	}
	own.throttle(api, object{"api_call_limits": 10, "user_call_limits": 9, "app_call_limits": 2, "ip_call_limits": 8, "time_interval": 3650})
	for _, want := range []string{
		"api remain:9,limit:10,time:3650 day; user remain:8,limit:9,time:3650 day; app remain:1,limit:2,time:3650 day; ip remain:7,limit:8,time:3650 day",
		"api remain:8,limit:10,time:3650 day; user remain:7,limit:9,time:3650 day; app remain:0,limit:2,time:3650 day; ip remain:6,limit:8,time:3650 day",
		"api remain:8,limit:10,time:3650 day; user remain:7,limit:9,time:3650 day; app remain:0,limit:2,time:3650 day; ip remain:6,limit:8,time:3650 day",
	} {
		if got := limits(g.https("GET /fields", debug, app.signs())); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// TestDefaultRate: an API without a policy has the rate of the settings, in all
// environments together; one with a policy has the policy's.
func TestDefaultRate(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *config.Config) { c.Gateway.APIRate = 5 })
	own := p.admin
	b := echo(t)
	g := own.group("orders")
	api := own.published(g, web("/rate", b.address))
	own.publishIn(api.id, own.env("STAGE"))
	// Windows are seconds of the clock: what passed is at most 5 for each that
	// the calls touched, and 5 in the first that had enough of them.
	passed, began := int64(0), time.Now()
	for i := range 60 {
		r := g.http("GET /rate", header("X-Stage", []string{"RELEASE", "STAGE"}[i%2]))
		if r.status == 200 {
			passed++
			continue
		}
		r.limited("api over ratelimit,limit:5,time:1 second")
	}
	windows := time.Now().Unix() - began.Unix() + 1
	if passed > 5*windows || passed < 5 || windows < 12 && passed == 60 {
		t.Errorf("%d calls passed in %d windows of 5", passed, windows)
	}
	bound := own.published(g, web("/bound", b.address))
	own.throttle(bound, object{"api_call_limits": 20})
	for range 20 {
		g.http("GET /bound").want(200, "")
	}
	g.http("GET /bound").limited("api over ratelimit,limit:20,time:1 day")
}

// TestSubDomainAndGroup: the group's own host name has its daily number, a bound
// domain has none; the group's own limit counts both.
func TestSubDomainAndGroup(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *config.Config) { c.Gateway.SubdomainCalls = 4 })
	own := p.admin
	b := echo(t)
	g := own.group("orders")
	own.published(g, web("/a", b.address))
	own.published(g, mock("/b", "b"))
	own.post("api-groups/"+g.id+"/domains", object{"url_domain": "limits.shop.onion"})
	bound := p.caller(t, "limits.shop.onion")
	const day = "domain over ratelimit,limit:4,time:1 day"
	g.http("GET /a").want(200, "")
	g.https("GET /b").want(200, "")
	g.http("GET /nothing").fault(404, "APIG.0101", "") // not counted
	bound.http("GET /a").want(200, "")
	g.h2("GET /a").want(200, "")
	g.http("GET /b").want(200, "")
	g.http("GET /a").limited(day)
	g.https("GET /b").limited(day)
	for range 6 {
		bound.http("GET /a").want(200, "")
	}
	other := own.group("others")
	own.published(other, mock("/a", "a"))
	other.http("GET /a").want(200, "")

	// The group's own limit, given over the API; 8 calls were admitted before, which
	// nobody counted for it.
	own.put("api-groups/"+g.id, object{"name": "orders", "call_limits": 3, "time_interval": 1, "time_unit": "DAY"})
	for range 3 {
		bound.http("GET /b").want(200, "b")
	}
	bound.http("GET /a").limited("group over ratelimit,limit:3,time:1 day")
	own.put("api-groups/"+g.id, object{"name": "orders", "remark": "no word of limits"})
	bound.http("GET /b").limited("group over ratelimit,limit:3,time:1 day")
	own.put("api-groups/"+g.id, object{"name": "orders", "call_limits": 0})
	bound.http("GET /b").want(200, "b")
}

// TestBoughtCalls: an order is counted down to exactly nothing, shows it, and
// survives a restart, also one without the database.
func TestBoughtCalls(t *testing.T) {
	t.Parallel()
	var kept config.Config
	p := start(t, func(c *config.Config) { kept = *c })
	seller, buyer := p.tenant("seller"), p.tenant("buyer")
	b := echo(t)
	g := seller.group("weather")
	api := seller.published(g, web("/rain", b.address), "auth_type", "APP",
		"req_params", list{object{"name": "city", "location": "QUERY", "type": "STRING", "required": 1}})
	seller.post("api-groups/"+g.id+"/listing", nil)
	p.admin.put("api-groups/"+g.id+"/listing", object{"approve": true})
	order := buyer.post("purchases", object{"group_id": g.id, "calls": 30, "period": 1})
	buyers := client{key: order.text("app_key"), secret: order.text("app_secret")}
	shows := func(m *manager, used, left int) {
		t.Helper()
		for _, at := range []string{"purchases/groups/" + order.text("id"), "purchases/groups"} {
			a, prefix := m.get(at), ""
			if a.value("total") != nil {
				prefix = "purchases.0."
			}
			if got, want := a.text(prefix+"quota_used")+" "+a.text(prefix+"quota_left"), fmt.Sprint(used, " ", left); got != want {
				t.Errorf("%s: used and left %s, want %s", at, got, want)
			}
		}
	}
	for i := range 12 {
		g.call(protocol(i%3), "GET /rain?city=a", buyers.signs()).want(200, "")
	}
	g.http("GET /rain", buyers.signs()).fault(400, "APIG.0201", "city") // nothing was delivered
	shows(buyer, 12, 18)
	id := seller.throttle(api, object{"api_call_limits": 1})
	g.http("GET /rain?city=a", buyers.signs()).want(200, "")
	g.http("GET /rain?city=a", buyers.signs()).limited("api over")
	shows(buyer, 13, 17)
	seller.remove("throttle-bindings/" + seller.get("throttle-bindings/binded-apis?throttle_id="+id).text("apis.0.throttle_apply_id"))
	own := seller.app("provider") // the seller's own calls cost nobody anything
	seller.grant(api, own)
	for range 3 {
		g.http("GET /rain?city=a", own.signs()).want(200, "")
	}
	shows(buyer, 13, 17)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}

	// The database is away: the gateway's own file knows what was used.
	away := kept
	away.Database = secret.Text("postgres://nobody@127.0.0.1:1/nothing?connect_timeout=1")
	alone, err := startAlone(t, &away)
	if err != nil {
		t.Fatal(err)
	}
	callers := &platform{Platform: alone, t: t, authority: trust(t, filepath.Join(away.DataDir, "tls", "ca.pem"))}
	callers.callers[http1] = callers.client(http1)
	h := callers.caller(t, g.host)
	for range 17 {
		h.http("GET /rain?city=a", buyers.signs()).want(200, "")
	}
	h.http("GET /rain?city=a", buyers.signs()).fault(405, "APIG.0501", "The app quota has been used up.")
	callers.callers[http1].CloseIdleConnections()
	if err := alone.Stop(); err != nil {
		t.Fatal(err)
	}

	// What was counted without the database is lost with the process; what was
	// stored before is not.
	p = start(t, func(c *config.Config) { c.DataDir, c.Database = kept.DataDir, kept.Database })
	buyer = p.logIn("buyer_member", "battery staple", object{"project": object{"id": buyer.project}})
	shows(buyer, 13, 17)
	again := p.caller(t, g.host)
	var passed atomic.Int64
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for range 5 {
				switch r := again.call(protocol(worker%3), "GET /rain?city=a", buyers.signs()); r.status {
				case 200:
					passed.Add(1)
				default:
					r.fault(405, "APIG.0501", "The app quota has been used up.")
				}
			}
		})
	}
	wg.Wait()
	if n := passed.Load(); n != 17 {
		t.Errorf("%d calls passed of the 17 that were left", n)
	}
	shows(buyer, 30, 0)
	buyer.remove("purchases/groups/" + order.text("id"))
	again.http("GET /rain?city=a", buyers.signs()).fault(401, "APIG.0303", "app not found")
}

// startAlone starts a platform whose management plane nobody logs in to.
func startAlone(t *testing.T, c *config.Config) (*app.Platform, error) {
	return app.Start(t.Context(), c, app.Output{Log: io.Discard, Stdout: io.Discard, People: io.Discard})
}
