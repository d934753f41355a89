package plan_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/appauth"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
)

// demanding is an API of this id with a parameter of this name, sent on as a header.
func demanding(id, name string) *definition.API {
	return api(func(d *definition.API) {
		d.ID, d.Auth, d.Path, d.Match = id, definition.AuthApp, "/"+id, definition.MatchNormal
		d.Params = []definition.Param{{Name: name, In: definition.InQuery, Type: definition.TypeString, Required: true}}
		d.Backend.HTTP.Address, d.Backend.HTTP.Path = id+".internal:80", "/backend-"+id
		d.Backend.Mappings = []definition.Mapping{{Name: "X-Value", In: definition.InHeader, Origin: definition.OriginRequest, Value: name, From: definition.InQuery}}
	})
}

func built(t *testing.T, d *definition.API, e plan.Env) *plan.Plan {
	t.Helper()
	p, err := plan.Build(d, e)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// policy is the policy of a type in a plan.
func policy[P plan.Policy](t *testing.T, p *plan.Plan) (found P) {
	t.Helper()
	for _, each := range p.Policies {
		if k, ok := each.(P); ok {
			return k
		}
	}
	t.Fatalf("no %T", found)
	return found
}

// TestPlansShare: equal declarations are compiled once, and what each API has of its
// own stays its own.
func TestPlansShare(t *testing.T) {
	e := env(t).Sharing()
	a, b, other := built(t, demanding("a", "x"), e), built(t, demanding("b", "x"), e), built(t, demanding("c", "y"), e)
	if policy[*parameter.Check](t, a) != policy[*parameter.Check](t, b) || policy[*appauth.Policy](t, a) != policy[*appauth.Policy](t, other) {
		t.Error("equal policies are not shared")
	}
	if policy[*parameter.Check](t, a) == policy[*parameter.Check](t, other) {
		t.Error("other parameters are checked by the same rules")
	}
	for id, p := range map[string]*plan.Plan{"a": a, "b": b, "c": other} {
		name := "x"
		if id == "c" {
			name = "y"
		}
		c := gatewaytest.Prepared(t, "GET /"+id+"?"+name+"=1")
		if f := policy[*parameter.Check](t, p).Apply(c); f != nil {
			t.Errorf("%s: %+v", id, f)
		}
		if f := p.Branches[0].Policies[0].Apply(c); f != nil || c.Out.Address != id+".internal:80" || c.Out.Path != "/backend-"+id {
			t.Errorf("%s goes to %s%s, %+v", id, c.Out.Address, c.Out.Path, f)
		}
		if v, _ := c.Out.Headers.Get("X-Value"); v != "1" || p.Target.APIID != id || p.Target.Pattern != "/"+id {
			t.Errorf("%s sends %q; target %+v", id, v, p.Target)
		}
		c = gatewaytest.Prepared(t, "GET /"+id)
		if f := policy[*parameter.Check](t, p).Apply(c); f == nil {
			t.Errorf("%s: a required parameter may be missing", id)
		}
	}
}

// TestOthersShareNothing: neither plans without Sharing, nor those with callers of
// their own, whose applications would else be everybody's.
func TestOthersShareNothing(t *testing.T) {
	alone := env(t)
	a, b := built(t, demanding("a", "x"), alone), built(t, demanding("b", "x"), alone)
	if policy[*parameter.Check](t, a) == policy[*parameter.Check](t, b) {
		t.Error("plans share without Sharing")
	}
	e := alone.Sharing()
	draft := e
	draft.Callers = callers.New()
	if policy[*appauth.Policy](t, built(t, demanding("a", "x"), e)) == policy[*appauth.Policy](t, built(t, demanding("a", "x"), draft)) {
		t.Error("a plan with other callers authenticates by those of the gateway")
	}
}

// TestSharedIsBounded: who publishes ever new parameters and addresses does not make
// the gateway grow, and what finds no room works.
func TestSharedIsBounded(t *testing.T) {
	e := env(t).Sharing()
	for i := range plan.MaxShared + 10 {
		built(t, demanding(fmt.Sprint("api", i), fmt.Sprint("p", i)), e)
	}
	lists, words, senders := e.Shares()
	if lists != plan.MaxShared || words != plan.MaxShared || senders != plan.MaxShared {
		t.Errorf("%d lists, %d words, %d senders, want %d of each", lists, words, senders, plan.MaxShared)
	}
	last := built(t, demanding("last", "another"), e)
	c := gatewaytest.Prepared(t, "GET /last?another=1")
	if f := last.Branches[0].Policies[0].Apply(c); f != nil || c.Out.Address != "last.internal:80" {
		t.Errorf("goes to %s, %+v", c.Out.Address, f)
	}
}

// TestTarget: a call learns all of its API, also what is empty.
func TestTarget(t *testing.T) {
	d := demanding("an-id", "x")
	d.Name, d.GroupID, d.ProjectID, d.EnvID, d.EnvName, d.VersionID = "name", "group", "project", "env", "STAGE", ""
	want := call.Target{APIID: "an-id", APIName: "name", GroupID: "group", ProjectID: "project", EnvID: "env", EnvName: "STAGE", Pattern: "/an-id"}
	if got := built(t, d, env(t)).Target; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestFlatSize: what a plan has of its own stays in a size class of 768 bytes, twelve
// cache lines.
func TestFlatSize(t *testing.T) {
	t.Logf("%d bytes", plan.FlatSize)
	if plan.FlatSize > 768 {
		t.Errorf("%d bytes", plan.FlatSize)
	}
}
