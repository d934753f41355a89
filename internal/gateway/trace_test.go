package gateway_test

import (
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/livetrace"
	"github.com/lintel-gateway/lintel/internal/ids"
)

// tracedCall is a call that is watched.
func tracedCall(t *testing.T, g *gatewaytest.Gateway, as call.Viewer, request string, fields ...string) (*call.Call, string) {
	t.Helper()
	c := gatewaytest.Raw(t, request, fields...)
	c.Trace = &call.Trace{Now: g.Clock.Now, Viewer: as}
	outcome(t, g, c)
	return c, strings.Join(c.Trace.Lines(), "\n")
}

// TestTraceShowsNoCredentials: whatever a caller authenticates with, and whether
// it is right or wrong, no trace has it (ecosystem §4.1 row 11).
func TestTraceShowsNoCredentials(t *testing.T) {
	iam := func(d *definition.API) { d.Auth = "IAM" }
	g := house(t, api("granted", "GET", "/code", withAppCode), api("iam", "GET", "/iam", iam), api("open", "GET", "/open"))
	token := "MIItoken" + strings.Repeat("0123456789", 10)
	for _, path := range []string{"/code", "/iam", "/open", "/none", "/open/%00"} {
		for field, secret := range map[string]string{
			"X-Apig-AppCode: " + appCode:                 appCode,
			"X-Apig-AppCode: wrong code " + appCode[:20]: appCode[:20],
			"X-Auth-Token: " + token:                     token,
			"Authorization: Bearer " + token:             token,
			"Authorization: SDK-HMAC-SHA256 Access=" + appKey + ", SignedHeaders=host, Signature=" + strings.Repeat("ab", 32): strings.Repeat("ab", 32),
			"X-Security-Token: " + token:    token,
			"X-Apig-Anything: secret value": "secret value",
			"X-Apig-Trace: " + token:        token,
			"Cookie: session=" + token:      token,
			"x-API-key: " + token:           token, // no field of ours: values of fields are never said
		} {
			for _, viewer := range []call.Viewer{call.Administrator, call.Owner, call.Stranger} {
				_, log := tracedCall(t, g, viewer, "GET "+path, field)
				if strings.Contains(log, secret) {
					t.Errorf("%s with %.20s…: the trace shows it:\n%s", path, field, log)
				}
				if !strings.Contains(log, "answer: ") {
					t.Errorf("%s with %.20s…: no end:\n%s", path, field, log)
				}
			}
		}
	}
}

// TestTraceOfOwner: what Spared names is said to be skipped, and nothing else is.
func TestTraceOfOwner(t *testing.T) {
	g := house(t, api("granted", "GET", "/a", withAuth))
	deny := []any{
		definition.ACL{ID: "list", ProjectID: "project", Entity: "IP", Values: []string{gatewaytest.Peer}},
		definition.Binding{ID: "b1", Policy: definition.BindACL, Slot: "IP", PolicyID: "list", APIID: "granted", EnvID: "env-release"},
	}
	if err := g.Apply(t, deny...); err != nil {
		t.Fatal(err)
	}
	for viewer, want := range map[call.Viewer]string{
		call.Administrator: "APIG.0402", call.Stranger: "APIG.0402",
		call.Owner: "APIG.0303", // lists are spared, authentication is not
	} {
		c, log := tracedCall(t, g, viewer, "GET /a")
		if c.Fault == nil || c.Fault.Code != want {
			t.Errorf("viewer %d: %v, want %s:\n%s", viewer, c.Fault, want, log)
		}
	}
}

// TestTraceHasEveryStepOnce: each step of the plan has a line with two times, in
// the order of the plan.
func TestTraceHasEveryStepOnce(t *testing.T) {
	g := house(t, api("granted", "GET", "/users/{id}", withAuth))
	c := gatewaytest.Raw(t, "GET /users/42")
	sign(c, appKey, appSecret, "")
	c.Trace = &call.Trace{Now: g.Clock.Now}
	outcome(t, g, c)
	step := regexp.MustCompile(`^ *\d+ µs +\d+ µs  (policy [^:]+|[a-z]+):`)
	var got []string
	for _, line := range c.Trace.Lines() {
		if m := step.FindStringSubmatch(line); m != nil {
			got = append(got, m[1])
		}
	}
	want := []string{
		"request", "route", "policy access list of addresses", "policy fields of the request", "policy app authentication", "policy grant",
		"policy throttle", "policy parameter", "policy order", "backend", "policy mapping", "policy fields of the gateway", "policy backend signature", "backend", "answer",
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("got  %v\nwant %v\n%s", got, want, strings.Join(c.Trace.Lines(), "\n"))
	}
}

