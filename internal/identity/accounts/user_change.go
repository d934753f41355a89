package accounts

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// maxText bounds descriptions, addresses and the other texts of people, in
// characters.
const maxText = 255

// UserChange says what UpdateUser changes; what is nil stays.
type UserChange struct {
	Name, Email, Description, DefaultProjectID *string
	Firstname, Lastname, Locale                *string
	Enabled                                    *bool
	Options                                    func(*UserOptions) // changes those that are there
	// Password is an administrator's reset: no rule of the policy holds for it.
	Password *secret.Text
	// Temporary makes the user choose another password than Password first.
	Temporary bool
}

// CreateUser is AddUser by the platform itself: the password need not meet the
// policy. A taken name is store.ErrDuplicate, an unknown domain or project
// store.ErrNotFound.
func (a *Area) CreateUser(ctx context.Context, n NewUser) (User, error) {
	if n.DomainID == "" {
		n.DomainID = DefaultDomainID
	}
	if err := checkName("user", n.Name); err != nil {
		return User{}, err
	}
	// Hashing takes tens of milliseconds: not inside the one write transaction.
	p, err := a.choose(ctx, n.Password, n.MustChange)
	if err != nil {
		return User{}, err
	}
	var u User
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := FindDomain(ctx, tx, n.DomainID, ""); err != nil {
			return fmt.Errorf("accounts: create user %q in domain %q: %w", n.Name, n.DomainID, err)
		}
		if n.DefaultProjectID != "" {
			if _, err := LoadProject(ctx, tx, n.DefaultProjectID); err != nil {
				return fmt.Errorf("accounts: create user %q with default project %q: %w", n.Name, n.DefaultProjectID, err)
			}
		}
		if u, err = a.insertUser(ctx, tx, n, p); err != nil {
			return fmt.Errorf("accounts: create user %q: %w", n.Name, err)
		}
		return nil
	})
	return u, err
}

// AddUser makes a user without roles in a domain within reach, by default the
// one in reach. The password has to meet the policy; without one nobody can log
// in until it is set. It answers keystone errors.
func (a *Area) AddUser(ctx context.Context, by Reach, n NewUser) (User, error) {
	if n.DomainID == "" {
		n.DomainID = by.DomainID
	}
	if n.DomainID == "" {
		n.DomainID = DefaultDomainID
	}
	if err := n.check(); err != nil {
		return User{}, err
	}
	if n.Password == "" {
		n.Password = base64.RawURLEncoding.EncodeToString(a.IDs.Bytes(generatedBytes))
	} else if err := a.meets(n.Password); err != nil {
		return User{}, err
	}
	p, err := a.choose(ctx, n.Password, n.MustChange || a.Policy.FirstUse)
	if err != nil {
		return User{}, err
	}
	var u User
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := FindDomain(ctx, tx, n.DomainID, ""); errors.Is(err, store.ErrNotFound) || err == nil && !by.Domain(n.DomainID) {
			return keystone.NotFound("domain", n.DomainID)
		} else if err != nil {
			return err
		}
		if err := reachedProject(ctx, tx, by, n.DefaultProjectID); err != nil {
			return err
		}
		u, err = a.insertUser(ctx, tx, n, p)
		return taken(err, n.Name, n.DomainID)
	})
	return u, err
}

// insertUser writes the row and the password, and answers the user.
func (a *Area) insertUser(ctx context.Context, tx *store.Tx, n NewUser, p chosen) (User, error) {
	options, err := n.Options.stored()
	if err != nil {
		return User{}, err
	}
	id := a.IDs.New()
	if _, err := tx.Exec(ctx, insertNewUser, id, n.DomainID, n.Name, n.Email, n.Description, flag(!n.Disabled),
		n.DefaultProjectID, store.Micros(a.Clock()), n.Firstname, n.Lastname, n.Locale, options); err != nil {
		return User{}, err
	}
	if err := a.setPassword(ctx, tx, id, p); err != nil {
		return User{}, err
	}
	return a.reached(ctx, tx, Everywhere, id)
}

// UpdateUser changes a user within reach, and ends its tokens when it is
// disabled or gets another password. Who reaches itself only changes what is
// about the person: address, names, language. It answers keystone errors.
func (a *Area) UpdateUser(ctx context.Context, by Reach, id string, c UserChange) (User, error) {
	u, err := a.changeable(ctx, a.DB, by, id, &c)
	if err != nil {
		return User{}, err
	}
	if err := c.check(); err != nil {
		return User{}, err
	}
	var p chosen
	if c.Password != nil {
		if p, err = a.choose(ctx, c.Password.Reveal(), c.Temporary || a.Policy.FirstUse); err != nil {
			return User{}, err
		}
	}
	write := func() error {
		return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
			u, err = a.change(ctx, tx, by, id, &c, p)
			return err
		})
	}
	if c.Password != nil {
		return u, a.failures.forget(id, write)
	}
	return u, write()
}

// change makes the change that UpdateUser has looked at. It looks again, for the
// first time was only for not hashing in vain.
func (a *Area) change(ctx context.Context, tx *store.Tx, by Reach, id string, c *UserChange, p chosen) (User, error) {
	before, err := a.changeable(ctx, tx, by, id, c)
	if err != nil {
		return User{}, err
	}
	if c.DefaultProjectID != nil {
		if err := reachedProject(ctx, tx, by, *c.DefaultProjectID); err != nil {
			return User{}, err
		}
	}
	after := c.apply(before)
	if before.Active && !after.Active {
		if err := leavesAdmin(ctx, tx, &before); err != nil {
			return User{}, err
		}
	}
	if err := a.writeUser(ctx, tx, &after); err != nil {
		return User{}, taken(err, after.Name, after.DomainID)
	}
	if c.Password != nil {
		if err := a.setPassword(ctx, tx, id, p); err != nil {
			return User{}, err
		}
	}
	if err := a.endTokens(ctx, tx, &before, &after, c.Password != nil); err != nil {
		return User{}, err
	}
	return a.reached(ctx, tx, by, id)
}

