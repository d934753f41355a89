package wiretest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// ActorHeader carries the actor of a test request:
// "project=p1;roles=admin,member;user=u1".
const ActorHeader = "X-Test-Actor"

// Authenticate is a wire.Authenticator that believes ActorHeader. A request
// without it has no credentials. The keys are project, project_name, user,
// user_name, domain, domain_name, scope_domain, roles, credential and access
// key ("access"); what is not given stays empty. The value "invalid" or
// "expired" refuses.
func Authenticate(r *http.Request, _ func() ([]byte, error)) (wire.Actor, error) {
	line := r.Header.Get(ActorHeader)
	switch line {
	case "":
		return wire.Actor{}, &wire.AuthError{Refusal: wire.Missing, Detail: "no actor"}
	case "invalid":
		return wire.Actor{}, &wire.AuthError{Refusal: wire.Invalid}
	case "expired":
		return wire.Actor{}, &wire.AuthError{Refusal: wire.Expired}
	}
	return Actor(line)
}

// Actor reads the form of ActorHeader.
func Actor(line string) (wire.Actor, error) {
	a := wire.Actor{Credential: "token"}
	for part := range strings.SplitSeq(line, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key {
		case "":
		case "project":
			a.ProjectID = value
		case "project_name":
			a.ProjectName = value
		case "user":
			a.UserID = value
		case "user_name":
			a.UserName = value
		case "domain":
			a.DomainID = value
		case "domain_name":
			a.DomainName = value
		case "scope_domain":
			a.ScopeDomainID = value
		case "credential":
			a.Credential = value
		case "access":
			a.AccessKey, a.Credential = value, "aksk"
		case "roles":
			a.Roles = strings.Split(value, ",")
		default:
			return wire.Actor{}, fmt.Errorf("wiretest: actor %q: unknown key %q", line, key)
		}
	}
	return a, nil
}
