package verify

import (
	"testing"
	"time"
)

func TestCache(t *testing.T) {
	c := newCache[int, string](2)
	now := time.Unix(0, 0)
	c.put(1, "one", now, 7)
	if v, ok := c.get(1, now.Add(CacheTime-1), 7); !ok || v != "one" {
		t.Errorf("fresh: %q, %v", v, ok)
	}
	if _, ok := c.get(1, now.Add(CacheTime), 7); ok {
		t.Error("old, yet answered")
	}
	if _, ok := c.get(1, now, 8); ok {
		t.Error("of another generation, yet answered")
	}
	for i := range 1000 {
		c.put(i, "x", now, 7)
		if len(c.entries) > 2 {
			t.Fatalf("%d entries in a cache of 2", len(c.entries))
		}
		if _, ok := c.get(i, now, 7); !ok {
			t.Fatalf("%d is not there after it was put", i)
		}
	}
}
