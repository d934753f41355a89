package login

import (
	"context"
	"errors"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Waiting in vain for a turn is 503, whether the wait or the request ended.
func TestBusy(t *testing.T) {
	for _, err := range []error{passwords.ErrBusy, errors.Join(passwords.ErrBusy, context.Canceled)} {
		if got := slow(err); !errors.Is(got, accounts.Busy) || !errors.Is(got, passwords.ErrBusy) {
			t.Errorf("%v becomes %v", err, got)
		}
	}
	if got := slow(store.ErrUnavailable); !errors.Is(got, store.ErrUnavailable) || errors.Is(got, accounts.Busy) {
		t.Errorf("another fault becomes %v", got)
	}
}
