package accounts

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

// User is a person or a program that logs in.
type User struct {
	ID, Name, Email, Description string
	DomainID, DomainName         string
	DefaultProjectID             string
	Firstname, Lastname, Locale  string
	Enabled                      bool // together with its domain
	Active                       bool // its own flag alone
	Options                      UserOptions
	Standing                     Standing // "" in what LoadUser and FindUser answer

	Created, Updated time.Time // Updated is zero until the first change
	LastLogin        time.Time // with a password, to the minute; zero: never
	PasswordSet      time.Time // zero: before this was kept
	Weak             bool      // the password does not meet the rules
	MustChange       bool      // the password is to be changed first
	// Expires is when the password does; zero: never. It depends on the policy,
	// so only what an Area answers has it.
	Expires time.Time

	password string // PHC string; leaves this package only to be checked
}

// PasswordHash is the PHC string of the password, to be given to
// passwords.Hasher.Check.
func (u *User) PasswordHash() string { return u.password }

// Standing is the highest of the roles that a user holds, in the words of the
// EOS reference (1.4, user_role).
type Standing string

// The standings.
const (
	CloudAdmin   Standing = "cloud_admin"   // holds admin anywhere
	DomainAdmin  Standing = "domain_admin"  // manages its own department
	DomainMember Standing = "domain_member" // everybody else
)

// UserOptions are the per-user switches of Keystone that mean something here.
// The names in JSON are stored.
type UserOptions struct {
	NoFirstUse bool `json:"ignore_change_password_upon_first_use,omitempty"`
	NoExpiry   bool `json:"ignore_password_expiry,omitempty"`
	NoLockout  bool `json:"ignore_lockout_failure_attempts,omitempty"`
	LockSelf   bool `json:"lock_password,omitempty"`          // the user may not change its own password
	NoInactive bool `json:"ignore_user_inactivity,omitempty"` // stored; there is no such rule here
}

// UserQuery says what Users lists; empty fields do not filter.
type UserQuery struct {
	By                          Reach
	ID, Name, DomainID, GroupID string
	NamePart                    string // a part of the name, without case
	Search                      string // a part of the name or the address, without case
	Enabled                     *bool  // the user's own flag
	Offset, Limit               int    // Limit 0: as many as a list may hold
}

// filter is the query as conditions. What is out of reach does not match.
func (q *UserQuery) filter() *store.Filter {
	f := &store.Filter{}
	q.By.users(f)
	f.Equal("u.id", q.ID)
	f.Equal("u.name", q.Name)
	f.Equal("u.domain_id", q.DomainID)
	f.Match("u.name", q.NamePart, false)
	if q.GroupID != "" {
		f.And(`EXISTS (SELECT 1 FROM identity_memberships m WHERE m.user_id = u.id AND m.group_id = ?)`, q.GroupID)
	}
	if q.Search != "" {
		like := store.Like(q.Search)
		f.And(`(lower(u.name) LIKE lower(?) ESCAPE '\' OR lower(u.email) LIKE lower(?) ESCAPE '\')`, like, like)
	}
	if q.Enabled != nil {
		f.And("u.enabled = ?", flag(*q.Enabled))
	}
	return f
}

// users keeps a list of users to what is within reach.
func (r Reach) users(f *store.Filter) {
	switch {
	case r.All:
	case r.DomainID == "" && r.UserID == "":
		f.And("1 = 0")
	default:
		// Neither id is ever empty in a row, so an empty one adds nothing.
		f.And("(u.domain_id = ? OR u.id = ?)", r.DomainID, r.UserID)
	}
}

// Users lists users by name, and how many there are without Offset and Limit.
// A list holds 10,000 at most.
func (a *Area) Users(ctx context.Context, q UserQuery) ([]User, int, error) {
	f := q.filter()
	total := -1
	if q.Limit > 0 || q.Offset > 0 {
		if err := a.DB.QueryRow(ctx, countUsers+f.Where(), f.Args()...).Scan(&total); err != nil {
			return nil, 0, err
		}
	}
	limit := maxList
	if q.Limit > 0 {
		limit = min(q.Limit, maxList)
	}
	statement := selectShownUser + f.Where() + ` ORDER BY u.name, u.id` + f.Page(limit, q.Offset)
	list, err := store.List(ctx, a.DB, scanUser, statement, f.Args()...)
	if err != nil {
		return nil, 0, err
	}
	for i := range list {
		list[i].Expires = a.PasswordExpires(&list[i])
	}
	if total < 0 {
		total = len(list)
	}
	return list, total, nil
}

// UserProjects lists the projects in which a user within reach holds a role.
// Who reaches it through its department sees those of that department only.
func (a *Area) UserProjects(ctx context.Context, by Reach, userID string, enabled *bool) ([]Project, error) {
	if _, err := a.reached(ctx, a.DB, by, userID); err != nil {
		return nil, err
	}
	var f store.Filter
	f.And(`EXISTS (SELECT 1 FROM identity_holdings h WHERE h.user_id = ? AND h.scope = 'project' AND h.target_id = p.id)`, userID)
	if !by.All && by.UserID != userID {
		f.And("p.domain_id = ?", by.DomainID)
	}
	if enabled != nil {
		f.And("p.enabled * d.enabled = ?", flag(*enabled))
	}
	statement := selectProject + f.Where() + ` ORDER BY p.name, p.id` + f.Page(maxList, 0)
	return store.List(ctx, a.DB, scanProject, statement, f.Args()...)
}
