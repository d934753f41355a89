package ledger

import "testing"

// TestKeptIsBounded: at most twice as much is kept, what is in use stays, and
// nothing is lost before a batch has ended.
func TestKeptIsBounded(t *testing.T) {
	k := newKept[int, int]()
	k.put(-1, 7)
	for batch := range 100 {
		for n := range 50 {
			k.put(batch*50+n, n)
		}
		for n := range 50 {
			if v, ok := k.get(batch*50 + n); !ok || v != n {
				t.Fatalf("batch %d lost %d", batch, n)
			}
		}
		if v, ok := k.get(-1); !ok || v != 7 {
			t.Fatalf("batch %d: what is in use is gone", batch)
		}
		k.age(100)
		if n := len(k.young) + len(k.old); n > 300 {
			t.Fatalf("%d are kept", n)
		}
	}
	if _, ok := k.get(0); ok {
		t.Error("what nobody uses is kept for ever")
	}
}
