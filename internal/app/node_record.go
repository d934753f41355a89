package app

import (
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// recordCall writes the access record of a call and counts it. The strings of
// the record are the call's; the log copies them before this returns.
func (p *Platform) recordCall(c *call.Call) {
	now := p.clock()
	r := telemetry.AccessRecord{
		RemoteAddr: c.Request.Remote.Addr(), RequestID: c.ID, APIID: c.Target.APIID,
		UserID: c.Caller.UserID, AppID: c.Caller.AppID, Time: c.Started, RequestTime: now.Sub(c.Started),
		Method: c.Request.Method, Host: c.Request.Host, RouterURI: c.Target.Pattern,
		ServerProtocol: c.Request.Proto, Status: c.Response.Status, BytesSent: c.Response.Sent,
		RequestLength: c.Request.Size, RegionID: p.cfg.Region,
	}
	if r.RouterURI == "" {
		r.RouterURI = c.Request.Path
	}
	r.UserAgent, _ = c.Request.Headers.Get("User-Agent")
	r.ForwardedFor, _ = c.Request.Headers.Get("X-Forwarded-For")
	stat := telemetry.CallStat{Status: r.Status, Took: r.RequestTime}
	if c.Fault != nil {
		r.ErrorCode, stat.Fault = c.Fault.Code, c.Fault.Code
	}
	if t := &c.Timing; t.BackendAddr != "" {
		r.BackendAddr, r.BackendURI, r.BackendStatus = t.BackendAddr, c.Out.Path, t.BackendStatus
		r.BackendResponseTime = now.Sub(t.BackendStart)
		stat.Asked, stat.Backend = true, r.BackendResponseTime
		if !t.BackendHeader.IsZero() {
			r.BackendHeaderTime = t.BackendHeader.Sub(t.BackendStart)
			stat.Backend = r.BackendHeaderTime
		}
	}
	p.access.Record(&r)
	p.metrics.Call(stat)
}
