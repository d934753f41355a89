package iamauth

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/signature"
)

// Directory knows the users of the platform. The data plane knows no identity
// code: whoever puts a gateway together hands one in. Its functions are safe for
// concurrent use. They keep no string that they are given without cloning it:
// it is a call's.
type Directory struct {
	// Token answers whose token this is, without I/O. Its errors are
	// ErrBadToken, ErrTokenExpired, ErrTokenRevoked and ErrUnavailable.
	Token func(raw string) (User, error)
	// Key answers who signs with an access key. It may ask a database, for a few
	// seconds at most. Its errors are ErrUnknownKey, ErrLocked and ErrUnavailable.
	Key func(ctx context.Context, access string) (Signer, error)
	// Failed counts a signature with an access key that does not fit. known tells
	// whether Key knew the access key.
	Failed func(access string, known bool)
	// Verified ends the row of failures of an access key: Signer.Access, which
	// lives on.
	Verified func(access string)
}

// User is whose credential was accepted.
type User struct {
	ID, Name             string
	DomainID, DomainName string // the account
	ProjectID            string // that the credential is for; "" for none
}

// Signer is the holder of an access key.
type Signer struct {
	User
	Access string // lives longer than the call
	Key    *signature.Key
}

// What a Directory answers. Any other error counts as ErrUnavailable.
var (
	ErrBadToken     = errors.New("iamauth: not a valid token")
	ErrTokenExpired = errors.New("iamauth: the token has expired")
	ErrTokenRevoked = errors.New("iamauth: the token was revoked")
	ErrUnknownKey   = errors.New("iamauth: nobody may sign with this access key")
	ErrLocked       = errors.New("iamauth: the access key is locked")
	ErrUnavailable  = errors.New("iamauth: identity cannot be asked")
)
