package profiles

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Group is a group as the wire shows it.
type Group struct {
	ID           string `json:"id" doc:"Id of the group."`
	Name         string `json:"name" doc:"Unique within the department."`
	UserCount    int    `json:"userCount" doc:"How many members it has."`
	Description  string `json:"description" doc:"Text for people."`
	CreatedAt    string `json:"createdAt" doc:"Milliseconds since 1970."`
	CanAuthorize bool   `json:"canAuthorize" doc:"Whether the caller may change the group, its members and its roles."`
}

type groupList struct {
	Items      []Group    `json:"items" doc:"In the order of their names."`
	Pagination pagination `json:"pagination"`
}

type groupAnswer struct {
	Group Group `json:"group"`
}

// groupName is a group among those of a user.
type groupName struct {
	ID   string `json:"id" doc:"Id of the group."`
	Name string `json:"name" doc:"Unique within the department."`
}

type groupNames struct {
	Items      []groupName `json:"items" doc:"In the order of their names."`
	Pagination pagination  `json:"pagination"`
}

type newGroup struct {
	Name        string `json:"name" required:"true" doc:"Unique within the department."`
	Description string `json:"description" doc:"Text for people."`
}

type groupChange struct {
	Name        *string `json:"name" doc:"Unique within the department."`
	Description *string `json:"description" doc:"Text for people."`
}

// Member is a member of a group as the wire shows it.
type Member struct {
	ID          string `json:"id" doc:"Id of the user."`
	Name        string `json:"name" doc:"Unique within the department."`
	Email       string `json:"email" doc:"Address; empty when not known."`
	Description string `json:"description" doc:"Text for people."`
	CreatedAt   string `json:"createdAt" doc:"When the user was made, in milliseconds since 1970."`
	UpdatedAt   string `json:"updatedAt" doc:"Milliseconds since 1970; 0 when never."`
}

type memberList struct {
	Items      []Member   `json:"items" doc:"In the order of their names."`
	Pagination pagination `json:"pagination"`
}

// group is a group that the caller can see. The words for any other are those
// that accounts refuses a change with.
func (a *Area) group(r *wire.Request, id string) (accounts.Group, error) {
	list, _, err := a.Accounts.Groups(r.Context(), accounts.GroupQuery{By: accounts.Seen(&r.Actor), ID: id, Limit: 1})
	if err == nil && (id == "" || len(list) == 0) { // an empty id would not filter
		err = keystone.NotFound("group", id)
	}
	if err != nil {
		return accounts.Group{}, err
	}
	return list[0], nil
}

func (a *Area) listGroups(r *wire.Request) (groupList, error) {
	p, err := readPage(r)
	if err != nil {
		return groupList{}, err
	}
	list, total, err := a.Accounts.Groups(r.Context(), accounts.GroupQuery{
		By: accounts.Seen(&r.Actor), Search: p.search, Offset: p.offset(), Limit: p.size,
	})
	if err != nil {
		return groupList{}, err
	}
	managed, err := a.managedGroups(r.Context(), &r.Actor)
	if err != nil {
		return groupList{}, err
	}
	items := make([]Group, len(list))
	for i := range list {
		items[i] = viewGroup(&list[i], managed)
	}
	return groupList{items, p.of(total)}, nil
}

func viewGroup(g *accounts.Group, managed func(*accounts.Group) bool) Group {
	return Group{
		ID: g.ID, Name: g.Name, UserCount: g.Members, Description: g.Description, CreatedAt: millis(g.Created, never),
		CanAuthorize: managed(g),
	}
}

func (a *Area) showGroup(r *wire.Request) (groupAnswer, error) {
	g, err := a.group(r, r.Path("id"))
	if err != nil {
		return groupAnswer{}, err
	}
	managed, err := a.managedGroups(r.Context(), &r.Actor)
	return groupAnswer{viewGroup(&g, managed)}, err
}

func (a *Area) listUserGroups(r *wire.Request) (groupNames, error) {
	p, err := readPage(r)
	if err != nil {
		return groupNames{}, err
	}
	u, err := a.user(r, r.Path("id"))
	if err != nil {
		return groupNames{}, err
	}
	list, total, err := a.Accounts.Groups(r.Context(), accounts.GroupQuery{
		By: accounts.Seen(&r.Actor), UserID: u.ID, Search: p.search, Offset: p.offset(), Limit: p.size,
	})
	if err != nil {
		return groupNames{}, err
	}
	items := make([]groupName, len(list))
	for i := range list {
		items[i] = groupName{list[i].ID, list[i].Name}
	}
	return groupNames{items, p.of(total)}, nil
}

func (a *Area) createGroup(r *wire.Request, in *newGroup) (made, error) {
	if in.Name == "" {
		return made{}, needed("name")
	}
	g, err := a.Accounts.CreateGroup(r.Context(), accounts.Managed(&r.Actor), accounts.NewGroup{
		DomainID: home(&r.Actor), Name: in.Name, Description: in.Description,
	})
	if err != nil {
		return made{}, err
	}
	r.Touched(g.ID)
	return made{g.ID}, nil
}

func (a *Area) updateGroup(r *wire.Request, in *groupChange) (empty, error) {
	r.Touched(r.Path("id"))
	_, err := a.Accounts.UpdateGroup(r.Context(), accounts.Managed(&r.Actor), r.Path("id"), accounts.GroupChange{
		Name: in.Name, Description: in.Description,
	})
	return empty{}, err
}

func (a *Area) deleteGroup(r *wire.Request) (empty, error) {
	r.Touched(r.Path("id"))
	return empty{}, a.Accounts.DeleteGroup(r.Context(), accounts.Managed(&r.Actor), r.Path("id"))
}

func (a *Area) listMembers(r *wire.Request) (memberList, error) {
	p, err := readPage(r)
	if err != nil {
		return memberList{}, err
	}
	g, err := a.group(r, r.Path("id"))
	if err != nil {
		return memberList{}, err
	}
	list, total, err := a.Accounts.Users(r.Context(), accounts.UserQuery{
		By: accounts.Seen(&r.Actor), GroupID: g.ID, Search: p.search, Offset: p.offset(), Limit: p.size,
	})
	if err != nil {
		return memberList{}, err
	}
	items := make([]Member, len(list))
	for i, u := range list {
		items[i] = Member{
			ID: u.ID, Name: u.Name, Email: u.Email, Description: u.Description,
			CreatedAt: millis(u.Created, never), UpdatedAt: millis(u.Updated, never),
		}
	}
	return memberList{items, p.of(total)}, nil
}

func (a *Area) addMember(r *wire.Request) (empty, error) {
	r.Touched(r.Path("id"))
	return empty{}, a.Accounts.AddMember(r.Context(), accounts.Managed(&r.Actor), r.Path("id"), r.Path("user_id"))
}

func (a *Area) removeMember(r *wire.Request) (empty, error) {
	r.Touched(r.Path("id"))
	return empty{}, a.Accounts.RemoveMember(r.Context(), accounts.Managed(&r.Actor), r.Path("id"), r.Path("user_id"))
}
