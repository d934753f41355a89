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
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/lane"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// Recorder records finished calls. It is safe for concurrent use.
type Recorder struct {
	Clock   clock.Clock // asked for calls whose edge did not note Began
	Region  string
	Access  *telemetry.AccessLog // nil when it is turned off
	Metrics *telemetry.Metrics
	Figures *statistics.Collector // per API and minute; nil counts nothing
}

// Call writes the access record of a call and counts it. The strings of the
// record are the call's; the log copies them before this returns.
func (k *Recorder) Call(c *call.Call) {
	now := k.now(c)
	// Times are differences of nanoseconds of this century: Sub guards against an overflow
	// after 292 years, in 130 instructions, three times a call.
	ended, began := now.UnixNano(), c.Started.UnixNano()
	var r telemetry.AccessRecord
	r.RemoteAddr, r.RequestID, r.Time, r.RequestTime = client(c), c.ID, c.Started, time.Duration(ended-began)
	// A call meets an API by one of the seven methods and by a host of its group, both of which
	// the gateway has compared byte by byte.
	r.APIID, r.Met, r.UserID, r.AppID = c.Target.APIID, c.Target.APIID != "", c.Caller.UserID, c.Caller.AppID
	r.Method, r.Host, r.ServerProtocol, r.RequestLength = c.Request.Method, c.Request.Host, c.Request.Proto, c.Request.Size
	if r.RouterURI = c.Target.Pattern; r.RouterURI == "" {
		r.RouterURI = c.Request.Path
	}
	r.UserAgent, _ = c.Request.Field(call.HeaderUserAgent)
	r.ForwardedFor, _ = c.Request.Field(call.HeaderForwardedFor)
	r.Status, r.BytesSent, r.RegionID = c.Response.Status, c.Response.Sent, k.Region
	stat := telemetry.CallStat{Status: r.Status, Took: r.RequestTime}
	if c.Fault != nil {
		r.ErrorCode, stat.Fault = c.Fault.Code, c.Fault.Code
	}
	if t := &c.Timing; t.BackendAddr != "" {
		start := t.BackendStart.UnixNano()
		r.BackendAddr, r.BackendURI, r.BackendStatus = t.BackendAddr, c.Out.Path, t.BackendStatus
		r.BackendConnectTime, r.BackendResponseTime = t.BackendConnect, time.Duration(ended-start)
		stat.Asked, stat.Backend = true, r.BackendResponseTime
		if !t.BackendHeader.IsZero() {
			r.BackendHeaderTime = time.Duration(t.BackendHeader.UnixNano() - start)
			stat.Backend = r.BackendHeaderTime
		}
	}
	latency, backend := stat.Took, r.BackendResponseTime
	if r.Status == http.StatusSwitchingProtocols {
		// A WebSocket may last for hours; what was answered is its handshake.
		stat.Took = time.Duration(c.Timing.BackendHeader.UnixNano() - began)
		latency, backend = stat.Took, stat.Backend
	}
	at := lane.Current()
	k.Access.Record(at, &r)
	k.Metrics.Call(at, &stat)
	// A backend's share lasts until its answer was passed on: a long download is
	// not the gateway's doing.
	k.Figures.Add(at, now, &statistics.Call{
		APIID: c.Target.APIID, GroupID: c.Target.GroupID, Status: r.Status, Latency: latency,
		Asked: stat.Asked, Backend: backend, In: r.RequestLength, Out: r.BytesSent,
		Lasting: true, // they are the plan's
	})
}

// now is the present on the clocks of the call, of which the monotonic one costs half a look
// at the time of day.
func (k *Recorder) now(c *call.Call) time.Time {
	if c.Began == 0 {
		return k.Clock()
	}
	return c.Started.Add(time.Duration(http1.Now() - c.Began))
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
