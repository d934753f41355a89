package wire_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// discard is the cheapest ResponseWriter, so that the steps alone are measured.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkSteps is the cost of the shared steps around an empty handler.
func BenchmarkSteps(b *testing.B) {
	actor, err := wiretest.Actor(member)
	if err != nil {
		b.Fatal(err)
	}
	h, err := wire.New(wire.Options{
		Dialects:     []*wire.Dialect{apig.Dialect(things())},
		Authenticate: func(*http.Request, func() ([]byte, error)) (wire.Actor, error) { return actor, nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	body := `{"name":"x","kind":"A","size":3,"parts":[{"name":"y"},{"name":"z","kind":"B"}]}`
	for _, bench := range []struct{ name, method, path, body string }{
		{"get", "GET", "/v1.0/things/a", ""},
		{"post", "POST", "/v1.0/things", body},
		{"delete", "DELETE", "/v1.0/things/a", ""},
		{"refuse", "GET", "/nowhere", ""},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(bench.method, bench.path, strings.NewReader(bench.body))
				h.ServeHTTP(&discard{http.Header{}}, r)
			}
		})
	}
	b.Run("request alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := httptest.NewRequest("POST", "/v1.0/things", strings.NewReader(body))
			_ = r
			_ = &discard{http.Header{}}
		}
	})
}

// BenchmarkInspect is the scan before decoding, over a typical API document.
func BenchmarkInspect(b *testing.B) {
	body := []byte(`{"list":[` + strings.Repeat(`{"name":"parameter","type":"STRING","location":"QUERY","required":1,"remark":"a longer text"},`, 40) + `{}]}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if reason := wire.Inspect(body); reason != "" {
			b.Fatal(reason)
		}
	}
}
