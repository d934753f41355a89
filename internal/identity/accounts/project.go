package accounts

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

const (
	// MaxTags bounds the tags of a project, as Keystone does.
	MaxTags = 80
	// MaxTag bounds a tag in characters, as Keystone does.
	MaxTag = 255
	// MaxDescription bounds descriptions of domains and projects in characters.
	MaxDescription = 1000
)

// ProjectView is a project as the wire shows it.
type ProjectView struct {
	ID          string        `json:"id" doc:"Id of the project."`
	Name        string        `json:"name" doc:"Unique within the domain."`
	DomainID    string        `json:"domain_id" doc:"Domain that the project belongs to."`
	ParentID    string        `json:"parent_id" doc:"The domain: projects stand directly below it."`
	Description string        `json:"description" doc:"Text for people."`
	Enabled     bool          `json:"enabled" doc:"Whether anybody may work in the project: false also while its domain is disabled."`
	IsDomain    bool          `json:"is_domain" doc:"Always false."`
	Tags        []string      `json:"tags" doc:"Words that the project can be found by, in the order of the alphabet."`
	Options     struct{}      `json:"options" doc:"Always empty."`
	Links       keystone.Link `json:"links" doc:"URL of the project."`
}

// ProjectList is the answer to a list of projects.
type ProjectList struct {
	Projects []ProjectView  `json:"projects" doc:"In the order of their names."`
	Links    keystone.Links `json:"links" doc:"URL of the list."`
}

// ViewProject is the wire form of a project.
func ViewProject(site keystone.Site, r *wire.Request, p Project) ProjectView {
	return ProjectView{
		ID: p.ID, Name: p.Name, DomainID: p.DomainID, ParentID: p.ParentID, Description: p.Description,
		Enabled: p.Enabled, Tags: append([]string{}, p.Tags...), Links: site.Entity(r, "projects", p.ID),
	}
}

// ListProjectViews is the wire form of a list.
func ListProjectViews(site keystone.Site, r *wire.Request, list []Project) ProjectList {
	views := make([]ProjectView, len(list))
	for i, p := range list {
		views[i] = ViewProject(site, r, p)
	}
	return ProjectList{Projects: views, Links: site.List(r)}
}

// ShowProject answers a project within reach, or a keystone error.
func ShowProject(ctx context.Context, q store.Querier, by Reach, id string) (Project, error) {
	if id == "" {
		return Project{}, keystone.NotFound("project", id)
	}
	list, err := Projects(ctx, q, ProjectQuery{By: by, ID: id})
	if err != nil {
		return Project{}, err
	}
	if len(list) == 0 {
		return Project{}, keystone.NotFound("project", id)
	}
	return list[0], nil
}

// CheckTags refuses what Keystone refuses as tags, and answers the others once
// each, in order. A comma would split a tag of the query in two, a slash one of
// the path.
func CheckTags(tags []string) ([]string, error) {
	if len(tags) > MaxTags {
		return nil, keystone.BadRequest("Invalid input for field 'tags': a project may have %d of them.", MaxTags)
	}
	for _, tag := range tags {
		if n := utf8.RuneCountInString(tag); n == 0 || n > MaxTag || strings.ContainsAny(tag, "/,") ||
			!utf8.ValidString(tag) || strings.ContainsFunc(tag, unicode.IsControl) {
			return nil, keystone.BadRequest("Invalid input for field 'tags': a tag has 1 to %d characters, none of which is a comma, a slash or a control character.", MaxTag)
		}
	}
	tags = slices.Clone(tags)
	slices.Sort(tags)
	return slices.Compact(tags), nil
}

// badName words a refusal of checkName for the wire.
func badName(err error) error {
	return keystone.BadRequest("Invalid input for field 'name': %s.", strings.TrimPrefix(err.Error(), "accounts: "))
}

func badDescription(text string) error {
	if utf8.RuneCountInString(text) > MaxDescription || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return keystone.BadRequest("Invalid input for field 'description': it may have %d characters, and none of them is NUL.", MaxDescription)
	}
	return nil
}
