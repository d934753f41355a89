package telemetry

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// AccessRecord is one gateway call, with the fields of the reference's access
// log (wire-facts §4) and the code of the fault, if there was one. Its texts
// may be slices of a read buffer: they are copied before Record returns.
//
// Nothing in it may hold a secret. There is no query and no credential header;
// RouterURI is the pattern of the route, so that values of path parameters
// stay out as well, or the path when no route was found.
type AccessRecord struct {
	RemoteAddr     netip.Addr // TCP peer
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
	BackendConnectTime  time.Duration
	BackendHeaderTime   time.Duration
	BackendResponseTime time.Duration

	RegionID  string
	ErrorCode string // of the fault the gateway answered with
}

// append appends the record as one JSON line. The keys are the wire's names
// and their order is fixed; fields of a backend that was not asked are null.
//
// It is written out by hand: encoding/json costs about ten times as much here
// and allocates (BenchmarkAccessRecordStandard).
func (r *AccessRecord) append(b []byte) []byte {
	b = appendAddr(append(b, `{"remote_addr":`...), r.RemoteAddr)
	b = appendText(append(b, `,"request_id":`...), r.RequestID)
	b = appendText(append(b, `,"api_id":`...), r.APIID)
	b = appendText(append(b, `,"user_id":`...), r.UserID)
	b = appendText(append(b, `,"app_id":`...), r.AppID)
	b = appendTime(append(b, `,"time_local":`...), r.Time)
	b = appendSeconds(append(b, `,"request_time":`...), r.RequestTime)
	b = appendText(append(b, `,"request_method":`...), r.Method)
	b = appendText(append(b, `,"host":`...), r.Host)
	b = appendText(append(b, `,"router_uri":`...), pathOnly(r.RouterURI))
	b = appendText(append(b, `,"server_protocol":`...), r.ServerProtocol)
	b = strconv.AppendInt(append(b, `,"status":`...), int64(r.Status), 10)
	b = strconv.AppendInt(append(b, `,"bytes_sent":`...), r.BytesSent, 10)
	b = strconv.AppendInt(append(b, `,"request_length":`...), r.RequestLength, 10)
	b = appendText(append(b, `,"http_user_agent":`...), r.UserAgent)
	b = appendText(append(b, `,"http_x_forwarded_for":`...), r.ForwardedFor)
	b = r.appendBackend(b)
	b = appendText(append(b, `,"region_id":`...), r.RegionID)
	b = appendText(append(b, `,"error_code":`...), r.ErrorCode)
	return append(b, "}\n"...)
}

func (r *AccessRecord) appendBackend(b []byte) []byte {
	if r.BackendAddr == "" {
		return append(b, `,"upstream_addr":null,"upstream_uri":null,"upstream_status":null,`+
			`"upstream_connect_time":null,"upstream_header_time":null,"upstream_response_time":null`...)
	}
	b = appendText(append(b, `,"upstream_addr":`...), r.BackendAddr)
	b = appendText(append(b, `,"upstream_uri":`...), pathOnly(r.BackendURI))
	b = append(b, `,"upstream_status":`...)
	if r.BackendStatus == 0 {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendInt(b, int64(r.BackendStatus), 10)
	}
	b = appendSeconds(append(b, `,"upstream_connect_time":`...), r.BackendConnectTime)
	b = append(b, `,"upstream_header_time":`...)
	if r.BackendStatus == 0 {
		b = append(b, "null"...)
	} else {
		b = appendSeconds(b, r.BackendHeaderTime)
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
type AccessLog struct{ lines *lines }

// Record queues one record. It never waits for the disk: when the buffer is
// full the record is dropped and counted.
func (l *AccessLog) Record(r *AccessRecord) {
	if l == nil {
		return
	}
	// Encoded on the stack, outside the lock; a record that is larger than this
	// (long hostile headers) moves to the heap.
	var space [1024]byte
	l.lines.put(r.append(space[:0]))
}

// Dropped counts the records that were lost because the buffer was full or
// writing failed.
func (l *AccessLog) Dropped() uint64 {
	if l == nil {
		return 0
	}
	return l.lines.dropped.Load()
}
