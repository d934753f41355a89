package accounts

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// UserOptions are the per-user switches of Keystone that mean something here.
type UserOptions struct {
	NoFirstUse bool // ignore_change_password_upon_first_use
	NoExpiry   bool // ignore_password_expiry
	NoLockout  bool // ignore_lockout_failure_attempts
	LockSelf   bool // lock_password: the user may not change its own password
	NoInactive bool // ignore_user_inactivity: stored; there is no such rule here
}

// UserChange says what UpdateUser changes; what is nil stays.
type UserChange struct {
	Name, Email, Description, DefaultProjectID *string
	Firstname, Lastname, Locale                *string
	Enabled                                    *bool
	Options                                    *UserOptions
	// Password is an administrator's reset: no rule of the policy holds for it.
	Password *secret.Text
}

// UserQuery says what Users lists; empty fields do not filter.
type UserQuery struct {
	By                          Reach
	ID, Name, DomainID, GroupID string
	Search                      string // a part of the name or the address, without case
	Enabled                     *bool
	Offset, Limit               int // Limit 0: as many as a list may hold
}

var unbuilt = keystone.Denied("not there yet")

// Users lists users by name, and how many there are without Offset and Limit.
func (a *Area) Users(ctx context.Context, q UserQuery) ([]User, int, error) { return nil, 0, unbuilt }

// AddUser is CreateUser by somebody: keystone errors, and only within reach.
func (a *Area) AddUser(ctx context.Context, by Reach, n NewUser) (User, error) {
	return User{}, unbuilt
}

// UpdateUser changes a user within reach. It answers keystone errors.
func (a *Area) UpdateUser(ctx context.Context, by Reach, id string, c UserChange) (User, error) {
	return User{}, unbuilt
}

// DeleteUser removes a user within reach and everything that hangs on it, and
// ends its tokens.
func (a *Area) DeleteUser(ctx context.Context, by Reach, id string) error { return unbuilt }

// ChangePassword is the user's own change: the rules hold, and a wrong original
// counts like a wrong log-in.
func (a *Area) ChangePassword(ctx context.Context, id string, original, password secret.Text) error {
	return unbuilt
}
