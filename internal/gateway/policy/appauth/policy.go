package appauth

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

var (
	several       = call.BadAppAuth.With("more than one credential")
	malformed     = call.BadAppAuth.With("the Authorization header is malformed")
	codeDisabled  = call.BadAppAuth.With("the API does not accept an AppCode")
	codeNeedsTLS  = call.BadAppAuth.With("an AppCode is accepted over HTTPS only")
	codeUnknown   = call.BadAppAuth.With("the AppCode is not known")
	dateNotSigned = call.BadAppAuth.With(signature.ErrDateNotSigned.Error())
)

// Policy authenticates the calls of one API.
type Policy struct {
	callers *callers.Callers
	clock   clock.Clock
	appCode bool // AppCode accepted beside the signature
}

// New makes the policy of an API whose auth is APP.
func New(known *callers.Callers, now clock.Clock, appCode bool) *Policy {
	return &Policy{callers: known, clock: now, appCode: appCode}
}

// Apply implements plan.Policy. It fills c.Caller.
func (p *Policy) Apply(c *call.Call) *call.Fault {
	found := find(&c.Request)
	switch {
	case found.count == 0:
		return call.BadAppAuth
	case found.count > 1:
		return several
	case found.signed:
		return p.verify(c, &found)
	case found.code != "":
		return p.lookUp(c, found.code)
	}
	return call.BadAppAuth // a token, which is no credential of an app
}

// credentials is what a call brought. An
// Authorization of another scheme is not a credential here: it belongs to the
// backend and passes.
type credentials struct {
	count         int
	signed        bool
	authorization string
	code          string
	date          string
	payload       string // declared digest
	declared      bool
}

func find(r *call.Request) credentials {
	var found credentials
	if v, ok := r.Field(call.HeaderAuthorization); ok && strings.HasPrefix(v, signature.Algorithm) {
		found.signed, found.authorization = true, v
		found.count++
	}
	if v, ok := r.Field(call.HeaderAppCode); ok {
		found.code = v
		found.count++
	}
	if _, ok := r.Field(call.HeaderToken); ok {
		found.count++
	}
	found.date, _ = r.Field(call.HeaderDate)
	found.payload, found.declared = r.Field(call.HeaderPayload)
	return found
}

func (p *Policy) lookUp(c *call.Call, code string) *call.Fault {
	switch {
	case !p.appCode:
		return codeDisabled
	case !c.Request.TLS:
		return codeNeedsTLS
	}
	app := p.callers.ByCode(code)
	if app == nil {
		return codeUnknown
	}
	identify(c, app)
	return nil
}

// verify checks the cheap things first: nobody makes the gateway hold 12 MB with
// a header that is malformed or too old.
func (p *Policy) verify(c *call.Call, found *credentials) *call.Fault {
	a, ok := signature.ParseAuthorization(found.authorization)
	if !ok {
		return malformed
	}
	if err := signature.CheckDate(found.date, p.clock()); err != nil {
		return call.BadAppAuth.With(err.Error())
	}
	app := p.callers.ByKey(a.Access)
	key := decoy()
	if app != nil {
		key = app.Secret
	}
	if f := check(c, key, a, found); f != nil {
		if app == nil && f.Status == call.BadAppAuth.Status {
			return call.BadAppAuth.With("app not found, appkey " + shortened(a.Access))
		}
		return f
	}
	if app == nil { // The decoy agreed: impossible, and still no caller.
		return call.BadAppAuth
	}
	identify(c, app)
	c.Out.Headers = without(c.Out.Headers, signature.HeaderAuthorization)
	return nil
}

// check verifies the signature and that the body is the signed one. A declared
// digest is verified before the body is read: it is part of what was signed, so
// whoever has no key cannot make the gateway buffer.
func check(c *call.Call, key *signature.Key, a signature.Authorization, found *credentials) *call.Fault {
	if !found.declared {
		body, f := c.Buffer()
		if f != nil {
			return f
		}
		return match(c, key, a, found.date, signature.HashPayload(body))
	}
	if f := match(c, key, a, found.date, found.payload); f != nil || found.payload == signature.UnsignedPayload {
		return f
	}
	body, f := c.Buffer()
	if f != nil {
		return f
	}
	if _, err := signature.PayloadHash(c.Request.Headers, body); err != nil {
		return call.BadAppAuth.With(err.Error())
	}
	return nil
}

func match(c *call.Call, key *signature.Key, a signature.Authorization, date, payload string) *call.Fault {
	r := &c.Request
	m := signature.Message{Method: r.Method, Path: r.Path, Query: r.Query, Headers: r.Headers}
	err := key.Verify(a, &m, date, payload)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, signature.ErrDateNotSigned):
		return dateNotSigned
	}
	return call.BadAppAuth.With(err.Error())
}

func identify(c *call.Call, app *callers.App) {
	c.Caller.AppID, c.Caller.AppName, c.Caller.ProjectID = app.ID, app.Name, app.ProjectID
}

// without removes a field that prepare let come once at most.
func without(fields message.Fields, name string) message.Fields {
	for i := range fields {
		if message.EqualFold(fields[i].Name, name) {
			return append(fields[:i], fields[i+1:]...)
		}
	}
	return fields
}

// shortened keeps what is echoed of an app key to the length that one may have.
func shortened(key string) string {
	if len(key) > 64 {
		return key[:64]
	}
	return key
}

// decoy is a key that nobody knows, one per process: an unknown app must not
// verify against an empty secret (CVE-2026-85595) nor fail early.
var decoy = sync.OnceValue(func() *signature.Key {
	secret := make([]byte, 32)
	rand.Read(secret)
	return signature.NewKey(secret)
})
