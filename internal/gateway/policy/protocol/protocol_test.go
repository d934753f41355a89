package protocol_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/protocol"
)

func TestApply(t *testing.T) {
	tests := []struct {
		api  string
		tls  bool
		want *call.Fault
	}{
		{"HTTP", false, nil},
		{"HTTP", true, call.HTTPOnly},
		{"HTTPS", true, nil},
		{"HTTPS", false, call.HTTPSOnly},
		{"", false, call.HTTPSOnly},
	}
	for _, test := range tests {
		p, err := protocol.New(test.api)
		if err != nil {
			t.Fatal(err)
		}
		// A header cannot claim TLS.
		c := gatewaytest.Prepared(t, "GET /", "X-Forwarded-Proto: https")
		c.Request.TLS = test.tls
		if got := p.Apply(c); got != test.want {
			t.Errorf("%q with TLS %v: %v, want %v", test.api, test.tls, got, test.want)
		}
	}
}

func TestNew(t *testing.T) {
	if p, err := protocol.New("BOTH"); p != nil || err != nil {
		t.Errorf("BOTH needs no policy: %v, %v", p, err)
	}
	if _, err := protocol.New("FTP"); err == nil {
		t.Error("FTP was accepted")
	}
}
