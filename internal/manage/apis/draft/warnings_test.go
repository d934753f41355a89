package draft_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
)

func TestWarnings(t *testing.T) {
	doc := &draft.Document{
		BackendAPI: &draft.WebBackend{URLDomain: "#host#:8080", VPCStatus: 2},
		PolicyHTTPS: []draft.PolicyWeb{
			{URLDomain: "api.example.com", VPCStatus: 2}, {URLDomain: "localhost:80", VPCStatus: 2},
			{URLDomain: "127.0.0.1", VPCStatus: 1}, // a channel decides
		},
	}
	strict := dial.Public(nil)
	local := "policy_https[1].url_domain: calls will be refused with APIG.0404: localhost is this machine"
	for _, test := range []struct {
		name      string
		rules     *dial.Rules
		variables map[string]string
		want      []string // beginnings
	}{
		{"a draft", strict, nil, []string{local}},
		{"published", strict, map[string]string{"host": "10.0.0.1"}, []string{
			"backend_api.url_domain: calls will be refused with APIG.0404: 10.0.0.1 is a private address; the operator may open", local}},
		{"published elsewhere", strict, map[string]string{"host": "93.184.215.14"}, []string{local}},
		{"allowed", dial.Public([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8")}), map[string]string{"host": "10.0.0.1"}, nil},
		{"without rules", nil, map[string]string{"host": "10.0.0.1"}, nil},
	} {
		got := doc.Warnings(test.rules, test.variables)
		if !slices.EqualFunc(got, test.want, func(g, w string) bool { return strings.HasPrefix(g, w) }) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if got := (&draft.Document{}).Warnings(strict, nil); got != nil {
		t.Errorf("no web backend: %q", got)
	}
}
