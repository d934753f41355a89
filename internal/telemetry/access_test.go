package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

func record() *telemetry.AccessRecord {
	return &telemetry.AccessRecord{
		RemoteAddr: netip.MustParseAddr("203.0.113.7"), RequestID: "0123456789abcdef0123456789abcdef",
		APIID: "5f918d104dc84480a75166ba99efff21", AppID: "98df09fb-8d0a-4a3c-8e6b-5d7b3f2a1c11"[:32],
		Time: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC), RequestTime: 2345 * time.Microsecond,
		Method: "GET", Host: "c12daaa5f6e741c7a3d5e9f1b2c3d4e5.apigw.localhost", RouterURI: "/orders/{id}",
		ServerProtocol: "HTTP/1.1", Status: 200, BytesSent: 128, RequestLength: 412,
		UserAgent: "curl/8.5.0", ForwardedFor: "198.51.100.1, 10.0.0.1",
		BackendAddr: "10.0.0.8:8080", BackendURI: "/v2/orders/7", BackendStatus: 200,
		BackendConnectTime: 0, BackendHeaderTime: 1100 * time.Microsecond, BackendResponseTime: 1300 * time.Microsecond,
		RegionID: "RegionOne",
	}
}

func TestAccessLine(t *testing.T) {
	want := `{"remote_addr":"203.0.113.7","request_id":"0123456789abcdef0123456789abcdef","api_id":"5f918d104dc84480a75166ba99efff21",` +
		`"user_id":"","app_id":"98df09fb-8d0a-4a3c-8e6b-5d7b3f2a","time_local":"2026-11-22T03:04:05.000Z","request_time":0.002345,` +
		`"request_method":"GET","host":"c12daaa5f6e741c7a3d5e9f1b2c3d4e5.apigw.localhost","router_uri":"/orders/{id}",` +
		`"server_protocol":"HTTP/1.1","status":200,"bytes_sent":128,"request_length":412,"http_user_agent":"curl/8.5.0",` +
		`"http_x_forwarded_for":"198.51.100.1, 10.0.0.1","upstream_addr":"10.0.0.8:8080","upstream_uri":"/v2/orders/7",` +
		`"upstream_status":200,"upstream_connect_time":0.000000,"upstream_header_time":0.001100,"upstream_response_time":0.001300,` +
		`"region_id":"RegionOne","error_code":""}` + "\n"
	if got := record().Line(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestAccessFields: every line has exactly the fields of wire-facts §4 and
// error_code, whatever became of the call.
func TestAccessFields(t *testing.T) {
	want := strings.Fields(`remote_addr request_id api_id user_id app_id time_local request_time request_method host router_uri
		server_protocol status bytes_sent request_length http_user_agent http_x_forwarded_for upstream_addr upstream_uri upstream_status
		upstream_connect_time upstream_header_time upstream_response_time region_id error_code`)
	slices.Sort(want)
	failed := record()
	failed.BackendStatus, failed.ErrorCode, failed.Status = 0, "APIG.0201", 504
	for name, r := range map[string]*telemetry.AccessRecord{
		"full": record(), "zero": {}, "backend failed": failed,
		"hostile": {UserAgent: "\"}\n{\"status\":200,\"x\":\"", ForwardedFor: "\xff\x00", Host: "\u2028", RemoteAddr: netip.MustParseAddr(`fe80::1%"a`)},
	} {
		line := r.Line()
		if strings.Count(line, "\n") != 1 {
			t.Errorf("%s: not one line: %q", name, line)
		}
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%s: %v in %s", name, err, line)
		}
		var got []string
		for k := range fields {
			got = append(got, k)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: fields %q, want %q", name, got, want)
		}
		if asked := r.BackendAddr != ""; (fields["upstream_addr"] != nil) != asked || !asked && fields["upstream_response_time"] != nil {
			t.Errorf("%s: backend fields do not say whether a backend was asked: %s", name, line)
		}
		if (fields["upstream_status"] == nil) != (r.BackendStatus == 0) {
			t.Errorf("%s: upstream_status %v", name, fields["upstream_status"])
		}
	}
}

func TestQueriesStayOut(t *testing.T) {
	r := record()
	r.RouterURI, r.BackendURI = "/a?token=hush", "/b?x=hush#y"
	if line := r.Line(); strings.Contains(line, "hush") || strings.Contains(line, "?") {
		t.Errorf("a query is recorded: %s", line)
	}
}

// sink collects what is written; it can be held, and can fail.
type sink struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	err    error
	hold   chan struct{} // when set, Write waits for it
	closed int
}

