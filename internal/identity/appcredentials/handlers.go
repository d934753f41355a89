package appcredentials

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// kind is what Keystone calls these in its refusals.
const kind = "Application Credential"

var (
	ErrBound = keystone.Denied("You are not authorized to perform the requested action: " +
		"Using method 'application_credential' is not allowed for managing additional application credentials.")
	full  = keystone.Denied("Unable to create additional application credentials, maximum of %d already exceeded for user.", MaxPerUser)
	taken = keystone.Conflict("application_credential", "Duplicate entry found with name <name>")
)

// Bound refuses an actor that may not make or delete credentials of any kind: one
// whose token comes from a restricted application credential, or that signs with
// a key that holds less than its user (CVE-2026-33551).
func Bound(actor *wire.Actor) error {
	if actor.Restricted {
		return ErrBound
	}
	return nil
}

// owner is the user of the path, if the caller may see its credentials. Who is
// out of reach is as unknown as who is not there.
func (a *Area) owner(r *wire.Request) (string, error) {
	id := r.Path("user_id")
	switch {
	case id == r.Actor.UserID:
		return id, nil
	case !r.Actor.Admin():
		return "", keystone.NotFound("user", id)
	}
	_, err := accounts.LoadUser(r.Context(), a.DB, id)
	if errors.Is(err, store.ErrNotFound) {
		err = keystone.NotFound("user", id)
	}
	return id, err
}

func (a *Area) list(r *wire.Request) (list, error) {
	userID, err := a.owner(r)
	if err != nil {
		return list{}, err
	}
	found, err := listOf(r.Context(), a.DB, userID, r.Query().Get("name"))
	if err != nil {
		return list{}, err
	}
	names, err := roleNames(r.Context(), a.DB)
	if err != nil {
		return list{}, err
	}
	views := make([]view, len(found))
	for i := range found {
		views[i] = a.show(r, &found[i], names)
	}
	return list{Credentials: views, Links: a.Site.List(r)}, nil
}

func (a *Area) get(r *wire.Request) (answer, error) {
	userID, err := a.owner(r)
	if err != nil {
		return answer{}, err
	}
	c, err := loadOf(r.Context(), a.DB, userID, r.Path("id"))
	if errors.Is(err, store.ErrNotFound) {
		return answer{}, keystone.NotFound(kind, r.Path("id"))
	}
	if err != nil {
		return answer{}, err
	}
	names, err := roleNames(r.Context(), a.DB)
	return answer{a.show(r, &c, names)}, err
}

// remove deletes a credential and ends its tokens.
func (a *Area) remove(r *wire.Request) error {
	if err := Bound(&r.Actor); err != nil {
		return err
	}
	userID, err := a.owner(r)
	if err != nil {
		return err
	}
	id, ctx := r.Path("id"), r.Context()
	r.Touched(id)
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, deleteCredential, id, userID)
		if err == nil && n == 0 {
			err = keystone.NotFound(kind, id)
		}
		if err != nil {
			return err
		}
		return tokens.End(ctx, tx, tokens.OfCredential, id, a.Clock())
	})
}

func (a *Area) create(r *wire.Request, in *creation) (answer, error) {
	userID, err := a.owner(r)
	switch {
	case err != nil:
		return answer{}, err
	case userID != r.Actor.UserID:
		return answer{}, keystone.Forbidden(r.Route.Action)
	}
	if err := Bound(&r.Actor); err != nil {
		return answer{}, err
	}
	c, err := a.read(&r.Actor, in.Credential)
	if err != nil {
		return answer{}, err
	}
	ctx, text := r.Context(), in.Credential.Secret.Reveal()
	if text == "" {
		text = base64.RawURLEncoding.EncodeToString(a.IDs.Bytes(secretBytes))
	}
	// Hashing takes tens of milliseconds: not inside the one write transaction.
	c.hash, err = a.Passwords.Hash(ctx, text)
	if errors.Is(err, passwords.ErrBusy) {
		err = accounts.Busy.Because(err)
	}
	if err != nil {
		return answer{}, err
	}
	err = a.DB.Write(ctx, func(tx *store.Tx) error { return place(ctx, tx, &r.Actor, in.Credential.Roles, &c) })
	if err != nil {
		return answer{}, err
	}
	r.Touched(c.ID)
	names, err := roleNames(ctx, a.DB)
	v := a.show(r, &c, names)
	v.Secret = text
	return answer{v}, err
}

