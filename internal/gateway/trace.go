package gateway

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
)

// What a debugged call says of its steps. Secrets never pass here: a step is
// named, and a fault has the words that the caller gets.

func traceRoute(c *call.Call) {
	t := &c.Target
	c.Trace.Say("route: %s %s on host %s is API %s (%s), path %s, environment %s, version %s",
		c.Request.Method, c.Request.Path, c.Request.Host, t.APIID, t.APIName, t.Pattern, t.EnvName, t.VersionID)
	for _, p := range t.PathParams {
		c.Trace.Say("route: {%s} is %q", p.Name, p.Value)
	}
}

func tracePolicy(c *call.Call, p plan.Policy, f *call.Fault) {
	name, _, _ := strings.Cut(strings.TrimPrefix(fmt.Sprintf("%T", p), "*"), ".") // its package says what it does
	if f != nil {
		c.Trace.Say("policy %s: refused with %d %s %s", name, f.Status, f.Code, f.Message)
		return
	}
	c.Trace.Say("policy %s: passed", name)
	if name == "appauth" {
		c.Trace.Say("policy %s: the caller is app %s (%s)", name, c.Caller.AppID, c.Caller.AppName)
	}
}

func traceBranch(c *call.Call, b *plan.Branch) {
	name := "the default backend"
	if b.Name != "" {
		name = "policy backend " + b.Name
	}
	if len(b.Policies) == 0 {
		c.Trace.Say("backend: %s, which takes no request", name)
		return
	}
	o := &c.Out
	c.Trace.Say("backend: %s, %s %s://%s%s, Host %s, timeout %v", name, o.Method, o.Scheme, o.Address, o.Path, o.Host, o.Timeout)
}

func traceBackend(c *call.Call, f *call.Fault) {
	t := &c.Timing
	switch {
	case f != nil:
		c.Trace.Say("backend: failed with %d %s %s", f.Status, f.Code, f.Message)
	case t.BackendStatus != 0:
		c.Trace.Say("backend: %s answered %d after %d µs", t.BackendAddr, t.BackendStatus, t.BackendHeader.Sub(t.BackendStart).Microseconds())
	default:
		c.Trace.Say("backend: answered %d", c.Response.Status)
	}
}
