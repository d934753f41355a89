package login

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/appcredentials"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// rescoped refuses to make another token from one that is bound to an
// application credential.
var rescoped = keystone.Denied("A token made with an application credential cannot be exchanged for another one.")

// credentialRef is the application credential of a token.
type credentialRef struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Restricted bool   `json:"restricted" doc:"Whether the token may make and delete no credentials."`
}

// byCredential answers the owner of an application credential whose secret was
// given. Whatever is wrong, one hash is computed.
func (a *Area) byCredential(ctx context.Context, peer string, q *credentialPart) (proof, error) {
	claim := appcredentials.Claim{ID: q.ID, Name: q.Name, Secret: q.Secret, Asker: passwords.Asker{Peer: peer, Name: q.ID}}
	if q.ID == "" {
		claim.Asker.Name = q.User.asked() + "\x00" + q.Name
		owner, err := a.findUser(ctx, q.User)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return proof{}, err
		}
		claim.UserID = owner.ID // "" has no credentials
	}
	c, err := a.AppCredentials.Prove(ctx, claim)
	if errors.Is(err, appcredentials.ErrRefused) {
		return proof{}, refuse(err.Error())
	}
	if err != nil {
		return proof{}, slow(err)
	}
	user, err := accounts.LoadUser(ctx, a.DB, c.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !user.Enabled {
		return proof{}, refuse("the owner of application credential " + c.ID + " is gone or disabled")
	}
	if err != nil {
		return proof{}, err
	}
	return proof{user: user, methods: tokens.ApplicationCredential, notAfter: c.Expires, credential: &c}, nil
}

// scoped is a token of who was proven, in the scope that was asked for or that
// the application credential has.
func (a *Area) scoped(ctx context.Context, p *proof, asked *scopePart) (tokens.Token, error) {
	if p.credential == nil {
		return a.enter(ctx, p.user, asked)
	}
	c, u := p.credential, &p.user
	project, roles, err := accounts.EnterProject(ctx, a.DB, u.ID, c.ProjectID)
	// A credential never gives what its user has lost since.
	if roles = c.Of(roles); errors.Is(err, accounts.ErrNotAllowed) || err == nil && len(roles) == 0 {
		return tokens.Token{}, refuse("user " + u.ID + " holds no role of application credential " + c.ID + " any more, or its project is disabled")
	}
	return tokens.Token{
		UserID: u.ID, UserName: u.Name, DomainID: u.DomainID, DomainName: u.DomainName,
		ProjectID: project.ID, ProjectName: project.Name, Roles: accounts.RoleNames(roles),
		CredentialID: c.ID, Restricted: !c.Unrestricted,
	}, err
}

func (a *Area) describeCredential(ctx context.Context, t *tokens.Token, view *tokenView) error {
	if t.CredentialID == "" {
		return nil
	}
	c, err := appcredentials.Load(ctx, a.DB, t.CredentialID)
	view.Credential = &credentialRef{ID: t.CredentialID, Name: c.Name, Restricted: t.Restricted}
	return err
}
