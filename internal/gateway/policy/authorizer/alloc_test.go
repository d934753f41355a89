package authorizer_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/authorizer"
)

// TestKeptVerdictDoesNotAllocate: what a call costs whose verdict is kept.
func TestKeptVerdictDoesNotAllocate(t *testing.T) {
	if raceDetector {
		t.Skip("the detector allocates")
	}
	d := open(t)
	d.Put(frontend(3600))
	c, fault := d.apply(t, "")
	if fault != nil {
		t.Fatal(fault)
	}
	p := authorizer.Frontend(d.Authorizers, "a1")
	if n := testing.AllocsPerRun(1000, func() {
		c.Authorizer = c.Authorizer[:0]
		if p.Apply(c) != nil {
			t.Fatal("refused")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkKeptVerdict(b *testing.B) {
	d := open(b)
	d.Put(frontend(3600))
	c := gatewaytest.Prepared(b, "GET /a?role=admin", "Token: secret")
	p := authorizer.Frontend(d.Authorizers, "a1")
	b.ReportAllocs()
	for b.Loop() {
		c.Authorizer = c.Authorizer[:0]
		if p.Apply(c) != nil {
			b.Fatal("refused")
		}
	}
}
