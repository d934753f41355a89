package beside_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
)

// TestPlacesGoWithTheirPlans: a place is remembered while a plan holds it or
// something is bound there, and no longer.
func TestPlacesGoWithTheirPlans(t *testing.T) {
	b := beside.New(beside.Options{})
	place := func(i int) beside.Place { return beside.Place{APIID: fmt.Sprint("api-", i), EnvID: "e"} }
	bind := func(i int, body any) {
		t.Helper()
		r := definition.Record{Key: definition.Key{Kind: definition.KindBinding, ID: fmt.Sprint("binding-", i)}}
		if body != nil {
			var err error
			if r.Body, err = definition.Encode(body); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Take(r); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1000 {
		b.At(place(i))
	}
	held := b.At(place(0))
	bind(1, definition.Binding{ID: "binding-1", Policy: "acl", Slot: "IP", PolicyID: "p", APIID: "api-1", EnvID: "e"})
	until(t, "the held and the bound", func() bool { return b.Places() == 2 })
	if b.At(place(0)) != held {
		t.Error("a place has two sets of slots")
	}
	bind(1, nil)
	until(t, "the held", func() bool { return b.Places() == 1 })
	runtime.KeepAlive(held)
}

// until waits for cleanups, which run some time after a collection.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 500 {
		runtime.GC()
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s is not all that is left", what)
}
