package telemetry

import (
	"net/netip"
	"strings"
	"time"
)

// AccessRecord is one gateway call, with the fields of the reference's access
// log (wire-facts §4) and the code of the fault, if there was one. Its texts
// may be slices of a read buffer: they are copied before Record returns.
//
// Identifiers, the name of the protocol and the code are the gateway's own and
// plain ASCII; every other text may hold any bytes. ServerProtocol, BackendAddr, RegionID
// and ErrorCode, and RouterURI of a call that met an API, are never slices of a buffer:
// they are remembered by where they lie.
//
// Nothing in it may hold a secret. There is no query and no credential header;
// RouterURI is the pattern of the route, so that values of path parameters
// stay out as well, or the path when no route was found.
type AccessRecord struct {
	RemoteAddr  netip.Addr // the caller: TCP peer, or whom a trusted proxy names
	RequestID   string
	APIID       string
	UserID      string
	AppID       string
	Time        time.Time     // when the head of the request was read
	RequestTime time.Duration // until the answer was written
	Method      string
	Host        string
	// Met says that the call met an API, so that Method and Host are known to be plain:
	// printable ASCII without quotation marks, backslashes and question marks.
	Met            bool
	RouterURI      string
	ServerProtocol string
	Status         int
	BytesSent      int64
	RequestLength  int64
	UserAgent      string
	ForwardedFor   string

	// The backend, when one was asked; BackendAddr is "" otherwise. A status of
	// 0 means that no head came back.
	BackendAddr         string
	BackendURI          string
	BackendStatus       int
	BackendConnectTime  time.Duration // negative when no connection came about
	BackendHeaderTime   time.Duration
	BackendResponseTime time.Duration

	RegionID  string
	ErrorCode string // of the fault the gateway answered with
}

// pathOnly cuts a query off: it may carry a token or an AppCode.
func pathOnly(uri string) string {
	if i := strings.IndexByte(uri, '?'); i >= 0 {
		return uri[:i]
	}
	return uri
}

// AccessLog writes access records. A nil AccessLog is one that is turned off.
type AccessLog struct{ lines *lines }

// Record queues one record. It never waits for the disk: when the buffer is
// full the record is dropped and counted. Callers with different lanes do not wait
// for each other; any lane will do.
func (l *AccessLog) Record(lane uint32, r *AccessRecord) {
	if l != nil {
		l.lines.put(lane, r)
	}
}

// Dropped counts the records that were lost because the buffer was full or
// writing failed.
func (l *AccessLog) Dropped() uint64 {
	if l == nil {
		return 0
	}
	return l.lines.dropped.Load()
}
