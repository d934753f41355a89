package call

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Call is one API call. Acquire and Release pool it; the edge that acquired it
// releases it, exactly once, after Finish.
//
// The Fields of Request, Out and Response keep their memory from one call to the
// next and are cleared by Release: append to them (`c.Out.Headers =
// append(c.Out.Headers, …)`), never assign a slice that belongs to someone else.
type Call struct {
	Request  Request
	Out      Outbound
	Response Response

	Target Target // where routing led; zero when no route was found
	Caller Caller // who calls; filled by the authentication policy
	// Authorizer is the context that custom authorizers answered: names
	// "frontend.<key>" and "backend.<key>".
	Authorizer message.Fields
	Limits     []Limit // filled by policy/throttle when the caller asks for debug fields

	ID      string    // request id, 32 hex: X-Request-Id and request_id
	Started time.Time // head received
	// Began is when Started was, on the monotonic clock, so that a later moment takes one
	// look at that clock and not one more at Started's; 0: nobody looked.
	Began  http1.Instant
	Timing Timing

	// Waiting, when the edge sets it, is where whoever blocks for this call puts the
	// connection that it reads from: the edge interrupts it when the caller has gone
	// away, after the context has ended. Nil: the context alone says so.
	Waiting *atomic.Pointer[http1.Conn]

	// Room, when the edge sets it, is memory of no length in which a backend may compose its
	// request; it is the edge's again when Serve has returned.
	Room []byte

	// IDs makes the ids of calls; it is the gateway's, and stays with a pooled
	// call. Nobody else draws from it.
	IDs *IDs

	Fault *Fault // why the gateway itself answered; nil when a backend did
	Trace *Trace // of a call that is debugged, else nil

	ctx       context.Context
	body      *body
	spareBody *body         // settled in an earlier call
	occupies  *atomic.Int64 // where the call is counted while it is under way
	kept      Freer         // what strings of the response lie in
	scratch   scratch
	live      bool // between Acquire and Release
}

// Request is what the caller sent, as the edge parsed it.
type Request struct {
	Method   string
	Path     string         // canonical, still percent-encoded (message.CanonicalPath)
	RawPath  string         // as it came
	Query    message.Fields // decoded pairs in arrival order
	RawQuery string         // as it came, without '?'
	Headers  message.Fields // all fields, Host included, hop-by-hop included
	Host     string         // canonical: lower case, no port, no trailing dot
	Proto    string         // "HTTP/1.1", "HTTP/2.0"
	TLS      bool
	Remote   netip.AddrPort // TCP peer
	// Client is the caller's address: the peer's, or what a trusted proxy says.
	// The gateway sets it; it has no zone and is not IPv4 in IPv6.
	Client    netip.Addr
	WebSocket bool  // the caller asks for a WebSocket, and the message allows it
	Size      int64 // bytes of the request on the wire as far as known
	Hops      int   // gateways that the call has passed before this one
	// NoTunnel says why the edge cannot hand the connection over to a tunnel;
	// nil when it can.
	NoTunnel *Fault
	// PlainPath and PlainQuery say that Path, and all names and values of Query, have
	// no byte that an escape would change: what prepare found out, so that a signature
	// needs not look again. Whoever changes Path or Query takes them back.
	PlainPath, PlainQuery bool

	// Body streams the request body; nil when there is none. A read error of
	// the caller's making is a *BodyError and never the backend's fault. The edge
	// sets its own reader; LimitBody puts the gateway's in front of it.
	Body       io.Reader
	BodyLength int64 // -1 when unknown

	index *index // of Headers, kept by the pool; nil when nothing was noted yet
	known uint8  // of how many of Headers index tells
	// familiar says that the call before with this memory had fields of the same names.
	familiar bool
}

// Target is the API that routing found.
type Target struct {
	APIID, APIName, GroupID, ProjectID string
	EnvID, EnvName, VersionID          string
	Pattern                            string // the API's path, as defined
	// PathParams are the values of {name} parts in declaration order, decoded.
	PathParams message.Fields
	// Tail is what a prefix match left over, canonical, "" or beginning with '/'.
	Tail     string
	Entrance *Entrance // of the group; nil when nothing is known of it
}

// Caller is the verified identity of whoever calls.
type Caller struct {
	AppID, AppName string // APP authentication
	AppSum         uint64 // callers.App.Sum, of the app
	UserID         string // IAM authentication
	UserName       string
	// DomainID and DomainName are the account: of an IAM user.
	DomainID, DomainName string
	ProjectID            string // of the app's owner, or of the token's scope
}

// Outbound is the request towards the backend. The mapping policy fills it; a
// backend sends it.
type Outbound struct {
	Method  string
	Scheme  string
	Address string // host[:port] to dial
	// ServerName is whom the certificate of an https backend has to name; "" means
	// the host of Address.
	ServerName string
	Host       string // Host header
	Path       string // percent-encoded, begins with '/'
	RawQuery   string
	Headers    message.Fields // end-to-end fields only
	Timeout    time.Duration
}

// Response is the answer that the edge writes.
type Response struct {
	Status  int
	Headers message.Fields
	// Body is the answer's body. Exactly one of Bytes and Stream is used: Stream
	// when it is not nil. The edge closes Stream.
	Bytes  []byte
	Stream io.ReadCloser
	Length int64 // of Stream, -1 when unknown
	// Trailers, when set, is called after Stream has been read to its end.
	Trailers func() message.Fields
	Sent     int64 // body bytes written to the caller, set by the edge
	// Tunnel, when set, goes with status 101: the edge writes the head and joins
	// the two connections until one ends. It closes Tunnel. A Write bounds its
	// own time; CloseWrite, when there is one, passes on that the caller has
	// ended its half.
	Tunnel net.Conn
}

// NotConnected is the Timing.BackendConnect of a call whose backend was not
// reached.
const NotConnected time.Duration = -1

// Timing holds the moments that the access record and the debug headers show.
// Zero means "did not happen".
type Timing struct {
	BackendConnect time.Duration // 0 over a kept connection, or NotConnected
	BackendStart   time.Time
	BackendHeader  time.Time
	BackendStatus  int
	BackendAddr    string
	// Heard is when BackendHeader was, on the monotonic clock; 0: nobody looked.
	Heard http1.Instant
}

// Freer is memory that a call uses and does not own.
type Freer interface{ Free() }

// KeepUntilRelease holds back memory that the strings of the response lie in until the call is
// released. A call keeps one; the one before is freed.
func (c *Call) KeepUntilRelease(f Freer) {
	if c.kept != nil {
		c.kept.Free()
	}
	c.kept = f
}

// Pieces is what Response.Stream and Request.Body may be besides: a reader that
// hands out its own memory, piece by piece (http1.Body.Next says how).
type Pieces interface {
	Next(wait bool) ([]byte, error)
}

// Answered is what an authorizer answered under a name of Authorizer, which is
// case-sensitive (wire-facts §7.2); empty when it did not.
func (c *Call) Answered(name string) string {
	for i := range c.Authorizer {
		if c.Authorizer[i].Name == name {
			return c.Authorizer[i].Value
		}
	}
	return ""
}

// Context ends when the caller goes away or the gateway stops waiting.
func (c *Call) Context() context.Context { return c.ctx }
