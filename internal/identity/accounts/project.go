package accounts

import (
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// ProjectView is a project as the wire shows it.
type ProjectView struct {
	ID          string        `json:"id" doc:"Id of the project."`
	Name        string        `json:"name" doc:"Unique within the domain."`
	DomainID    string        `json:"domain_id" doc:"Domain that the project belongs to."`
	ParentID    string        `json:"parent_id" doc:"The project or domain above."`
	Description string        `json:"description" doc:"Text for people."`
	Enabled     bool          `json:"enabled" doc:"Whether anybody may work in the project."`
	IsDomain    bool          `json:"is_domain" doc:"Always false."`
	Tags        []string      `json:"tags" doc:"Always empty."`
	Links       keystone.Link `json:"links" doc:"URL of the project."`
}

// ProjectList is the answer to a list of projects.
type ProjectList struct {
	Projects []ProjectView  `json:"projects" doc:"In the order of their names."`
	Links    keystone.Links `json:"links" doc:"URL of the list."`
}

type projectAnswer struct {
	Project ProjectView `json:"project"`
}

func viewProject(site keystone.Site, r *wire.Request, p Project) ProjectView {
	return ProjectView{
		ID: p.ID, Name: p.Name, DomainID: p.DomainID, ParentID: p.ParentID, Description: p.Description,
		Enabled: p.Enabled, Tags: []string{}, Links: site.Entity(r, "projects", p.ID),
	}
}

// ListProjectViews is the wire form of a list.
func ListProjectViews(site keystone.Site, r *wire.Request, list []Project) ProjectList {
	views := make([]ProjectView, len(list))
	for i, p := range list {
		views[i] = viewProject(site, r, p)
	}
	return ProjectList{Projects: views, Links: site.List(r)}
}

func (a *Area) listProjects(r *wire.Request) (ProjectList, error) {
	f, err := projectFilter(r)
	if err != nil {
		return ProjectList{}, err
	}
	list, err := f.projects(r.Context(), a.DB)
	if err != nil {
		return ProjectList{}, err
	}
	return ListProjectViews(a.Site, r, list), nil
}

func (a *Area) showProject(r *wire.Request) (projectAnswer, error) {
	id := r.Path("id")
	list, err := filter{viewer: viewer(r), id: id}.projects(r.Context(), a.DB)
	if err != nil {
		return projectAnswer{}, err
	}
	if len(list) == 0 {
		return projectAnswer{}, keystone.NotFound("project", id)
	}
	return projectAnswer{viewProject(a.Site, r, list[0])}, nil
}
