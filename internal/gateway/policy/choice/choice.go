// Package choice decides whether the conditions of a policy backend hold for a
// call (reference table 4-48, wire-facts §2.6).
//
// A pattern is matched against the whole value, as if it stood between ^ and $:
// the reference's own example "[0-5]" means a digit, not a text with a digit in
// it. Patterns are RE2, so that no value can make one slow. A parameter that the
// call does not carry is judged by its default, which is what the backend would
// get; without a default its condition does not hold.
package choice

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
)

// Conditions are the compiled conditions of one policy backend.
type Conditions struct {
	all   bool
	tests []test
}

// test is one condition: on a parameter or, when source is nil, on the address
// of the caller.
type test struct {
	source  *parameter.Source
	values  []string // exact, enum
	pattern *regexp.Regexp
	nets    []netip.Prefix
}

// New compiles conditions. At least one is needed: a backend without any would
// win always or never, depending on how one reads it.
func New(effect string, conditions []definition.Condition, set *parameter.Set) (*Conditions, error) {
	k := &Conditions{all: effect == definition.EffectAll}
	if effect != definition.EffectAll && effect != definition.EffectAny {
		return nil, fmt.Errorf("effect %q is none of ALL, ANY", effect)
	}
	if len(conditions) == 0 {
		return nil, fmt.Errorf("no conditions")
	}
	for i := range conditions {
		t, err := compile(&conditions[i], set)
		if err != nil {
			return nil, fmt.Errorf("condition %d: %w", i+1, err)
		}
		k.tests = append(k.tests, t)
	}
	return k, nil
}

func compile(d *definition.Condition, set *parameter.Set) (test, error) {
	switch d.Origin {
	case "source":
		nets, err := addresses(d.Value)
		return test{nets: nets}, err
	case "param":
	default:
		return test{}, fmt.Errorf("origin %q is none of param, source", d.Origin)
	}
	t := test{source: set.Find(d.Param, d.ParamIn)}
	if t.source == nil {
		return test{}, fmt.Errorf("request parameter %q is not declared in %s", d.Param, d.ParamIn)
	}
	var err error
	switch d.Type {
	case "exact":
		t.values = []string{d.Value}
	case "enum":
		t.values = trimmed(d.Value)
	case "pattern":
		// Compiled alone first, so that "a)|(b" cannot leave the group.
		if _, err = regexp.Compile(d.Value); err == nil {
			t.pattern, err = regexp.Compile(`^(?:` + d.Value + `)$`)
		}
	default:
		err = fmt.Errorf("type %q is none of exact, enum, pattern", d.Type)
	}
	return t, err
}

// addresses parses a comma list of addresses and networks.
func addresses(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range trimmed(list) {
		if addr, err := netip.ParseAddr(s); err == nil {
			addr = addr.Unmap()
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an IP address nor a network", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func trimmed(list string) []string {
	out := strings.Split(list, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// Hold reports whether the call fulfils all, or any, of the conditions.
func (k *Conditions) Hold(c *call.Call) bool {
	for i := range k.tests {
		if k.tests[i].holds(c) != k.all {
			return !k.all
		}
	}
	return k.all
}

func (t *test) holds(c *call.Call) bool {
	if t.source == nil {
		for _, n := range t.nets {
			if n.Contains(c.Request.Client) {
				return true
			}
		}
		return false
	}
	value, ok := t.source.First(c)
	if !ok {
		return false
	}
	if t.pattern != nil {
		return t.pattern.MatchString(value)
	}
	return slices.Contains(t.values, value)
}