func (a *Area) writeUser(ctx context.Context, tx *store.Tx, u *User) error {
	options, err := u.Options.stored()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, updateUser, u.Name, u.Email, u.Description, u.DefaultProjectID, u.Firstname, u.Lastname,
		u.Locale, options, flag(u.Active), store.Micros(a.Clock()), u.ID)
	return err
}

// endTokens says what a change means for the tokens that are out.
func (a *Area) endTokens(ctx context.Context, tx *store.Tx, before, after *User, password bool) error {
	switch {
	case before.Active && !after.Active:
		return tokens.Bar(ctx, tx, tokens.OfUser, after.ID, a.Clock())
	case after.Active && (password || !before.Active):
		return tokens.Void(ctx, tx, tokens.OfUser, after.ID, a.Clock())
	default: // who is disabled stays barred
		return tokens.Announce(ctx, tx, a.Clock())
	}
}

// DeleteUser removes a user within reach and everything that hangs on it, and
// ends its tokens. It answers keystone errors.
func (a *Area) DeleteUser(ctx context.Context, by Reach, id string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		u, err := a.changeable(ctx, tx, by, id, nil)
		if err != nil {
			return err
		}
		if err := leavesAdmin(ctx, tx, &u); err != nil {
			return err
		}
		return a.removeUser(ctx, tx, id)
	})
}

// leavesAdmin refuses to lose the last one who administers the platform: nobody
// would be left who could make another.
func leavesAdmin(ctx context.Context, tx *store.Tx, u *User) error {
	if u.Standing != CloudAdmin {
		return nil
	}
	var others int
	if err := tx.QueryRow(ctx, otherAdmins, u.ID).Scan(&others); err != nil || others > 0 {
		return err
	}
	return keystone.Denied("The user is the last one who administers the platform: give another enabled user the role admin first.")
}

// changeable answers a user that may be changed so, nil meaning deleted.
func (a *Area) changeable(ctx context.Context, q store.Querier, by Reach, id string, c *UserChange) (User, error) {
	u, err := a.reached(ctx, q, by, id)
	switch {
	case err != nil || by.All:
		return u, err
	case !by.Domain(u.DomainID):
		if c == nil || !c.personal() {
			return User{}, keystone.Denied("This is for those who administer the user.")
		}
		return u, nil
	}
	admin, err := HoldsAdmin(ctx, q, Holder{UserID: id})
	if err == nil && admin {
		err = keystone.Denied("The user administers the platform: only an administrator of the platform may change or delete it.")
	}
	return u, err
}

// personal reports whether a change is about the person alone.
func (c *UserChange) personal() bool {
	return c.Name == nil && c.DefaultProjectID == nil && c.Description == nil && c.Enabled == nil && c.Options == nil && c.Password == nil
}

func (c *UserChange) apply(u User) User {
	for _, text := range []struct {
		to   *string
		from *string
	}{
		{&u.Name, c.Name}, {&u.Email, c.Email}, {&u.Description, c.Description}, {&u.DefaultProjectID, c.DefaultProjectID},
		{&u.Firstname, c.Firstname}, {&u.Lastname, c.Lastname}, {&u.Locale, c.Locale},
	} {
		if text.from != nil {
			*text.to = *text.from
		}
	}
	if c.Enabled != nil {
		u.Active = *c.Enabled
	}
	if c.Options != nil {
		c.Options(&u.Options)
	}
	return u
}

func (n *NewUser) check() error {
	return UserChange{
		Name: &n.Name, Email: &n.Email, Description: &n.Description, Firstname: &n.Firstname, Lastname: &n.Lastname, Locale: &n.Locale,
	}.check()
}

func (c UserChange) check() error {
	if c.Name != nil {
		if err := checkName("user", *c.Name); err != nil {
			return keystone.BadRequest("Invalid input for field 'name': it must have 1 to %d characters, at most %d bytes, and no control characters.", MaxName, maxNameBytes)
		}
	}
	if c.Password != nil && c.Password.Reveal() == "" {
		return keystone.BadRequest("Invalid input for field 'password': it must not be empty.")
	}
	for _, text := range []struct {
		field string
		value *string
	}{{"email", c.Email}, {"description", c.Description}, {"firstname", c.Firstname}, {"lastname", c.Lastname}, {"locale", c.Locale}} {
		if v := text.value; v != nil && (utf8.RuneCountInString(*v) > maxText || !utf8.ValidString(*v) || strings.ContainsFunc(*v, unicode.IsControl)) {
			return keystone.BadRequest("Invalid input for field '%s': it may have %d characters and no control characters.", text.field, maxText)
		}
	}
	return nil
}

// reachedProject refuses a default project that is unknown or out of reach.
func reachedProject(ctx context.Context, q store.Querier, by Reach, id string) error {
	if id == "" {
		return nil
	}
	p, err := LoadProject(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !by.Domain(p.DomainID) {
		return keystone.NotFound("project", id)
	}
	return err
}

// taken words a duplicate name (wire-facts §16.3).
func taken(err error, name, domainID string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return keystone.Conflict("user", fmt.Sprintf("Duplicate entry found with name %s at domain ID %s", name, domainID)).Because(err)
	}
	return err
}
