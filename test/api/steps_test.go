package api_test

import (
	"net/http"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

// steps sends what the shared steps of package wire refuse to every operation
// of the documents: an operation that is added is asked without a line here.
func steps(s *scenario) {
	s.generated = true
	own := s.tenant("own")
	login := "own_member_" + own.name
	unscoped := &actor{name: "unscoped", token: s.logIn(login, userPassword, "unscoped")}
	forged := &actor{name: "forged", token: own.member.token[:len(own.member.token)-4] + "AAAA"}
	expired := &actor{name: "expired", token: s.expiredToken(s.t)}
	both := s.signer(own.member, own.project)
	both.token = own.member.token
	revoked, _ := s.person("revoked", own, accounts.RoleMember)
	s.do(revoked, "DELETE /v3/auth/tokens", nil, "X-Subject-Token", revoked.token).want(204)
	for _, op := range s.contract.operations {
		call := op.method + " " + s.filled(op)
		s.badQueries(op, call)
		s.wrongMethod(op)
		if op.body {
			as := own.member
			if op.document.name != "apigw" {
				as = s.admin // a member may not make departments and users, however bad the body
			}
			s.badBodies(op, call, as)
		}
		if !op.reads() {
			s.foreignPage(op, call, own.member)
		}
		if op.public {
			continue
		}
		if op.document.name == "identity" {
			for _, as := range []*actor{nobody, forged, expired, revoked, both} {
				s.do(as, call, nil).refused(401, "", "requires authentication")
			}
			continue
		}
		if op.document.name == "ghippo" {
			for _, as := range []*actor{nobody, forged, expired, revoked, both} {
				a := s.do(as, call, nil).refused(401, "", "missing or not valid")
				if got := a.header.Get("WWW-Authenticate"); got != `Bearer realm="lintel"` {
					a.errorf("WWW-Authenticate is %q", got)
				}
			}
			continue
		}
		s.do(nobody, call, nil).refused(401, "APIG.1000", "")
		s.do(forged, call, nil).refused(401, "APIG.1002", "the token is not valid")
		s.do(revoked, call, nil).refused(401, "APIG.1002", "the token is not valid")
		s.do(expired, call, nil).refused(401, "APIG.1001", "the token has expired")
		s.do(both, call, nil).refused(401, "APIG.1002", "either")
		s.do(unscoped, call, nil).refused(401, "APIG.1003", "")
		if !op.reads() {
			s.do(own.reader, call, `{"not read":`).refused(403, "APIC.7110", "")
		}
	}
}

// filled is the operation's path with ids that nothing has.
func (s *scenario) filled(op *operation, given ...string) string {
	segments := make([]string, len(op.segments))
	for i, segment := range op.segments {
		switch {
		case !isParam(segment):
			segments[i] = segment
		case len(given) > 0:
			segments[i], given = given[0], given[1:]
		default:
			segments[i] = s.unknown()
		}
	}
	return "/" + strings.Join(segments, "/")
}

// plain is the code of a malformed request in the operation's dialect.
func (op *operation) plain() string {
	if op.document.name == "apigw" {
		return "APIG.2000"
	}
	return ""
}

func (s *scenario) badQueries(op *operation, call string) {
	s.t.Helper()
	for _, query := range []string{"?a=%zz", "?a=%", "?a=1;b=2", "?a=%00", "?%00=a", "?a=%ff"} {
		s.do(nobody, call+query, nil).refused(400, op.plain(), "query")
	}
}

// wrongMethod: every path names the methods that it has.
func (s *scenario) wrongMethod(op *operation) {
	s.t.Helper()
	path, method := s.filled(op), "PATCH"
	if s.contract.find(method, path) != nil {
		method = "PROPFIND"
	}
	a := s.do(nobody, method+" "+path, nil)
	status, code := 405, "APIG.0101"
	switch {
	case identityPath.MatchString(a.path):
		code = ""
	case thirdPath.MatchString(a.path): // gRPC knows no other word for it
		status, code = 501, ""
	}
	a.refused(status, code, "")
	if allow := a.header.Get("Allow"); !strings.Contains(", "+allow+",", ", "+op.method+",") {
		a.errorf("Allow is %q, want %s in it", allow, op.method)
	}
}

func (s *scenario) badBodies(op *operation, call string, as *actor) {
	s.t.Helper()
	for _, bad := range []struct{ body, text string }{
		{`{"name":`, "not valid JSON"},
		{`{"a":1}{"b":2}`, "not valid JSON"},
		{`{'a':1}`, "not valid JSON"},
		{`null`, "null"},
		{`[]`, "must be an object"},
		{`"text"`, "must be an object"},
		{`{"a":1,"A":2}`, "twice"},
		{`{"x":{"a":1,"\u0061":2}}`, "twice"},
		{`{"a":"\u0000"}`, "U+0000"},
		{"{\"a\":\"\xff\"}", "UTF-8"},
		{many(`{"a":`, 65) + "1" + many("}", 65), "deeper"},
	} {
		if op.listed && bad.text == "must be an object" {
			continue
		}
		s.do(as, call, bad.body).refused(400, op.plain(), bad.text)
	}
	if op.listed {
		s.do(as, call, `{"a":1}`).refused(400, op.plain(), "must be a list")
	}
	if op.bodyNeeded {
		s.do(as, call, "").refused(400, op.plain(), "empty")
		s.do(as, call, " \n").refused(400, op.plain(), "empty")
	}
	// The announced length alone is refused: nothing of the body is sent.
	r := s.request(as, call, "{}", "Expect", "100-continue")
	r.ContentLength = 12<<20 + 1
	code := ""
	if op.document.name == "apigw" {
		code = "APIG.2006"
	}
	s.send(r, call+" with 12 MB and a byte").refused(413, code, "bytes")
}

// foreignPage: a browser that writes for a page of another origin is refused,
// whatever credentials it has.
func (s *scenario) foreignPage(op *operation, call string, as *actor) {
	s.t.Helper()
	code := ""
	if op.document.name == "apigw" {
		code = "APIC.7106"
	}
	s.do(as, call, nil, "Sec-Fetch-Site", "cross-site").refused(http.StatusForbidden, code, "another origin")
	s.do(as, call, nil, "Origin", "http://evil.test").refused(http.StatusForbidden, code, "another origin")
}
