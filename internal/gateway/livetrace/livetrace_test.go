package livetrace_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/livetrace"
	"github.com/lintel-gateway/lintel/internal/ids"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newKeys() (*livetrace.Keys, *clock.Fake) {
	now := clock.NewFake(start)
	return livetrace.New(livetrace.Options{IDs: ids.Random(), Clock: now.Now}), now
}

func mint(t testing.TB, k *livetrace.Keys, w livetrace.Wish) (livetrace.Key, string) {
	t.Helper()
	if w.Lifetime == 0 {
		w.Lifetime = time.Minute
	}
	if w.Calls == 0 {
		w.Calls = 3
	}
	key, text, err := k.Mint(w)
	if err != nil {
		t.Fatal(err)
	}
	return key, text
}

// serve is what a gateway does with a call that brings a key; api "" stands for
// a call that was led nowhere.
func serve(t testing.TB, k *livetrace.Keys, now *clock.Fake, text, api string, lines ...string) (watched bool) {
	t.Helper()
	c := call.Acquire(t.Context())
	defer call.Release(c)
	c.Started, c.ID = now.Now(), "id of the call"
	c.Request.Method, c.Request.Host, c.Request.Path = "GET", "example.com", "/a"
	k.Begin(c, text)
	if c.Trace == nil {
		return false
	}
	if api != "" {
		c.Target.APIID, c.Target.GroupID = api, "group of "+api
	}
	c.Response.Status = 200
	for _, line := range lines {
		c.Trace.Say("%s", line)
	}
	c.Trace.Done(c)
	return true
}

// at moves the clock.
func at(now *clock.Fake, when time.Time) { now.Advance(when.Sub(now.Now())) }

func TestOneKey(t *testing.T) {
	k, now := newKeys()
	key, text := mint(t, k, livetrace.Wish{MadeBy: "admin", Calls: 2, Lifetime: time.Minute})
	if want := (livetrace.Key{ID: key.ID, MadeBy: "admin", Made: start, Expires: start.Add(time.Minute), Calls: 2}); key != want || !ids.Valid(key.ID) || len(text) != 43 {
		t.Errorf("got %+v and a key of %d characters", key, len(text))
	}
	for n, want := range []bool{true, true, false} {
		if got := serve(t, k, now, text, "api", fmt.Sprintf("line %d", n)); got != want {
			t.Errorf("call %d: watched %v", n, got)
		}
	}
	traces, ok := k.Traces(key.ID)
	if !ok || len(traces) != 2 {
		t.Fatalf("%d traces, %v", len(traces), ok)
	}
	if got := traces[1]; got.RequestID != "id of the call" || got.APIID != "api" || got.Method != "GET" || got.Host != "example.com" || got.Path != "/a" || got.Status != 200 || !strings.HasSuffix(strings.Join(got.Lines, "\n"), "line 1") {
		t.Errorf("got %+v", got)
	}
	if list := k.List(); len(list) != 1 || list[0].Used != 2 || strings.Contains(fmt.Sprint(list), text) {
		t.Errorf("listed as %+v", list)
	}
}

func TestKeysThatDoNothing(t *testing.T) {
	k, now := newKeys()
	key, text := mint(t, k, livetrace.Wish{})
	dropped, gone := mint(t, k, livetrace.Wish{})
	if !k.Drop(dropped.ID) || k.Drop(dropped.ID) {
		t.Error("a key can be dropped once")
	}
	for name, bad := range map[string]string{
		"empty": "", "short": text[:42], "longer": text + "A", "much longer": strings.Repeat(text, 100),
		"other case": strings.ToLower(text), "id": key.ID, "dropped": gone,
	} {
		if serve(t, k, now, bad, "api") {
			t.Errorf("%s: watched", name)
		}
	}
	at(now, start.Add(time.Minute-1))
	if !serve(t, k, now, text, "api") {
		t.Error("not watched in the last moment")
	}
	at(now, start.Add(time.Minute))
	if serve(t, k, now, text, "api") {
		t.Error("watched after it expired")
	}
	if _, ok := k.Traces(dropped.ID); ok {
		t.Error("a dropped key has traces")
	}
	if _, ok := k.Traces(ids.Random().New()); ok {
		t.Error("an unknown key has traces")
	}
}

