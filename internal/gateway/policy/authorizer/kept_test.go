package authorizer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/authorizer"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestVerdictsAreKept: for all that decided, and no longer than it holds.
func TestVerdictsAreKept(t *testing.T) {
	d := open(t)
	d.Put(frontend(10))
	asks := func(name string, n int) {
		t.Helper()
		if got := len(d.asked()); got != n {
			t.Errorf("%s: the function was asked %d times, want %d", name, got, n)
		}
	}
	allowed := func(request string, fields ...string) {
		t.Helper()
		if c, fault := d.apply(t, request, fields...); fault != nil || len(c.Authorizer) != 1 {
			t.Errorf("%v, %v", fault, c.Authorizer)
		}
	}
	allowed("")
	allowed("GET /b?x=1&role=admin", "Token: secret", "X-Other: 1")
	asks("the same identities", 1)
	allowed("GET /a?role=admin", "Token: secret2")
	allowed("GET /a?role=guest", "Token: secret")
	allowed("GET /a?role=tadmin", "Token: secre") // the same bytes in a row
	asks("other identities", 3)

	for name, change := range map[string]func(c *call.Call){
		"another API":         func(c *call.Call) { c.Target.APIID = "api2" },
		"another environment": func(c *call.Call) { c.Target.EnvID = "env2" },
		"another address":     func(c *call.Call) { c.Request.Client = c.Request.Client.Next() },
	} {
		c, _ := d.apply(t, "")
		c.Authorizer = c.Authorizer[:0]
		d.asked()
		change(c)
		if fault := authorizer.Frontend(d.Authorizers, "a1").Apply(c); fault != nil {
			t.Errorf("%s: %v", name, fault)
		}
		asks(name, 1)
	}

	d.clock.Advance(10*time.Second - 1)
	allowed("")
	asks("just before its end", 0)
	d.clock.Advance(1)
	allowed("")
	asks("at its end", 1)

	d.answers(fixed(deny))
	allowed("")
	asks("a kept verdict", 0)
	d.Put(frontend(10))
	for range 2 {
		if c, fault := d.apply(t, ""); fault != call.AuthorizerDenied || len(c.Authorizer) != 1 {
			t.Errorf("%v", fault)
		}
	}
	asks("a changed authorizer, whose refusal is kept", 1)
	d.answers(fixed(allow(`{"user":"abc"}`)))
	d.function(4000)
	allowed("")
	asks("a changed function", 1)
}

func TestFailuresAreNotKept(t *testing.T) {
	d := open(t)
	d.Put(frontend(10))
	d.answers(func(string) (string, error) { return "", errors.New("out of order") })
	for range 2 {
		if _, fault := d.apply(t, ""); fault != call.AuthorizerBroken {
			t.Errorf("%v", fault)
		}
	}
	d.answers(fixed(allow(`{"user":"abc"}`)))
	if _, fault := d.apply(t, ""); fault != nil || len(d.asked()) != 3 {
		t.Errorf("%v", fault)
	}
}

// TestOneQuestionForMany: calls with one key share a question, and who leaves
// takes nothing from the others.
func TestOneQuestionForMany(t *testing.T) {
	d := open(t)
	d.Put(frontend(10))
	asked, release := make(chan struct{}, 32), make(chan struct{})
	d.answers(func(string) (string, error) {
		asked <- struct{}{}
		<-release
		return allow(`{"user":"abc"}`), nil
	})
	ask := func(ctx context.Context) *call.Fault {
		c := call.Acquire(ctx)
		defer call.Release(c)
		c.Request.Headers = append(c.Request.Headers, message.Field{Name: "Token", Value: "t"})
		c.Request.Query = append(c.Request.Query, message.Field{Name: "role", Value: "r"})
		return authorizer.Frontend(d.Authorizers, "a1").Apply(c)
	}
	// The first one leaves before there is an answer.
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan *call.Fault)
	go func() { first <- ask(ctx) }()
	<-asked
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if fault := ask(t.Context()); fault != nil {
				t.Errorf("%v", fault)
			}
		})
	}
	leave()
	if fault := <-first; fault != call.CallerGone {
		t.Errorf("who left: %v", fault)
	}
	time.Sleep(20 * time.Millisecond) // lets the others come; sooner or later they are answered alike
	close(release)
	all.Wait()
	if n := len(d.asked()); n != 1 {
		t.Errorf("the function was asked %d times", n)
	}
}

// TestKeepingIsBounded: however many callers come, the memory of what is kept
// is, and the newest are in it.
func TestKeepingIsBounded(t *testing.T) {
	d := open(t)
	d.Put(frontend(3600))
	d.answers(func(event string) (string, error) { return allow(`{"user":"` + fmt.Sprintf("%012000d", 1) + `"}`), nil })
	const callers = 500 // 6 MB of contexts
	for i := range callers {
		if _, fault := d.apply(t, "", "Token: "+fmt.Sprint(i), "X: y"); i == 0 && fault != nil {
			t.Fatal(fault)
		}
	}
	d.asked()
	hits := 0
	for i := range callers {
		_, _ = d.apply(t, "", "Token: "+fmt.Sprint(i), "X: y")
		if len(d.asked()) == 0 {
			hits++
		}
	}
	if hits > 16*256/12 || hits < 16 { // 256 KB of 12 KB each in 16 parts
		t.Errorf("%d of %d verdicts were kept", hits, callers)
	}
}
