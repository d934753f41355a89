package telemetry_test

import (
	"encoding/json"
	"math"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// TestLineFitsItsRoom: what a line takes beside its texts stays, with every number,
// address and moment as long as it can be, below the room that is made for it.
func TestLineFitsItsRoom(t *testing.T) {
	long := &telemetry.AccessRecord{
		RemoteAddr: netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%" + strings.Repeat("z", 100)),
		Time:       time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), RequestTime: math.MaxInt64,
		Status: math.MinInt64, BytesSent: math.MinInt64, RequestLength: math.MinInt64, BackendAddr: "b", BackendStatus: math.MinInt64,
		BackendConnectTime: math.MaxInt64, BackendHeaderTime: math.MaxInt64, BackendResponseTime: math.MaxInt64,
	}
	mapped := *long
	mapped.RemoteAddr = netip.MustParseAddr("::ffff:255.255.255.255")
	failed := *long
	failed.BackendStatus, failed.BackendConnectTime = 0, -1
	none := *long
	none.BackendAddr = ""
	for _, r := range []*telemetry.AccessRecord{long, &mapped, &failed, &none} {
		line := r.Line()
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
		if taken := len(line) - len(r.BackendAddr) + telemetry.LineOvershoot; taken > telemetry.LineRoom {
			t.Errorf("%d bytes beside the texts, and room for %d: %s", taken, telemetry.LineRoom, line)
		}
	}
}

// FuzzLine: whatever the texts, a line is JSON that says what the record says.
func FuzzLine(f *testing.F) {
	f.Add("GET", "host", "/r", "agent", "1.2.3.4", "b:80", "/uri", "region", int64(200), int64(1234567))
	f.Add("\"", "\n", "?", strings.Repeat("é", 600), "\xff", "", "\x00", "\u2028", int64(-1), int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, method, host, route, agent, forwarded, backend, uri, region string, status, n int64) {
		r := &telemetry.AccessRecord{
			RemoteAddr: netip.AddrFrom4([4]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}), Time: time.Unix(status, n%1e9), RequestTime: time.Duration(n),
			Method: method, Host: host, RouterURI: route, Status: int(status), BytesSent: n, RequestLength: status, UserAgent: agent, ForwardedFor: forwarded,
			BackendAddr: backend, BackendURI: uri, BackendStatus: int(status), BackendConnectTime: time.Duration(n), BackendHeaderTime: time.Duration(status), RegionID: region,
		}
		line := r.Line()
		var got struct {
			Addr   string `json:"remote_addr"`
			Status int64  `json:"status"`
			Sent   int64  `json:"bytes_sent"`
			Agent  string `json:"http_user_agent"`
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil || strings.Count(line, "\n") != 1 {
			t.Fatalf("%v in %q", err, line)
		}
		if got.Addr != r.RemoteAddr.String() || got.Status != status || got.Sent != n {
			t.Fatalf("%+v, of %q", got, line)
		}
		if telemetry.AllPlain([]string{agent}) && got.Agent != agent {
			t.Fatalf("agent %q, want %q", got.Agent, agent)
		}
		// A record before it in the page changes nothing, whether its texts are the
		// same or others of the same length.
		other := *r
		other.Method, other.Host, other.RouterURI, other.UserAgent = turned(method), turned(host), turned(route), turned(agent)
		other.ForwardedFor, other.BackendAddr, other.BackendURI, other.RegionID = turned(forwarded), turned(backend), turned(uri), turned(region)
		other.Time = r.Time.Add(time.Millisecond)
		alone := line + line + other.Line() + line
		if got := telemetry.LinesOfPage([]*telemetry.AccessRecord{r, r, &other, r}); got != alone {
			t.Fatalf("in a page %q, alone %q", got, alone)
		}
	})
}

// turned is s with another byte in its middle.
func turned(s string) string {
	if s == "" {
		return s
	}
	b := []byte(s)
	b[len(b)/2] ^= 1 << (len(b) % 8)
	return string(b)
}

// TestFamiliarTexts: a text that differs from the one before in one byte, wherever it
// is and whatever it becomes, is written as if nothing had come before.
func TestFamiliarTexts(t *testing.T) {
	for size := range 70 {
		for at := range size {
			for _, c := range []byte{0x00, 0x01, 'b', '"', '\\', '?', '\n', 0x7f, 0xc3} {
				one, two := *record(), *record()
				one.Method, one.UserAgent, one.BackendURI = strings.Repeat("a", size), strings.Repeat("a", size), strings.Repeat("a", size)
				changed := []byte(one.Method)
				changed[at] = c
				two.Method, two.UserAgent, two.BackendURI = string(changed), string(changed), string(changed)
				want := one.Line() + two.Line() + one.Line() + two.Line()
				if got := telemetry.LinesOfPage([]*telemetry.AccessRecord{&one, &two, &one, &two}); got != want {
					t.Fatalf("%d bytes, %q at %d:\n%s, want\n%s", size, c, at, got, want)
				}
			}
		}
	}
}

