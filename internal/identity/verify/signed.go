package verify

import (
	"errors"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// mismatch is the one answer to an unknown access key, one that is switched
// off, a disabled owner, and a signature that does not fit.
const mismatch = "the access key is unknown or the signature does not match"

// locked is worded as clients of this dialect know it (wire-facts §1.3).
const locked = "AK access failed to reach the limit,forbidden."

// signed checks a signature. The order of its steps is a promise of the
// package comment.
func (a *Authenticator) signed(r *http.Request, authorization string, body func() ([]byte, error)) (wire.Actor, error) {
	auth, ok := signature.ParseAuthorization(authorization)
	if !ok {
		return wire.Actor{}, refuse(wire.Invalid, "Authorization is not of the form SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…", nil)
	}
	if r.Header.Get(headerSecurityToken) != "" {
		return wire.Actor{}, refuse(wire.Invalid, "temporary access keys (X-Security-Token) are not supported", nil)
	}
	now, date := a.Clock(), r.Header.Get(signature.HeaderDate)
	if err := checkDate(signature.CheckDate(date, now)); err != nil {
		return wire.Actor{}, err
	}
	if a.isLocked(auth.Access, now) {
		return wire.Actor{}, refuse(wire.Invalid, locked, ErrLocked)
	}
	m, err := messageOf(r)
	if err != nil {
		return wire.Actor{}, refuse(wire.Invalid, err.Error(), err)
	}
	owner, err := a.holder(r.Context(), auth.Access)
	if err != nil {
		return wire.Actor{}, err
	}
	if err := a.check(owner, auth, m, date, body); err != nil {
		var other *signature.MismatchError
		if errors.As(err, &other) {
			a.Failed(auth.Access, owner != nil)
		}
		return wire.Actor{}, err
	}
	a.owned.verified(owner.access, now)
	actor, err := a.actor(r, owner)
	if err != nil {
		return wire.Actor{}, err
	}
	a.Keys.Used(owner.access, now)
	return actor, nil
}

func checkDate(err error) error {
	var skew *signature.SkewError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &skew):
		return refuse(wire.Expired, skew.Error(), err)
	default:
		return refuse(wire.Invalid, err.Error(), err)
	}
}

// messageOf is what a signature covers, from the same canonical path and query
// that routing and handlers read.
func messageOf(r *http.Request) (*signature.Message, error) {
	path, err := message.CanonicalPath(r.URL.EscapedPath())
	if err != nil {
		return nil, err
	}
	query, err := message.ParseQuery(nil, r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	headers := make(message.Fields, 1, len(r.Header)+2)
	headers[0] = message.Field{Name: "Host", Value: r.Host} // net/http moves it out of Header
	for name, values := range r.Header {
		for _, v := range values {
			headers = append(headers, message.Field{Name: name, Value: v})
		}
	}
	return &signature.Message{Method: r.Method, Path: path, Query: query, Headers: headers}, nil
}

// check compares the signature; owner is nil when the access key is not good.
func (a *Authenticator) check(owner *holder, auth signature.Authorization, m *signature.Message, date string, body func() ([]byte, error)) error {
	declared, isDeclared := m.Headers.Get(signature.HeaderPayload)
	if owner == nil {
		if !isDeclared {
			declared = signature.HashPayload(nil)
		}
		// The result does not count, even if chance makes it right.
		return refuse(wire.Invalid, mismatch, errors.Join(errUnknown, a.dummy.Verify(auth, m, date, declared)))
	}
	if isDeclared {
		if err := owner.key.Verify(auth, m, date, declared); err != nil {
			return refuse(wire.Invalid, mismatch, err)
		}
	}
	if !signature.NeedsBody(m.Headers) {
		return nil
	}
	content, err := body()
	if err != nil {
		return refuse(wire.Invalid, "the body could not be read", err)
	}
	payload, err := signature.PayloadHash(m.Headers, content)
	if err != nil {
		return refuse(wire.Invalid, err.Error(), err)
	}
	if isDeclared {
		return nil
	}
	if err := owner.key.Verify(auth, m, date, payload); err != nil {
		return refuse(wire.Invalid, mismatch, err)
	}
	return nil
}

var errUnknown = errors.New("the access key is unknown, switched off, or its owner is disabled")