func (s *sink) Write(p []byte) (int, error) {
	if s.hold != nil {
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	return s.buf.Write(p)
}

func (s *sink) Close() error { s.closed++; return nil }

func (s *sink) lines() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Count(s.buf.Bytes(), []byte("\n"))
}

func TestRecordsAreFlushedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		l := telemetry.NewAccessLog(s, telemetry.AccessOptions{Flush: time.Second})
		l.Record(0, record())
		synctest.Wait()
		if n := s.lines(); n != 0 {
			t.Errorf("%d lines before the time", n)
		}
		time.Sleep(time.Second + time.Millisecond) // the bubble's clock
		synctest.Wait()
		if n := s.lines(); n != 1 {
			t.Errorf("%d lines after a second, want 1", n)
		}
		l.Record(0, record())
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if s.lines() != 2 || s.closed != 1 || l.Dropped() != 0 {
			t.Errorf("after Close: %d lines, closed %d times, %d dropped", s.lines(), s.closed, l.Dropped())
		}
		l.Record(0, record())
		if err := l.Close(t.Context()); err != nil || l.Dropped() != 1 || s.closed != 1 {
			t.Errorf("a late record: %v, %d dropped, closed %d times", err, l.Dropped(), s.closed)
		}
	})
}

func TestHalfFullBufferIsWrittenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		size := len(record().Line())
		l := telemetry.NewAccessLog(s, telemetry.AccessOptions{Buffer: 10 * size, Flush: time.Hour})
		for range 5 {
			l.Record(0, record())
		}
		synctest.Wait()
		if n := s.lines(); n != 5 {
			t.Errorf("%d lines, want 5", n)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestSlowDiskDropsAndCounts: calls never wait; what does not fit is counted,
// and nothing is written twice or torn.
func TestSlowDiskDropsAndCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{hold: make(chan struct{})}
		size := len(record().Line())
		l := telemetry.NewAccessLog(s, telemetry.AccessOptions{Buffer: 10 * size, Flush: time.Hour})
		for range 5 {
			l.Record(0, record())
		}
		synctest.Wait() // these five are held in Write
		for range 13 {
			l.Record(0, record())
		}
		if got := l.Dropped(); got != 3 {
			t.Errorf("%d dropped, want 3", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close on a blocked sink: %v", err)
		}
		close(s.hold)
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if n := s.lines(); n != 15 {
			t.Errorf("%d lines, want 15", n)
		}
	})
}

func TestWriteFailuresAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &sink{err: errors.New("no space left")}
		l := telemetry.NewAccessLog(s, telemetry.AccessOptions{Log: telemetry.NewLog(&log, nil, telemetry.FormatJSON)})
		for range 3 {
			l.Record(0, record())
			time.Sleep(2 * time.Second)
		}
		synctest.Wait()
		if l.Dropped() != 3 || strings.Count(log.String(), "no space left") != 1 {
			t.Errorf("%d dropped, log %q: want 3, and one line a minute", l.Dropped(), log.String())
		}
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNilAccessLogIsOff(t *testing.T) {
	var l *telemetry.AccessLog
	l.Record(0, record())
	if err := l.Close(t.Context()); err != nil || l.Dropped() != 0 {
		t.Errorf("%v, %d", err, l.Dropped())
	}
}

func TestConcurrentRecords(t *testing.T) {
	s := &sink{}
	l := telemetry.NewAccessLog(s, telemetry.AccessOptions{Buffer: 8 << 20})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				l.Record(0, record())
			}
		})
	}
	wg.Wait()
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := record().Line()
	for line := range strings.Lines(s.buf.String()) {
		if line != want {
			t.Fatalf("a torn line: %q", line)
		}
	}
	if n := s.lines(); n+int(l.Dropped()) != 4000 || l.Dropped() != 0 {
		t.Errorf("%d lines and %d dropped of 4000", n, l.Dropped())
	}
}

var _ io.WriteCloser = (*sink)(nil)