// TestEveryRecordOnce: across pages that are full and at the end, no record is lost
// or written twice.
func TestEveryRecordOnce(t *testing.T) {
	s := &sink{}
	l := telemetry.NewAccessLog(s, telemetry.AccessOptions{Buffer: 8 << 20, Flush: time.Hour})
	const n = 2000
	var wg sync.WaitGroup
	for core := range 2 {
		lane := uint32(core)
		wg.Go(func() {
			for i := range n / 2 {
				r := record()
				r.BytesSent = int64(2*i + core)
				l.Record(lane, r)
			}
		})
	}
	wg.Wait()
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var seen [n]int
	for text := range strings.Lines(s.buf.String()) {
		var got struct {
			Sent int64 `json:"bytes_sent"`
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		seen[got.Sent]++
	}
	for i, times := range seen {
		if times != 1 {
			t.Fatalf("record %d is there %d times", i, times)
		}
	}
	if l.Dropped() != 0 {
		t.Errorf("%d dropped", l.Dropped())
	}
}

// TestMetCallsAreWrittenAlike: what is known to be plain, and what is known by where it
// lies, changes no byte of a line, whatever stood in the lines before.
func TestMetCallsAreWrittenAlike(t *testing.T) {
	var records []*telemetry.AccessRecord
	want := ""
	routes := []string{"/orders/{id}", "/orders/{no}", "/" + strings.Repeat("long", 40), "/\u2028"}
	for i := range 400 {
		r := record()
		r.Met = i%7 != 0
		r.RouterURI = routes[i/20%len(routes)]
		if i%3 == 0 { // the same bytes in another place
			r.RouterURI = strings.Clone(r.RouterURI)
		}
		r.Status = 200 + i/50
		r.BackendAddr = []string{"10.0.0.8:8080", "10.0.0.9:8080", "", "\"bad\""}[i/25%4]
		r.BackendConnectTime = []time.Duration{0, -1, 3 * time.Millisecond, time.Hour}[i/10%4]
		r.BackendStatus = []int{200, 0, 404}[i/30%3]
		r.ErrorCode = []string{"", "APIG.0201"}[i/33%2]
		r.RegionID = []string{"RegionOne", "", "two"}[i/100%3]
		r.RemoteAddr = []netip.Addr{netip.MustParseAddr("203.0.113.7"), {}, netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("fe80::1%eth0")}[i/40%4]
		records = append(records, r)
		unmet := *r
		unmet.Met = false
		want += unmet.Line()
	}
	got := telemetry.LinesOfPage(records)
	for i := 0; got != "" && want != ""; i++ {
		var g, w string
		g, got, _ = strings.Cut(got, "\n")
		w, want, _ = strings.Cut(want, "\n")
		if g != w {
			t.Fatalf("record %d\ngot  %s\nwant %s", i, g, w)
		}
	}
	if got != want {
		t.Errorf("left over: %q and %q", got, want)
	}
}

// TestRestHoldsNoPages: what a burst needed is given back when there are no calls.
func TestRestHoldsNoPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		l := telemetry.NewAccessLog(s, telemetry.AccessOptions{Flush: time.Second})
		const n = 1000 // lines of 700 bytes: more than half of what may wait, and written at once
		for range n {
			l.Record(0, record())
		}
		synctest.Wait()
		if l.Pages() == 0 {
			t.Error("no page is kept for the next calls")
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if s.lines() != n {
			t.Errorf("%d lines written of %d", s.lines(), n)
		}
		if got := l.Pages(); got != 0 {
			t.Errorf("%d pages are kept by a log at rest", got)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestPagesInOrder: the lines of a lane are written in the order in which they came,
// whether their page was full or flushed.
func TestPagesInOrder(t *testing.T) {
	s := &sink{}
	l := telemetry.NewAccessLog(s, telemetry.AccessOptions{Flush: time.Millisecond})
	const n = 20_000
	for i := range n {
		r := record()
		r.BytesSent = int64(i)
		l.Record(1, r)
		for l.Dropped() == 0 && i%250 == 249 && s.lines() < i-500 {
			time.Sleep(time.Millisecond) // no more than the log has room for
		}
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	next := int64(0)
	for text := range strings.Lines(s.buf.String()) {
		var got struct {
			Sent int64 `json:"bytes_sent"`
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Sent != next {
			t.Fatalf("line %d is that of record %d, %v", next, got.Sent, err)
		}
		next++
	}
	if next != n || l.Dropped() != 0 {
		t.Errorf("%d lines of %d, %d dropped", next, n, l.Dropped())
	}
}
