package gateway_test

import (
	"net/http"
	"testing"

	"github.com/lintel-gateway/lintel/internal/config"
)

// preflightFields are those of wire-facts §2.7, literally.
var preflightFields = map[string]string{
	"Content-Type":                  "application/json",
	"Server":                        "api-gateway",
	"Access-Control-Allow-Origin":   "*",
	"Access-Control-Allow-Headers":  "X-Stage,X-Sdk-Date,X-Sdk-Nonce,X-Proxy-Signed-Headers,X-Sdk-Content-Sha256,X-Forwarded-For,Authorization,Content-Type,Accept,Accept-Ranges,Cache-Control,Range",
	"Access-Control-Expose-Headers": "X-Request-Id,X-Apig-Latency,X-Apig-Upstream-Latency,X-Apig-RateLimit-Api,X-Apig-RateLimit-User,X-Apig-RateLimit-App,X-Apig-RateLimit-Ip,X-Apig-RateLimit-Api-Allenv",
	"Access-Control-Allow-Methods":  "GET,POST,PUT,DELETE,HEAD,OPTIONS,PATCH",
	"Access-Control-Max-Age":        "172800",
}

func (r *reply) preflight() {
	r.t.Helper()
	r.want(200, "")
	for name, want := range preflightFields {
		r.has(name, want)
	}
	if r.header.Get("Access-Control-Allow-Credentials") != "" || r.header.Get("X-Request-Id") == "" {
		r.t.Errorf("%s: fields %v", r.call, r.header)
	}
}

func browser(method string) []option {
	return []option{header("Origin", "https://app.example.com"), header("Access-Control-Request-Method", method),
		header("Access-Control-Request-Headers", "authorization,x-own")}
}

// TestCORS is the standard behaviour: no preflight by itself, an API for OPTIONS
// answers it whatever its auth_type.
func TestCORS(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("orders")
	b := backend(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		if r.URL.RawQuery == "own" {
			w.Header().Set("Access-Control-Allow-Origin", "https://only.example.com")
		}
	})
	origin := header("Origin", "https://app.example.com")
	own.published(g, web("/cors", b.address), "req_method", "GET", "cors", true)
	own.published(g, web("/plain", b.address), "req_method", "GET")
	g.http("GET /cors", origin).want(200, "").has("Access-Control-Allow-Origin", "*").has("Access-Control-Allow-Methods", "")
	g.https("GET /cors?own", origin).want(200, "").has("Access-Control-Allow-Origin", "https://only.example.com")
	g.http("GET /cors").want(200, "").has("Access-Control-Allow-Origin", "")
	g.h2("GET /plain", origin).want(200, "").has("Access-Control-Allow-Origin", "")
	g.http("OPTIONS /cors", browser("GET")...).fault(404, "APIG.0101", "The API does not exist.").has("Access-Control-Allow-Origin", "")

	own.published(g, mock("/cors", ""), "req_method", "OPTIONS", "cors", true, "auth_type", "APP")
	for kind := range protocol(3) {
		g.call(kind, "OPTIONS /cors", browser("GET")...).preflight()
	}
}

// TestPreflight is the automatic one.
func TestPreflight(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *config.Config) { c.Gateway.CORSPreflight = true })
	own := p.admin
	g := own.group("orders")
	b := echo(t)
	own.published(g, web("/orders/{id}", b.address), "req_method", "PUT", "cors", true, "auth_type", "APP",
		"req_params", list{object{"name": "id", "type": "STRING", "location": "PATH", "required": 1}})
	own.published(g, web("/plain", b.address), "req_method", "PUT")
	own.published(g, web("/any", b.address), "cors", true)
	for kind := range protocol(3) {
		g.call(kind, "OPTIONS /orders/7", browser("PUT")...).preflight()
	}
	if n := b.count(); n != 0 {
		t.Errorf("a preflight request reached the backend %d times", n)
	}
	// An API that takes OPTIONS answers by itself.
	g.http("OPTIONS /any", browser("PUT")...).want(200, "OPTIONS /backend")
	for name, r := range map[string]*reply{
		"another method":    g.http("OPTIONS /orders/7", browser("GET")...),
		"no CORS":           g.http("OPTIONS /plain", browser("PUT")...),
		"no such path":      g.http("OPTIONS /orders", browser("PUT")...),
		"no such method":    g.http("OPTIONS /orders/7", browser("put")...),
		"TRACE":             g.http("OPTIONS /orders/7", browser("TRACE")...),
		"no origin":         g.http("OPTIONS /orders/7", header("Access-Control-Request-Method", "PUT")),
		"no method":         g.http("OPTIONS /orders/7", header("Origin", "https://app.example.com")),
		"other environment": g.http("OPTIONS /orders/7", append(browser("PUT"), header("X-Stage", "NONE"))...),
		"not OPTIONS":       g.http("GET /orders/7", browser("PUT")...),
		"no group":          p.caller(t, "nobody."+domain).http("OPTIONS /orders/7", browser("PUT")...),
	} {
		if r.fault(404, "APIG.0101", ""); r.header.Get("Access-Control-Allow-Methods") != "" {
			t.Errorf("%s: fields %v", name, r.header)
		}
	}
	// The call itself is checked as ever.
	g.https("PUT /orders/7", header("Origin", "https://app.example.com")).fault(401, "APIG.0303", "").has("Access-Control-Allow-Origin", "*")
}
