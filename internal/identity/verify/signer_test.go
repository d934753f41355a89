package verify_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/verify"
	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/internal/wire"
)

const lockText = "AK access failed to reach the limit,forbidden."

// TestLock: five wrong signatures in a row lock an access key for five minutes,
// whoever it belongs to, and nothing else does.
func TestLock(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := key(t, w, w.Alice)
		wrong, unknown := pair{alice.access, []byte("not the secret")}, pair{"UNKNOWNUNKNOWNUNKNOW", []byte("x")}
		try := func(r *http.Request) error {
			_, _, err := authenticate(w, r)
			return err
		}
		isLocked := func(p pair) bool {
			err := try(p.request(t, w, body))
			return err != nil && strings.Contains(err.Error(), lockText)
		}
		for range 2 * verify.MaxFailures { // none of these is a wrong signature
			old := alice.request(t, w, body)
			w.Clock.Advance(16 * time.Minute)
			digest := alice.request(t, w, body, "X-Sdk-Content-Sha256", signature.HashPayload([]byte("another body")))
			for name, r := range map[string]*http.Request{
				"too old": old,
				"malformed": tampered(alice.request(t, w, body), func(r *http.Request) {
					r.Header.Set("Authorization", "SDK-HMAC-SHA256 Access="+alice.access+", Signature=0")
				}),
				"temporary":            alice.request(t, w, body, "X-Security-Token", "x"),
				"a signed header gone": tampered(alice.request(t, w, body, "X-Stage", "a"), func(r *http.Request) { r.Header.Del("X-Stage") }),
				"the date not signed": tampered(alice.request(t, w, body), func(r *http.Request) {
					r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), ";x-sdk-date", "", 1))
				}),
				"another body than declared": digest,
			} {
				if err := try(r); refusal(err) == 0 {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		for _, p := range []pair{wrong, unknown} {
			for n := range verify.MaxFailures {
				if isLocked(p) {
					t.Fatalf("%s is locked after %d failures", p.access, n)
				}
			}
			if !isLocked(p) {
				t.Errorf("%s is not locked", p.access)
			}
		}
		if !isLocked(alice) {
			t.Error("the right secret opens a lock")
		}
		if _, err := w.Signatures().Signer(t.Context(), alice.access); !errors.Is(err, verify.ErrLocked) {
			t.Errorf("a gateway: %v", err)
		}
		w.Clock.Advance(verify.LockTime - time.Second)
		if !isLocked(alice) {
			t.Error("unlocked before its time")
		}
		w.Clock.Advance(time.Second)
		if err := try(alice.request(t, w, body)); err != nil {
			t.Errorf("after five minutes: %v", err)
		}
		if err := try(unknown.request(t, w, body)); refusal(err) != wire.Invalid || strings.Contains(err.Error(), lockText) {
			t.Errorf("unknown, after five minutes: %v", err)
		}
	})
}

// TestSigner is what a gateway asks.
func TestSigner(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, carol := key(t, w, w.Alice), key(t, w, w.Carol)
		if err := w.Accounts.EnableUser(t.Context(), w.Carol.ID, false); err != nil {
			t.Fatal(err)
		}
		s := w.Signatures()
		got, err := s.Signer(t.Context(), alice.access)
		if err != nil || got.Access != alice.access || got.UserID != w.Alice.ID || got.UserName != "alice" || got.DomainID != "default" || got.DomainName != "Default" || got.Key == nil {
			t.Errorf("%+v, %v", got, err)
		}
		for _, access := range []string{"UNKNOWNUNKNOWNUNKNOW", "", carol.access} {
			if got, err := s.Signer(t.Context(), access); !errors.Is(err, verify.ErrUnknownKey) || got != (verify.Signer{}) {
				t.Errorf("%q: %+v, %v", access, got, err)
			}
		}
		away, cancel := context.WithCancel(t.Context())
		cancel() // every query fails
		if _, err := s.Signer(away, alice.access); err != nil {
			t.Errorf("from the cache: %v", err)
		}
		w.Clock.Advance(verify.CacheTime)
		if _, err := s.Signer(away, alice.access); err == nil || errors.Is(err, verify.ErrUnknownKey) || errors.Is(err, verify.ErrLocked) {
			t.Errorf("without a database: %v", err)
		}
		for range verify.MaxFailures - 1 {
			s.Failed(alice.access, true)
		}
		s.Verified(alice.access)
		for range verify.MaxFailures - 1 {
			s.Failed(alice.access, true)
		}
		if _, err := s.Signer(t.Context(), alice.access); err != nil {
			t.Errorf("a success in between: %v", err)
		}
		s.Failed(alice.access, true)
		if _, _, err := authenticate(w, alice.request(t, w, body)); err == nil || !strings.Contains(err.Error(), lockText) {
			t.Errorf("failures at a gateway do not lock for management: %v", err)
		}
	})
}

// TestSignerKeepsNoString: what is remembered of an access key is not a part of
// somebody's buffer.
func TestSignerKeepsNoString(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, s := key(t, w, w.Alice), w.Signatures()
		buffer := []byte(alice.access + "UNKNOWNUNKNOWNUNKNOW")
		known, unknown := view(buffer[:20]), view(buffer[20:])
		got, err := s.Signer(t.Context(), known)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Signer(t.Context(), unknown); !errors.Is(err, verify.ErrUnknownKey) {
			t.Fatal(err)
		}
		for range verify.MaxFailures {
			s.Failed(unknown, false)
		}
		clear(buffer)
		if got.Access != alice.access {
			t.Errorf("the signer is %q now", got.Access)
		}
		if _, err := s.Signer(t.Context(), "UNKNOWNUNKNOWNUNKNOW"); !errors.Is(err, verify.ErrLocked) {
			t.Errorf("the lock was forgotten: %v", err)
		}
		away, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Signer(away, alice.access); err != nil {
			t.Errorf("the cache has forgotten %s: %v", alice.access, err)
		}
	})
}

// view is a string over b.
func view(b []byte) string { return unsafe.String(&b[0], len(b)) }

func TestSignerDoesNotAllocate(t *testing.T) {
	if race {
		t.Skip("the race detector allocates")
	}
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, s := key(t, w, w.Alice), w.Signatures()
		s.Failed("ANOTHERANOTHERANOTHE", true) // so that the table is looked at
		if n := testing.AllocsPerRun(100, func() {
			got, err := s.Signer(t.Context(), alice.access)
			if err != nil {
				t.Fatal(err)
			}
			s.Verified(got.Access)
		}); n > 0 {
			t.Errorf("%v allocations for a key in the cache", n)
		}
	})
}
