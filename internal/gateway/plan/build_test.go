package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
)

func env(t *testing.T) plan.Env {
	transport := backend.NewTransport(backend.Options{})
	t.Cleanup(transport.Close)
	return plan.Env{Callers: callers.New(), Clock: clock.System, Transport: transport}
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
	want := "*protocol.Policy identity.Strip *appauth.Policy *grant.Policy *parameter.Check"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("order %s\n want %s", got, want)
	}
	if p.Target.APIID != "api-1" || p.Target.EnvName != "RELEASE" || p.Target.VersionID != "v" || len(p.Branches) != 1 {
		t.Errorf("%+v", p)
	}
}

// TestOnlyWhatIsNeeded: an open API walks one policy.
func TestOnlyWhatIsNeeded(t *testing.T) {
	p, err := plan.Build(api(), env(t))
	if err != nil || len(p.Policies) != 1 {
		t.Fatalf("%v, %v", p, err)
	}
}

// TestUnserved: what this version cannot enforce can be published, and every
// call of it is refused, whatever branch it would take.
func TestUnserved(t *testing.T) {
	function := definition.Backend{Kind: "FUNCTION", Function: &definition.FunctionBackend{URN: "urn"}}
	tests := []struct {
		name   string
		change func(*definition.API)
		says   string
	}{
		{"IAM", func(d *definition.API) { d.Auth = "IAM" }, "auth_type IAM"},
		{"authorizer", func(d *definition.API) { d.Auth = "AUTHORIZER" }, "auth_type AUTHORIZER"},
		{"function", func(d *definition.API) { d.Backend = function }, "backend_type FUNCTION"},
		{"channel", func(d *definition.API) { d.Backend.HTTP.ChannelID, d.Backend.HTTP.Address = "c", "" }, "vpc_status 1"},
		{"backend authorizer", func(d *definition.API) { d.Backend.HTTP.AuthorizerID = "a" }, "backend_api.authorizer_id a"},
	}
	for _, test := range tests {
		p, err := plan.Build(api(test.change), env(t))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var c call.Call
		var fault *call.Fault
		for _, policy := range p.Policies {
			if fault = policy.Apply(&c); fault != nil {
				break
			}
		}
		if fault == nil {
			fault = p.Branches[0].Backend.Send(&c)
		}
		if fault == nil || fault.Code != "APIG.0601" || fault.Status != 501 || !strings.Contains(fault.Message, test.says) {
			t.Errorf("%s: %+v", test.name, fault)
		}
	}
	// An API for OPTIONS has no authentication, whatever its auth_type says.
	p, err := plan.Build(api(func(d *definition.API) { d.Method, d.Auth = "OPTIONS", "IAM" }), env(t))
	if err != nil || len(p.Policies) != 1 {
		t.Errorf("OPTIONS: %v, %v", p, err)
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
