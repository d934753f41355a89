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
}

// Call writes the access record of a call and counts it. The strings of the
// record are the call's; the log copies them before this returns.
func (k *Recorder) Call(c *call.Call) {
	now := k.Clock()
	r := telemetry.AccessRecord{
		RemoteAddr: client(c), RequestID: c.ID, APIID: c.Target.APIID,
		UserID: c.Caller.UserID, AppID: c.Caller.AppID, Time: c.Started, RequestTime: between(c.Started, now),
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
		r.BackendConnectTime, r.BackendResponseTime = t.BackendConnect, between(t.BackendStart, now)
		stat.Asked, stat.Backend = true, r.BackendResponseTime
		if !t.BackendHeader.IsZero() {
			r.BackendHeaderTime = between(t.BackendStart, t.BackendHeader)
			stat.Backend = r.BackendHeaderTime
		}
	}
	latency, backend := stat.Took, r.BackendResponseTime
	if r.Status == http.StatusSwitchingProtocols {
		// A WebSocket may last for hours; what was answered is its handshake.
		stat.Took = between(c.Started, c.Timing.BackendHeader)
		latency, backend = stat.Took, stat.Backend
	}
	k.Access.Record(&r)
	k.Metrics.Call(stat)
	// A backend's share lasts until its answer was passed on: a long download is
	// not the gateway's doing.
	k.Figures.Add(now, &statistics.Call{
		APIID: c.Target.APIID, GroupID: c.Target.GroupID, Status: r.Status, Latency: latency,
		Asked: stat.Asked, Backend: backend, In: r.RequestLength, Out: r.BytesSent,
	})
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

// between is to.Sub(from) for moments of this century: Sub guards against an
// overflow after 292 years, in 130 instructions, three times a call.
func between(from, to time.Time) time.Duration {
	return time.Duration(to.UnixNano() - from.UnixNano())
}
