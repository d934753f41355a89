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
// Texts that need an escape, a cut or the loss of a query are met once in thousands
// of calls: they are looked for while they are copied, and then the line is written
// again, over the one that is wrong.
func (r *AccessRecord) append(b []byte, last *familiar) []byte {
	// Lengths below maxText leave the bits from it on alone.
	if longest := len(r.Method) | len(r.Host) | len(r.RouterURI) | len(r.UserAgent) | len(r.ForwardedFor) |
		len(r.BackendAddr) | len(r.BackendURI) | len(r.RegionID); longest < maxText {
		whole, found := r.write(b, last)
		if found&tops == 0 {
			return whole
		}
	}
	escaped := *r
	escaped.Method, escaped.Host, escaped.UserAgent = escape(r.Method), escape(r.Host), escape(r.UserAgent)
	escaped.ForwardedFor, escaped.BackendAddr, escaped.RegionID = escape(r.ForwardedFor), escape(r.BackendAddr), escape(r.RegionID)
	escaped.RouterURI, escaped.BackendURI = escape(pathOnly(r.RouterURI)), escape(pathOnly(r.BackendURI))
	whole, _ := escaped.write(b, last)
	return whole
}

// write appends the record with its texts as they are. found has one of tops set
// when one of them may not stand so.
func (r *AccessRecord) write(b []byte, last *familiar) (whole []byte, found uint64) {
	texts := len(r.RequestID) + len(r.APIID) + len(r.UserID) + len(r.AppID) + len(r.Method) + len(r.Host) + len(r.RouterURI) + len(r.ServerProtocol) +
		len(r.UserAgent) + len(r.ForwardedFor) + len(r.BackendAddr) + len(r.BackendURI) + len(r.RegionID) + len(r.ErrorCode)
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
	l = l.moment(&last.second, r.Time)
	l = l.key(&keyRequestTime)
	l = l.duration(r.RequestTime)
	l = l.key(&keyMethod)
	l, found = l.foreign(r.Method, &last.method, found)
	l = l.key(&keyHost)
	l, found = l.foreign(r.Host, &last.host, found)
	l = l.key(&keyRoute)
	l, found = l.foreign(r.RouterURI, &last.route, found)
	l = l.key(&keyProtocol)
	l = l.text(r.ServerProtocol)
	l = l.key(&keyStatus)
	l = l.number(int64(r.Status))
	l = l.key(&keyBytesSent)
	l = l.number(r.BytesSent)
	l = l.key(&keyRequestLength)
	l = l.number(r.RequestLength)
	l = l.key(&keyUserAgent)
	l, found = l.foreign(r.UserAgent, &last.agent, found)
	l = l.key(&keyForwardedFor)
	l, found = l.foreign(r.ForwardedFor, &last.forwarded, found)
	if r.BackendAddr == "" {
		l = l.text(noBackend)
	} else {
		l, found = l.backend(r, last, found)
	}
	l = l.key(&keyRegion)
	l, found = l.foreign(r.RegionID, &last.region, found)
	l = l.key(&keyErrorCode)
	l = l.text(r.ErrorCode)
	l = l.text("\"}\n")
	return b[:begin+int(uintptr(l.at)-uintptr(start))], found
}

func (l line) backend(r *AccessRecord, last *familiar, found uint64) (line, uint64) {
	l = l.key(&keyBackendAddr)
	l, found = l.foreign(r.BackendAddr, &last.backend, found)
	l = l.key(&keyBackendURI)
	l, found = l.foreign(r.BackendURI, &last.uri, found)
	l = l.key(&keyBackendStatus)
	l = l.numberOrNull(int64(r.BackendStatus), r.BackendStatus != 0)
	l = l.key(&keyConnectTime)
	l = l.durationOrNull(r.BackendConnectTime, r.BackendConnectTime >= 0)
	l = l.key(&keyHeaderTime)
	l = l.durationOrNull(r.BackendHeaderTime, r.BackendStatus != 0)
	l = l.key(&keyResponseTime)
	return l.duration(r.BackendResponseTime), found
}
