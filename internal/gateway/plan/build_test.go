package plan_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
	"github.com/lintel-gateway/lintel/internal/limit"
)

func env(t *testing.T) plan.Env {
	transport := backend.NewTransport(backend.Options{Dial: new(net.Dialer).DialContext})
	t.Cleanup(transport.Close)
	channels := channel.New(channel.Options{})
	t.Cleanup(channels.Close)
	about := beside.New(beside.Options{Functions: functions.New(nil), Channels: channels, Clock: clock.System})
	limits, err := throttle.NewLimits(limit.NewMemory(clock.System, 0), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Env{Callers: callers.New(), Beside: about, Limits: limits, Clock: clock.System, Transport: transport, Members: transport}
}

func api(change ...func(*definition.API)) *definition.API {
	d := &definition.API{
		ID: "api-1", Name: "n", GroupID: "g", ProjectID: "p", EnvID: "e", EnvName: "RELEASE", VersionID: "v",
		Method: "GET", Path: "/a", Match: "NORMAL", Protocol: "BOTH", Auth: "NONE",
		Params: []definition.Param{{Name: "q", In: "QUERY", Type: "STRING"}},
		Backend: definition.Backend{Kind: "HTTP", HTTP: &definition.HTTPBackend{
			Scheme: "http", Address: "backend.test", Method: "GET", Path: "/b", TimeoutMS: 5000}},
	}
	for _, f := range change {
		f(d)
	}
	return d
}

// TestOrder pins the order of policies: each constraint of it is a rule about who
// learns what.
func TestOrder(t *testing.T) {
	p, err := plan.Build(api(func(d *definition.API) {
		d.Auth, d.Protocol, d.Params[0].Required = "APP", "HTTPS", true
	}), env(t))
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, policy := range p.Policies {
		order = append(order, fmt.Sprintf("%T", policy))
	}
	want := "*protocol.Policy acl.Addresses identity.Strip *appauth.Policy *grant.Policy *throttle.Policy *parameter.Check *order.Policy"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("order %s\n want %s", got, want)
	}
	if p.Target.APIID != "api-1" || p.Target.EnvName != "RELEASE" || p.Target.VersionID != "v" || len(p.Branches) != 1 {
		t.Errorf("%+v", p)
	}
}

// TestBranchOrder: the mapping sends what the backend's authorizer answered, the
// gateway's own word comes after the mapping, the signature covers all of it.
func TestBranchOrder(t *testing.T) {
	p, err := plan.Build(api(func(d *definition.API) { d.Backend.HTTP.AuthorizerID = "a" }), env(t))
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, policy := range p.Branches[0].Policies {
		order = append(order, fmt.Sprintf("%T", policy))
	}
	want := "*authorizer.Policy *mapping.Mapping identity.Assertion *sign.Policy"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("order %s\n want %s", got, want)
	}
}

// TestAuthentications: each auth has its policies; an API for OPTIONS has none,
// whatever its auth_type says.
func TestAuthentications(t *testing.T) {
	for auth, want := range map[string]string{
		"NONE": "", "APP": "*appauth.Policy *grant.Policy ", "IAM": "*iamauth.Policy acl.Accounts ", "AUTHORIZER": "*authorizer.Policy ",
	} {
		for _, method := range []string{"GET", "OPTIONS"} {
			p, err := plan.Build(api(func(d *definition.API) { d.Method, d.Auth = method, auth }), env(t))
			if err != nil {
				t.Fatal(err)
			}
			var order string
			for _, policy := range p.Policies {
				order += fmt.Sprintf("%T ", policy)
			}
			middle, last := want, ""
			if auth == "APP" {
				last = "*order.Policy "
			}
			if method == "OPTIONS" {
				middle, last = "", ""
			}
			if full := "acl.Addresses identity.Strip " + middle + "*throttle.Policy " + last; order != full {
				t.Errorf("%s %s: %s, want %s", method, auth, order, full)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	condition := definition.Condition{Origin: "param", Type: "pattern", Value: "(", Param: "q", ParamIn: "QUERY"}
	tests := []struct {
		change func(*definition.API)
		want   string
	}{
		{func(d *definition.API) { d.Protocol = "FTP" }, `protocol "FTP"`},
		{func(d *definition.API) { d.Auth = "" }, `auth ""`},
		{func(d *definition.API) { d.Backend.Kind = "FTP" }, `backend kind "FTP"`},
		{func(d *definition.API) { d.Params[0].In = "BODY" }, `parameter "q": location`},
		{func(d *definition.API) { d.Params[0].Check, d.Params[0].Type = true, "DATE" }, `parameter "q": type`},
		{func(d *definition.API) { d.Backend.HTTP = nil }, "no http block"},
		{func(d *definition.API) { d.Backend = definition.Backend{Kind: "MOCK"} }, "no mock block"},
		{func(d *definition.API) { d.Backend = definition.Backend{Kind: "FUNCTION"} }, "no function block"},
		{func(d *definition.API) { d.Backend.HTTP.Scheme = "ftp" }, "backend scheme"},
		{func(d *definition.API) { d.Backend.HTTP.Address = "" }, "backend address"},
		{func(d *definition.API) { d.Backend.HTTP.TimeoutMS = 0 }, "backend timeout"},
		{func(d *definition.API) { d.Backend.HTTP.Path = "/{x}" }, "variable \"x\""},
		{func(d *definition.API) {
			d.Policies = []definition.PolicyBackend{{Name: "beta", Effect: "ALL", Backend: d.Backend, Conditions: []definition.Condition{condition}}}
		}, `policy backend "beta": condition 1`},
	}
	for _, test := range tests {
		p, err := plan.Build(api(test.change), env(t))
		if p != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want …%s…", err, test.want)
		}
	}
}

func TestChoose(t *testing.T) {
	when := func(value string) []definition.Condition {
		return []definition.Condition{{Origin: "param", Type: "exact", Value: value, Param: "q", ParamIn: "QUERY"}}
	}
	p, err := plan.Build(api(func(d *definition.API) {
		d.Policies = []definition.PolicyBackend{
			{Name: "first", Effect: "ALL", Backend: d.Backend, Conditions: when("1")},
			{Name: "never", Effect: "ALL", Backend: d.Backend, Conditions: when("1")},
			{Name: "second", Effect: "ANY", Backend: d.Backend, Conditions: when("2")},
		}
	}), env(t))
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"q=1": "first", "q=2": "second", "q=3": "", "": ""} {
		if got := p.Choose(gatewaytest.Prepared(t, "GET /a?"+query)).Name; got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}
