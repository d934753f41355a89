package gateway

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
)

// What a watched call says of its steps, in the order of Gateway.serve. A Step
// says what was decided, in the words that the caller may read; Say adds what
// only those who see the inside of the API may read. Secrets never pass here:
// steps say where they found a credential and whose it is, never what it is.

// traceRequest begins the trace. Whatever later steps say, credentials of the
// request are hidden in it.
func traceRequest(c *call.Call, f *call.Fault) {
	r, t := &c.Request, c.Trace
	t.Begin(c.Started)
	for i := range r.Headers {
		t.Hide(secretsOf(r.Headers[i].Name, r.Headers[i].Value)...)
	}
	if f != nil {
		t.Step("request: refused with %d %s %s", f.Status, f.Code, f.Message)
		return
	}
	protocol := "HTTP"
	if r.TLS {
		protocol = "HTTPS"
	}
	t.Say("request: id %s, %d fields, a query of %d pairs", c.ID, len(r.Headers), len(r.Query))
	t.Step("request: %s %s on host %s over %s (%s) from %s", r.Method, r.Path, r.Host, protocol, r.Proto, r.Client)
}

// secretsOf are the parts of a field that no trace may show.
func secretsOf(name, value string) []string {
	switch call.HeaderOf(name) {
	case call.HeaderAuthorization:
		// The access key tells who signed, which is what a trace is read for.
		if _, signature, ok := strings.Cut(value, "Signature="); ok {
			signature, _, _ = strings.Cut(signature, ",")
			return []string{value, signature}
		}
		_, credential, _ := strings.Cut(value, " ")
		return []string{value, credential}
	case call.HeaderToken, call.HeaderAppCode, call.HeaderTrace, call.HeaderMode:
		return []string{value}
	}
	lower := strings.ToLower(name)
	for _, prefix := range []string{"x-apig-", "x-security-", "x-subject-", "cookie", "proxy-auth"} {
		if strings.HasPrefix(lower, prefix) {
			return []string{value}
		}
	}
	return nil
}

func traceRoute(c *call.Call, f *call.Fault) {
	t := &c.Target
	if f != nil {
		c.Trace.Step("route: refused with %d %s %s", f.Status, f.Code, f.Message)
		return
	}
	for _, p := range t.PathParams {
		c.Trace.Say("route: {%s} is %q", p.Name, p.Value)
	}
	if t.Tail != "" {
		c.Trace.Say("route: behind the prefix comes %s", t.Tail)
	}
	c.Trace.Say("route: version %s in environment %s (%s)", t.VersionID, t.EnvName, t.EnvID)
	c.Trace.Step("route: %s %s on host %s is API %s (%s), path %s, environment %s",
		c.Request.Method, c.Request.Path, c.Request.Host, t.APIID, t.APIName, t.Pattern, t.EnvName)
}

// traced applies a policy to a watched call.
func traced(c *call.Call, p plan.Policy) *call.Fault {
	name := plan.NameOf(p)
	if c.Trace.Viewer == call.Owner && plan.Spared(p) {
		c.Trace.Step("policy %s: not applied, because the owner debugs", name)
		return nil
	}
	caller, limits, lines := c.Caller, len(c.Limits), len(c.Trace.Lines())
	f := p.Apply(c)
	for i := range c.Limits[limits:] {
		l := &c.Limits[limits+i]
		c.Trace.Say("policy %s: %s: %s", name, l.Rule.Name, l.AppendText(nil))
	}
	if f != nil {
		c.Trace.Step("policy %s: refused with %d %s %s", name, f.Status, f.Code, f.Message)
		return f
	}
	if c.Caller != caller {
		traceCaller(c, name)
	}
	if plan.Bound(p) && len(c.Trace.Lines()) == lines {
		c.Trace.Say("policy %s: nothing is bound", name)
	}
	c.Trace.Step("policy %s: passed", name)
	return nil
}

func traceCaller(c *call.Call, policy string) {
	w := &c.Caller
	switch {
	case w.AppID != "":
		c.Trace.Say("policy %s: the caller is app %s (%s) of project %s", policy, w.AppID, w.AppName, w.ProjectID)
	case w.UserID != "":
		c.Trace.Say("policy %s: the caller is user %s (%s) of account %s", policy, w.UserID, w.UserName, w.DomainName)
	}
}

// traceBranch says which backend was chosen and why.
func traceBranch(c *call.Call, p *plan.Plan, b *plan.Branch) {
	if b.Name == "" {
		switch n := len(p.Branches) - 1; n {
		case 0:
			c.Trace.Step("backend: the default backend, as there is no other")
		default:
			c.Trace.Step("backend: the default backend, because the conditions of no policy backend hold (%d tried)", n)
		}
		return
	}
	for i := range p.Branches {
		if &p.Branches[i] == b {
			c.Trace.Say("backend: %s", conditions(b.Definition))
			break
		}
		c.Trace.Say("backend: the conditions of policy backend %s do not hold", p.Branches[i].Name)
	}
	c.Trace.Step("backend: policy backend %s, the first whose conditions hold", b.Name)
}

// conditions are those of a policy backend in words.
func conditions(d *definition.PolicyBackend) string {
	var list []string
	for _, k := range d.Conditions {
		if k.Origin == "source" {
			list = append(list, "the caller's address is in "+k.Value)
			continue
		}
		list = append(list, k.ParamIn+" "+k.Param+" "+k.Type+" "+k.Value)
	}
	joint := " and "
	if d.Effect == definition.EffectAny {
		joint = " or "
	}
	return strings.Join(list, joint)
}

// traceSending says what is sent, once everything that is sent stands.
func traceSending(c *call.Call, b *plan.Branch) {
	if len(b.Policies) == 0 {
		c.Trace.Say("backend: takes no request")
		return
	}
	o := &c.Out
	names := make([]string, 0, len(o.Headers))
	for i := range o.Headers {
		names = append(names, o.Headers[i].Name)
	}
	switch {
	case o.Address != "":
		c.Trace.Say("backend: %s %s://%s%s, Host %s, timeout %v", o.Method, o.Scheme, o.Address, o.Path, o.Host, o.Timeout)
	case o.Path != "": // a function has neither
		c.Trace.Say("backend: %s %s to a member of a channel, path %s, Host %s, timeout %v", o.Method, o.Scheme, o.Path, o.Host, o.Timeout)
	}
	c.Trace.Say("backend: is sent the fields %s", strings.Join(names, ", "))
}

func traceBackend(c *call.Call, f *call.Fault) {
	t := &c.Timing
	if t.BackendStatus != 0 {
		c.Trace.Say("backend: %s gave the head of its answer %d after %d µs", t.BackendAddr, t.BackendStatus, t.BackendHeader.Sub(t.BackendStart).Microseconds())
	} else if t.BackendAddr != "" {
		c.Trace.Say("backend: %s gave no answer", t.BackendAddr)
	}
	if f != nil {
		c.Trace.Step("backend: failed with %d %s %s", f.Status, f.Code, f.Message)
		return
	}
	c.Trace.Step("backend: answered %d", c.Response.Status)
}

func traceAnswer(c *call.Call) {
	if c.Fault != nil {
		c.Trace.Step("answer: %d, made by the gateway for %s (response type %s)", c.Response.Status, c.Fault.Code, c.Fault.Type)
		return
	}
	c.Trace.Step("answer: %d with %d fields", c.Response.Status, len(c.Response.Headers))
}
