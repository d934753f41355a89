package tokens

import (
	"errors"
	"time"
)

// Life is how long a token lives.
const Life = 24 * time.Hour

// Methods says how the holder of a token proved who it is.
type Methods uint8

const (
	Password Methods = 1 << iota
	FromToken
	ApplicationCredential
)

// Names are the methods as the wire spells them.
func (m Methods) Names() []string {
	var names []string
	if m&Password != 0 {
		names = append(names, "password")
	}
	if m&FromToken != 0 {
		names = append(names, "token")
	}
	if m&ApplicationCredential != 0 {
		names = append(names, "application_credential")
	}
	return names
}

// Token is the content of a token.
type Token struct {
	Methods           Methods
	IssuedAt, Expires time.Time // microseconds, UTC
	AuditID           string
	// ParentID is the audit id of the token at the start of the chain when
	// this one was made from another.
	ParentID               string
	UserID, UserName       string
	DomainID, DomainName   string // of the user
	ProjectID, ProjectName string // scope; "" when not project-scoped
	ScopeDomainID          string // scope; "" when not domain-scoped
	// CredentialID is the application credential that the token was made with,
	// "" without one; Restricted says that it may not make credentials.
	CredentialID string
	Restricted   bool
	Roles        []string
}

var (
	// ErrInvalid: not a token of this installation.
	ErrInvalid = errors.New("tokens: not a valid token")
	// ErrExpired: its time is over.
	ErrExpired = errors.New("tokens: the token has expired")
	// ErrRevoked: taken back before its time was over.
	ErrRevoked = errors.New("tokens: the token was revoked")
)
