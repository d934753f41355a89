package function_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/function"
)

// TestDeniedTargets: a target that the dialer refuses is told from one that is
// down, and its address is not told at all.
func TestDeniedTargets(t *testing.T) {
	reached := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer server.Close()
	names := dial.NewResolver(dial.ResolverOptions{})
	t.Cleanup(names.Close)
	for _, test := range []struct {
		transport http.RoundTripper
		kind      function.Kind
		text      string
	}{
		{function.NewTransport(dial.New(dial.Public(nil), names).DialContext), function.Denied, "at an address that functions must not reach"},
		{function.NewTransport(nil), function.Target, "cannot be reached"},
	} {
		r := start(t, function.Options{Transport: test.transport})
		_, err := r.Invoke(t.Context(), function.Load(&definition.Function{
			URN: "urn:f", ProjectID: "p", Runtime: function.HTTP, TimeoutMS: 2000, Target: server.URL,
		}), []byte("{}"))
		var fault *function.Error
		if !errors.As(err, &fault) || fault.Kind != test.kind || !strings.Contains(fault.Detail, test.text) || strings.Contains(fault.Detail, "127.0.0.1") {
			t.Errorf("%v, want kind %d with %q", err, test.kind, test.text)
		}
	}
	if reached != 0 {
		t.Errorf("the target was reached %d times", reached)
	}
}
