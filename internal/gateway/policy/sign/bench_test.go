package sign_test

import (
	"context"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/sign"
	"github.com/lintel-gateway/lintel/internal/message"
)

// typical is a policy for a call with a type and a field that a backend parameter
// fills.
func typical(t testing.TB) *sign.Policy {
	return policy(t, definition.Mapping{Name: "X-App-Id", In: "HEADER", Origin: "SYSTEM", Value: "appId"})
}

// once signs such a call, whose query the mapping has changed, from acquire to
// release.
func once(t testing.TB, p *sign.Policy) {
	c := call.Acquire(context.Background())
	c.Request.Query = append(c.Request.Query, message.Field{Name: "limit", Value: "10"})
	c.Request.RawQuery = "limit=10"
	o := &c.Out
	o.Method, o.Host, o.Path, o.RawQuery = "GET", "backend.test:8080", "/internal/orders/42", "size=10&v=2"
	o.Headers = append(o.Headers,
		message.Field{Name: "Accept", Value: "*/*"}, message.Field{Name: "Content-Type", Value: "application/json"},
		message.Field{Name: "X-App-Id", Value: "app-1"}, message.Field{Name: "X-Request-Id", Value: "0123456789abcdef0123456789abcdef"})
	if f := p.Apply(c); f != nil {
		t.Fatal(f.Message)
	}
	call.Release(c)
}

func BenchmarkSign(b *testing.B) {
	p := typical(b)
	once(b, p)
	b.ReportAllocs()
	for b.Loop() {
		once(b, p)
	}
}
