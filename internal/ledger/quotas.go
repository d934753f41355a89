package ledger

import (
	"context"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// holder is who has quotas: the cloud, a department or a project.
type holder struct {
	level    entitlement.Level
	id       string // in quota_accounts
	name     string // for people
	domainID string // the department, also of a project
}

func departmentOf(id string) holder {
	level, owner := entitlement.DomainAccount(id)
	h := holder{level: level, id: owner, domainID: id, name: "domain " + id}
	if level == entitlement.Cloud {
		h.name = "the cloud"
	}
	return h
}

func projectOf(id, domainID string) holder {
	return holder{level: entitlement.Project, id: id, domainID: domainID, name: "project " + id}
}

// state is what is known of a holder's items in a region.
type state struct {
	given    entitlement.Numbers // its quotas
	limits   entitlement.Numbers // the most that can be set
	allotted entitlement.Numbers // given on
	taken    entitlement.Numbers // really used and reserved
}

// read is the state of a holder. The platform's own items are counted only
// where somebody asks for them.
func (a *Area) read(ctx context.Context, q store.Querier, h holder, region string) (s state, err error) {
	if s.given, err = entitlement.Given(ctx, q, h.level, h.id, region); err != nil {
		return s, err
	}
	switch h.level {
	case entitlement.Project:
		s.limits, err = entitlement.ProjectLimits(ctx, q, h.id, h.domainID, region)
	case entitlement.Department:
		if s.limits, err = entitlement.DomainLimits(ctx, q, h.domainID, region); err == nil {
			s.allotted, err = entitlement.AllottedByDomain(ctx, q, h.domainID, region, "")
		}
	case entitlement.Cloud:
		s.allotted, err = entitlement.AllottedByCloud(ctx, q, region, "")
	}
	if err != nil {
		return s, err
	}
	s.taken, err = a.taken(ctx, q, h.level, h.id, region)
	return s, err
}

// used is what a holder really has of an item.
func (s *state) used(ctx context.Context, q store.Querier, h holder, i item) (Amount, error) {
	if !i.own {
		return Amount(max(0, s.taken[i.key])), nil
	}
	n, err := entitlement.Count(ctx, q, quota.Item(i.key), h.level, h.id, maxWhole)
	return Amount(n) * unit, err
}

// show is the sheets of a holder by region.
func (a *Area) show(ctx context.Context, q store.Querier, h holder) (map[string]figures, error) {
	items, err := a.catalogue(ctx, q)
	if err != nil {
		return nil, err
	}
	all := make(map[string]figures, len(items.regions))
	for _, region := range items.regions {
		if all[region], err = a.sheets(ctx, q, h, region, items.in(region)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sheets are the numbers of a holder in a region.
func (a *Area) sheets(ctx context.Context, q store.Querier, h holder, region string, items []item) (figures, error) {
	s, err := a.read(ctx, q, h, region)
	if err != nil {
		return figures{}, err
	}
	configured, err := a.configured(ctx, q, h)
	if err != nil {
		return figures{}, err
	}
	f := figures{Usage: sheet{}, Quotas: sheet{}, Limits: sheet{}}
	for _, i := range items {
		f.Quotas[i.name], f.Limits[i.name] = Amount(s.given.Of(i.key)), Amount(s.limits.Of(i.key))
		if h.level == entitlement.Project {
			if i.own {
				f.Quotas[i.name] = Amount(configured.Of(quota.Item(i.key))) * unit
			}
			if f.Usage[i.name], err = s.used(ctx, q, h, i); err != nil {
				return figures{}, err
			}
			continue
		}
		f.Usage[i.name] = Amount(s.allotted[i.key])
	}
	return f, nil
}

// configured are the numbers of the platform's own items for a project, which
// always has some.
func (a *Area) configured(ctx context.Context, q store.Querier, h holder) (quota.Limits, error) {
	if h.level != entitlement.Project {
		return quota.Limits{}, nil
	}
	return a.Book.For(ctx, q, h.id)
}

func (a *Area) showDomain(r *wire.Request) (domainAnswer, error) {
	id := r.Path("domain_id")
	reach := accounts.Seen(&r.Actor)
	if !reach.Domain(id) {
		return domainAnswer{}, keystone.NotFound("domain", id)
	}
	if found, err := domainExists(r.Context(), a.DB, id); err != nil || !found {
		return domainAnswer{}, orMissing(err, "domain", id)
	}
	f, err := a.show(r.Context(), a.DB, departmentOf(id))
	return domainAnswer{f}, err
}

func (a *Area) editDomain(r *wire.Request, in *domainEdit) (out domainAnswer, err error) {
	id, ctx := r.Path("domain_id"), r.Context()
	if in.Domain == nil {
		return out, invalid("domain", "an object")
	}
	r.Touched(id)
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		if found, err := domainExists(ctx, tx, id); err != nil || !found {
			return orMissing(err, "domain", id)
		}
		h := departmentOf(id)
		if err := a.set(ctx, tx, h, in.Domain); err != nil {
			return err
		}
		out.Domain, err = a.show(ctx, tx, h)
		return err
	})
	return out, err
}

func (a *Area) showProject(r *wire.Request) (projectAnswer, error) {
	id := r.Path("project_id")
	domainID, found, err := domainOf(r.Context(), a.DB, id)
	if err != nil {
		return projectAnswer{}, err
	}
	own := r.Actor.ProjectID == id && len(r.Actor.Roles) > 0
	if reach := accounts.Seen(&r.Actor); !found || !own && !reach.Domain(domainID) {
		return projectAnswer{}, keystone.NotFound("project", id)
	}
	f, err := a.show(r.Context(), a.DB, projectOf(id, domainID))
	return projectAnswer{f}, err
}

func (a *Area) editProject(r *wire.Request, in *projectEdit) (out projectAnswer, err error) {
	id, ctx := r.Path("project_id"), r.Context()
	if in.Project == nil {
		return out, invalid("project", "an object")
	}
	r.Touched(id)
	reach := accounts.Managed(&r.Actor)
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		domainID, found, err := domainOf(ctx, tx, id)
		if err != nil || !found || !reach.Domain(domainID) {
			return orMissing(err, "project", id)
		}
		h := projectOf(id, domainID)
		if err := a.set(ctx, tx, h, in.Project); err != nil {
			return err
		}
		out.Project, err = a.show(ctx, tx, h)
		return err
	})
	return out, err
}

