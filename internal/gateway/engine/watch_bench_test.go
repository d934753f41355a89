package engine

import "testing"

// BenchmarkGlance is what watch does four times a second with 100,000 idle connections, and
// what it did when it looked at all.
func BenchmarkGlance(b *testing.B) {
	e := New(nil, Options{})
	e.conns.watching = true // by this benchmark
	for range 100_000 {
		e.conns.add(&conn{e: e})
	}
	for name, list := range map[string]func(func(*conn) bool){"all": e.conns.all, "busy": e.conns.busy} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for k := range list {
					if k.began.Load() != 0 {
						b.Fatal("a call is under way")
					}
				}
			}
		})
	}
}
