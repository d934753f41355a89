package record_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/gateway/record"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

type file struct{ bytes.Buffer }

func (*file) Close() error { return nil }

func TestRecord(t *testing.T) {
	started := gatewaytest.Now
	served := func(c *call.Call) {
		c.Target.APIID, c.Target.Pattern, c.Caller.AppID = "api", "/orders/{id}", "app"
		c.Response.Status, c.Response.Sent = 200, 5
		c.Out.Path = "/v2/orders/1"
		c.Timing = call.Timing{BackendAddr: "10.0.0.1:80", BackendConnect: time.Second / 2, BackendStart: started.Add(time.Second), BackendHeader: started.Add(3 * time.Second), BackendStatus: 201}
	}
	tests := []struct {
		name string
		call func(c *call.Call)
		want map[string]any
	}{
		{"served", served, map[string]any{
			"api_id": "api", "app_id": "app", "router_uri": "/orders/{id}", "status": 200.0, "bytes_sent": 5.0, "request_time": 5.0,
			"upstream_addr": "10.0.0.1:80", "upstream_uri": "/v2/orders/1", "upstream_status": 201.0, "upstream_connect_time": 0.5, "upstream_header_time": 2.0,
			"upstream_response_time": 4.0, "error_code": ""}},
		{"refused before routing", func(c *call.Call) { c.Fault, c.Response.Status = call.NotPublished, 404 }, map[string]any{
			"router_uri": "/orders/1", "status": 404.0, "error_code": call.NotPublished.Code, "upstream_addr": nil, "upstream_status": nil}},
		{"backend without an answer", func(c *call.Call) {
			served(c)
			c.Fault, c.Timing.BackendStatus, c.Timing.BackendHeader = call.BackendTimeout, 0, time.Time{}
			c.Timing.BackendConnect = call.NotConnected
		}, map[string]any{"error_code": call.BackendTimeout.Code, "upstream_addr": "10.0.0.1:80", "upstream_status": nil,
			"upstream_connect_time": nil, "upstream_header_time": nil, "upstream_response_time": 4.0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var f file
			access := telemetry.NewAccessLog(&f, telemetry.AccessOptions{})
			metrics := telemetry.NewMetrics(telemetry.MetricsOptions{FaultCodes: call.Codes()})
			r := record.Recorder{Clock: func() time.Time { return started.Add(5 * time.Second) }, Region: "here", Access: access, Metrics: metrics}
			c := gatewaytest.Prepared(t, "GET /orders/1?secret=1", "User-Agent: curl/8", "X-Forwarded-For: 1.2.3.4")
			c.ID, c.Started = "id", started
			test.call(c)
			r.Call(c)
			if err := access.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := json.Unmarshal(f.Bytes(), &got); err != nil {
				t.Fatalf("%v: %s", err, f.Bytes())
			}
			want := map[string]any{"remote_addr": gatewaytest.Peer, "request_id": "id", "request_method": "GET", "host": "example.com",
				"server_protocol": "HTTP/1.1", "http_user_agent": "curl/8", "http_x_forwarded_for": "1.2.3.4", "region_id": "here"}
			maps.Copy(want, test.want)
			for key, value := range want {
				if got[key] != value {
					t.Errorf("%s is %v, want %v", key, got[key], value)
				}
			}
		})
	}
}

// TestRecordTurnedOff: calls are counted without an access log.
func TestRecordTurnedOff(t *testing.T) {
	r := record.Recorder{Clock: func() time.Time { return gatewaytest.Now }, Metrics: telemetry.NewMetrics(telemetry.MetricsOptions{})}
	r.Call(gatewaytest.Prepared(t, "GET /"))
}

// TestFigures: a call counts for its API in the minute in which it ended; one
// that met no API for none.
func TestFigures(t *testing.T) {
	ended := gatewaytest.Now.Add(5 * time.Second)
	figures := statistics.NewCollector()
	r := record.Recorder{Clock: func() time.Time { return ended }, Metrics: telemetry.NewMetrics(telemetry.MetricsOptions{}), Figures: figures}
	c := gatewaytest.Prepared(t, "GET /orders/1")
	c.Started, c.Target.APIID, c.Target.GroupID = gatewaytest.Now, "api", "group"
	c.Request.Size, c.Response.Status, c.Response.Sent = 70, 200, 5
	c.Timing = call.Timing{BackendAddr: "10.0.0.1:80", BackendStart: gatewaytest.Now.Add(time.Second), BackendHeader: gatewaytest.Now.Add(2 * time.Second)}
	r.Call(c)
	r.Call(gatewaytest.Prepared(t, "GET /"))
	rows := figures.API("api", 0)
	want := statistics.Row{APIID: "api", GroupID: "group", Minute: statistics.MinuteOf(ended), Sums: statistics.Sums{
		Calls: 1, OK: 1, Latency: 5e6, LatencyMax: 5e6, Asked: 1, Backend: 4e6, BackendMax: 4e6, Inner: 1e6, InnerMax: 1e6, In: 70, Out: 5,
	}}
	if len(rows) != 1 || rows[0] != want {
		t.Errorf("%+v, want %+v", rows, want)
	}
	if err := figures.Drain(func(all []statistics.Row) error {
		if len(all) != 1 {
			t.Errorf("%+v", all)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestMonotonic: of a call whose edge noted when it began on the monotonic clock, the end is
// told by that clock, however the time of day was set meanwhile.
func TestMonotonic(t *testing.T) {
	figures := statistics.NewCollector()
	wrong := func() time.Time { return gatewaytest.Now.Add(time.Hour) }
	r := record.Recorder{Clock: wrong, Metrics: telemetry.NewMetrics(telemetry.MetricsOptions{}), Figures: figures}
	c := gatewaytest.Prepared(t, "GET /orders/1")
	c.Started, c.Target.APIID = gatewaytest.Now, "api"
	c.Began = http1.Now() - http1.Instant(2*time.Second)
	r.Call(c)
	rows := figures.API("api", 0)
	if len(rows) != 1 || rows[0].Minute != statistics.MinuteOf(gatewaytest.Now) || rows[0].Latency < 2e6 || rows[0].Latency > 1e9 {
		t.Errorf("%+v, want two seconds", rows)
	}
}
