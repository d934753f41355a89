package projects

import (
	"slices"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

type tagList struct {
	Tags  []string       `json:"tags" doc:"In the order of the alphabet."`
	Links keystone.Links `json:"links" doc:"URL of the list."`
}

type tagRequest struct {
	Tags []string `json:"tags" required:"true" doc:"Up to 80 words of up to 255 characters, without commas and slashes."`
}

func (a *Area) tagsOf(r *wire.Request) ([]string, error) {
	p, err := accounts.ShowProject(r.Context(), a.Accounts.DB, accounts.Seen(&r.Actor), r.Path("id"))
	return p.Tags, err
}

func (a *Area) listTags(r *wire.Request) (tagList, error) {
	tags, err := a.tagsOf(r)
	if err != nil {
		return tagList{}, err
	}
	return tagList{append([]string{}, tags...), a.Site.List(r)}, nil
}

// edit replaces the tags of the project of the path.
func (a *Area) edit(r *wire.Request, edit func([]string) ([]string, error)) ([]string, error) {
	r.Touched(r.Path("id"))
	return a.Accounts.TagProject(r.Context(), accounts.Managed(&r.Actor), r.Path("id"), edit)
}

func (a *Area) putTags(r *wire.Request, q *tagRequest) (tagList, error) {
	if q.Tags == nil {
		return tagList{}, keystone.BadRequest("Invalid input for field 'tags': it must be a list.")
	}
	tags, err := a.edit(r, func([]string) ([]string, error) { return q.Tags, nil })
	if err != nil {
		return tagList{}, err
	}
	return tagList{append([]string{}, tags...), a.Site.List(r)}, nil
}

func (a *Area) clearTags(r *wire.Request) error {
	_, err := a.edit(r, func([]string) ([]string, error) { return nil, nil })
	return err
}

func (a *Area) hasTag(r *wire.Request) error {
	tags, err := a.tagsOf(r)
	if err != nil {
		return err
	}
	if !slices.Contains(tags, r.Path("tag")) {
		return noTag(r)
	}
	return nil
}

func noTag(r *wire.Request) error { return keystone.NotFound("project tag", r.Path("tag")) }

func (a *Area) addTag(r *wire.Request) error {
	_, err := a.edit(r, func(tags []string) ([]string, error) { return append(tags, r.Path("tag")), nil })
	return err
}

func (a *Area) dropTag(r *wire.Request) error {
	_, err := a.edit(r, func(tags []string) ([]string, error) {
		i := slices.Index(tags, r.Path("tag"))
		if i < 0 {
			return nil, noTag(r)
		}
		return slices.Delete(tags, i, i+1), nil
	})
	return err
}
