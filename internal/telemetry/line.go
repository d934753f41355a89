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
	texts := r.texts()
	if texts < maxText { // and so is each of them
		if whole, found := r.write(room(b, texts), last); found&tops == 0 {
			return whole
		}
	}
	escaped := *r
	escaped.Met = false
	escaped.Method, escaped.Host, escaped.UserAgent = escape(r.Method), escape(r.Host), escape(r.UserAgent)
	escaped.ForwardedFor, escaped.BackendAddr, escaped.RegionID = escape(r.ForwardedFor), escape(r.BackendAddr), escape(r.RegionID)
	escaped.RouterURI, escaped.BackendURI = escape(pathOnly(r.RouterURI)), escape(pathOnly(r.BackendURI))
	whole, _ := escaped.write(room(b, escaped.texts()), last)
	return whole
}

// texts is how many bytes the texts of the record have.
func (r *AccessRecord) texts() int {
	return len(r.RequestID) + len(r.APIID) + len(r.UserID) + len(r.AppID) + len(r.Method) + len(r.Host) + len(r.RouterURI) + len(r.ServerProtocol) +
		len(r.UserAgent) + len(r.ForwardedFor) + len(r.BackendAddr) + len(r.BackendURI) + len(r.RegionID) + len(r.ErrorCode)
}

// room is b with room for a line with so many bytes of texts.
func room(b []byte, texts int) []byte {
	if cap(b)-len(b) < texts+fixed {
		b = slices.Grow(b, texts+fixed)
	}
	return b
}

// write appends the record with its texts as they are, for which there is room. found
// has one of tops set when one of them may not stand so.
func (r *AccessRecord) write(b []byte, last *familiar) (whole []byte, found uint64) {
	start := unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), len(b))
	l := line{start}
	l = l.caller(r.RemoteAddr, &last.caller)
	l = l.id(r.RequestID)
	l = l.key(&keyAPI)
	l = l.id(r.APIID)
	l = l.key(&keyUser)
	l = l.id(r.UserID)
	l = l.key(&keyApp)
	l = l.id(r.AppID)
	l = l.moment(&last.second, r.Time)
	l = l.duration(r.RequestTime)
	l = l.key(&keyMethod)
	if r.Met {
		l = l.text(r.Method)
		l = l.key(&keyHost)
		l = l.text(r.Host)
	} else {
		l, found = l.foreign(r.Method, found)
		l = l.key(&keyHost)
		l, found = l.foreign(r.Host, found)
	}
	l, found = l.route(r, &last.route, found)
	l = l.number(r.BytesSent)
	l = l.key(&keyRequestLength)
	l = l.number(r.RequestLength)
	l = l.key(&keyUserAgent)
	l, found = l.known(r.UserAgent, &last.agent, found)
	l = l.key(&keyForwardedFor)
	l, found = l.known(r.ForwardedFor, &last.forwarded, found)
	if r.BackendAddr == "" {
		l = l.text(noBackend)
	} else {
		l, found = l.backend(r, last, found)
	}
	l, found = l.region(r, &last.region, found)
	return b[:len(b)+int(uintptr(l.at)-uintptr(start))], found
}

func (l line) backend(r *AccessRecord, last *familiar, found uint64) (line, uint64) {
	if g := &last.backend; g.is(r.BackendAddr, "", 0) {
		*(*[stretchRoom]byte)(l.at) = g.text
		l = l.skip(g.size)
	} else {
		from := l
		l = l.key(&keyBackendAddr)
		l, found = l.foreign(r.BackendAddr, found)
		l = l.key(&keyBackendURI)
		g.learn(from, l, found, r.BackendAddr, "", 0)
	}
	l, found = l.known(r.BackendURI, &last.uri, found)
	if o := &last.outcome; o.size > 0 && o.status == r.BackendStatus && o.connect == r.BackendConnectTime {
		*(*[outcomeRoom]byte)(l.at) = o.text
		l = l.skip(o.size)
	} else {
		l = l.outcome(r, o)
	}
	l = l.durationOrNull(r.BackendHeaderTime, r.BackendStatus != 0)
	l = l.key(&keyResponseTime)
	return l.duration(r.BackendResponseTime), found
}

// outcome is the status of a backend's answer and the time until there was a connection,
// with the keys around them.
func (l line) outcome(r *AccessRecord, last *outcome) line {
	from := l
	l = l.key(&keyBackendStatus)
	l = l.numberOrNull(int64(r.BackendStatus), r.BackendStatus != 0)
	l = l.key(&keyConnectTime)
	l = l.durationOrNull(r.BackendConnectTime, r.BackendConnectTime >= 0)
	l = l.key(&keyHeaderTime)
	if text := from.bytes(int(uintptr(l.at) - uintptr(from.at))); len(text) <= outcomeRoom {
		last.status, last.connect, last.size = r.BackendStatus, r.BackendConnectTime, copy(last.text[:], text)
	}
	return l
}

// route is the way that the call took, the protocol, the status and the keys around them.
func (l line) route(r *AccessRecord, g *stretch, found uint64) (line, uint64) {
	if r.Met && g.is(r.RouterURI, r.ServerProtocol, r.Status) {
		*(*[stretchRoom]byte)(l.at) = g.text
		return l.skip(g.size), found
	}
	from := l
	l = l.key(&keyRoute)
	l, found = l.foreign(r.RouterURI, found)
	l = l.key(&keyProtocol)
	l = l.text(r.ServerProtocol)
	l = l.key(&keyStatus)
	l = l.number(int64(r.Status))
	l = l.key(&keyBytesSent)
	if r.Met {
		g.learn(from, l, found, r.RouterURI, r.ServerProtocol, r.Status)
	}
	return l, found
}

// region ends the line. Only a call that the gateway answered has a code.
func (l line) region(r *AccessRecord, g *stretch, found uint64) (line, uint64) {
	if g.is(r.RegionID, r.ErrorCode, 0) {
		*(*[stretchRoom]byte)(l.at) = g.text
		return l.skip(g.size), found
	}
	from := l
	l = l.key(&keyRegion)
	l, found = l.foreign(r.RegionID, found)
	l = l.key(&keyErrorCode)
	l = l.text(r.ErrorCode)
	l = l.text("\"}\n")
	g.learn(from, l, found, r.RegionID, r.ErrorCode, 0)
	return l, found
}
