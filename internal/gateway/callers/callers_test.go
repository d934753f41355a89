package callers_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/signature"
)

func id(app *callers.App) string {
	if app == nil {
		return ""
	}
	return app.ID
}

func TestApps(t *testing.T) {
	c := callers.New()
	secret := signature.NewKey([]byte("s"))
	expect := func(step string, byKey, byCode map[string]string) {
		t.Helper()
		for key, want := range byKey {
			if got := id(c.ByKey(key)); got != want {
				t.Errorf("%s: key %s belongs to %q, want %q", step, key, got, want)
			}
		}
		for code, want := range byCode {
			if got := id(c.ByCode(code)); got != want {
				t.Errorf("%s: code %s belongs to %q, want %q", step, code, got, want)
			}
		}
	}
	long := strings.Repeat("c", callers.MaxCode)

	c.PutApp(callers.App{ID: "1", Name: "one", ProjectID: "p", Key: "k1", Secret: secret, Codes: []string{"c1", long}})
	c.PutApp(callers.App{ID: "2", Key: "k2", Codes: []string{"c2", "", long + "c"}})
	expect("put", map[string]string{"k1": "1", "k2": "2", "": "", "k3": ""},
		map[string]string{"c1": "1", "c2": "2", long: "1", "": "", long + "c": "", "c": "", "k1": ""})
	if app := c.ByCode("c1"); app.Name != "one" || app.ProjectID != "p" || app.Secret != secret || app.Codes != nil {
		t.Errorf("looked up %+v", app)
	}

	c.PutApp(callers.App{ID: "1", Key: "k1b", Codes: []string{"c1b", long}})
	expect("replaced", map[string]string{"k1": "", "k1b": "1"}, map[string]string{"c1": "", "c1b": "1", long: "1"})

	c.PutApp(callers.App{ID: "0", Key: "k2", Codes: []string{"c2"}})
	expect("claimed twice", map[string]string{"k2": "0"}, map[string]string{"c2": "0"})
	c.DropApp("0")
	expect("claim given up", map[string]string{"k2": "2"}, map[string]string{"c2": "2"})

	c.PutApp(callers.App{ID: "keyless"})
	expect("without a key", map[string]string{"": ""}, nil)
	c.DropApp("keyless")

	c.DropApp("1")
	c.DropApp("unknown")
	expect("dropped", map[string]string{"k1b": "", "k2": "2"}, map[string]string{"c1b": "", long: ""})
	c.DropApp("2")
	if apps, grants := c.Counts(); apps != 0 || grants != 0 {
		t.Errorf("%d apps and %d grants left", apps, grants)
	}
}

func TestGrants(t *testing.T) {
	c := callers.New()
	handle := c.Granted("api", "env")
	grant := func(id, app, api, env string) {
		c.PutGrant(definition.Grant{ID: id, AppID: app, APIID: api, EnvID: env})
	}
	has := func(step string, want bool) {
		t.Helper()
		if handle.Has("app") != want {
			t.Errorf("%s: Has = %v", step, !want)
		}
	}
	has("at first", false)
	grant("1", "app", "api", "other")
	grant("2", "app", "other", "env")
	grant("3", "other", "api", "env")
	has("others only", false)
	grant("4", "app", "api", "env")
	grant("4", "app", "api", "env")
	has("granted", true)
	grant("5", "app", "api", "env")
	c.DropGrant("4")
	has("one of two dropped", true)
	grant("5", "app", "api", "other")
	has("moved away", false)
	grant("5", "app", "api", "env")
	c.DropGrant("5")
	c.DropGrant("5")
	has("dropped twice", false)
}

// TestAllow: the sum of an app leads to its grants whichever came first, that of another
// leads nobody anywhere, and a handle that was seen says nothing about other places.
func TestAllow(t *testing.T) {
	c := callers.New()
	c.PutApp(callers.App{ID: "early", Key: "k1"})
	for i, app := range []string{"early", "late"} {
		c.PutGrant(definition.Grant{ID: fmt.Sprint(i), AppID: app, APIID: "api", EnvID: "env"})
	}
	c.PutApp(callers.App{ID: "late", Key: "k2"})
	c.PutApp(callers.App{ID: "nobody", Key: "k3"})
	handles := map[[2]string]*callers.Grants{}
	for range 3 {
		for _, place := range [][2]string{{"api", "env"}, {"api", "other"}, {"other", "env"}, {"apie", "nv"}} {
			handle := c.Granted(place[0], place[1]) // as a new plan has one
			for _, g := range []*callers.Grants{handle, handles[place], handle} {
				if g == nil {
					continue
				}
				for key, granted := range map[string]bool{"k1": true, "k2": true, "k3": false} {
					app := c.ByKey(key)
					want := granted && place == [2]string{"api", "env"}
					if g.Allow(app.ID, app.Sum()) != want || g.Has(app.ID) != want {
						t.Errorf("%s at %v: Allow is not %v", app.ID, place, want)
					}
				}
			}
			handles[place] = handle
			early, nobody := c.ByKey("k1"), c.ByKey("k3")
			if handle.Allow(early.ID, nobody.Sum()) || handle.Allow(nobody.ID, early.Sum()) || handle.Allow("early", 0) {
				t.Errorf("%v: one app goes for another", place)
			}
		}
	}
	c.PutApp(callers.App{ID: "early", Key: "k1", Name: "renamed"})
	if app := c.ByKey("k1"); !handles[[2]string{"api", "env"}].Allow(app.ID, app.Sum()) {
		t.Error("an app that was replaced has lost its grants")
	}
}

