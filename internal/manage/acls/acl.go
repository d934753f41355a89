package acls

import (
	"errors"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// ACL is an access control policy as it is answered (reference table 4-332).
// The answer to PUT has no entity_type in the reference; ours has, like all
// others.
type ACL struct {
	ID         string    `json:"id"`
	Name       string    `json:"acl_name"`
	EntityType string    `json:"entity_type" doc:"IP or DOMAIN."`
	Type       string    `json:"acl_type" doc:"PERMIT or DENY."`
	Value      string    `json:"acl_value" doc:"Entries separated by commas."`
	UpdateTime apig.Time `json:"update_time"`

	projectID string
	entries   []string // of Value, as gateways get them
}

// Input is what creating takes (reference table 4-313).
type Input struct {
	Name       string `json:"acl_name" required:"true" doc:"3 to 64 Chinese characters, letters, digits and _; first a Chinese character or a letter. Unique in the project."`
	Type       string `json:"acl_type" required:"true" doc:"PERMIT admits only the entries, DENY everybody else."`
	Value      string `json:"acl_value" required:"true" doc:"Entries separated by commas. IP: addresses, CIDR blocks, ranges first-last. DOMAIN: account names, up to 1024 characters."`
	EntityType string `json:"entity_type" required:"true" doc:"IP or DOMAIN (names of accounts)."`
}

// Change is what changing takes (reference table 4-318). An absent field stays
// as it is.
type Change struct {
	Name       *string `json:"acl_name" doc:"As when creating."`
	Type       *string `json:"acl_type" doc:"PERMIT or DENY."`
	Value      *string `json:"acl_value" doc:"As when creating."`
	EntityType *string `json:"entity_type" doc:"Cannot be changed; the policy's own is accepted."`
}

const (
	typePermit = "PERMIT"
	typeDeny   = "DENY"
)

// build is the policy that in describes, without an id.
func (in *Input) build(projectID string) (*ACL, error) {
	acl := &ACL{Name: in.Name, Type: in.Type, EntityType: in.EntityType, projectID: projectID}
	var c apig.Check
	c.Name("acl_name", acl.Name)
	c.Enum("acl_type", &acl.Type, typePermit, typeDeny)
	c.Enum("entity_type", &acl.EntityType, entityIP, entityDomain)
	if c.Err() != nil {
		return nil, c.Err()
	}
	return acl, acl.list(in.Value)
}

// list gives the policy its entries.
func (acl *ACL) list(value string) (err error) {
	acl.Value, acl.entries, err = parse(acl.EntityType, value)
	return err
}

// apply lets in alter the policy.
func (in *Change) apply(acl *ACL) error {
	var c apig.Check
	if in.Name != nil {
		acl.Name = *in.Name
		c.Name("acl_name", acl.Name)
	}
	if in.Type != nil {
		acl.Type = *in.Type
		c.Enum("acl_type", &acl.Type, typePermit, typeDeny)
	}
	if in.EntityType != nil {
		entity := *in.EntityType
		c.Enum("entity_type", &entity, entityIP, entityDomain)
		c.That(entity == acl.EntityType, apig.Invalid("entity_type").With("a policy of type "+acl.EntityType+" stays one; create another"))
	}
	if c.Err() != nil || in.Value == nil {
		return c.Err()
	}
	return acl.list(*in.Value)
}

func (a *Area) create(r *wire.Request, in *Input) (*ACL, error) {
	acl, err := in.build(r.Actor.ProjectID)
	if err != nil {
		return nil, err
	}
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error { return a.add(r, tx, acl) })
	return acl, err
}

// add stores a new policy.
func (a *Area) add(r *wire.Request, tx *store.Tx, acl *ACL) error {
	ctx := r.Context()
	acl.ID, acl.UpdateTime = a.IDs.New(), apig.Time(a.Clock())
	r.Touched(acl.ID)
	count, err := countACLs(ctx, tx, acl.projectID)
	if err != nil {
		return err
	}
	if err := a.Quotas.Room(ctx, tx, acl.projectID, quota.ACLs, count, apig.E3112); err != nil {
		return err
	}
	if err := a.fits(r, tx, acl); err != nil {
		return err
	}
	tx.Touch(string(definition.KindACL), acl.ID)
	return insertACL(ctx, tx, acl)
}

// fits refuses a name that another policy has and too long a list.
func (a *Area) fits(r *wire.Request, tx *store.Tx, acl *ACL) error {
	other, err := selectNamed(r.Context(), tx, acl.projectID, acl.Name)
	if err == nil && other != acl.ID {
		return apig.Taken(apig.E3206, "acl_name", acl.Name)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	n := len(acl.entries)
	return a.Quotas.Room(r.Context(), tx, acl.projectID, quota.ACLEntries, n-1,
		apig.E3100.With(fmt.Sprintf("acl_value has %d entries", n)))
}

func (a *Area) update(r *wire.Request, in *Change) (*ACL, error) {
	var acl *ACL
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		if acl, err = own(r, tx, r.Path("id")); err != nil {
			return err
		}
		if err := in.apply(acl); err != nil {
			return err
		}
		return a.save(r, tx, acl)
	})
	return acl, err
}

// save stores a policy that was changed.
func (a *Area) save(r *wire.Request, tx *store.Tx, acl *ACL) error {
	// A list that was not changed is not measured: a quota that was lowered
	// takes nothing away.
	if err := a.fits(r, tx, acl); err != nil {
		return err
	}
	acl.UpdateTime = apig.Time(a.Clock())
	tx.Touch(string(definition.KindACL), acl.ID)
	return updateACL(r.Context(), tx, acl)
}

func (a *Area) show(r *wire.Request) (*ACL, error) { return own(r, a.DB, r.Path("id")) }

func (a *Area) delete(r *wire.Request) error {
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		acl, err := own(r, tx, r.Path("id"))
		if err != nil {
			return err
		}
		return drop(r, tx, acl)
	})
}

// drop deletes a policy that is not bound.
func drop(r *wire.Request, tx *store.Tx, acl *ACL) error {
	bound, err := isBound(r.Context(), tx, acl.ID)
	if err != nil {
		return err
	}
	if bound {
		return apig.E3447
	}
	if err := binding.DropPolicy(r.Context(), tx, acl.ID); err != nil { // wishes
		return err
	}
	r.Touched(acl.ID)
	tx.Touch(string(definition.KindACL), acl.ID)
	return deleteACL(r.Context(), tx, acl.ID)
}

// own answers a policy that the actor may handle.
func own(r *wire.Request, q store.Querier, id string) (*ACL, error) {
	acl, err := selectACL(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, missing(id)
	}
	if err != nil {
		return nil, err
	}
	if err := apig.Own(&r.Actor, acl.projectID, apig.E1106); err != nil {
		return nil, err
	}
	return acl, nil
}

// missing says that there is no such policy (wire-facts §1.4).
func missing(id string) *wire.Error {
	return apig.E3006.Msg("Access control policy %.128s does not exist", id)
}

// moment is how the store takes a wire's time.
func moment(t apig.Time) int64 { return store.Micros(time.Time(t)) }
