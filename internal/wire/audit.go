package wire

import (
	"net"
	"time"
)

// AuditRecord says who did what to which resource, with which outcome. It
// holds no bodies, no query and no secrets.
type AuditRecord struct {
	Time      time.Time
	RequestID string
	Action    string

	UserID, UserName string
	DomainID         string // of the user
	ProjectID        string // in scope
	Credential       string // "token" | "aksk" | "" on a public route
	AccessKey        string
	TokenAuditID     string

	Resource  string // id that the operation touched, or the last id of its path
	Status    int
	ErrorCode string
	Remote    string // address without port
	Duration  time.Duration
}

// maxResource bounds what a record repeats of a path.
const maxResource = 64

// record hands out the audit record and the observation once the answer is
// written.
//
// Every write is recorded that got past the credentials, refused or not, and
// every write of a public route. Refused credentials are log lines instead:
// whoever can reach the port could otherwise fill the audit trail and turn
// its files over.
func (x *exchange) record() {
	now := x.Clock()
	took := now.Sub(x.begun)
	x.Observe(x.route, x.status, took)
	if x.route == nil || x.route.reads() || !x.admitted {
		return
	}
	a := &x.req.Actor
	x.Audit(AuditRecord{
		Time: now, RequestID: x.req.ID, Action: x.route.Action,
		UserID: a.UserID, UserName: a.UserName, DomainID: a.DomainID, ProjectID: a.ProjectID,
		Credential: a.Credential, AccessKey: a.AccessKey, TokenAuditID: a.AuditID,
		Resource: x.resource(), Status: x.status, ErrorCode: x.code,
		Remote: host(x.req.HTTP.RemoteAddr), Duration: took,
	})
}

func (x *exchange) resource() string {
	id := x.req.audit
	if id == "" {
		segments, _ := split(x.route.Pattern) // It was split before, when the route was added.
		for _, s := range segments {
			if name, ok := paramName(s); ok {
				id = x.req.Path(name)
			}
		}
	}
	if len(id) > maxResource {
		id = id[:maxResource]
	}
	return id
}

func host(remote string) string {
	if h, _, err := net.SplitHostPort(remote); err == nil {
		return h
	}
	return remote
}
