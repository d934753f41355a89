package differential_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/ids"
)

// server is one of our edges.
type server interface {
	Serve(net.Listener) error
	ServeTLS(net.Listener, *tls.Config) error
	Shutdown(context.Context) error
}

// ourEdges are the edges that the claim is about, under the names of the goldens'
// columns.
var ourEdges = []struct {
	name   string
	oracle bool // net/http below
	make   func(edge.Handler, edge.Options) server
}{
	{"engine", false, func(h edge.Handler, o edge.Options) server { return edge.New(h, o) }},
	{"edge", true, func(h edge.Handler, o edge.Options) server { o.NetHTTP = true; return edge.New(h, o) }},
}

// knownFaults are what net/http does behind our guards that it should not, by case.
// They are known and stay, because that edge is the oracle for the engine, which has
// none of them.
var knownFaults = map[string]string{
	`chunk sizes: size line "5 \r\n"`:           "blanks behind a size without an extension",
	`chunk sizes: size line "5\t\r\n"`:          "blanks behind a size without an extension",
	"chunks: last chunk with blank behind":      "blanks behind a size without an extension",
	"chunks: body ends in LF":                   "the guard cuts behind the LF, which net/http takes for the end, and answers 499 or 400 to a call that was made",
	`trailers: trailer "X-T : v\r\n"`:           "trailers are not read by us, and net/http is lax with them",
	`trailers: trailer "X-T: v\r\n folded\r\n"`: "trailers are not read by us, and net/http is lax with them",
	`trailers: trailer "X T: v\r\n"`:            "trailers are not read by us, and net/http is lax with them",
}

// bare is net/http by itself.
const bare = "net/http"

// lane is a copy of every server with a recorder of its own behind each, so that cases
// can run side by side and each still knows whose bytes are whose.
type lane struct {
	columns []column
}

// column is one server of a lane.
type column struct {
	name     string
	address  string
	recorder *recorder
	ours     bool
	oracle   bool
	exact    bool // what it does does not depend on how the bytes come in
}

// inProcess makes the servers that need nothing installed.
func inProcess(t testing.TB) lane {
	var l lane
	for _, e := range ourEdges {
		r := startRecorder(t, "")
		s := e.make(dataPlane(t, r.address()), edge.Options{HeaderTimeout: 20 * lull, IdleTimeout: 20 * lull, BodyGrace: 20 * lull})
		l.columns = append(l.columns, column{name: e.name, address: serve(t, s.Serve, s.Shutdown), recorder: r, ours: true, oracle: e.oracle, exact: !e.oracle})
	}
	r := startRecorder(t, "")
	h := &http.Server{Handler: reverseProxy(t, r.address()), ErrorLog: log.New(io.Discard, "", 0)}
	l.columns = append(l.columns, column{name: bare, address: serve(t, h.Serve, h.Shutdown), recorder: r})
	return l
}

func startRecorder(t testing.TB, path string) *recorder {
	r, err := newRecorder(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}

// serve runs a server on the loopback until the test ends.
func serve(t testing.TB, run func(net.Listener) error, shutdown func(context.Context) error) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, l, run, shutdown)
	return l.Addr().String()
}

func serveOn(t testing.TB, l net.Listener, run func(net.Listener) error, shutdown func(context.Context) error) {
	done := make(chan struct{})
	go func() { defer close(done); run(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := shutdown(ctx); err != nil {
			t.Error("shutting down:", err)
		}
		<-done
	})
}

// dataPlane is a whole gateway with one API, which takes everything and sends it to
// address.
func dataPlane(t testing.TB, address string) edge.Handler {
	transport := backend.NewTransport(backend.Options{Dial: new(net.Dialer).DialContext, Stall: 10 * lull})
	t.Cleanup(transport.Close)
	g := gatewaytest.New(t,
		definition.Group{ID: "group", ProjectID: "project", Hosts: []string{site}},
		definition.API{
			ID: "all", Name: "all", GroupID: "group", ProjectID: "project", EnvID: "env-release", EnvName: "RELEASE",
			Method: "ANY", Path: "/", Match: "SWA", Protocol: "BOTH", Auth: "NONE",
			Backend: definition.Backend{Kind: "HTTP", HTTP: &definition.HTTPBackend{Scheme: "http", Address: address, Method: "ANY", Path: "/", TimeoutMS: 20_000}},
		})
	g.Backend.Stub = backend.NewHTTP(transport, clock.System)
	// Not g itself: it counts its calls, which only one goroutine may do.
	return gateway.New(gateway.Options{
		Snapshot: g.Snapshot, Answers: g.Beside.Answers, IDs: ids.Random(), Clock: clock.System,
		Log: slog.New(slog.DiscardHandler), Record: func(*call.Call) {},
	})
}

// reverseProxy is net/http's, as its documentation has it used.
func reverseProxy(t testing.TB, address string) http.Handler {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: address})
			r.Out.Host = r.In.Host
		},
		Transport: transport,
		ErrorLog:  log.New(io.Discard, "", 0),
	}
}
