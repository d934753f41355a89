package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

func get(t *testing.T, h http.Handler, method, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func TestMetrics(t *testing.T) {
	m := telemetry.NewMetrics(telemetry.MetricsOptions{
		Version: "1.2.3", FaultCodes: []string{"APIG.0101", "APIG.0303"},
	})
	m.SetActions([]string{"b:list", "a:create"})
	m.Call(0, &telemetry.CallStat{Status: 200, Took: 3 * time.Millisecond, Asked: true, Backend: 2 * time.Millisecond})
	m.Call(0, &telemetry.CallStat{Status: 404, Fault: "APIG.0101", Took: time.Millisecond})
	m.Call(0, &telemetry.CallStat{Status: 7, Fault: "made up"})
	m.Management("a:create", 201, time.Millisecond)
	m.Management("made up", 99999, time.Millisecond)
	m.Snapshot(42, 7, 1)
	m.StateFault()
	m.AuditFailed()
	l := telemetry.NewAccessLog(devNull{}, telemetry.AccessOptions{})
	m.WatchAccessLog(l)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Record(0, record())

	_, text := get(t, telemetry.NewOps(m, nil), "GET", "/metrics")
	for _, want := range []string{
		`lintel_gateway_calls_total{class="2xx"} 1`,
		`lintel_gateway_calls_total{class="4xx"} 1`,
		`lintel_gateway_calls_total{class="5xx"} 0`,
		`lintel_gateway_calls_total{class="other"} 1`,
		`lintel_gateway_faults_total{code="APIG.0101"} 1`,
		`lintel_gateway_faults_total{code="APIG.0303"} 0`,
		`lintel_gateway_faults_total{code="other"} 1`,
		`lintel_gateway_call_duration_seconds_count 3`,
		`lintel_gateway_call_duration_seconds_bucket{le="0.0025"} 2`,
		`lintel_gateway_backend_duration_seconds_count 1`,
		`lintel_management_requests_total{action="a:create",status="201"} 1`,
		`lintel_management_requests_total{action="other",status="other"} 1`,
		`lintel_management_request_duration_seconds_count 2`,
		`lintel_gateway_snapshot_revision 42`,
		`lintel_gateway_snapshot_records 7`,
		`lintel_gateway_snapshot_broken_records 1`,
		`lintel_gateway_state_faults_total 1`,
		`lintel_audit_records_failed_total 1`,
		`lintel_access_records_dropped_total 1`,
		`version="1.2.3"`,
		"\ngo_goroutines ",
		"\nprocess_start_time_seconds ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in /metrics", want)
		}
	}

	documented, err := os.ReadFile("../../docs/operate/telemetry.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "# TYPE lintel_"); ok {
			name, _, _ = strings.Cut("lintel_"+name, " ")
			if !strings.Contains(string(documented), "`"+name+"`") {
				t.Errorf("%s is not in docs/operate/telemetry.md", name)
			}
		}
	}
}

// TestSeriesAreBounded: whatever callers send, the number of series stays.
func TestSeriesAreBounded(t *testing.T) {
	m := telemetry.NewMetrics(telemetry.MetricsOptions{FaultCodes: []string{"APIG.0101"}})
	m.SetActions([]string{"a:list"})
	count := func() int {
		_, text := get(t, telemetry.NewOps(m, nil), "GET", "/metrics")
		return strings.Count(text, "\nlintel_")
	}
	m.Call(0, &telemetry.CallStat{Status: 200})
	m.Management("other one", 0, 0)
	before := count()
	for i := range 1000 {
		m.Call(0, &telemetry.CallStat{Status: i * 7, Fault: fmt.Sprint("code", i), Asked: true})
		m.Management(fmt.Sprint("action", i), 1000+i, 0)
	}
	if after := count(); after != before {
		t.Errorf("%d series became %d", before, after)
	}
}

func TestOps(t *testing.T) {
	var missing error
	var deadline bool
	h := telemetry.NewOps(telemetry.NewMetrics(telemetry.MetricsOptions{}), func(ctx context.Context) error {
		_, deadline = ctx.Deadline()
		return missing
	})
	for _, tc := range []struct {
		method, path string
		missing      error
		status       int
		body         string
	}{
		{"GET", "/healthz", errors.New("database away"), 200, "ok\n"},
		{"GET", "/readyz", nil, 200, "ready\n"},
		{"HEAD", "/readyz", nil, 200, ""},
		{"GET", "/readyz", errors.New("no definitions yet"), 503, "not ready: no definitions yet\n"},
		{"POST", "/readyz", nil, 405, ""},
		{"POST", "/metrics", nil, 405, ""},
		{"GET", "/debug/pprof/", nil, 404, ""},
		{"GET", "/", nil, 404, ""},
	} {
		missing = tc.missing
		status, body := get(t, h, tc.method, tc.path)
		if status != tc.status || tc.body != "" && tc.method == "GET" && body != tc.body {
			t.Errorf("%s %s: %d %q, want %d %q", tc.method, tc.path, status, body, tc.status, tc.body)
		}
	}
	if !deadline {
		t.Error("the readiness question has no deadline")
	}
}
