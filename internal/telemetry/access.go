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
// plain ASCII; every other text may hold any bytes.
//
// Nothing in it may hold a secret. There is no query and no credential header;
// RouterURI is the pattern of the route, so that values of path parameters
// stay out as well, or the path when no route was found.
type AccessRecord struct {
	RemoteAddr     netip.Addr // the caller: TCP peer, or whom a trusted proxy names
	RequestID      string
	APIID          string
	UserID         string
	AppID          string
	Time           time.Time     // when the head of the request was read
	RequestTime    time.Duration // until the answer was written
	Method         string
	Host           string
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

// append appends the record as one JSON line. The keys are the wire's names
// and their order is fixed; fields of a backend that was not asked are null.
//
// It is written out by hand, for BenchmarkAccessRecord against
// BenchmarkAccessRecordStandard: every call pays for it.
func (r *AccessRecord) append(b []byte, times *seconds) []byte {
	route, backend := pathOnly(r.RouterURI), pathOnly(r.BackendURI)
	plain := allPlain([]string{r.Method, r.Host, route, r.UserAgent, r.ForwardedFor, r.BackendAddr, backend, r.RegionID})
	b = appendAddr(append(b, `{"remote_addr":"`...), r.RemoteAddr)
	b = append(append(b, `","request_id":"`...), r.RequestID...)
	b = append(append(b, `","api_id":"`...), r.APIID...)
	b = append(append(b, `","user_id":"`...), r.UserID...)
	b = append(append(b, `","app_id":"`...), r.AppID...)
	b = times.append(append(b, `","time_local":"`...), r.Time)
	b = appendSeconds(append(b, `","request_time":`...), r.RequestTime)
	b = appendValue(append(b, `,"request_method":"`...), r.Method, plain)
	b = appendValue(append(b, `","host":"`...), r.Host, plain)
	b = appendValue(append(b, `","router_uri":"`...), route, plain)
	b = append(append(b, `","server_protocol":"`...), r.ServerProtocol...)
	b = appendInt(append(b, `","status":`...), int64(r.Status))
	b = appendInt(append(b, `,"bytes_sent":`...), r.BytesSent)
	b = appendInt(append(b, `,"request_length":`...), r.RequestLength)
	b = appendValue(append(b, `,"http_user_agent":"`...), r.UserAgent, plain)
	b = appendValue(append(b, `","http_x_forwarded_for":"`...), r.ForwardedFor, plain)
	b = r.appendBackend(append(b, '"'), backend, plain)
	b = appendValue(append(b, `,"region_id":"`...), r.RegionID, plain)
	b = append(append(b, `","error_code":"`...), r.ErrorCode...)
	return append(b, "\"}\n"...)
}

func (r *AccessRecord) appendBackend(b []byte, uri string, plain bool) []byte {
	if r.BackendAddr == "" {
		return append(b, `,"upstream_addr":null,"upstream_uri":null,"upstream_status":null,`+
			`"upstream_connect_time":null,"upstream_header_time":null,"upstream_response_time":null`...)
	}
	b = appendValue(append(b, `,"upstream_addr":"`...), r.BackendAddr, plain)
	b = appendValue(append(b, `","upstream_uri":"`...), uri, plain)
	if r.BackendStatus == 0 {
		b = append(b, `","upstream_status":null`...)
	} else {
		b = appendInt(append(b, `","upstream_status":`...), int64(r.BackendStatus))
	}
	b = append(b, `,"upstream_connect_time":`...)
	if r.BackendConnectTime < 0 {
		b = append(b, "null"...)
	} else {
		b = appendSeconds(b, r.BackendConnectTime)
	}
	if r.BackendStatus == 0 {
		b = append(b, `,"upstream_header_time":null`...)
	} else {
		b = appendSeconds(append(b, `,"upstream_header_time":`...), r.BackendHeaderTime)
	}
	return appendSeconds(append(b, `,"upstream_response_time":`...), r.BackendResponseTime)
}

// pathOnly cuts a query off: it may carry a token or an AppCode.
func pathOnly(uri string) string {
	if i := strings.IndexByte(uri, '?'); i >= 0 {
		return uri[:i]
	}
	return uri
}

// AccessLog writes access records. A nil AccessLog is one that is turned off.
type AccessLog struct {
	lines *lines
	times seconds
}

// Record queues one record. It never waits for the disk: when the buffer is
// full the record is dropped and counted.
func (l *AccessLog) Record(r *AccessRecord) {
	if l == nil {
		return
	}
	// Encoded on the stack, outside the lock; a record that is larger than this
	// (long hostile headers) moves to the heap.
	var space [1024]byte
	l.lines.put(r.append(space[:0], &l.times))
}

// Dropped counts the records that were lost because the buffer was full or
// writing failed.
func (l *AccessLog) Dropped() uint64 {
	if l == nil {
		return 0
	}
	return l.lines.dropped.Load()
}
