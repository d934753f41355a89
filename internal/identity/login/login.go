package login

import (
	"context"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/appcredentials"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// proof is what the methods of a request have shown.
type proof struct {
	user    accounts.User
	methods tokens.Methods
	// notAfter and parent come from the token of the method token.
	notAfter time.Time
	parent   string
	// credential is the application credential of the method of that name.
	credential *appcredentials.Credential
}

func (a *Area) create(r *wire.Request, q *request) (tokenAnswer, error) {
	methods, err := q.check()
	if err != nil {
		return tokenAnswer{}, err
	}
	p, err := a.prove(r.Context(), passwords.Peer(r.HTTP.RemoteAddr), q.Auth.Identity, methods)
	if err != nil {
		return tokenAnswer{}, err
	}
	t, err := a.scoped(r.Context(), &p, &q.Auth.Scope)
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

// prove runs the methods of a request that came from peer.
func (a *Area) prove(ctx context.Context, peer string, id *identityPart, m tokens.Methods) (proof, error) {
	if m&tokens.ApplicationCredential != 0 {
		return a.byCredential(ctx, peer, id.Credential)
	}
	password, token := m&tokens.Password != 0, m&tokens.FromToken != 0
	var p proof
	if password {
		user, err := a.byPassword(ctx, peer, id.Password.User)
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
		if t.CredentialID != "" {
			return proof{}, rescoped
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

// byPassword answers the user whose password was given; what counts is in
// accounts.LogIn.
func (a *Area) byPassword(ctx context.Context, peer string, q *userPart) (accounts.User, error) {
	find := func() (accounts.User, error) { return a.findUser(ctx, q) }
	return a.Accounts.LogIn(ctx, passwords.Asker{Peer: peer, Name: q.asked()}, find, q.Password)
}

// asked is the user as it was asked for, whether there is one or not.
func (q *userPart) asked() string {
	if q.ID != "" {
		return q.ID
	}
	return q.Domain.ID + "\x00" + q.Domain.Name + "\x00" + q.Name
}

func slow(err error) error {
	if errors.Is(err, passwords.ErrBusy) {
		return accounts.Busy.Because(err)
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
