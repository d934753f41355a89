package throttles

import (
	"errors"
	"regexp"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Special is a special limit as it is answered (reference table 4-296, whose
// integers for instance_id and instance_type its own sample has as texts).
type Special struct {
	ID           string    `json:"id"`
	ThrottleID   string    `json:"strategy_id"`
	InstanceID   string    `json:"instance_id"`
	InstanceName string    `json:"instance_name" doc:"Name of the app; of a tenant only to itself."`
	InstanceType string    `json:"instance_type" doc:"APP or USER."`
	Limit        int64     `json:"call_limits"`
	ApplyTime    apig.Time `json:"apply_time"`
	AppID        string    `json:"app_id" doc:"Empty for a tenant."`
	AppName      string    `json:"app_name" doc:"Empty for a tenant."`
}

// SpecialInput is what creating takes (reference table 4-295).
type SpecialInput struct {
	Limit        *int64 `json:"call_limits" required:"true" doc:"1 to the policy's api_call_limits."`
	InstanceID   string `json:"instance_id" required:"true" doc:"Id of an app, or of a project or account."`
	InstanceType string `json:"instance_type" required:"true" doc:"APP or USER."`
	ThrottleID   string `json:"strategy_id" required:"true" doc:"Policy id."`
}

// SpecialChange is what changing takes (reference table 4-300).
type SpecialChange struct {
	Limit *int64 `json:"call_limits" required:"true" doc:"1 to the policy's api_call_limits."`
}

// SpecialList is a page of special limits, the newest first (reference table
// 4-308).
type SpecialList struct {
	Total    int        `json:"total"`
	Size     int        `json:"size"`
	Specials []*Special `json:"throttle_specials"`
}

const (
	typeApp  = "APP"
	typeUser = "USER"
)

// tenantID is what ids of projects and accounts look like, ours and others'.
var tenantID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func (in *SpecialInput) check() error {
	var c apig.Check
	in.limit(&c)
	c.Required("strategy_id", in.ThrottleID)
	return c.Err()
}

// limit checks all but the policy.
func (in *SpecialInput) limit(c *apig.Check) {
	number(c, "call_limits", in.Limit)
	c.Required("instance_id", in.InstanceID)
	c.Enum("instance_type", &in.InstanceType, typeApp, typeUser)
	if in.InstanceType == typeUser {
		c.Pattern("instance_id", in.InstanceID, tenantID, 1, 64)
	}
}

func (a *Area) createSpecial(r *wire.Request, in *SpecialInput) (*Special, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var s *Special
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		t, err := own(r, tx, in.ThrottleID)
		if err != nil {
			return err
		}
		s, err = a.addSpecial(r, tx, t, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Touched(s.ID)
	return named(r, s), nil
}

// addSpecial gives t a special limit from what was checked.
func (a *Area) addSpecial(r *wire.Request, tx *store.Tx, t *Throttle, in *SpecialInput) (*Special, error) {
	ctx := r.Context()
	if *in.Limit > t.API {
		return nil, tooLargeFor("call_limits", "api_call_limits", t.API)
	}
	s := &Special{
		ID: a.IDs.New(), ThrottleID: t.ID, InstanceID: in.InstanceID, InstanceType: in.InstanceType,
		Limit: *in.Limit, ApplyTime: apig.Time(a.Clock()),
	}
	item := quota.SpecialTenants
	if s.InstanceType == typeApp {
		item = quota.SpecialApps
		name, err := selectAppName(ctx, tx, s.InstanceID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, apig.NoApp(s.InstanceID)
		}
		if err != nil {
			return nil, err
		}
		s.InstanceName, s.AppID, s.AppName = name, s.InstanceID, name
	}
	count, same, err := countSpecials(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	if same {
		return nil, apig.Taken(apig.E3308, "instance_id", s.InstanceID)
	}
	if err := a.Quotas.Room(ctx, tx, t.projectID, item, count, apig.E3100); err != nil {
		return nil, err
	}
	tx.Touch(string(definition.KindThrottle), t.ID)
	return s, insertSpecial(ctx, tx, s)
}

func (a *Area) updateSpecial(r *wire.Request, in *SpecialChange) (*Special, error) {
	var c apig.Check
	if number(&c, "call_limits", in.Limit); c.Err() != nil {
		return nil, c.Err()
	}
	r.Touched(r.Path("id"))
	var s *Special
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		var t *Throttle
		if s, t, err = ownSpecial(r, tx); err != nil {
			return err
		}
		if *in.Limit > t.API {
			return tooLargeFor("call_limits", "api_call_limits", t.API)
		}
		s.Limit = *in.Limit // apply_time stays, as in the sample of 4.9.3.
		tx.Touch(string(definition.KindThrottle), t.ID)
		return updateSpecial(r.Context(), tx, s)
	})
	if err != nil {
		return nil, err
	}
	return named(r, s), nil
}

func (a *Area) deleteSpecial(r *wire.Request) error {
	r.Touched(r.Path("id"))
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		s, t, err := ownSpecial(r, tx)
		if err != nil {
			return err
		}
		tx.Touch(string(definition.KindThrottle), t.ID)
		return deleteSpecial(r.Context(), tx, s.ID)
	})
}

func (a *Area) listSpecials(r *wire.Request) (*SpecialList, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	var c apig.Check
	kind := q.Get("instance_type")
	if kind != "" {
		c.Enum("instance_type", &kind, typeApp, typeUser)
	}
	if c.Err() != nil {
		return nil, c.Err()
	}
	t, err := own(r, a.DB, r.Path("id"))
	if err != nil {
		return nil, err
	}
	var f store.Filter
	f.Equal("s.throttle_id", t.ID)
	f.Equal("s.instance_type", kind)
	f.Match("p.name", q.Get("app_name"), false)
	if user := q.Get("user"); user != "" {
		f.And("s.instance_type = ? AND s.instance_id = ?", typeUser, user)
	}
	out := &SpecialList{}
	if out.Total, out.Specials, err = selectSpecials(r.Context(), a.DB, &f, page); err != nil {
		return nil, err
	}
	out.Size = len(out.Specials)
	for _, s := range out.Specials {
		named(r, s)
	}
	return out, nil
}

// ownSpecial reads the special of the path, with its policy, if the actor may
// change it.
func ownSpecial(r *wire.Request, q store.Querier) (*Special, *Throttle, error) {
	id := r.Path("id")
	s, err := selectSpecial(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, noSpecial(id)
	}
	if err != nil {
		return nil, nil, err
	}
	t, err := selectThrottle(r.Context(), q, s.ThrottleID)
	if err != nil {
		return nil, nil, err
	}
	return s, t, apig.Own(&r.Actor, t.projectID, apig.E1108)
}

// named gives a special of the actor's own tenant its name. Other tenants'
// names are theirs to tell.
func named(r *wire.Request, s *Special) *Special {
	if s.InstanceType == typeUser {
		switch s.InstanceID {
		case r.Actor.ProjectID:
			s.InstanceName = r.Actor.ProjectName
		case r.Actor.DomainID:
			s.InstanceName = r.Actor.DomainName
		}
	}
	return s
}
