package identity_test

import (
	"context"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
)

// A node replaces a signing key that is old enough, by itself and once.
func TestNodesRotateSigningKeys(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		there := w.Node()
		if _, _, err := there.Ring().Sign(t.Context(), bearer.Claims{ID: "i", UserID: "u", IssuedAt: w.Clock.Now()}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ticks, done := make(chan time.Time), make(chan struct{})
		go func() {
			defer close(done)
			there.Follow(ctx, ticks)
		}()
		keys := func() int {
			t.Helper()
			for range 61 { // the last tick is taken when those before it were worked off
				ticks <- time.Time{}
			}
			return len(w.Do("GET", "/apis/ghippo.io/v1alpha1/certs", nil).Want(200).Get("keys").([]any))
		}
		if n := keys(); n != 1 {
			t.Errorf("%d keys at first", n)
		}
		w.Clock.Advance(bearer.RotateAfter)
		if n := keys(); n != 2 {
			t.Errorf("%d keys after 90 days, want 2", n)
		}
		stop()
		<-done
	})
}
