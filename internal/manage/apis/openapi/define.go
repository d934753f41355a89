package openapi

import (
	"context"
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/store"
)

// define adds the policy of a binding to the document and answers its name, ""
// when it is gone.
func (a *Area) define(ctx context.Context, q store.Querier, x *exporting, b bindingRow) (string, error) {
	show := a.Policies.ShowACL
	if b.throttle() {
		show = a.Policies.ShowThrottle
	}
	v, err := show(ctx, q, b.policyID)
	if err != nil {
		return "", err
	}
	switch p := v.(type) {
	case nil: // deleted since its binding was read
		return "", nil
	case definition.Throttle:
		t := extension.ThrottlePolicy{
			Name: p.Name, API: p.API, User: p.User, App: p.App, IP: p.IP, Interval: p.Interval, Unit: p.Unit, Shared: p.Shared,
		}
		for _, s := range p.Specials {
			t.Specials = append(t.Specials, extension.Special(s))
		}
		x.Throttles = append(x.Throttles, t)
		return p.Name, nil
	case definition.ACL:
		kind := "DENY"
		if p.Permit {
			kind = "PERMIT"
		}
		x.ACLs = append(x.ACLs, extension.ACLPolicy{Name: p.Name, Type: kind, Entity: p.Entity, Value: strings.Join(p.Values, ",")})
		return p.Name, nil
	}
	return "", fmt.Errorf("openapi: policy %s is a %T", b.policyID, v)
}
