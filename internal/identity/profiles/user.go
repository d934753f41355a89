package profiles

import (
	"strconv"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// source says where accounts come from: all of them are the platform's own.
const source = "locale"

// never stands where a moment that has not come is a text of milliseconds.
const never = "0"

// User is a user as the wire shows it.
type User struct {
	ID           string `json:"id" doc:"Id of the user."`
	Name         string `json:"name" doc:"Unique within the department."`
	Email        string `json:"email" doc:"Address; empty when not known."`
	Description  string `json:"description" doc:"Text for people."`
	Firstname    string `json:"firstname" doc:"Given name; empty when not known."`
	Lastname     string `json:"lastname" doc:"Family name; empty when not known."`
	Source       string `json:"source" doc:"Always locale: accounts are the platform's own."`
	Enabled      bool   `json:"enabled" doc:"Whether the user may log in."`
	CreatedAt    string `json:"createdAt" doc:"Milliseconds since 1970."`
	UpdatedAt    string `json:"updatedAt" doc:"Milliseconds since 1970; 0 when never."`
	LastLoginAt  string `json:"lastLoginAt" doc:"Last log-in with a password, in milliseconds since 1970; empty when never."`
	CanAuthorize bool   `json:"canAuthorize" doc:"Whether the caller may change the user and its roles."`
}

type userList struct {
	Items      []User     `json:"items" doc:"In the order of their names."`
	Pagination pagination `json:"pagination"`
}

type newUser struct {
	Name        string      `json:"name" required:"true" doc:"Unique within the department."`
	Password    secret.Text `json:"password" required:"true" doc:"The rules for passwords hold."`
	Description string      `json:"description" doc:"Text for people."`
	Temporary   bool        `json:"temporary" doc:"Whether the password is to be changed at the first log-in."`
	Email       string      `json:"email" doc:"Address."`
	Firstname   string      `json:"firstname" doc:"Given name."`
	Lastname    string      `json:"lastname" doc:"Family name."`
	Enabled     *bool       `json:"enabled" doc:"true when left out."`
}

type userChange struct {
	Enabled     *bool   `json:"enabled" doc:"false keeps the user out and ends its tokens."`
	Email       *string `json:"email" doc:"Address."`
	Description *string `json:"description" doc:"Text for people."`
	Firstname   *string `json:"firstname" doc:"Given name."`
	Lastname    *string `json:"lastname" doc:"Family name."`
}

type passwordReset struct {
	Password secret.Text `json:"password" required:"true" doc:"The new password."`
}

type made struct {
	ID string `json:"id" doc:"Id of what was made."`
}

type existence struct {
	Existed bool `json:"existed" doc:"Whether the caller can see a user of that name."`
}

// millis is a moment as this dialect writes it.
func millis(t time.Time, never string) string {
	if t.IsZero() {
		return never
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

func view(actor *wire.Actor, u *accounts.User) User {
	return User{
		ID: u.ID, Name: u.Name, Email: u.Email, Description: u.Description, Firstname: u.Firstname, Lastname: u.Lastname,
		Source: source, Enabled: u.Active, CreatedAt: millis(u.Created, never), UpdatedAt: millis(u.Updated, never),
		LastLoginAt: millis(u.LastLogin, ""), CanAuthorize: manages(actor, u),
	}
}

// manages reports whether an actor may change a user: a manager everybody of its
// department but who administers the platform.
func manages(actor *wire.Actor, u *accounts.User) bool {
	by := accounts.Managed(actor)
	return by.All || by.Domain(u.DomainID) && u.Standing != accounts.CloudAdmin
}

// home is the department that a request without one is about.
func home(actor *wire.Actor) string {
	if actor.ScopeDomainID != "" {
		return actor.ScopeDomainID
	}
	return actor.DomainID
}

// user is a user that the caller can see. The words for any other are those
// that accounts refuses a change with.
func (a *Area) user(r *wire.Request, id string) (accounts.User, error) {
	list, _, err := a.Accounts.Users(r.Context(), accounts.UserQuery{By: accounts.Seen(&r.Actor), ID: id, Limit: 1})
	if err == nil && (id == "" || len(list) == 0) { // an empty id would not filter
		err = keystone.NotFound("user", id)
	}
	if err != nil {
		return accounts.User{}, err
	}
	return list[0], nil
}

func (a *Area) listUsers(r *wire.Request) (userList, error) {
	p, err := readPage(r)
	if err != nil {
		return userList{}, err
	}
	list, total, err := a.Accounts.Users(r.Context(), accounts.UserQuery{
		By: accounts.Seen(&r.Actor), Search: p.search, Offset: p.offset(), Limit: p.size,
	})
	if err != nil {
		return userList{}, err
	}
	items := make([]User, len(list))
	for i := range list {
		items[i] = view(&r.Actor, &list[i])
	}
	return userList{items, p.of(total)}, nil
}

func (a *Area) showUser(r *wire.Request) (User, error) {
	u, err := a.user(r, r.Path("id"))
	if err != nil {
		return User{}, err
	}
	return view(&r.Actor, &u), nil
}

// checkUser answers for the department that a new user would belong to, so that
// the answer says whether the name is free there.
func (a *Area) checkUser(r *wire.Request) (existence, error) {
	_, total, err := a.Accounts.Users(r.Context(), accounts.UserQuery{
		By: accounts.Seen(&r.Actor), Name: r.Path("username"), DomainID: home(&r.Actor), Limit: 1,
	})
	return existence{total > 0}, err
}

func (a *Area) createUser(r *wire.Request, in *newUser) (made, error) {
	switch {
	case in.Name == "":
		return made{}, needed("name")
	case in.Password == "": // such a user could never log in
		return made{}, needed("password")
	}
	u, err := a.Accounts.AddUser(r.Context(), accounts.Managed(&r.Actor), accounts.NewUser{
		DomainID: home(&r.Actor), Name: in.Name, Password: in.Password.Reveal(), Email: in.Email, Description: in.Description,
		Firstname: in.Firstname, Lastname: in.Lastname, Disabled: in.Enabled != nil && !*in.Enabled, MustChange: in.Temporary,
	})
	if err != nil {
		return made{}, err
	}
	r.Touched(u.ID)
	return made{u.ID}, nil
}

func (a *Area) updateUser(r *wire.Request, in *userChange) (empty, error) {
	r.Touched(r.Path("id"))
	_, err := a.Accounts.UpdateUser(r.Context(), accounts.Managed(&r.Actor), r.Path("id"), accounts.UserChange{
		Enabled: in.Enabled, Email: in.Email, Description: in.Description, Firstname: in.Firstname, Lastname: in.Lastname,
	})
	return empty{}, err
}

func (a *Area) deleteUser(r *wire.Request) (empty, error) {
	r.Touched(r.Path("id"))
	return empty{}, a.Accounts.DeleteUser(r.Context(), accounts.Managed(&r.Actor), r.Path("id"))
}

// resetPassword is for others' passwords. One's own needs the original one, and
// a restricted credential must not make another one out of itself.
func (a *Area) resetPassword(r *wire.Request, in *passwordReset) (empty, error) {
	id := r.Path("id")
	switch {
	case r.Actor.Restricted:
		return empty{}, ghippo.Forbidden(r.Route.Action)
	case id == r.Actor.UserID:
		return empty{}, ghippo.Forbidden(r.Route.Action).Msg("a user changes its own password at %s/password, with the original one", current)
	case in.Password == "":
		return empty{}, needed("password")
	}
	r.Touched(id)
	_, err := a.Accounts.UpdateUser(r.Context(), accounts.Managed(&r.Actor), id, accounts.UserChange{Password: &in.Password})
	return empty{}, err
}