func orMissing(err error, kind, id string) error {
	if err != nil {
		return err
	}
	return keystone.NotFound(kind, id)
}

// set makes an edit, whole or not at all.
func (a *Area) set(ctx context.Context, tx *store.Tx, h holder, e *edit) error {
	items, err := a.catalogue(ctx, tx)
	if err != nil {
		return err
	}
	wishes, err := items.resolve(e.region, e.numbers)
	if err != nil {
		return err
	}
	s, err := a.read(ctx, tx, h, e.region)
	if err != nil {
		return err
	}
	for _, w := range wishes {
		if err := s.check(ctx, tx, h, w); err != nil {
			return err
		}
	}
	for _, w := range wishes {
		if err := a.give(ctx, tx, h, e.region, w); err != nil {
			return err
		}
	}
	return nil
}

// check refuses a quota that the level above does not have, and one below what
// was given on or is used. No quota at all is always possible: what is above
// holds then.
func (s *state) check(ctx context.Context, q store.Querier, h holder, w wish) error {
	if w.n == Unlimited {
		return nil
	}
	if w.own && (w.n%unit != 0 || w.n > quota.Most*unit) {
		return invalid(w.name, fmt.Sprintf("a whole number from 0 to %d, or -1", quota.Most))
	}
	if most := Amount(s.limits.Of(w.key)); most != Unlimited && w.n > most {
		return conflict("The quota of %s for %s cannot be %s: at most %s is left to give.", w.name, h.name, w.n, most)
	}
	if given := Amount(s.allotted[w.key]); w.n < given {
		return conflict("The quota of %s for %s cannot be %s: %s was given on already.", w.name, h.name, w.n, given)
	}
	used, err := s.used(ctx, q, h, w.item)
	if err == nil && w.n < used {
		return conflict("The quota of %s for %s cannot be %s: %s is in use.", w.name, h.name, w.n, used)
	}
	return err
}

// give stores a quota that was checked.
func (a *Area) give(ctx context.Context, tx *store.Tx, h holder, region string, w wish) error {
	if !w.own || h.level != entitlement.Project {
		return entitlement.Give(ctx, tx, h.level, h.id, region, w.key, int64(w.n))
	}
	if w.n == Unlimited {
		return entitlement.Reset(ctx, tx, h.id, quota.Item(w.key))
	}
	return a.Book.Set(ctx, tx, h.id, quota.Item(w.key), int(w.n/unit), a.Clock())
}

// showUsage is the cloud with what is really used, by region.
func (a *Area) showUsage(r *wire.Request) (usageAnswer, error) {
	items, err := a.catalogue(r.Context(), a.DB)
	if err != nil {
		return usageAnswer{}, err
	}
	out := usageAnswer{Domain: make(map[string]usageFigures, len(items.regions))}
	for _, region := range items.regions {
		if out.Domain[region], err = a.usage(r.Context(), region, items.in(region)); err != nil {
			return usageAnswer{}, err
		}
	}
	return out, nil
}

func (a *Area) usage(ctx context.Context, region string, items []item) (usageFigures, error) {
	cloud := departmentOf(entitlement.DefaultDomain)
	s, err := a.read(ctx, a.DB, cloud, region)
	if err != nil {
		return usageFigures{}, err
	}
	f := usageFigures{Usage: sheet{}, QuotaFake: sheet{}, Allocated: sheet{}, Quotas: sheet{}, Limits: sheet{}}
	for _, i := range items {
		if f.Usage[i.name], err = s.used(ctx, a.DB, cloud, i); err != nil {
			return usageFigures{}, err
		}
		f.Quotas[i.name], f.Limits[i.name] = Amount(s.given.Of(i.key)), Amount(s.limits.Of(i.key))
		f.Allocated[i.name] = Amount(s.allotted[i.key])
		if !i.own && !i.container {
			f.QuotaFake[i.name] = f.Quotas[i.name]
		}
	}
	return f, nil
}