// TestOrderDoesNotMatter applies the same final records along two random
// histories.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		final := map[string]callers.App{}
		for i := range 6 {
			if rapid.Bool().Draw(t, "present") {
				name := fmt.Sprint(i)
				final[name] = callers.App{
					ID:    name,
					Key:   rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key"),
					Codes: rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3).Draw(t, "codes"),
				}
			}
		}
		var states [2]string
		for run := range states {
			c := callers.New()
			for range rapid.IntRange(0, 10).Draw(t, "noise") {
				c.PutApp(callers.App{
					ID:    fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "id")),
					Key:   rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key"),
					Codes: []string{rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "code")},
				})
			}
			for _, i := range rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(t, "order") {
				if app, ok := final[fmt.Sprint(i)]; ok {
					c.PutApp(app)
				} else {
					c.DropApp(fmt.Sprint(i))
				}
			}
			for _, key := range []string{"a", "b", "c"} {
				states[run] += " " + key + id(c.ByKey(key))
			}
			for _, code := range []string{"x", "y", "z"} {
				states[run] += " " + code + id(c.ByCode(code))
			}
		}
		if states[0] != states[1] {
			t.Fatalf("%s\n%s", states[0], states[1])
		}
	})
}

// TestReadersDuringWrites replaces and drops apps and grants while readers use
// those that stay.
func TestReadersDuringWrites(t *testing.T) {
	c := callers.New()
	c.PutApp(callers.App{ID: "stays", Key: "key", Codes: []string{"code"}})
	c.PutGrant(definition.Grant{ID: "g", AppID: "stays", APIID: "api", EnvID: "env"})
	handle := c.Granted("api", "env")

	stop := make(chan struct{})
	var readers, writers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if id(c.ByKey("key")) != "stays" || id(c.ByCode("code")) != "stays" || !handle.Has("stays") {
					t.Error("an app that stays was not found")
					return
				}
				if app := c.ByKey("moving"); app != nil && app.Name != "whole" {
					t.Errorf("half an app: %+v", app)
					return
				}
			}
		})
	}
	for w := range 2 {
		writers.Go(func() {
			for i := range 2000 {
				name := fmt.Sprint(w, i%50)
				c.PutApp(callers.App{ID: name, Name: "whole", Key: "moving", Codes: []string{name}})
				c.PutApp(callers.App{ID: "stays", Key: "key", Codes: []string{"code", name}})
				c.PutGrant(definition.Grant{ID: name, AppID: name, APIID: "api", EnvID: "env"})
				if i%3 == 0 {
					c.DropApp(name)
					c.DropGrant(name)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}

func BenchmarkReads(b *testing.B) {
	c := callers.New()
	const n = 100_000
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("%032x", i)
		c.PutApp(callers.App{ID: keys[i], Key: keys[i], Codes: []string{strings.Repeat(keys[i], 2)}})
		c.PutGrant(definition.Grant{ID: keys[i], AppID: keys[i], APIID: "api", EnvID: "env"})
	}
	handle := c.Granted("api", "env")
	code := strings.Repeat(keys[7], 2)
	i := 0
	b.Run("ByKey", func(b *testing.B) {
		for b.Loop() {
			i = (i + 7919) % n
			c.ByKey(keys[i])
		}
	})
	b.Run("ByCode", func(b *testing.B) {
		for b.Loop() {
			c.ByCode(code)
		}
	})
	b.Run("Allow", func(b *testing.B) {
		apps := make([]*callers.App, n)
		for i := range apps {
			apps[i] = c.ByKey(keys[i])
		}
		for b.Loop() {
			i = (i + 7919) % n
			handle.Allow(apps[i].ID, apps[i].Sum())
		}
	})
	b.Run("Has", func(b *testing.B) {
		for b.Loop() {
			i = (i + 7919) % n
			handle.Has(keys[i])
		}
	})
}
