package login

import (
	"errors"
	"slices"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/catalog"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

var (
	noSubject = keystone.BadRequest("The header X-Subject-Token must be given once.")
	// noToken does not repeat what was sent: it may be a token all the same.
	noToken = keystone.NotFound("token", "").Msg("Could not find token.")
)

// timeLayout is how Keystone writes moments: always six digits.
const timeLayout = "2006-01-02T15:04:05.000000Z"

type tokenAnswer struct {
	Token tokenView `json:"token"`
}

// tokenView is a token as the wire shows it (wire-facts §16.2).
type tokenView struct {
	Methods    []string          `json:"methods" doc:"How the holder proved who it is."`
	User       userRef           `json:"user" doc:"Who holds the token."`
	Project    *projectRef       `json:"project,omitempty" doc:"The scope, if it is a project."`
	Domain     *domainRef        `json:"domain,omitempty" doc:"The scope, if it is a domain."`
	Roles      []accounts.Role   `json:"roles,omitzero" doc:"Roles of the user in the scope; not in an unscoped token."`
	Catalog    []catalog.Service `json:"catalog,omitempty" doc:"Services; not in an unscoped token."`
	IsDomain   bool              `json:"is_domain" doc:"Always false: no project acts as a domain."`
	AuditIDs   []string          `json:"audit_ids" doc:"Id of the token for records, and of the first one it was made from."`
	Credential *credentialRef    `json:"application_credential,omitempty" doc:"The application credential that it was made with, if one was."`
	Issued     string            `json:"issued_at" doc:"When it was given out."`
	Expires    string            `json:"expires_at" doc:"When it ends."`
}

type domainRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type projectRef struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Domain domainRef `json:"domain"`
}

type userRef struct {
	ID                string    `json:"id"`
	Name              string    `json:"name"`
	Domain            domainRef `json:"domain"`
	PasswordExpiresAt *string   `json:"password_expires_at" doc:"When the password expires, in UTC and without a zone; null when it does not."`
	Notice            *notice   `json:"password_notice,omitempty" doc:"What the user should know about its password; left out when there is nothing."`
}

// describe shows a token with the present names of what it refers to.
func (a *Area) describe(r *wire.Request, t tokens.Token) (tokenAnswer, error) {
	view := tokenView{
		Methods: t.Methods.Names(), AuditIDs: []string{t.AuditID},
		Issued: t.IssuedAt.Format(timeLayout), Expires: t.Expires.Format(timeLayout),
	}
	if t.ParentID != "" {
		view.AuditIDs = append(view.AuditIDs, t.ParentID)
	}
	if err := a.describeUser(r, &t, &view); err != nil {
		return tokenAnswer{}, err
	}
	if err := a.describeScope(r, &t, &view); err != nil {
		return tokenAnswer{}, err
	}
	if err := a.describeCredential(r.Context(), &t, &view); err != nil {
		return tokenAnswer{}, err
	}
	scoped := view.Project != nil || view.Domain != nil
	if _, without := r.Query()["nocatalog"]; scoped && !without {
		services, err := a.Catalog.Services(r.HTTP, catalog.Scope{ProjectID: t.ProjectID, UserID: t.UserID})
		if err != nil {
			return tokenAnswer{}, err
		}
		view.Catalog = services
	}
	return tokenAnswer{view}, nil
}

func (a *Area) describeScope(r *wire.Request, t *tokens.Token, view *tokenView) error {
	ctx := r.Context()
	scope, target := accounts.OnProject, t.ProjectID
	switch {
	case t.ProjectID != "":
		p, err := accounts.LoadProject(ctx, a.DB, t.ProjectID)
		if err != nil {
			return err
		}
		view.Project = &projectRef{p.ID, p.Name, domainRef{p.DomainID, p.DomainName}}
	case t.ScopeDomainID != "":
		d, err := accounts.FindDomain(ctx, a.DB, t.ScopeDomainID, "")
		if err != nil {
			return err
		}
		view.Domain = &domainRef{d.ID, d.Name}
		scope, target = accounts.OnDomain, d.ID
	default:
		return nil
	}
	roles, err := accounts.RolesOn(ctx, a.DB, t.UserID, scope, target)
	// A role given after the token is not in the token.
	view.Roles = slices.DeleteFunc(roles, func(role accounts.Role) bool { return !slices.Contains(t.Roles, role.Name) })
	return err
}

// subject is the token that the request is about, if the caller may know it.
func (a *Area) subject(r *wire.Request) (tokens.Token, error) {
	values := r.HTTP.Header.Values("X-Subject-Token")
	if len(values) != 1 || values[0] == "" {
		return tokens.Token{}, noSubject
	}
	t, err := a.Tokens.Verify(values[0])
	if err != nil {
		return tokens.Token{}, noToken.Because(err)
	}
	if t.UserID != r.Actor.UserID && !r.Actor.Admin() {
		return tokens.Token{}, keystone.Forbidden(r.Route.Action)
	}
	return t, nil
}

func (a *Area) show(r *wire.Request) (tokenAnswer, error) {
	t, err := a.subject(r)
	if err != nil {
		return tokenAnswer{}, err
	}
	answer, err := a.describe(r, t)
	if errors.Is(err, store.ErrNotFound) {
		return tokenAnswer{}, noToken.Because(err)
	}
	if err == nil {
		r.SetHeader("X-Subject-Token", r.HTTP.Header.Get("X-Subject-Token"))
	}
	return answer, err
}

func (a *Area) revoke(r *wire.Request) error {
	t, err := a.subject(r)
	if err != nil {
		return err
	}
	r.Touched(t.AuditID)
	return a.Tokens.Revoke(r.Context(), t)
}