// TestTraceOfPanic: the trace of a call that panicked is shown and ends.
func TestTraceOfPanic(t *testing.T) {
	g := house(t, api("broken", "GET", "/broken"))
	g.Backend.Answer = func(*call.Call) *call.Fault { panic("secret of the house") }
	c, log := tracedCall(t, g, call.Administrator, "GET /broken")
	if c.Response.Status != 500 || !strings.Contains(log, "answer: 500") || strings.Contains(log, "secret of the house") {
		t.Errorf("%d\n%s", c.Response.Status, log)
	}
}

// watched is a gateway with keys of live traces.
func watched(t *testing.T, apis ...definition.API) (*gatewaytest.Gateway, *livetrace.Keys) {
	g := house(t, apis...)
	keys := livetrace.New(livetrace.Options{IDs: ids.Random(), Clock: g.Clock.Now})
	g.Gateway = gateway.New(gateway.Options{
		Snapshot: g.Snapshot, Answers: g.Beside.Answers, IDs: ids.Random(), Clock: g.Clock.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Live: keys,
	})
	return g, keys
}

// TestLiveTraceBelongsToItsCall: a call that is released and used again by
// another caller is watched no more, and what was kept stays as it was.
func TestLiveTraceBelongsToItsCall(t *testing.T) {
	g, keys := watched(t, api("open", "GET", "/open/{id}"))
	made, text, err := keys.Mint(livetrace.Wish{Lifetime: time.Minute, Calls: 2})
	if err != nil {
		t.Fatal(err)
	}
	for n, field := range []string{"X-Apig-Trace: " + text, "X-Apig-Trace: unknown", "Accept: */*"} {
		c := gatewaytest.Raw(t, "GET /open/"+strings.Repeat("x", 100+n), field)
		outcome(t, g, c)
		if (c.Trace != nil) != (n == 0) {
			t.Errorf("call %d: watched %v", n, c.Trace != nil)
		}
	}
	traces, ok := keys.Traces(made.ID)
	if !ok || len(traces) != 1 || traces[0].Path != "/open/"+strings.Repeat("x", 100) || traces[0].Status != 200 || !ids.Valid(traces[0].RequestID) {
		t.Errorf("%v %+v", ok, traces)
	}
	for _, s := range g.Backend.Take() {
		if strings.Contains(s.Headers, "Trace") {
			t.Errorf("sent %s", s.Headers)
		}
	}
}

// TestDebuggedCallIsNotLive: a call that the debugger makes is the debugger's.
func TestDebuggedCallIsNotLive(t *testing.T) {
	g, keys := watched(t, api("open", "GET", "/open"))
	made, text, err := keys.Mint(livetrace.Wish{Lifetime: time.Minute, Calls: 2})
	if err != nil {
		t.Fatal(err)
	}
	tracedCall(t, g, call.Owner, "GET /open", "X-Apig-Trace: "+text)
	if traces, _ := keys.Traces(made.ID); len(traces) != 0 || keys.List()[0].Used != 0 {
		t.Errorf("kept %+v, listed %+v", traces, keys.List())
	}
}

// TestUnwatchedCallsPayNothing: a gateway with keys allocates no more for a call
// without one, nor for one with a bad one.
func TestUnwatchedCallsPayNothing(t *testing.T) {
	if race {
		t.Skip("the race detector allocates and empties pools")
	}
	g, _ := watched(t, api("open", "GET", "/open"))
	g.Backend.Stub = stub{}
	for _, field := range []string{"Accept: */*", "X-Apig-Trace: " + strings.Repeat("k", 43)} {
		head := gatewaytest.Raw(t, "GET /open", field)
		n := testing.AllocsPerRun(1000, func() {
			c := call.Acquire(t.Context())
			r := &c.Request
			r.Method, r.RawPath, r.Host, r.Proto, r.Remote = "GET", "/open", "example.com", "HTTP/1.1", head.Request.Remote
			r.Headers = append(r.Headers, head.Request.Headers...)
			c.Started = gatewaytest.Now
			g.Serve(c)
			g.Finish(c)
			call.Release(c)
		})
		if n > 0 {
			t.Errorf("%s: %v allocations", field, n)
		}
	}
}
