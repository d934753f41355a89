package extension

import (
	"fmt"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
)

// ThrottlePolicy is a throttling policy in a document (reference table 4-524).
type ThrottlePolicy struct {
	Name               string
	API, User, App, IP int64 // 0: no limit
	Interval           int64
	Unit               string
	Shared             bool
	Specials           []Special
}

// Special is the own limit of an app or tenant (table 4-525).
type Special struct {
	Type, Instance string
	Limit          int64
}

// ACLPolicy is an access control policy in a document (table 4-522).
type ACLPolicy struct{ Name, Type, Entity, Value string }

// ReadThrottle reads the policy of a name. What it means is checked by the area
// of throttling policies; here only the types are.
func ReadThrottle(name string, n *document.Node) (ThrottlePolicy, error) {
	t := ThrottlePolicy{Name: name, Unit: n.Get("unit").Str(), Shared: n.Get("shared").True()}
	if !n.Is(document.Object) {
		return t, fmt.Errorf("must be an object")
	}
	for key, into := range map[string]*int64{
		"api-limit": &t.API, "user-limit": &t.User, "app-limit": &t.App, "ip-limit": &t.IP, "interval": &t.Interval,
	} {
		v := n.Get(key)
		if v == nil || v.Kind == document.Null {
			continue
		}
		whole, ok := v.Int()
		if !ok {
			return t, fmt.Errorf("%s must be a whole number", key)
		}
		*into = whole
	}
	for _, s := range n.Get("special").Values() {
		limit, ok := s.Get("limit").Int()
		if !ok {
			return t, fmt.Errorf("special.limit must be a whole number")
		}
		t.Specials = append(t.Specials, Special{Type: s.Get("type").Str(), Instance: s.Get("instance").Str(), Limit: limit})
	}
	return t, nil
}

// Node writes the policy as ReadThrottle reads it.
func (t *ThrottlePolicy) Node() *document.Node {
	n := document.New().Set("api-limit", document.Int(t.API))
	for _, limit := range []struct {
		key   string
		value int64
	}{{"user-limit", t.User}, {"app-limit", t.App}, {"ip-limit", t.IP}} {
		if limit.value != 0 {
			n.Set(limit.key, document.Int(limit.value))
		}
	}
	n.Set("interval", document.Int(t.Interval)).Set("unit", document.Text(t.Unit)).Set("shared", document.Truth(t.Shared))
	if len(t.Specials) > 0 {
		list := document.Array()
		for _, s := range t.Specials {
			list.Items = append(list.Items, document.New().Set("type", document.Text(s.Type)).
				Set("limit", document.Int(s.Limit)).Set("instance", document.Text(s.Instance)))
		}
		n.Set("special", list)
	}
	return n
}

// ReadACL reads the policy of a name.
func ReadACL(name string, n *document.Node) (ACLPolicy, error) {
	a := ACLPolicy{Name: name, Type: n.Get("acl-type").Str(), Entity: n.Get("entity-type").Str(), Value: n.Get("value").Str()}
	if !n.Is(document.Object) {
		return a, fmt.Errorf("must be an object")
	}
	return a, nil
}

// Node writes the policy as ReadACL reads it.
func (a *ACLPolicy) Node() *document.Node {
	return document.New().Set("acl-type", document.Text(a.Type)).
		Set("entity-type", document.Text(a.Entity)).Set("value", document.Text(a.Value))
}
