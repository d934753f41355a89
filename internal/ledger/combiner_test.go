package ledger

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

// TestCombinerBounds: what waits is bounded, who has gone is not served, and
// closing answers everybody.
func TestCombinerBounds(t *testing.T) {
	begun, proceed := make(chan int, 100), make(chan struct{})
	c := &combiner{run: func(_ context.Context, batch []*claim) error {
		begun <- len(batch)
		<-proceed
		return nil
	}}
	var all sync.WaitGroup
	answers := make(chan error, 2*maxWaiting)
	ask := func(ctx context.Context) { all.Go(func() { answers <- c.do(ctx, &claim{}) }) }
	ask(t.Context())
	<-begun // the first is under way alone

	gone, leave := context.WithCancel(t.Context())
	ask(gone)
	until(t, func() bool { return c.length() == 1 })
	leave()
	if err := <-answers; !errors.Is(err, context.Canceled) {
		t.Errorf("who left hears %v", err)
	}
	for range maxWaiting - 1 {
		ask(t.Context())
	}
	until(t, func() bool { return c.length() == maxWaiting })
	if err := c.do(t.Context(), &claim{}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("one too many hears %v", err)
	}
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	proceed <- struct{}{}
	if n := <-begun; n != maxBatch {
		t.Errorf("a batch of %d, want %d", n, maxBatch)
	}
	if err := c.do(late, &claim{}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("who waited too long hears %v", err)
	}
	closed := make(chan struct{})
	go func() { c.close(); close(closed) }()
	until(t, func() bool { return c.length() == 0 })
	proceed <- struct{}{}
	<-closed
	all.Wait()
	close(answers)
	served, refused := 0, 0
	for err := range answers {
		switch {
		case err == nil:
			served++
		case errors.Is(err, errClosed):
			refused++
		default:
			t.Error(err)
		}
	}
	if served != 1+maxBatch || served+refused != maxWaiting {
		t.Errorf("%d were served and %d refused", served, refused)
	}
	if err := c.do(t.Context(), &claim{}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("after the end: %v", err)
	}
}

// TestCombinerPassesFaults: a batch that was not stored is nobody's success.
func TestCombinerPassesFaults(t *testing.T) {
	fault := errors.New("no disk")
	c := &combiner{run: func(context.Context, []*claim) error { return fault }}
	defer c.close()
	if err := c.do(t.Context(), &claim{}); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
}

func (c *combiner) length() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}

func until(t *testing.T, true func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !true(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come")
		}
	}
}
