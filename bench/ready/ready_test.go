package ready_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/bench/ready"
)

func TestAwait(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; r.URL.Path != "/readyz" || asked < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	address := strings.TrimPrefix(s.URL, "http://")
	if err := ready.Await(t.Context(), address, nil); err != nil || asked != 3 {
		t.Errorf("%v after %d questions, want none after 3", err, asked)
	}
	s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := ready.Await(ctx, address, nil); err == nil || err == ready.ErrEnded {
		t.Errorf("%v where nobody listens", err)
	}
	ended := make(chan struct{})
	close(ended)
	if err := ready.Await(t.Context(), address, ended); err != ready.ErrEnded {
		t.Errorf("%v when the program has ended", err)
	}
}
