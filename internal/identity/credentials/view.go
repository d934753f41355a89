package credentials

import (
	"slices"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// view is a credential as the wire shows it.
type view struct {
	ID        string        `json:"id" doc:"Id; of an EC2 key the SHA-256 of its access key in hex."`
	UserID    string        `json:"user_id" doc:"Owner."`
	ProjectID *string       `json:"project_id" doc:"Project that it is for; null: none."`
	Type      string        `json:"type" doc:"ec2, or what the owner calls it."`
	Blob      string        `json:"blob" doc:"The content, to its owner; empty to others, and where it gives more than the token has."`
	Links     keystone.Link `json:"links" doc:"URL of the credential."`
}

type answer struct {
	Credential view `json:"credential"`
}

type list struct {
	Credentials []view         `json:"credentials" doc:"In the order in which they were made."`
	Links       keystone.Links `json:"links" doc:"URL of the list."`
}

// ec2View is an EC2 key as the wire shows it (wire-facts §16.4).
type ec2View struct {
	UserID   string        `json:"user_id" doc:"Owner."`
	TenantID string        `json:"tenant_id" doc:"Project that it is for."`
	Access   string        `json:"access" doc:"The access key; empty to others than the owner."`
	Secret   string        `json:"secret" doc:"Its secret, to its owner; empty to others, and where it gives more than the token has."`
	TrustID  *string       `json:"trust_id" doc:"Always null: there are no trusts."`
	Links    keystone.Link `json:"links" doc:"URL of the EC2 key."`
}

type ec2Answer struct {
	Credential ec2View `json:"credential"`
}

type ec2List struct {
	Credentials []ec2View      `json:"credentials" doc:"In the order in which they were made."`
	Links       keystone.Links `json:"links" doc:"URL of the list."`
}

// eyes are what the caller of a request sees of credentials.
type eyes struct {
	userID, projectID string
	bound             bool
	roleIDs           []string // of a bound caller in its project
}

// lookingAt answers the eyes of a caller. One that is bound to less than its user
// must not learn a secret that gives more (CVE-2026-43001).
func lookingAt(r *wire.Request, q store.Querier) (eyes, error) {
	e := eyes{userID: r.Actor.UserID, projectID: r.Actor.ProjectID}
	if e.bound = r.Actor.Restricted || r.Actor.CredentialID != ""; !e.bound {
		return e, nil
	}
	held, err := accounts.RolesOn(r.Context(), q, e.userID, accounts.OnProject, e.projectID)
	for _, role := range held {
		if r.Actor.Has(role.Name) {
			e.roleIDs = append(e.roleIDs, role.ID)
		}
	}
	return e, err
}

// see reports whether the content of c may be shown.
func (e *eyes) see(c *Credential) bool {
	switch {
	case c.UserID != e.userID || c.sealed == "":
		return false
	case !e.bound:
		return true
	default:
		more := func(id string) bool { return !slices.Contains(e.roleIDs, id) }
		return c.Type == TypeEC2 && c.ProjectID == e.projectID && !slices.ContainsFunc(c.RoleIDs, more)
	}
}

func (a *Area) show(r *wire.Request, e *eyes, c *Credential) (view, error) {
	v := view{ID: c.ID, UserID: c.UserID, Type: c.Type, Links: a.Site.Entity(r, "credentials", c.ID)}
	if c.ProjectID != "" {
		v.ProjectID = &c.ProjectID
	}
	if !e.see(c) {
		return v, nil
	}
	blob, err := a.open(c)
	v.Blob = blob
	return v, err
}

// showEC2 shows an EC2 key; access is that of the path, if one is.
func (a *Area) showEC2(r *wire.Request, e *eyes, c *Credential, access string) (ec2View, error) {
	v := ec2View{UserID: c.UserID, TenantID: c.ProjectID, Access: access}
	if c.UserID == e.userID {
		p, err := a.pair(c)
		if err != nil {
			return ec2View{}, err
		}
		v.Access = p.Access
		if e.see(c) {
			v.Secret = p.Secret
		}
	}
	if v.Links = a.Site.Entity(r, "users", c.UserID, "credentials", "OS-EC2", v.Access); v.Access == "" {
		v.Links = a.Site.Entity(r, "credentials", c.ID) // the only way to it without the access key
	}
	return v, nil
}
