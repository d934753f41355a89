package verify

import (
	"errors"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/credentials"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Deps is what the package works with.
type Deps struct {
	DB      *store.DB
	IDs     *ids.Source
	Clock   clock.Clock
	Tokens  *tokens.Authority
	Revoked *tokens.Revocations
	Keys    *accesskeys.Area
	Ring    *bearer.Ring
	// Credentials holds the EC2 keys.
	Credentials *credentials.Area
	Region      string
}

const (
	maxKeys    = 10000
	maxUnknown = 10000
	maxScopes  = 20000
)

// Authenticator checks credentials. It is safe for concurrent use.
type Authenticator struct {
	Deps
	dummy *signature.Key // nobody knows its secret, this process included
	keys  *cache[string, *holder]
	// unknown is apart from keys so that guessing does not drive keys out.
	unknown *cache[string, struct{}]
	scopes  *cache[wish, scope]
	checked *checked // tokens of the third dialect
	bearers *cache[made, *bearerState]

	owned, strangers *locks        // of access keys that are known, and others
	lookUps          chan struct{} // one element for each that runs
}

// New returns an authenticator.
func New(d Deps) *Authenticator {
	return &Authenticator{
		Deps: d, dummy: signature.NewKey(d.IDs.Bytes(32)),
		keys:    newCache[string, *holder](maxKeys),
		unknown: newCache[string, struct{}](maxUnknown),
		scopes:  newCache[wish, scope](maxScopes),
		checked: newChecked(maxChecked), bearers: newCache[made, *bearerState](maxBearers),
		owned: newLocks(maxLocks), strangers: newLocks(maxLocks),
		lookUps: make(chan struct{}, maxLookUps),
	}
}

// The headers that decide here.
const (
	headerToken         = "X-Auth-Token"
	headerProject       = "X-Project-Id"
	headerDomain        = "X-Domain-Id"
	headerSecurityToken = "X-Security-Token"
)

// once are the headers that must not occur twice: what reads the first value
// and what reads the last would decide differently. The names are in the form
// of http.Header.
var once = [...]string{
	headerToken, signature.HeaderAuthorization, signature.HeaderDate, signature.HeaderPayload,
	headerProject, headerDomain, headerSecurityToken,
}

// Authenticate implements wire.Authenticator.
func (a *Authenticator) Authenticate(r *http.Request, body func() ([]byte, error)) (wire.Actor, error) {
	for _, name := range once {
		if len(r.Header[name]) > 1 {
			return wire.Actor{}, refuse(wire.Invalid, "header "+name+" is given more than once", nil)
		}
	}
	token, authorization := r.Header.Get(headerToken), r.Header.Get(signature.HeaderAuthorization)
	switch {
	case token != "" && authorization != "":
		return wire.Actor{}, refuse(wire.Invalid, "give either X-Auth-Token or Authorization", nil)
	case token != "":
		return a.token(token)
	case authorization != "":
		if raw, ok := bearerToken(authorization); ok {
			return a.bearer(r, raw)
		}
		return a.signed(r, authorization, body)
	default:
		return wire.Actor{}, refuse(wire.Missing, "neither X-Auth-Token nor Authorization is given", nil)
	}
}

func refuse(why wire.Refusal, detail string, cause error) error {
	return &wire.AuthError{Refusal: why, Detail: detail, Cause: cause}
}

func (a *Authenticator) token(raw string) (wire.Actor, error) {
	t, err := a.Tokens.Verify(raw)
	if errors.Is(err, tokens.ErrExpired) {
		return wire.Actor{}, refuse(wire.Expired, "the token has expired", err)
	}
	if err != nil {
		return wire.Actor{}, refuse(wire.Invalid, badToken, err)
	}
	return wire.Actor{
		UserID: t.UserID, UserName: t.UserName, DomainID: t.DomainID, DomainName: t.DomainName,
		ProjectID: t.ProjectID, ProjectName: t.ProjectName, ScopeDomainID: t.ScopeDomainID,
		Roles: t.Roles, Credential: "token",
		IssuedAt: t.IssuedAt, ExpiresAt: t.Expires, AuditID: t.AuditID,
		CredentialID: t.CredentialID, Restricted: t.Restricted,
	}, nil
}
