// Package record keeps what is left of a finished call: its access record, its
// counters and what it adds to the figures of its API. It decides which fields
// of a call become which fields of those; telemetry and statistics know no call.
//
// It is here and not in internal/app so that the gate of what a call costs
// (TestChainAllocations, BenchmarkChain) covers the whole of it.
package record

import (
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// Recorder records finished calls. It is safe for concurrent use.
type Recorder struct {
	Clock   clock.Clock
	Region  string
	Access  *telemetry.AccessLog // nil when it is turned off
	Metrics *telemetry.Metrics
	Figures *statistics.Collector // per API and minute; nil counts nothing

	lanes sync.Pool // of *lane
	last  atomic.Uint32
}

// lane is the number under which a core records, so that no two of them meet at a
// lock or a counter. One pool says whose it is for all three places: each had its
// own, in 116 instructions a call. The garbage collector empties the pool, and then
// cores get other lanes.
type lane struct{ number uint32 }

// enter returns a lane that nobody else has, but for one who got the same number
// after another turn through all of them.
func (k *Recorder) enter() *lane {
	l, _ := k.lanes.Get().(*lane)
	if l == nil {
		l = &lane{k.last.Add(1)}
	}
	return l
}

// Call writes the access record of a call and counts it. The strings of the
// record are the call's; the log copies them before this returns.
func (k *Recorder) Call(c *call.Call) {
	now := k.Clock()
	ended := now.UnixNano()
	r := telemetry.AccessRecord{
		RemoteAddr: client(c), RequestID: c.ID, APIID: c.Target.APIID,
		UserID: c.Caller.UserID, AppID: c.Caller.AppID, Time: c.Started, RequestTime: since(c.Started, ended),
		Method: c.Request.Method, Host: c.Request.Host, RouterURI: c.Target.Pattern,
		ServerProtocol: c.Request.Proto, Status: c.Response.Status, BytesSent: c.Response.Sent,
		RequestLength: c.Request.Size, RegionID: k.Region,
	}
	if r.RouterURI == "" {
		r.RouterURI = c.Request.Path
	}
	r.UserAgent, _ = c.Request.Field(call.HeaderUserAgent)
	r.ForwardedFor, _ = c.Request.Field(call.HeaderForwardedFor)
	stat := telemetry.CallStat{Status: r.Status, Took: r.RequestTime}
	if c.Fault != nil {
		r.ErrorCode, stat.Fault = c.Fault.Code, c.Fault.Code
	}
	if t := &c.Timing; t.BackendAddr != "" {
		r.BackendAddr, r.BackendURI, r.BackendStatus = t.BackendAddr, c.Out.Path, t.BackendStatus
		r.BackendConnectTime, r.BackendResponseTime = t.BackendConnect, since(t.BackendStart, ended)
		stat.Asked, stat.Backend = true, r.BackendResponseTime
		if !t.BackendHeader.IsZero() {
			r.BackendHeaderTime = since(t.BackendStart, t.BackendHeader.UnixNano())
			stat.Backend = r.BackendHeaderTime
		}
	}
	latency, backend := stat.Took, r.BackendResponseTime
	if r.Status == http.StatusSwitchingProtocols {
		// A WebSocket may last for hours; what was answered is its handshake.
		stat.Took = since(c.Started, c.Timing.BackendHeader.UnixNano())
		latency, backend = stat.Took, stat.Backend
	}
	at := k.enter()
	k.Access.Record(at.number, &r)
	k.Metrics.Call(at.number, stat)
	// A backend's share lasts until its answer was passed on: a long download is
	// not the gateway's doing.
	k.Figures.Add(at.number, now, &statistics.Call{
		APIID: c.Target.APIID, GroupID: c.Target.GroupID, Status: r.Status, Latency: latency,
		Asked: stat.Asked, Backend: backend, In: r.RequestLength, Out: r.BytesSent,
	})
	k.lanes.Put(at)
}

// client is who called: behind trusted proxies the address that they name, as in
// the log of a proxy that knows them; the field http_x_forwarded_for shows what
// they said. Without a client (the field could not be read) it is the TCP peer.
func client(c *call.Call) netip.Addr {
	if c.Request.Client.IsValid() {
		return c.Request.Client
	}
	return c.Request.Remote.Addr()
}

// since is the time from a moment to another, of this century, in nanoseconds: Sub
// guards against an overflow after 292 years, in 130 instructions, three times a call.
func since(from time.Time, to int64) time.Duration {
	return time.Duration(to - from.UnixNano())
}
