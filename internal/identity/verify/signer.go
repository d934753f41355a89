package verify

import (
	"context"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/signature"
)

// Signer is who may sign with an access key, for a gateway that checks the
// signature itself: its requests are no http.Requests.
type Signer struct {
	Access               string
	Key                  *signature.Key
	UserID, UserName     string
	DomainID, DomainName string // of the user
	ProjectID            string // the only project of an EC2 key; "" otherwise
}

var (
	// ErrUnknownKey: nobody may sign with the access key. It is unknown or
	// switched off, or its owner is disabled.
	ErrUnknownKey = errUnknown
	// ErrLocked: after MaxFailures wrong signatures in a row.
	ErrLocked = errors.New("verify: the access key is locked")
	// errBusy: as many keys are being looked up as may be at once.
	errBusy = errors.New("verify: too many access keys are being looked up")
)

const (
	// lookUpTime bounds how long one look-up may take, its wait included.
	lookUpTime = 2 * time.Second
	// maxLookUps is how many run at once: whoever makes access keys up must not
	// take all connections of the database.
	maxLookUps = 8
)

// Signer answers who signs with an access key: from the cache, else from SQL
// within lookUpTime. Its errors are ErrUnknownKey, ErrLocked, or that SQL could not
// be asked. access may be a part of a larger string: what is kept is cloned.
func (a *Authenticator) Signer(ctx context.Context, access string) (Signer, error) {
	if a.isLocked(access, a.Clock()) {
		return Signer{}, ErrLocked
	}
	h, ok := a.cached(access)
	if !ok {
		var err error
		if h, err = a.lookUp(ctx, access); err != nil {
			return Signer{}, err
		}
	}
	if h == nil {
		return Signer{}, ErrUnknownKey
	}
	u := &h.user
	s := Signer{Access: h.access, Key: h.key, UserID: u.ID, UserName: u.Name, DomainID: u.DomainID, DomainName: u.DomainName}
	if h.fixed != nil {
		s.ProjectID = h.fixed.projectID
	}
	return s, nil
}

func (a *Authenticator) lookUp(ctx context.Context, access string) (*holder, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	select {
	case a.lookUps <- struct{}{}:
		defer func() { <-a.lookUps }()
		return a.holder(ctx, access)
	case <-ctx.Done():
		return nil, errors.Join(errBusy, ctx.Err())
	}
}

// Failed counts a signature that does not fit; known tells whether Signer knew
// the access key. Unknown keys are counted like others, so that a lock tells
// nobody which keys are there, but apart, so that made-up keys drive no count of
// a real one out.
func (a *Authenticator) Failed(access string, known bool) {
	table := a.strangers
	if known {
		table = a.owned
	}
	table.failed(access, a.Clock())
}

// Verified says that a signature was right: it ends the row of failures and counts
// as a use of the access key.
func (a *Authenticator) Verified(access string) {
	now := a.Clock()
	a.owned.verified(access, now)
	a.Keys.Used(access, now)
}

func (a *Authenticator) isLocked(access string, now time.Time) bool {
	return a.owned.locked(access, now) || a.strangers.locked(access, now)
}

// Locked reports whether wrong signatures have locked an access key.
func (a *Authenticator) Locked(access string) bool { return a.isLocked(access, a.Clock()) }
