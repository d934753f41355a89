package acls

import (
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of policies, the newest first (reference table 4-336).
type List struct {
	Total int      `json:"total"`
	Size  int      `json:"size"`
	ACLs  []Listed `json:"acls"`
}

// Listed is a policy in a list (reference table 4-337).
type Listed struct {
	ACL
	BindNum int `json:"bind_num" doc:"Number of bindings: an API counts once for each environment."`
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	kind, entity := q.Get("acl_type"), q.Get("entity_type")
	var c apig.Check
	if kind != "" {
		c.Enum("acl_type", &kind, typePermit, typeDeny)
	}
	if entity != "" {
		c.Enum("entity_type", &entity, entityIP, entityDomain)
	}
	if c.Err() != nil {
		return nil, c.Err()
	}
	var where store.Filter
	if !r.Actor.Admin() {
		where.And("p.project_id = ?", r.Actor.ProjectID)
	}
	where.Equal("p.id", q.Get("id"))
	where.Match("p.name", q.Get("name"), apig.Precise(r, "name"))
	where.Equal("p.acl_type", kind)
	where.Equal("p.entity_type", entity)
	out := &List{}
	if out.Total, out.ACLs, err = selectPage(r.Context(), a.DB, &where, page); err != nil {
		return nil, err
	}
	out.Size = len(out.ACLs)
	return out, nil
}
