package backend_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/function/functiontest"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/mapping"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
)

// answering stands in for the URL of a function.
type answering func(*http.Request) (string, error)

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) {
	text, err := f(r)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

const wellFormed = `{"statusCode":200,"headers":{"Content-Type":"text/plain"},"body":"ok","isBase64Encoded":false}`

// runs is a set with two functions of project p: "url", which f answers, and
// "module".
func runs(t testing.TB, f answering) *functions.Functions {
	t.Helper()
	r, err := function.New(t.Context(), function.Options{Transport: f})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	set := functions.New(r)
	set.Put(&definition.Function{URN: "url", Version: "latest", ProjectID: "p", Runtime: function.HTTP, TimeoutMS: 1000, Target: "http://f.test/"})
	set.Put(&definition.Function{
		URN: "module", Version: "latest", ProjectID: "p", Runtime: function.WASI, TimeoutMS: 1000, MemoryMB: 16,
		Module: functiontest.Says(wellFormed, ""),
	})
	return set
}

func toFunction(t testing.TB, set *functions.Functions, d definition.FunctionBackend) *backend.Function {
	t.Helper()
	params, err := parameter.Compile(&definition.API{Path: "/"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.NewEvent(nil, params)
	if err != nil {
		t.Fatal(err)
	}
	b, err := backend.NewFunction(set, &d, m, clock.System)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFunctionFaults(t *testing.T) {
	release := make(chan struct{})
	set := runs(t, func(r *http.Request) (string, error) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return "", errors.New("out of order")
	})
	url := definition.FunctionBackend{URN: "url", Invocation: "sync", TimeoutMS: 50}
	send := func(c *call.Call, d definition.FunctionBackend) *call.Fault {
		c.Target.ProjectID = "p"
		return toFunction(t, set, d).Send(c)
	}
	if f := send(gatewaytest.Prepared(t, "GET /"), url); f != call.BackendTimeout {
		t.Errorf("the timeout of the API: %v", f)
	}
	url.TimeoutMS = 5000
	if f := send(gatewaytest.Prepared(t, "GET /"), url); f != call.BackendTimeout {
		t.Errorf("the timeout of the function: %v", f)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	gone := call.Acquire(ctx)
	defer call.Release(gone)
	if f := send(gone, url); f != call.CallerGone {
		t.Errorf("a caller that left: %v", f)
	}
	close(release)
	if f := send(gatewaytest.Prepared(t, "GET /"), url); f != call.BackendUnavailable {
		t.Errorf("a function that cannot be reached: %v", f)
	}
	url.Version = "v2"
	if f := send(gatewaytest.Prepared(t, "GET /"), url); f != call.NoBackend {
		t.Errorf("an unknown version: %v", f)
	}
	c := gatewaytest.Prepared(t, "GET /")
	c.Target.ProjectID = "q"
	if f := toFunction(t, set, definition.FunctionBackend{URN: "module", Invocation: "SYNC", TimeoutMS: 1}).Send(c); f != call.NoBackend {
		t.Errorf("another project's function: %v", f)
	}
	if f := toFunction(t, functions.New(nil), definition.FunctionBackend{URN: "module", Invocation: "sync", TimeoutMS: 1}).Send(c); f != call.NoBackend {
		t.Errorf("no functions: %v", f)
	}
	for _, d := range []definition.FunctionBackend{
		{Invocation: "sync", TimeoutMS: 1}, {URN: "f", Invocation: "later", TimeoutMS: 1}, {URN: "f", Invocation: "sync"},
	} {
		if _, err := backend.NewFunction(set, &d, nil, clock.System); err == nil {
			t.Errorf("%+v was taken", d)
		}
	}
}

// BenchmarkFunction is a call of a module through the backend: event, sandbox,
// answer.
func BenchmarkFunction(b *testing.B) {
	backend := toFunction(b, runs(b, nil), definition.FunctionBackend{URN: "module", Invocation: "sync", TimeoutMS: 1000})
	c := gatewaytest.Prepared(b, "GET /a?x=1", "User-Agent: bench", "Accept: */*")
	c.Target.ProjectID = "p"
	b.ReportAllocs()
	for b.Loop() {
		c.Response.Headers = c.Response.Headers[:0]
		if f := backend.Send(c); f != nil {
			b.Fatal(f.Message)
		}
	}
}