// TestRestricted: calls that are led elsewhere are neither kept nor counted.
func TestRestricted(t *testing.T) {
	for name, w := range map[string]livetrace.Wish{"API": {APIID: "mine"}, "group": {GroupID: "group of mine"}} {
		k, now := newKeys()
		w.Calls = 1
		key, text := mint(t, k, w)
		for _, api := range []string{"other", "", "mine", "mine"} {
			serve(t, k, now, text, api)
		}
		traces, _ := k.Traces(key.ID)
		if len(traces) != 1 || traces[0].APIID != "mine" {
			t.Errorf("%s: kept %+v", name, traces)
		}
	}
}

func TestForgets(t *testing.T) {
	k, now := newKeys()
	key, text := mint(t, k, livetrace.Wish{Lifetime: livetrace.MaxLifetime})
	serve(t, k, now, text, "api")
	at(now, start.Add(livetrace.Keep))
	if traces, ok := k.Traces(key.ID); !ok || len(traces) != 1 {
		t.Errorf("after %v: %d traces, %v", livetrace.Keep, len(traces), ok)
	}
	at(now, start.Add(livetrace.Keep+1))
	k.Sweep()
	if traces, ok := k.Traces(key.ID); !ok || len(traces) != 0 {
		t.Errorf("after more: %d traces, %v", len(traces), ok)
	}
	at(now, start.Add(livetrace.MaxLifetime+livetrace.Keep+1))
	if list := k.List(); len(list) != 0 {
		t.Errorf("listed %+v", list)
	}
}

func TestBounds(t *testing.T) {
	k, now := newKeys()
	for name, w := range map[string]livetrace.Wish{
		"no time": {Calls: 1}, "too long": {Calls: 1, Lifetime: livetrace.MaxLifetime + 1},
		"no calls": {Lifetime: time.Second}, "too many calls": {Lifetime: time.Second, Calls: livetrace.MaxCalls + 1},
	} {
		if _, _, err := k.Mint(w); err == nil {
			t.Errorf("%s: minted", name)
		}
	}
	last := ""
	for range livetrace.MaxKeys {
		_, last = mint(t, k, livetrace.Wish{Calls: livetrace.MaxCalls})
	}
	if _, _, err := k.Mint(livetrace.Wish{Lifetime: time.Minute, Calls: 1}); !errors.Is(err, livetrace.ErrTooMany) {
		t.Errorf("one more: %v", err)
	}
	if !serve(t, k, now, last, "api") {
		t.Error("the last key does not work")
	}
	now.Advance(time.Minute)
	mint(t, k, livetrace.Wish{}) // those that expired make room
}

// TestOldestTracesGo: many long traces do not fill the memory.
func TestOldestTracesGo(t *testing.T) {
	k, now := newKeys()
	long := make([]string, 40)
	for i := range long {
		long[i] = strings.Repeat("x", 1000)
	}
	var first, last livetrace.Key
	for n := range 8 {
		key, text := mint(t, k, livetrace.Wish{Calls: 100})
		if n == 0 {
			first = key
		}
		last = key
		for range 100 {
			serve(t, k, now, text, "api", long...)
		}
	}
	oldest, _ := k.Traces(first.ID)
	newest, _ := k.Traces(last.ID)
	if len(oldest) != 0 || len(newest) != 100 {
		t.Errorf("%d of the first key, %d of the last", len(oldest), len(newest))
	}
}

// TestConcurrent: of many calls at once exactly as many are watched as the key
// allows, while keys come and go.
func TestConcurrent(t *testing.T) {
	k, now := newKeys()
	key, text := mint(t, k, livetrace.Wish{Calls: 50})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				serve(t, k, now, text, "api", "line")
				serve(t, k, now, "no key", "api")
			}
		})
		all.Go(func() {
			for range 10 {
				other, _ := mint(t, k, livetrace.Wish{})
				k.List()
				k.Drop(other.ID)
			}
		})
	}
	all.Wait()
	if traces, _ := k.Traces(key.ID); len(traces) != 50 {
		t.Errorf("%d calls were watched", len(traces))
	}
}

// TestUnknownKeyAllocatesNothing: a flood of guesses costs a hash each.
func TestUnknownKeyAllocatesNothing(t *testing.T) {
	k, _ := newKeys()
	mint(t, k, livetrace.Wish{})
	c := call.Acquire(t.Context())
	defer call.Release(c)
	guess := strings.Repeat("g", 43)
	if n := testing.AllocsPerRun(1000, func() { k.Begin(c, guess) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkUnknownKey(b *testing.B) {
	k, _ := newKeys()
	mint(b, k, livetrace.Wish{})
	c := call.Acquire(b.Context())
	defer call.Release(c)
	guess := strings.Repeat("g", 43)
	b.ReportAllocs()
	for b.Loop() {
		k.Begin(c, guess)
	}
}
