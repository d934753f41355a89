package appauth

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/signed"
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
	found := signed.Find(&c.Request)
	switch {
	case found.Count == 0:
		return call.NoAppAuth
	case found.Count > 1:
		return several
	case found.Signed:
		return p.verify(c, &found)
	case found.HasCode && found.Code != "":
		return p.lookUp(c, found.Code)
	}
	return call.BadAppAuth // a token, which is no credential of an app
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
func (p *Policy) verify(c *call.Call, found *signed.Credentials) *call.Fault {
	var m signature.Message
	signed.Read(&m, c)
	a, ok := m.Authorization(found.Authorization)
	if !ok {
		return malformed
	}
	f := p.judge(c, found, &m, &a)
	if f != nil && !a.WellFormed() {
		return malformed
	}
	return f
}

// judge is verify for a header that is well formed as far as Message.Authorization has
// looked.
func (p *Policy) judge(c *call.Call, found *signed.Credentials, m *signature.Message, a *signature.Authorization) *call.Fault {
	if err := signature.CheckDate(found.Date, p.clock()); err != nil {
		return call.BadAppAuth.With(err.Error())
	}
	var key *signature.Key
	app := p.callers.ByKey(a.Access)
	if app != nil {
		key = app.Secret
	} else {
		key = signed.Decoy()
	}
	fault, err := found.VerifyMessage(c, m, key, a)
	if fault == nil && err == nil && app != nil {
		identify(c, app)
		signed.Spend(c)
		return nil
	}
	switch {
	case fault != nil:
		return fault
	case app == nil: // also when the decoy agreed, which is impossible
		return call.BadAppAuth.With("app not found, appkey " + shortened(a.Access))
	case errors.Is(err, signature.ErrDateNotSigned):
		return dateNotSigned
	}
	return call.BadAppAuth.With(err.Error())
}

func identify(c *call.Call, app *callers.App) {
	c.Caller.AppID, c.Caller.AppName, c.Caller.ProjectID = app.ID, app.Name, app.ProjectID
	c.Caller.AppSum = app.Sum()
}

// shortened keeps what is echoed of an app key to the length that one may have.
func shortened(key string) string {
	if len(key) > 64 {
		return key[:64]
	}
	return key
}
