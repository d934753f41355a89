package catalog

import (
	"context"
	"errors"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// region is a region as it is administered.
type region struct {
	ID          string        `json:"id" doc:"Id, which is also its name."`
	Description string        `json:"description" doc:"Text for people."`
	ParentID    *string       `json:"parent_region_id" doc:"Region above; null at the top."`
	Links       keystone.Link `json:"links" doc:"URL of the region."`
}

// below puts the region below another; "" is the top.
func (g *region) below(parent string) {
	g.ParentID = nil
	if parent != "" {
		g.ParentID = &parent
	}
}

func (g *region) parent() string {
	if g.ParentID == nil {
		return ""
	}
	return *g.ParentID
}

type regionList struct {
	Regions []region       `json:"regions" doc:"That of this installation first, then by id."`
	Links   keystone.Links `json:"links" doc:"URL of the list."`
}

type regionAnswer struct {
	Region region `json:"region"`
}

// regionRequest is the body of a creation, and of a change, where what is left
// out stays.
type regionRequest struct {
	Region *struct {
		ID          string  `json:"id" doc:"Up to 255 characters without a slash; made when left out. It never changes."`
		Description *string `json:"description" doc:"Up to 1000 characters."`
		ParentID    *string `json:"parent_region_id" doc:"Region above; an empty text is the top."`
	} `json:"region"`
}

// apply brings a request into a region and checks its texts.
func (q *regionRequest) apply(g *region) error {
	in := q.Region
	if in == nil {
		return keystone.BadRequest("Invalid input for field 'region': it must be an object.")
	}
	set(&g.Description, in.Description)
	if in.ParentID != nil {
		g.below(*in.ParentID)
	}
	return check(field{"description", g.Description, 0, maxDescription})
}

// checkRegionID refuses what could not stand in a path.
func checkRegionID(id string) error {
	if strings.ContainsAny(id, "/\\\n") || id == "." || id == ".." {
		return keystone.BadRequest("Invalid input for field 'id': the id of a region has no slashes and is no dots.")
	}
	return check(field{"id", id, 1, maxText})
}

func (a *Area) ownRegion() region {
	return region{ID: a.Region, Description: "The region of this installation."}
}

// hasRegion reports whether there is a region, that of the installation included.
func (a *Area) hasRegion(ctx context.Context, q store.Querier, id string) (bool, error) {
	if id == a.Region {
		return true, nil
	}
	var parent string
	err := q.QueryRow(ctx, selectParent, id).Scan(&parent)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// circle refuses a parent that does not exist, or that lies below id itself.
func (a *Area) circle(ctx context.Context, tx *store.Tx, id, parent string) error {
	if parent == "" {
		return nil
	}
	known, err := a.hasRegion(ctx, tx, parent)
	if err != nil {
		return err
	}
	if !known {
		return keystone.NotFound("region", parent)
	}
	for at := parent; at != "" && at != a.Region; {
		if at == id {
			return keystone.BadRequest("The specified parent region %.255s would create a circular region hierarchy.", parent)
		}
		err := tx.QueryRow(ctx, selectParent, at).Scan(&at)
		if errors.Is(err, store.ErrNotFound) { // the region of an older configuration
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// insertRegion makes a region inside tx.
func (a *Area) insertRegion(ctx context.Context, tx *store.Tx, g region) error {
	if err := checkRegionID(g.ID); err != nil {
		return err
	}
	if err := bounded(ctx, tx, countRegions, "regions", MaxRegions); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, insertRegion, g.ID, g.Description, g.parent(), store.Micros(a.Clock()))
	return err
}

func (a *Area) linkRegion(r *wire.Request, g region) region {
	g.Links = a.Site.Entity(r, "regions", g.ID)
	return g
}

func (a *Area) listRegions(r *wire.Request) (regionList, error) {
	list := regionList{Regions: []region{}, Links: a.Site.List(r)}
	parent := r.Query().Get("parent_region_id")
	if parent == "" {
		list.Regions = append(list.Regions, a.linkRegion(r, a.ownRegion()))
	}
	var f store.Filter
	f.Equal("parent_id", parent)
	// A row with the id of the installation's region is from before it was
	// configured; that one stands for both.
	f.And("id <> ?", a.Region)
	rows, err := store.List(r.Context(), a.DB, scanRegion, selectRegion+f.Where()+` ORDER BY id`+f.Page(MaxRegions, 0), f.Args()...)
	for _, g := range rows {
		list.Regions = append(list.Regions, a.linkRegion(r, g))
	}
	return list, err
}

func (a *Area) showRegion(r *wire.Request) (regionAnswer, error) {
	if r.Path("id") == a.Region {
		return regionAnswer{a.linkRegion(r, a.ownRegion())}, nil
	}
	g, err := loadRegion(r.Context(), a.DB, r.Path("id"))
	return regionAnswer{a.linkRegion(r, g)}, err
}

// loadRegion answers the row, or a keystone error.
func loadRegion(ctx context.Context, q store.Querier, id string) (region, error) {
	g, err := scanRegion(q.QueryRow(ctx, selectRegion+` WHERE id = $1`, id))
	if errors.Is(err, store.ErrNotFound) {
		err = keystone.NotFound("region", id)
	}
	return g, err
}

func (a *Area) createRegion(r *wire.Request, q *regionRequest) (regionAnswer, error) {
	var g region
	if err := q.apply(&g); err != nil {
		return regionAnswer{}, err
	}
	if g.ID = q.Region.ID; g.ID == "" {
		g.ID = a.IDs.New()
	}
	ctx := r.Context()
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		if err := checkRegionID(g.ID); err != nil {
			return err
		}
		if known, err := a.hasRegion(ctx, tx, g.ID); err != nil || known {
			if err == nil {
				err = keystone.Conflict("region", "Duplicate ID, "+g.ID)
			}
			return err
		}
		if err := a.circle(ctx, tx, g.ID, g.parent()); err != nil {
			return err
		}
		return a.insertRegion(ctx, tx, g)
	})
	if err != nil {
		return regionAnswer{}, err
	}
	r.Touched(g.ID)
	return regionAnswer{a.linkRegion(r, g)}, nil
}

func (a *Area) updateRegion(r *wire.Request, q *regionRequest) (regionAnswer, error) {
	id, ctx := r.Path("id"), r.Context()
	r.Touched(id)
	if id == a.Region {
		return regionAnswer{}, builtIn
	}
	var g region
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) (err error) {
		if g, err = loadRegion(ctx, tx, id); err != nil {
			return err
		}
		if err := q.apply(&g); err != nil {
			return err
		}
		if q.Region.ID != "" && q.Region.ID != id {
			return keystone.BadRequest("Invalid input for field 'id': the id of a region never changes.")
		}
		if err := a.circle(ctx, tx, id, g.parent()); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, updateRegion, g.Description, g.parent(), id)
		return err
	})
	if err != nil {
		return regionAnswer{}, err
	}
	return regionAnswer{a.linkRegion(r, g)}, nil
}

func (a *Area) removeRegion(r *wire.Request) error {
	id, ctx := r.Path("id"), r.Context()
	r.Touched(id)
	if id == a.Region {
		return builtIn
	}
	return a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		if _, err := loadRegion(ctx, tx, id); err != nil {
			return err
		}
		for _, rule := range []struct{ count, what string }{{countEndpointsIn, "endpoints"}, {countRegionsIn, "regions below it"}} {
			var n int
			if err := tx.QueryRow(ctx, rule.count, id).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return keystone.Denied("Unable to delete region %.128s because it has %s.", id, rule.what)
			}
		}
		_, err := tx.Exec(ctx, deleteRegion, id)
		return err
	})
}
