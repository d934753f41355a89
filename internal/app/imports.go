package app

import (
	"github.com/lintel-gateway/lintel/internal/manage/acls"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/manage/groups"
	"github.com/lintel-gateway/lintel/internal/manage/throttles"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// importPolicies joins import and export with the areas of what a document
// describes beside APIs: areas do not know each other.
func (a *areas) importPolicies() openapi.Policies {
	return openapi.Policies{
		Group: func(r *wire.Request, tx *store.Tx, name, remark string) (string, error) {
			g, err := a.groups.Add(r, tx, groups.Input{Name: name, Remark: &remark})
			if err != nil {
				return "", err
			}
			return g.ID, nil
		},
		Throttle: func(r *wire.Request, tx *store.Tx, projectID string, t extension.ThrottlePolicy, overwrite bool) (string, error) {
			s := throttles.Spec{
				Name: t.Name, API: t.API, User: t.User, App: t.App, IP: t.IP,
				Interval: t.Interval, Unit: t.Unit, Shared: t.Shared,
			}
			for _, special := range t.Specials {
				s.Specials = append(s.Specials, throttles.SpecialSpec(special))
			}
			return a.throttles.Put(r, tx, projectID, s, overwrite)
		},
		ACL: func(r *wire.Request, tx *store.Tx, projectID string, p extension.ACLPolicy, overwrite bool) (string, error) {
			return a.acls.Put(r, tx, projectID, acls.Spec(p), overwrite)
		},
		ShowThrottle: a.throttles.Contribute,
		ShowACL:      a.acls.Contribute,
	}
}
