package telemetry

import (
	"slices"
	"unsafe"
)

// key is the text before a value of an access record. It is written with all its
// 32 bytes, and what comes next overwrites those that are too many: two loads and
// two stores, where copying as many bytes as there are takes 35 instructions.
type key struct {
	text [32]byte
	size int
}

// The keys are the wire's names, and their order in a line is this one.
var (
	keyRemoteAddr    = keyed(`{"remote_addr":"`)
	keyRequestID     = keyed(`","request_id":"`)
	keyAPI           = keyed(`","api_id":"`)
	keyUser          = keyed(`","user_id":"`)
	keyApp           = keyed(`","app_id":"`)
	keyTime          = keyed(`","time_local":"`)
	keyRequestTime   = keyed(`","request_time":`)
	keyMethod        = keyed(`,"request_method":"`)
	keyHost          = keyed(`","host":"`)
	keyRoute         = keyed(`","router_uri":"`)
	keyProtocol      = keyed(`","server_protocol":"`)
	keyStatus        = keyed(`","status":`)
	keyBytesSent     = keyed(`,"bytes_sent":`)
	keyRequestLength = keyed(`,"request_length":`)
	keyUserAgent     = keyed(`,"http_user_agent":"`)
	keyForwardedFor  = keyed(`","http_x_forwarded_for":"`)
	keyBackendAddr   = keyed(`","upstream_addr":"`)
	keyBackendURI    = keyed(`","upstream_uri":"`)
	keyBackendStatus = keyed(`","upstream_status":`)
	keyConnectTime   = keyed(`,"upstream_connect_time":`)
	keyHeaderTime    = keyed(`,"upstream_header_time":`)
	keyResponseTime  = keyed(`,"upstream_response_time":`)
	keyRegion        = keyed(`,"region_id":"`)
	keyErrorCode     = keyed(`","error_code":"`)
)

// noBackend is what stands in place of six fields when no backend was asked.
const noBackend = `","upstream_addr":null,"upstream_uri":null,"upstream_status":null,` +
	`"upstream_connect_time":null,"upstream_header_time":null,"upstream_response_time":null`

func keyed(text string) (k key) {
	k.size = copy(k.text[:], text)
	return k
}

// fixed is more than a line takes beside its texts: keys (600 bytes), ten numbers
// and the address (340), and the 32 bytes that the last key may write too much.
const fixed = 1 << 10

// append appends the record as one JSON line. The keys are the wire's names
// and their order is fixed; fields of a backend that was not asked are null.
//
// It is written out by hand, for BenchmarkAccessRecord against
// BenchmarkAccessRecordStandard: every call pays for it. There is room for the
// whole line before its first byte is written, so that nothing in between asks.
func (r *AccessRecord) append(b []byte, times *seconds) []byte {
	route, backend := pathOnly(r.RouterURI), pathOnly(r.BackendURI)
	found := specials(r.Method) | specials(r.Host) | specials(route) | specials(r.UserAgent) | specials(r.ForwardedFor) |
		specials(r.BackendAddr) | specials(backend) | specials(r.RegionID)
	if found&tops != 0 {
		escaped := *r
		escaped.Method, escaped.Host, escaped.UserAgent = escape(r.Method), escape(r.Host), escape(r.UserAgent)
		escaped.ForwardedFor, escaped.BackendAddr, escaped.RegionID = escape(r.ForwardedFor), escape(r.BackendAddr), escape(r.RegionID)
		r, route, backend = &escaped, escape(route), escape(backend)
	}
	texts := len(r.RequestID) + len(r.APIID) + len(r.UserID) + len(r.AppID) + len(r.Method) + len(r.Host) + len(route) + len(r.ServerProtocol) +
		len(r.UserAgent) + len(r.ForwardedFor) + len(r.BackendAddr) + len(backend) + len(r.RegionID) + len(r.ErrorCode)
	begin := len(b)
	b = slices.Grow(b, texts+fixed)
	start := unsafe.Pointer(&b[begin : begin+texts+fixed][0])
	l := line{start}
	l = l.key(&keyRemoteAddr)
	l = l.address(r.RemoteAddr)
	l = l.key(&keyRequestID)
	l = l.text(r.RequestID)
	l = l.key(&keyAPI)
	l = l.text(r.APIID)
	l = l.key(&keyUser)
	l = l.text(r.UserID)
	l = l.key(&keyApp)
	l = l.text(r.AppID)
	l = l.key(&keyTime)
	l = l.moment(times, r.Time)
	l = l.key(&keyRequestTime)
	l = l.duration(r.RequestTime)
	l = l.key(&keyMethod)
	l = l.text(r.Method)
	l = l.key(&keyHost)
	l = l.text(r.Host)
	l = l.key(&keyRoute)
	l = l.text(route)
	l = l.key(&keyProtocol)
	l = l.text(r.ServerProtocol)
	l = l.key(&keyStatus)
	l = l.number(int64(r.Status))
	l = l.key(&keyBytesSent)
	l = l.number(r.BytesSent)
	l = l.key(&keyRequestLength)
	l = l.number(r.RequestLength)
	l = l.key(&keyUserAgent)
	l = l.text(r.UserAgent)
	l = l.key(&keyForwardedFor)
	l = l.text(r.ForwardedFor)
	if r.BackendAddr == "" {
		l = l.text(noBackend)
	} else {
		l = l.backend(r, backend)
	}
	l = l.key(&keyRegion)
	l = l.text(r.RegionID)
	l = l.key(&keyErrorCode)
	l = l.text(r.ErrorCode)
	l = l.text("\"}\n")
	return b[:begin+int(uintptr(l.at)-uintptr(start))]
}

func (l line) backend(r *AccessRecord, uri string) line {
	l = l.key(&keyBackendAddr)
	l = l.text(r.BackendAddr)
	l = l.key(&keyBackendURI)
	l = l.text(uri)
	l = l.key(&keyBackendStatus)
	l = l.numberOrNull(int64(r.BackendStatus), r.BackendStatus != 0)
	l = l.key(&keyConnectTime)
	l = l.durationOrNull(r.BackendConnectTime, r.BackendConnectTime >= 0)
	l = l.key(&keyHeaderTime)
	l = l.durationOrNull(r.BackendHeaderTime, r.BackendStatus != 0)
	l = l.key(&keyResponseTime)
	return l.duration(r.BackendResponseTime)
}