// read checks a body and answers the credential that it describes, without
// secret and roles.
func (a *Area) read(actor *wire.Actor, w *wanted) (Credential, error) {
	if w == nil {
		return Credential{}, invalid("application_credential", "it must be an object")
	}
	now := store.Time(store.Micros(a.Clock()))
	c := Credential{
		ID: a.IDs.New(), UserID: actor.UserID, ProjectID: actor.ProjectID,
		Name: w.Name, Description: w.Description, Unrestricted: w.Unrestricted, Created: now,
	}
	switch {
	case strings.TrimSpace(w.Name) == "" || !printable(w.Name, maxName):
		return c, invalid("name", "it must have 1 to %d characters and no control characters", maxName)
	case !printable(w.Description, maxDescription):
		return c, invalid("description", "it may have %d characters and no control characters", maxDescription)
	case len(w.AccessRules) != 0:
		return c, invalid("access_rules", "access rules are not supported; give fewer roles instead")
	case w.ProjectID != nil && *w.ProjectID != actor.ProjectID:
		return c, invalid("project_id", "an application credential is for the project in the scope of the token")
	case w.UserID != nil && *w.UserID != actor.UserID:
		return c, invalid("user_id", "an application credential is for the caller")
	}
	if n := len(w.Secret.Reveal()); n != 0 && (n < MinSecret || n > maxSecret) {
		return c, invalid("secret", "it must have %d to %d bytes; leave it out to have one made", MinSecret, maxSecret)
	}
	if w.ExpiresAt != nil {
		t, ok := parseMoment(*w.ExpiresAt)
		switch {
		case !ok:
			return c, invalid("expires_at", "it must be a moment such as 2030-01-02T03:04:05Z, or null")
		case !t.After(now):
			return c, invalid("expires_at", "it is in the past")
		}
		c.Expires = t
	}
	return c, nil
}

func invalid(field, format string, args ...any) error {
	return keystone.BadRequest("Invalid input for field '"+field+"': "+format+".", args...)
}

func printable(s string, limit int) bool {
	return utf8.RuneCountInString(s) <= limit && !strings.ContainsFunc(s, unicode.IsControl)
}

// place puts a new credential into SQL, with roles that the actor has.
func place(ctx context.Context, tx *store.Tx, actor *wire.Actor, asked *[]roleRef, c *Credential) error {
	var n int
	if err := tx.QueryRow(ctx, countOf, c.UserID).Scan(&n); err != nil {
		return err
	}
	if n >= MaxPerUser {
		return full
	}
	if err := limit(ctx, tx, actor, c); err != nil {
		return err
	}
	_, held, err := accounts.EnterProject(ctx, tx, c.UserID, c.ProjectID)
	if err != nil && !errors.Is(err, accounts.ErrNotAllowed) {
		return err
	}
	// What was given since the token was made is not the token's.
	held = slices.DeleteFunc(held, func(role accounts.Role) bool { return !actor.Has(role.Name) })
	if c.RoleIDs, err = choose(held, asked, c); err != nil {
		return err
	}
	err = insert(ctx, tx, c)
	if errors.Is(err, store.ErrDuplicate) {
		return keystone.Conflict("application_credential", "Duplicate entry found with name "+c.Name)
	}
	return err
}

// limit keeps a credential that another one makes within the time of that one.
func limit(ctx context.Context, q store.Querier, actor *wire.Actor, c *Credential) error {
	if actor.CredentialID == "" {
		return nil
	}
	maker, err := Load(ctx, q, actor.CredentialID)
	switch {
	case errors.Is(err, store.ErrNotFound): // deleted while the request was under way
		return ErrBound
	case err != nil || maker.Expires.IsZero():
		return err
	case c.Expires.IsZero():
		c.Expires = maker.Expires
	case c.Expires.After(maker.Expires):
		return invalid("expires_at", "it is after the end of the application credential that makes this one, %s", maker.Expires.Format(time.RFC3339))
	}
	return nil
}

// choose answers the ids of the roles that were asked for, all of held when none
// were. What is not held and what does not exist is refused in the same words.
func choose(held []accounts.Role, asked *[]roleRef, c *Credential) ([]string, error) {
	if asked == nil {
		if len(held) == 0 {
			return nil, missing("any", c)
		}
		ids := make([]string, len(held))
		for i, role := range held {
			ids[i] = role.ID
		}
		return ids, nil
	}
	if len(*asked) == 0 || len(*asked) > maxRoles {
		return nil, invalid("roles", "it must have 1 to %d entries", maxRoles)
	}
	var ids []string
	for _, ref := range *asked {
		if ref.ID == "" && ref.Name == "" {
			return nil, invalid("roles", "each entry must have 'id' or 'name'")
		}
		i := slices.IndexFunc(held, func(role accounts.Role) bool {
			return (ref.ID == "" || ref.ID == role.ID) && (ref.Name == "" || ref.Name == role.Name)
		})
		if i < 0 {
			return nil, missing(ref.ID+ref.Name, c)
		}
		if !slices.Contains(ids, held[i].ID) {
			ids = append(ids, held[i].ID)
		}
	}
	return ids, nil
}

// missing is worded as Keystone words it.
func missing(role string, c *Credential) error {
	return keystone.BadRequest("Invalid application credential: Could not find role assignment with role: %.64s, user or group: %s, project, domain, or system: %s.",
		role, c.UserID, c.ProjectID)
}
