package identity_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A node hears about another's revocation at the next tick.
func TestNodesFollowEachOther(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		there := w.Node()
		ctx, stop := context.WithCancel(t.Context())
		ticks, done := make(chan time.Time), make(chan struct{})
		go func() {
			defer close(done)
			there.Follow(ctx, ticks)
		}()
		raw := w.LogIn("alice", nil)
		token, err := there.Tokens.Verify(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Tokens.Revoke(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if _, err := there.Tokens.Verify(raw); err != nil {
			t.Errorf("before the tick: %v", err)
		}
		ticks <- time.Time{}
		ticks <- time.Time{} // taken when the first one was worked off
		if _, err := there.Tokens.Verify(raw); !errors.Is(err, tokens.ErrRevoked) {
			t.Errorf("after the tick: %v", err)
		}
		stop()
		<-done
	})
}

// Close writes when keys were last used.
func TestCloseFlushes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		there := w.Node()
		k, _, err := there.Keys.Create(t.Context(), w.Alice.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		there.Keys.Used(k.Access, identitytest.Start)
		if err := there.Close(); err != nil {
			t.Fatal(err)
		}
		r := w.Do("GET", "/v3.0/OS-CREDENTIAL/credentials/"+k.Access, nil, "X-Auth-Token", w.LogIn("alice", nil)).Want(200)
		if !r.Has("credential.last_use_time") {
			t.Errorf("shown as %s", r.Body)
		}
	})
}

// Without its revocations a node must not serve.
func TestOpenNeedsTheDatabase(t *testing.T) {
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) { // without the tables
		if _, err := identity.Open(t.Context(), identity.Options{DB: db, Clock: clock.System}); err == nil {
			t.Error("opened without revocations")
		}
	})
}
