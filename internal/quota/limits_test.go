package quota_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/quota"
)

func TestDefaults(t *testing.T) {
	// Written out again: these numbers are what users of the shared edition
	// rely on (wire-facts §12).
	want := map[quota.Item]int{
		quota.Groups: 50, quota.APIs: 200, quota.Apps: 50, quota.Environments: 10,
		quota.SignatureKeys: 30, quota.Variables: 50, quota.Throttles: 30, quota.Domains: 5,
		quota.Channels: 30, quota.Members: 200, quota.ReqParams: 50, quota.ACLs: 100,
		quota.PolicyBackends: 5, quota.Conditions: 5, quota.Authorizers: 50, quota.Identities: 10,
		quota.APIsPerGroup: 1000, quota.Imports: 300, quota.AppCodes: 5, quota.Tags: 10,
		quota.Responses: 4, quota.Versions: 10, quota.SpecialApps: 30, quota.SpecialTenants: 30,
		quota.ACLEntries: 100, quota.Servers: 1000, quota.Functions: 100, quota.FunctionVersions: 20,
	}
	for _, item := range quota.Items() {
		n, ok := want[item]
		if !ok || quota.Default().Of(item) != n || (quota.Limits{}).Of(item) != n {
			t.Errorf("%s is %d, want %d", item, quota.Default().Of(item), n)
		}
		delete(want, item)
	}
	if len(want) != 0 {
		t.Errorf("not listed: %v", want)
	}
	if n := quota.Default().Of("castles"); n != 0 {
		t.Errorf("an unknown item has %d", n)
	}
}

func TestOverrides(t *testing.T) {
	first, err := quota.Default().With(map[quota.Item]int{quota.Apps: 7, quota.Tags: 0})
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.With(map[quota.Item]int{quota.Apps: 8})
	if err != nil {
		t.Fatal(err)
	}
	if first.Of(quota.Apps) != 7 || second.Of(quota.Apps) != 8 || second.Of(quota.Tags) != 0 || second.Of(quota.APIs) != 200 {
		t.Errorf("%v, %v", first, second)
	}
	if first.Full(quota.Apps, 6) || !first.Full(quota.Apps, 7) || !first.Full(quota.Apps, 8) || !first.Full(quota.Tags, 0) {
		t.Error("Full is wrong at the edge")
	}
}

func TestOverrideFaultsComeAtOnce(t *testing.T) {
	_, err := quota.Default().With(map[quota.Item]int{"castles": 1, quota.Apps: -1, quota.Tags: quota.Most + 1, quota.APIs: 5})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{`"castles"`, `"apps" is -1`, `"tags" is 1000001`, "1000000", "app_codes"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
	if strings.Contains(err.Error(), `"apis"`) {
		t.Errorf("%v blames apis", err)
	}
}
