package h2spec_test

import (
	_ "embed"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/summerwind/h2spec/config"
	"github.com/summerwind/h2spec/generic"
	"github.com/summerwind/h2spec/hpack"
	"github.com/summerwind/h2spec/http2"
	"github.com/summerwind/h2spec/spec"
)

//go:embed allowed.txt
var allowedText string

// allowed are the ids of tests that may fail on a port, "h2c" or "h2".
func allowed(t *testing.T, port string) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for line := range strings.Lines(allowedText) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if len(fields) < 3 || fields[0] != "all" && fields[0] != "h2c" && fields[0] != "h2" {
			t.Fatalf("allowed.txt: %q is no entry", line)
		}
		if fields[0] == "all" || fields[0] == port {
			ids[fields[1]] = true
		}
	}
	return ids
}

func TestHTTP2(t *testing.T) {
	l := serve(t)
	// A backend that reads what it is sent and answers like any other.
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			io.WriteString(w, strings.Repeat("h2spec ", 100))
		}
	}))
	defer backend.Close()
	group := l.publish(strings.TrimPrefix(backend.URL, "http://"))
	for _, port := range []struct {
		name, address string
		tls           bool
	}{{"h2c", l.clear, false}, {"h2", l.secure, true}} {
		t.Run(port.name, func(t *testing.T) {
			host, number, err := net.SplitHostPort(port.address)
			if err != nil {
				t.Fatal(err)
			}
			c := &config.Config{Host: host, Path: "/", Timeout: 2 * time.Second, MaxHeaderLen: 4000, TLS: port.tls, Insecure: true}
			if c.Port, err = strconv.Atoi(number); err != nil {
				t.Fatal(err)
			}
			named := *c // what is called stands in :authority
			named.Host = group
			r := &run{t: t, dialled: c, called: &named, failed: map[string]string{}}
			for _, g := range []*spec.TestGroup{generic.Spec(), http2.Spec(), hpack.Spec()} {
				r.group(g)
			}
			may := allowed(t, port.name)
			for id, why := range r.failed {
				if !may[id] {
					t.Errorf("%s failed: %s", id, why)
				}
			}
			if r.passed+len(r.failed) < 140 {
				t.Errorf("%d tests ran, h2spec has about 145", r.passed+len(r.failed))
			}
			t.Logf("%d passed, %d failed, %d skipped by h2spec", r.passed, len(r.failed), r.skipped)
		})
	}
}

// run is one run over one port. It calls the tests itself: h2spec's own loop prints,
// and ends the process when it cannot connect.
type run struct {
	t               *testing.T
	dialled, called *config.Config
	passed, skipped int
	failed          map[string]string
}

// dialsItself are the tests that look up how long the answer is, by the host that they
// call: they call the address, and get the gateway's own 404.
var dialsItself = map[string]bool{"http2/6.9.1/1": true, "http2/6.9.2/1": true, "http2/6.9.2/2": true}

func (r *run) group(g *spec.TestGroup) {
	if g.Strict {
		return
	}
	for i, test := range g.Tests {
		conn, err := spec.Dial(r.dialled)
		if err != nil {
			r.t.Fatalf("%s: %v", g.ID(), err)
		}
		id, c := fmt.Sprintf("%s/%d", g.ID(), i+1), r.called
		if dialsItself[id] {
			c = r.dialled
		}
		err = test.Run(c, conn)
		conn.Close()
		switch err {
		case nil:
			r.passed++
		case spec.ErrSkipped:
			r.skipped++
		default:
			r.failed[id] = test.Desc + ": " + err.Error()
		}
	}
	for _, sub := range g.Groups {
		r.group(sub)
	}
}
