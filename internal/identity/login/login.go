package login

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// busy refuses a log-in for which no turn to hash the password came.
var busy = &wire.Error{
	Status: http.StatusServiceUnavailable, Title: http.StatusText(http.StatusServiceUnavailable),
	Message: "Too many log-ins at once. Try again later.",
}

// proof is what the methods of a request have shown.
type proof struct {
	user    accounts.User
	methods tokens.Methods
	// notAfter and parent come from the token of the method token.
	notAfter time.Time
	parent   string
}

func (a *Area) create(r *wire.Request, q *request) (tokenAnswer, error) {
	password, token, err := q.check()
	if err != nil {
		return tokenAnswer{}, err
	}
	p, err := a.prove(r.Context(), q.Auth.Identity, password, token)
	if err != nil {
		return tokenAnswer{}, err
	}
	t, err := a.enter(r.Context(), p.user, &q.Auth.Scope)
	if err != nil {
		return tokenAnswer{}, err
	}
	t.Methods, t.ParentID = p.methods, p.parent
	raw, t, err := a.Tokens.Issue(t, p.notAfter)
	if err != nil {
		return tokenAnswer{}, err
	}
	answer, err := a.describe(r, t)
	if err != nil {
		return tokenAnswer{}, err
	}
	r.Touched(t.UserID)
	r.SetHeader("X-Subject-Token", raw)
	return answer, nil
}

// refuse is the one answer to everything that is wrong with a log-in; why
// reaches the log only.
func refuse(why string) error {
	return &wire.AuthError{Refusal: wire.Invalid, Cause: errors.New("log-in: " + why)}
}

// prove runs the methods of a request.
func (a *Area) prove(ctx context.Context, id *identityPart, password, token bool) (proof, error) {
	var p proof
	if password {
		user, err := a.byPassword(ctx, id.Password.User)
		if err != nil {
			return proof{}, err
		}
		p.user, p.methods = user, tokens.Password
	}
	if token {
		t, err := a.Tokens.Verify(id.Token.ID.Reveal())
		if err != nil {
			return proof{}, refuse(err.Error())
		}
		if password && t.UserID != p.user.ID {
			return proof{}, refuse("the password and the token are of different users")
		}
		user, err := accounts.LoadUser(ctx, a.DB, t.UserID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !user.Enabled {
			return proof{}, refuse("the user of the token is gone or disabled")
		}
		if err != nil {
			return proof{}, err
		}
		p.user, p.notAfter = user, t.Expires
		p.methods |= t.Methods | tokens.FromToken
		p.parent = t.AuditID
		if t.ParentID != "" {
			p.parent = t.ParentID
		}
	}
	return p, nil
}

// byPassword answers the user whose password was given. Whatever is wrong, one
// hash is computed.
func (a *Area) byPassword(ctx context.Context, q *userPart) (accounts.User, error) {
	user, err := a.findUser(ctx, q)
	if errors.Is(err, store.ErrNotFound) {
		if err := a.Passwords.Dummy(ctx, q.Password.Reveal()); err != nil {
			return accounts.User{}, slow(err)
		}
		return accounts.User{}, refuse("there is no such user")
	}
	if err != nil {
		return accounts.User{}, err
	}
	ok, err := a.Passwords.Check(ctx, user.PasswordHash(), q.Password.Reveal())
	if err != nil {
		return accounts.User{}, slow(err)
	}
	// The lock is looked at after hashing: of many guesses sent at once, only
	// the first few to come back count.
	switch locked := a.locks.record(user.ID, ok); {
	case locked:
		return accounts.User{}, refuse("user " + user.ID + " is locked after too many wrong passwords")
	case !ok:
		return accounts.User{}, refuse("wrong password for user " + user.ID)
	case !user.Enabled:
		return accounts.User{}, refuse("user " + user.ID + " or its domain is disabled")
	}
	return user, nil
}

func slow(err error) error {
	if errors.Is(err, passwords.ErrBusy) {
		return busy.Because(err)
	}
	return err
}

func (a *Area) findUser(ctx context.Context, q *userPart) (accounts.User, error) {
	if q.ID != "" {
		return accounts.LoadUser(ctx, a.DB, q.ID)
	}
	domain, err := accounts.FindDomain(ctx, a.DB, q.Domain.ID, q.Domain.Name)
	if err != nil {
		return accounts.User{}, err
	}
	return accounts.FindUser(ctx, a.DB, domain.ID, q.Name)
}

// enter fills in the scope of a token for user.
func (a *Area) enter(ctx context.Context, user accounts.User, scope *scopePart) (tokens.Token, error) {
	t := tokens.Token{UserID: user.ID, UserName: user.Name, DomainID: user.DomainID, DomainName: user.DomainName}
	var err error
	switch {
	case scope.unscoped:
		return t, nil
	case scope.project != nil:
		err = a.enterProject(ctx, &t, scope.project)
	case scope.domain != nil:
		err = a.enterDomain(ctx, &t, &user, scope.domain)
	case user.DefaultProjectID != "":
		err = a.enterProject(ctx, &t, &projectPart{ID: user.DefaultProjectID})
		if errors.Is(err, accounts.ErrNotAllowed) {
			return t, nil
		}
	}
	if errors.Is(err, accounts.ErrNotAllowed) || errors.Is(err, store.ErrNotFound) {
		return t, refuse("user " + user.ID + " asked for a scope that is unknown, disabled or without a role")
	}
	return t, err
}

func (a *Area) enterProject(ctx context.Context, t *tokens.Token, q *projectPart) error {
	id := q.ID
	if id == "" {
		domainID := t.DomainID
		if !q.Domain.empty() {
			domain, err := accounts.FindDomain(ctx, a.DB, q.Domain.ID, q.Domain.Name)
			if err != nil {
				return err
			}
			domainID = domain.ID
		}
		found, err := accounts.FindProject(ctx, a.DB, domainID, q.Name)
		if err != nil {
			return err
		}
		id = found.ID
	}
	project, roles, err := accounts.EnterProject(ctx, a.DB, t.UserID, id)
	if err != nil {
		return err
	}
	t.ProjectID, t.ProjectName, t.Roles = project.ID, project.Name, accounts.RoleNames(roles)
	return nil
}

func (a *Area) enterDomain(ctx context.Context, t *tokens.Token, user *accounts.User, q *namedPart) error {
	found, err := accounts.FindDomain(ctx, a.DB, q.ID, q.Name)
	if err != nil {
		return err
	}
	domain, roles, err := accounts.EnterDomain(ctx, a.DB, user, found.ID)
	if err != nil {
		return err
	}
	t.ScopeDomainID, t.Roles = domain.ID, accounts.RoleNames(roles)
	return nil
}
