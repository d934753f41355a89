package throttle_test

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
	"github.com/lintel-gateway/lintel/internal/limit"
)

// house is some APIs that share a limiter.
type house struct {
	testing.TB
	clock  *clock.Fake
	limits *throttle.Limits
}

func newHouse(t testing.TB, apiRate, subDomainCalls int) *house {
	t.Helper()
	h := &house{TB: t, clock: clock.NewFake(gatewaytest.Now)}
	var err error
	if h.limits, err = throttle.NewLimits(limit.NewMemory(h.clock.Now, limit.DefaultCallers), apiRate, subDomainCalls); err != nil {
		t.Fatal(err)
	}
	return h
}

// place is an API in an environment, and what is bound to it.
type place struct {
	*throttle.Policy
	slot throttle.Slot
}

func (h *house) place(api, env, auth string) *place {
	p := &place{}
	p.Policy = throttle.New(&definition.API{ID: api, EnvID: env, Auth: auth}, &p.slot, h.limits)
	return p
}

func (h *house) rules(d definition.Throttle) *throttle.Rules {
	h.Helper()
	if d.ID == "" {
		d.ID = "policy"
	}
	r, err := throttle.Compile(&d)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

// who makes calls.
type who struct {
	caller  call.Caller
	address string
	group   *call.Entrance
	host    string
	debug   bool
}

func (h *house) ask(p *place, w who) (*call.Fault, *call.Call) {
	h.Helper()
	fields := []string{}
	if w.debug {
		fields = append(fields, "X-Apig-Mode: debug")
	}
	if w.host != "" {
		fields = append(fields, "Host: "+w.host)
	}
	c := gatewaytest.Prepared(h, "GET /", fields...)
	c.Caller = w.caller
	if w.address != "" {
		c.Request.Client = netip.MustParseAddr(w.address)
	}
	c.Target.GroupID, c.Target.Entrance = "group", w.group
	return p.Apply(c), c
}

// expect makes n calls, of which admitted pass; the others are refused by the
// limit that the words name.
func (h *house) expect(name string, p *place, w who, n, admitted int, words string) {
	h.Helper()
	passed := 0
	for range n {
		f, _ := h.ask(p, w)
		if f == nil {
			passed++
			continue
		}
		want := "The throttling threshold has been reached: policy " + words
		if f.Code != "APIG.0308" || f.Status != 429 || f.Type != call.Throttled || f.Message != want {
			h.Errorf("%s: %d %s %q, want 429 APIG.0308 %q", name, f.Status, f.Code, f.Message, want)
		}
	}
	if passed != admitted {
		h.Errorf("%s: %d of %d calls were admitted, want %d", name, passed, n, admitted)
	}
}

var (
	appA  = call.Caller{AppID: "A", ProjectID: "tenant-1"}
	appB  = call.Caller{AppID: "B", ProjectID: "tenant-1"}
	appC  = call.Caller{AppID: "C", ProjectID: "tenant-2"}
	annie = call.Caller{UserID: "annie", DomainID: "account-1", ProjectID: "p"}
	ben   = call.Caller{UserID: "ben", DomainID: "account-1", ProjectID: "q"}
	cleo  = call.Caller{UserID: "cleo", DomainID: "account-2", ProjectID: "p"}
)

func minute(d definition.Throttle) definition.Throttle {
	d.Interval, d.Unit = 1, "MINUTE"
	return d
}

func TestEachLimit(t *testing.T) {
	t.Run("address", func(t *testing.T) {
		h := newHouse(t, 0, 0)
		p := h.place("api", "env", "NONE")
		p.slot.Store(h.rules(minute(definition.Throttle{API: 100, IP: 5})))
		h.expect("one", p, who{address: "192.0.2.1"}, 7, 5, "ip over ratelimit,limit:5,time:1 minute")
		h.expect("another", p, who{address: "192.0.2.2"}, 7, 5, "ip over ratelimit,limit:5,time:1 minute")
		h.expect("IPv6", p, who{address: "2001:db8:0:1::1"}, 4, 4, "")
		h.expect("its network", p, who{address: "2001:db8:0:1:ffff::2"}, 4, 1, "ip over ratelimit,limit:5,time:1 minute")
		h.expect("another network", p, who{address: "2001:db8:0:2::1"}, 5, 5, "")
	})
	t.Run("API", func(t *testing.T) {
		h := newHouse(t, 0, 0)
		p := h.place("api", "env", "NONE")
		p.slot.Store(h.rules(definition.Throttle{API: 3, Interval: 10, Unit: "SECOND"}))
		h.expect("everybody", p, who{}, 5, 3, "api over ratelimit,limit:3,time:10 second")
		h.clock.Advance(5*time.Second - time.Nanosecond) // the clock stood at :05
		h.expect("the last moment", p, who{}, 1, 0, "api over ratelimit,limit:3,time:10 second")
		h.clock.Advance(time.Nanosecond)
		h.expect("the next window", p, who{}, 4, 3, "api over ratelimit,limit:3,time:10 second")
	})
	t.Run("app and its tenant", func(t *testing.T) {
		h := newHouse(t, 0, 0)
		p := h.place("api", "env", "APP")
		p.slot.Store(h.rules(minute(definition.Throttle{API: 10, User: 5, App: 3})))
		h.expect("A", p, who{caller: appA}, 5, 3, "app over ratelimit,limit:3,time:1 minute")
		h.expect("B", p, who{caller: appB}, 5, 2, "user over ratelimit,limit:5,time:1 minute")
		h.expect("C", p, who{caller: appC}, 5, 3, "app over ratelimit,limit:3,time:1 minute")
	})
	t.Run("account", func(t *testing.T) {
		h := newHouse(t, 0, 0)
		p := h.place("api", "env", "IAM")
		p.slot.Store(h.rules(minute(definition.Throttle{API: 10, User: 3, App: 1})))
		h.expect("annie", p, who{caller: annie}, 2, 2, "")
		h.expect("ben", p, who{caller: ben}, 2, 1, "user over ratelimit,limit:3,time:1 minute")
		h.expect("cleo", p, who{caller: cleo}, 4, 3, "user over ratelimit,limit:3,time:1 minute")
	})
	t.Run("nobody", func(t *testing.T) {
		h := newHouse(t, 0, 0)
		p := h.place("api", "env", "NONE")
		p.slot.Store(h.rules(minute(definition.Throttle{API: 10, User: 3, App: 1})))
		h.expect("nobody", p, who{}, 12, 10, "api over ratelimit,limit:10,time:1 minute")
	})
}

// TestSpecials: the worked example of wire-facts §8, for tenants under both
// authentications and for apps.
func TestSpecials(t *testing.T) {
	special := func(kind, instance string, most int64) definition.Special {
		return definition.Special{Type: kind, Instance: instance, Limit: most}
	}
	const three, ten = "user over ratelimit,limit:3,time:1 minute", "api over ratelimit,limit:10,time:1 minute"
	for _, c := range []struct {
		name, auth       string
		a, b, other, few call.Caller
		words            string
		specials         []definition.Special
	}{
		{"tenants of apps", "APP", appA, appC, call.Caller{AppID: "X", ProjectID: "x"}, call.Caller{AppID: "Y", ProjectID: "y"}, "user",
			[]definition.Special{special("USER", "tenant-1", 2), special("USER", "tenant-2", 4), special("USER", "A", 1)}},
		{"accounts", "IAM", annie, cleo, call.Caller{UserID: "x", DomainID: "x"}, call.Caller{UserID: "y", DomainID: "y"}, "user",
			[]definition.Special{special("USER", "account-1", 2), special("USER", "account-2", 4), special("USER", "p", 1)}},
		{"apps", "APP", appA, appC, call.Caller{AppID: "X", ProjectID: "x"}, call.Caller{AppID: "Y", ProjectID: "y"}, "app",
			[]definition.Special{special("APP", "A", 2), special("APP", "C", 4), special("APP", "tenant-1", 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, 0, 0)
			p := h.place("api", "env", c.auth)
			p.slot.Store(h.rules(minute(definition.Throttle{API: 10, User: 3, Specials: c.specials})))
			h.expect("A", p, who{caller: c.a}, 5, 2, c.words+" over ratelimit,limit:2,time:1 minute")
			h.expect("B", p, who{caller: c.b}, 6, 4, c.words+" over ratelimit,limit:4,time:1 minute")
			h.expect("everybody else", p, who{caller: c.other}, 5, 3, three)
			h.expect("all together", p, who{caller: c.few}, 5, 1, ten)
		})
	}
	t.Run("without a limit for others", func(t *testing.T) {
		h := newHouse(t, 0, 0)
		p := h.place("api", "env", "APP")
		p.slot.Store(h.rules(minute(definition.Throttle{API: 100, Specials: []definition.Special{special("APP", "A", 2), special("USER", "tenant-2", 1)}})))
		h.expect("A", p, who{caller: appA}, 5, 2, "app over ratelimit,limit:2,time:1 minute")
		h.expect("B", p, who{caller: appB}, 20, 20, "")
		h.expect("C", p, who{caller: appC}, 5, 1, "user over ratelimit,limit:1,time:1 minute")
	})
	t.Run("an app within its tenant's special", func(t *testing.T) {
		h := newHouse(t, 0, 0)
		p := h.place("api", "env", "APP")
		p.slot.Store(h.rules(minute(definition.Throttle{API: 100, Specials: []definition.Special{special("APP", "A", 9), special("USER", "tenant-1", 4)}})))
		h.expect("A", p, who{caller: appA}, 10, 4, "user over ratelimit,limit:4,time:1 minute")
	})
}

// TestPlaces: an exclusive policy counts each API in each environment alone, a
// shared one all together, with their callers.
func TestPlaces(t *testing.T) {
	h := newHouse(t, 0, 0)
	a, b, c := h.place("a", "e1", "APP"), h.place("b", "e1", "APP"), h.place("a", "e2", "APP")
	bind := func(d definition.Throttle) {
		r := h.rules(minute(d))
		for _, p := range []*place{a, b, c} {
			p.slot.Store(r)
		}
	}
	const five, two = "api over ratelimit,limit:5,time:1 minute", "ip over ratelimit,limit:2,time:1 minute"
	bind(definition.Throttle{ID: "1", API: 5})
	for i, p := range []*place{a, b, c} {
		h.expect(fmt.Sprint("exclusive ", i), p, who{}, 6, 5, five)
	}
	bind(definition.Throttle{ID: "2", API: 5, Shared: true})
	h.expect("shared", a, who{}, 2, 2, five)
	h.expect("shared", b, who{}, 2, 2, five)
	h.expect("shared", c, who{}, 2, 1, five)
	bind(definition.Throttle{ID: "3", API: 5, IP: 2, Shared: true})
	h.expect("shared", a, who{}, 1, 1, two)
	h.expect("shared", b, who{}, 2, 1, two)
	bind(definition.Throttle{ID: "4", API: 5, IP: 2}) // another policy begins anew
	h.expect("another policy", a, who{}, 3, 2, two)
}

// TestRefusedCallsCountNowhere: what an address had refused is still there for
// others.
func TestRefusedCallsCountNowhere(t *testing.T) {
	h := newHouse(t, 0, 0)
	p := h.place("api", "env", "APP")
	p.slot.Store(h.rules(minute(definition.Throttle{API: 6, User: 6, App: 4, IP: 2})))
	h.expect("A", p, who{caller: appA, address: "192.0.2.1"}, 50, 2, "ip over ratelimit,limit:2,time:1 minute")
	h.expect("A from elsewhere", p, who{caller: appA, address: "192.0.2.2"}, 50, 2, "ip over ratelimit,limit:2,time:1 minute")
	h.expect("A from a third place", p, who{caller: appA, address: "192.0.2.3"}, 50, 0, "app over ratelimit,limit:4,time:1 minute")
	h.expect("B", p, who{caller: appB, address: "192.0.2.3"}, 50, 2, "ip over ratelimit,limit:2,time:1 minute")
	h.expect("C", p, who{caller: appC, address: "192.0.2.4"}, 50, 0, "api over ratelimit,limit:6,time:1 minute")
}

// TestChanges: a limit holds from the next call on and keeps what was counted.
func TestChanges(t *testing.T) {
	h := newHouse(t, 4, 0)
	p := h.place("api", "env", "NONE")
	h.expect("the default", p, who{}, 5, 4, "api over ratelimit,limit:4,time:1 second")
	p.slot.Store(h.rules(minute(definition.Throttle{API: 5})))
	h.expect("bound", p, who{}, 6, 5, "api over ratelimit,limit:5,time:1 minute")
	p.slot.Store(h.rules(minute(definition.Throttle{API: 8})))
	h.expect("raised", p, who{}, 6, 3, "api over ratelimit,limit:8,time:1 minute")
	p.slot.Store(h.rules(minute(definition.Throttle{API: 2})))
	h.expect("lowered", p, who{}, 1, 0, "api over ratelimit,limit:2,time:1 minute")
	p.slot.Store(h.rules(definition.Throttle{API: 2, Interval: 2, Unit: "MINUTE"}))
	h.expect("another period", p, who{}, 3, 2, "api over ratelimit,limit:2,time:2 minute")
	p.slot.Store(nil)
	h.expect("unbound", p, who{}, 1, 0, "api over ratelimit,limit:4,time:1 second")
	h.clock.Advance(time.Second)
	h.expect("unbound, a second later", p, who{}, 5, 4, "api over ratelimit,limit:4,time:1 second")
}

// TestDefault: without a policy all environments of an API are counted together.
func TestDefault(t *testing.T) {
	h := newHouse(t, 10, 0)
	h.expect("one environment", h.place("api", "e1", "NONE"), who{}, 6, 6, "")
	h.expect("another", h.place("api", "e2", "APP"), who{caller: appA}, 6, 4, "api over ratelimit,limit:10,time:1 second")
	h.expect("another API", h.place("other", "e1", "NONE"), who{}, 12, 10, "api over ratelimit,limit:10,time:1 second")
	off := newHouse(t, 0, 0)
	off.expect("turned off", off.place("api", "e1", "NONE"), who{}, 1000, 1000, "")
}

func (h *house) entrance(d definition.Group) *call.Entrance {
	h.Helper()
	e, err := throttle.CompileEntrance(&d)
	if err != nil {
		h.Fatal(err)
	}
	return e
}

// TestEntrance: the group's own host name has its daily number, domains that were
// bound have none, and the group's limit counts both.
func TestEntrance(t *testing.T) {
	h := newHouse(t, 0, 5)
	e := h.entrance(definition.Group{SubDomain: "sub.test"})
	a, b := h.place("a", "env", "NONE"), h.place("b", "env", "NONE")
	const day = "domain over ratelimit,limit:5,time:1 day"
	h.expect("own host", a, who{group: e, host: "sub.test"}, 3, 3, day)
	h.expect("own host, another API", b, who{group: e, host: "sub.test"}, 4, 2, day)
	h.expect("a bound domain", a, who{group: e, host: "shop.test"}, 20, 20, "")
	h.expect("no record of the group", a, who{host: "sub.test"}, 20, 20, "")
	h.clock.Advance(24*time.Hour - 3*time.Hour - 4*time.Minute - 6*time.Second) // it was 03:04:05
	h.expect("the same UTC day", a, who{group: e, host: "sub.test"}, 1, 0, day)
	h.clock.Advance(time.Second)
	h.expect("the next", a, who{group: e, host: "sub.test"}, 6, 5, day)

	limited := h.entrance(definition.Group{SubDomain: "two.test", Limit: &definition.GroupLimit{Calls: 4, Interval: 1, Unit: "HOUR"}})
	const hour = "group over ratelimit,limit:4,time:1 hour"
	h.expect("group by its host", a, who{group: limited, host: "two.test"}, 3, 3, "")
	h.expect("group by a domain", b, who{group: limited, host: "shop.test"}, 3, 1, hour)
	h.expect("refused calls are not counted by the host", a, who{group: limited, host: "two.test"}, 9, 0, hour)
	h.clock.Advance(time.Hour)
	h.expect("an hour later", a, who{group: limited, host: "two.test"}, 9, 2, day)
}

// TestDebugFields: which limits are told, and how.
func TestDebugFields(t *testing.T) {
	h := newHouse(t, 200, 1000)
	fields := func(p *place, w who) string {
		_, c := h.ask(p, w)
		var list []string
		for i := range c.Limits {
			list = append(list, c.Limits[i].Name+" "+string(c.Limits[i].AppendText(nil)))
		}
		return strings.Join(list, " | ")
	}
	p := h.place("api", "env", "APP")
	e := h.entrance(definition.Group{SubDomain: "sub.test", Limit: &definition.GroupLimit{Calls: 4, Interval: 1, Unit: "HOUR"}})
	if got := fields(p, who{caller: appA, group: e, host: "sub.test", debug: true}); got != "api-allenv remain:199,limit:200,time:1 second" {
		t.Errorf("the default: %s", got)
	}
	p.slot.Store(h.rules(definition.Throttle{API: 10, User: 9, App: 2, IP: 7, Interval: 10, Unit: "SECOND"}))
	for _, want := range []string{
		"ip remain:6,limit:7,time:10 second | app remain:1,limit:2,time:10 second | user remain:8,limit:9,time:10 second | api remain:9,limit:10,time:10 second",
		"ip remain:5,limit:7,time:10 second | app remain:0,limit:2,time:10 second | user remain:7,limit:9,time:10 second | api remain:8,limit:10,time:10 second",
		"ip remain:5,limit:7,time:10 second | app remain:0,limit:2,time:10 second | user remain:7,limit:9,time:10 second | api remain:8,limit:10,time:10 second",
	} {
		if got := fields(p, who{caller: appA, debug: true}); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if got := fields(p, who{caller: appA}); got != "" {
		t.Errorf("without debug: %s", got)
	}
}

func TestCompileRefuses(t *testing.T) {
	good := definition.Throttle{ID: "t", API: 1, Interval: 1, Unit: "SECOND"}
	for want, change := range map[string]func(*definition.Throttle){
		"limit 0 of api":        func(d *definition.Throttle) { d.API = 0 },
		"limit -1 of user":      func(d *definition.Throttle) { d.User = -1 },
		"time_interval 0":       func(d *definition.Throttle) { d.Interval = 0 },
		`time_unit "HOURL"`:     func(d *definition.Throttle) { d.Unit = "HOURL" },
		`type "IP"`:             func(d *definition.Throttle) { d.Specials = []definition.Special{{Type: "IP", Instance: "x", Limit: 1}} },
		`APP "x": limit 0`:      func(d *definition.Throttle) { d.Specials = []definition.Special{{Type: "APP", Instance: "x"}} },
		`USER "": instance`:     func(d *definition.Throttle) { d.Specials = []definition.Special{{Type: "USER", Limit: 1}} },
		"throttling policy t: ": func(d *definition.Throttle) { d.IP = -5 },
	} {
		d := good
		change(&d)
		if r, err := throttle.Compile(&d); r != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want …%s…", err, want)
		}
	}
	longest := good
	longest.Interval, longest.Unit = 1<<31-1, "DAY"
	if _, err := throttle.Compile(&longest); err != nil {
		t.Error(err)
	}
	if _, err := throttle.CompileEntrance(&definition.Group{Limit: &definition.GroupLimit{Calls: 1, Interval: 1, Unit: "x"}}); err == nil {
		t.Error("a group's limit in unknown units was taken")
	}
	if _, err := throttle.NewLimits(nil, -1, 0); err == nil {
		t.Error("a negative default was taken")
	}
}

// TestExactUnderConcurrency: many callers at once, through every kind of limit;
// exactly what the limits allow together is admitted.
func TestExactUnderConcurrency(t *testing.T) {
	h := newHouse(t, 0, 0)
	p := h.place("api", "env", "APP")
	// Two apps of 300 each, one of 500 that its special lets have 450; the API 1000.
	p.slot.Store(h.rules(minute(definition.Throttle{API: 1000, App: 300, IP: 350, Specials: []definition.Special{{Type: "APP", Instance: "C", Limit: 450}}})))
	callers := []call.Caller{appA, appB, appC}
	var admitted [3]atomic.Int64
	var wg sync.WaitGroup
	for worker := range 24 {
		wg.Go(func() {
			for i := range 200 {
				n := (worker + i) % 3
				c := call.Acquire(t.Context())
				c.Caller = callers[n]
				c.Request.Client = netip.AddrFrom4([4]byte{192, 0, 2, byte(worker % 4)})
				if p.Apply(c) == nil {
					admitted[n].Add(1)
				}
				call.Release(c)
			}
		})
	}
	wg.Wait()
	a, b, c := admitted[0].Load(), admitted[1].Load(), admitted[2].Load()
	if a+b+c != 1000 || a > 300 || b > 300 || c > 450 {
		t.Errorf("%d + %d + %d calls were admitted, want exactly 1000, at most 300, 300 and 450", a, b, c)
	}
}
