package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/message"
)

func TestResponseFields(t *testing.T) {
	const (
		preflight = "Access-Control-Allow-Origin: * | Access-Control-Allow-Headers: X-Stage,X-Sdk-Date,X-Sdk-Nonce,X-Proxy-Signed-Headers,X-Sdk-Content-Sha256,X-Forwarded-For,Authorization,Content-Type,Accept,Accept-Ranges,Cache-Control,Range" +
			" | Access-Control-Expose-Headers: X-Request-Id,X-Apig-Latency,X-Apig-Upstream-Latency,X-Apig-RateLimit-Api,X-Apig-RateLimit-User,X-Apig-RateLimit-App,X-Apig-RateLimit-Ip,X-Apig-RateLimit-Api-Allenv" +
			" | Access-Control-Allow-Methods: GET,POST,PUT,DELETE,HEAD,OPTIONS,PATCH | Access-Control-Max-Age: 172800"
		origin = "Origin: https://shop.example"
		debug  = "X-Apig-Mode: debug"
		rate   = "X-Apig-RateLimit-api-allenv: remain:999999,limit:1000000,time:1 second"
	)
	tests := []struct {
		name    string
		call    string
		fields  []string
		backend string // fields of the backend's answer, "|" between
		want    string // fields beside X-Request-Id
	}{
		{"backend", "GET /plain", nil, "Server: own|X-Own: 1", "Server: own | X-Own: 1"},
		{"backend's own request id", "GET /plain", nil, "x-request-id: 1|X-Apig-Latency: 9|X-Apig-Upstream-Latency: 9|x-apig-ratelimit-Api: 9|X-Apig-RateLimit-: kept", "X-Apig-RateLimit-: kept"},
		{"mock", "GET /mock", nil, "", "Content-Type: application/json | Server: api-gateway"},
		{"CORS off", "GET /plain", []string{origin}, "", ""},
		{"no origin", "GET /cors", nil, "", ""},
		{"CORS", "GET /cors", []string{origin}, "", "Access-Control-Allow-Origin: *"},
		{"backend's own CORS", "GET /cors", []string{origin}, "access-control-allow-origin: https://shop.example", "access-control-allow-origin: https://shop.example"},
		{"preflight", "OPTIONS /cors", []string{origin}, "", "Content-Type: application/json | Server: api-gateway | " + preflight},
		{"fault to a browser", "GET /closed", []string{origin}, "", "Content-Type: application/json | Server: api-gateway | Access-Control-Allow-Origin: *"},
		{"debug", "GET /plain", []string{debug}, "", rate + " | X-Apig-Upstream-Latency: 20 | X-Apig-Latency: 27"},
		{"debug in another case", "GET /plain", []string{"x-apig-mode: DEBUG"}, "", rate + " | X-Apig-Upstream-Latency: 20 | X-Apig-Latency: 27"},
		{"another mode", "GET /plain", []string{"X-Apig-Mode: trace"}, "", ""},
		{"debug and mock", "GET /mock", []string{debug}, "", "Content-Type: application/json | Server: api-gateway | " + rate + " | X-Apig-Latency: 5"},
		{"debug and version", "GET /versioned", []string{debug}, "x-apig-version: 9", rate + " | X-Apig-Version: v7 | X-Apig-Upstream-Latency: 20 | X-Apig-Latency: 27"},
		{"version, no debug", "GET /versioned", nil, "X-Apig-Version: 9", ""},
		{"refused, debug and version", "GET /shut", []string{debug}, "", "Content-Type: application/json | Server: api-gateway | X-Apig-Version: v7 | X-Apig-Latency: 5"},
		{"debug and fault", "GET /nothing", []string{debug}, "", "Content-Type: application/json | Server: api-gateway | X-Apig-Latency: 5"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := house(t, api("plain", "GET", "/plain"), api("mock", "GET", "/mock", mock("{}")), api("cors", "GET", "/cors", withCORS),
				api("preflight", "OPTIONS", "/cors", withCORS, mock("")), api("closed", "GET", "/closed", withAuth, withCORS),
				api("versioned", "GET", "/versioned", withVersion), api("shut", "GET", "/shut", withAuth, withVersion))
			g.Backend.Answer = func(c *call.Call) *call.Fault {
				c.Timing.BackendStart = g.Clock.Now().Add(2 * time.Millisecond)
				c.Timing.BackendHeader = g.Clock.Now().Add(22 * time.Millisecond)
				c.Timing.BackendStatus, c.Response.Status = 200, 200
				for _, line := range strings.FieldsFunc(test.backend, func(r rune) bool { return r == '|' }) {
					name, value, _ := strings.Cut(line, ": ")
					c.Response.Headers = append(c.Response.Headers, message.Field{Name: name, Value: value})
				}
				return nil
			}
			c := gatewaytest.Raw(t, test.call, test.fields...)
			c.Started = g.Clock.Now().Add(-5 * time.Millisecond)
			g.Serve(c)
			if c.Response.Headers.Count("X-Request-Id") != 1 {
				t.Error("X-Request-Id is missing or comes twice")
			}
			var rest message.Fields
			for _, f := range c.Response.Headers {
				if f.Name != "X-Request-Id" {
					rest = append(rest, f)
				}
			}
			if got := gatewaytest.Lines(rest); got != test.want {
				t.Errorf("fields %s\n  want %s", got, test.want)
			}
		})
	}
}
