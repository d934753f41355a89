package passwords_test

import (
	"context"
	"errors"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/ids"
)

// cheap keeps the tests fast; the form of the hash does not depend on it.
func cheap() *passwords.Hasher {
	return passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}, ids.Random())
}

func TestCheck(t *testing.T) {
	h := cheap()
	// CVE-2021-3563: longer than bcrypt's 72 bytes, different only in the last one.
	long := strings.Repeat("a", 80)
	encoded, err := h.Hash(t.Context(), long+"1")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("encoded as %q", encoded)
	}
	for password, want := range map[string]bool{
		long + "1": true, long + "2": false, long: false, "": false, strings.Repeat("a", passwords.MaxLength+1): false,
	} {
		if got, err := h.Check(t.Context(), encoded, password); err != nil || got != want {
			t.Errorf("Check(%d bytes) = %v, %v; want %v", len(password), got, err, want)
		}
	}
	again, err := h.Hash(t.Context(), long+"1")
	if err != nil || again == encoded {
		t.Errorf("the second hash has the salt of the first (%v)", err)
	}
}

func TestHashRefusesOverlong(t *testing.T) {
	if _, err := cheap().Hash(t.Context(), strings.Repeat("x", passwords.MaxLength+1)); !errors.Is(err, passwords.ErrTooLong) {
		t.Errorf("Hash of an over-long password: %v", err)
	}
	if _, err := cheap().Hash(t.Context(), strings.Repeat("x", passwords.MaxLength)); err != nil {
		t.Errorf("Hash at the limit: %v", err)
	}
}

// An over-long password must not match the hash of the empty one it is
// replaced with.
func TestOverlongIsNotEmpty(t *testing.T) {
	h := cheap()
	encoded, err := h.Hash(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.Check(t.Context(), encoded, strings.Repeat("x", passwords.MaxLength+1)); ok || err != nil {
		t.Errorf("Check = %v, %v", ok, err)
	}
}

func TestCheckRefusesDamagedHashes(t *testing.T) {
	h := cheap()
	good, err := h.Hash(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"", "x", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=4294967295", 1), strings.Replace(good, "m=64", "m=064", 1),
		strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "p=1", "p=1,x=2", 1), good[:len(good)-1], good + "A", good + "$",
	} {
		if ok, err := h.Check(t.Context(), bad, "x"); err == nil || ok {
			t.Errorf("Check(%q) = %v, %v", bad, ok, err)
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	slow := passwords.New(passwords.Cost{Memory: 16 << 10, Passes: 4, Threads: 1}, ids.Random())
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	results := make(chan error, 16)
	for range cap(results) {
		go func() {
			_, err := slow.Hash(ctx, "x")
			results <- err
		}()
	}
	busy := 0
	for range cap(results) {
		if err := <-results; errors.Is(err, passwords.ErrBusy) {
			busy++
		} else if err != nil {
			t.Error(err)
		}
	}
	if busy == 0 {
		t.Error("nobody was told to come back later")
	}
}

func FuzzCheck(f *testing.F) {
	h := cheap()
	good, err := h.Hash(f.Context(), "x")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Add("$argon2id$v=19$m=131072,t=16,p=16$AAAAAAAAAAAAAAAAAAAAAA$AAAA")
	f.Fuzz(func(t *testing.T, encoded string) {
		if ok, err := h.Check(t.Context(), encoded, "never"); ok && err == nil {
			t.Errorf("%q opens with a password that nobody set", encoded)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	h := passwords.New(passwords.DefaultCost(), ids.Random())
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "a password of usual length"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFlood is what a node spends on a flood: 64 callers at once, who all
// want the standard hash. MB is the most memory that the heap held, which the
// turns bound: n × 19 MiB and what the collector has not taken back yet.
func BenchmarkFlood(b *testing.B) {
	h := passwords.New(passwords.DefaultCost(), ids.Random())
	encoded, err := h.Hash(b.Context(), "a password of usual length")
	if err != nil {
		b.Fatal(err)
	}
	var most uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				metrics.Read(sample)
				most = max(most, sample[0].Value.Uint64())
			}
		}
	}()
	b.SetParallelism(max(1, 64/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := h.Check(b.Context(), encoded, "x"); err != nil && !errors.Is(err, passwords.ErrBusy) {
				b.Error(err)
			}
		}
	})
	close(stop)
	<-done
	b.ReportMetric(float64(most)/(1<<20), "MB")
}
