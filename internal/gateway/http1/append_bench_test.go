package http1

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

// BenchmarkAppendField is what a field costs that goes out.
func BenchmarkAppendField(b *testing.B) {
	fields := message.Fields{
		{Name: "Host", Value: "127.0.0.1:9000"}, {Name: "X-Request-Id", Value: "0123456789abcdef0123456789abcdef"},
		{Name: "Content-Type", Value: "application/json"}, {Name: "X-Forwarded-Proto", Value: "http"},
	}
	out := make([]byte, 0, 4096)
	for b.Loop() {
		out = out[:0]
		for i := range fields {
			out = AppendField(out, fields[i])
		}
	}
}
