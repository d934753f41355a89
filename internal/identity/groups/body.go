package groups

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// view is a group as the wire shows it.
type view struct {
	ID          string        `json:"id" doc:"Id of the group."`
	Name        string        `json:"name" doc:"Unique within the domain."`
	DomainID    string        `json:"domain_id" doc:"Domain that the group belongs to."`
	Description string        `json:"description" doc:"Text for people."`
	Links       keystone.Link `json:"links" doc:"URL of the group."`
}

type answer struct {
	Group view `json:"group"`
}

type list struct {
	Groups []view         `json:"groups" doc:"In the order of their names."`
	Links  keystone.Links `json:"links" doc:"URL of the list."`
}

type creation struct {
	Group *struct {
		Name        string            `json:"name" doc:"1 to 64 characters, unique within the domain."`
		DomainID    *string           `json:"domain_id" doc:"The domain in scope, or the caller's own, when left out."`
		Description keystone.Nullable `json:"description" doc:"Up to 255 characters."`
	} `json:"group"`
}

type change struct {
	Group *struct {
		ID          *string           `json:"id" doc:"The id that it has."`
		Name        *string           `json:"name" doc:"1 to 64 characters; unchanged when left out."`
		DomainID    *string           `json:"domain_id" doc:"The domain that it has."`
		Description keystone.Nullable `json:"description" doc:"Up to 255 characters; unchanged when left out, empty when null."`
	} `json:"group"`
}

// missing refuses a body without its only field.
func missing() error {
	return keystone.BadRequest("Invalid input for field 'group': it must be an object.")
}

func (a *Area) view(r *wire.Request, g accounts.Group) view {
	return view{
		ID: g.ID, Name: g.Name, DomainID: g.DomainID, Description: g.Description,
		Links: a.Site.Entity(r, "groups", g.ID),
	}
}
