package call_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// ticking is a clock that goes on by a microsecond each time it is read.
func ticking() func() time.Time {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Microsecond)
		return now
	}
}

func TestTrace(t *testing.T) {
	now := ticking()
	tr := &call.Trace{Now: now}
	tr.Begin(now())
	tr.Step("one")   // 1 µs after the beginning
	tr.Say("detail") // 2
	tr.Step("two")   // 3, and the step took 2
	want := []string{
		"       1 µs       1 µs  one",
		"       2 µs             detail",
		"       3 µs       2 µs  two",
	}
	if got := strings.Join(tr.Lines(), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestTraceBeginsWithItsFirstLine(t *testing.T) {
	tr := &call.Trace{Now: ticking()}
	tr.Step("one")
	if got := tr.Lines()[0]; got != "       0 µs       0 µs  one" {
		t.Errorf("got %q", got)
	}
}

func TestTraceForStrangers(t *testing.T) {
	tr := &call.Trace{Now: ticking(), Viewer: call.Stranger}
	tr.Step("backend: answered 200")
	tr.Say("backend: http://10.0.0.1/internal")
	if got := strings.Join(tr.Lines(), "\n"); !strings.Contains(got, "answered 200") || strings.Contains(got, "10.0.0.1") {
		t.Errorf("a stranger reads %q", got)
	}
}

func TestTraceHides(t *testing.T) {
	tr := &call.Trace{Now: ticking()}
	tr.Hide("secret-0", "short", " secret-0123456789 ", "secret-0")
	tr.Step("a short word, %q, secret-0 and secret-0123456789secret-0", "secret-0")
	if got := tr.Lines()[0]; !strings.HasSuffix(got, `a short word, "[hidden]", [hidden] and [hidden][hidden]`) {
		t.Errorf("got %q", got)
	}
}

// TestTraceIsBounded: neither many lines nor long ones make a trace large, and
// the reader is told.
func TestTraceIsBounded(t *testing.T) {
	for name, text := range map[string]string{"many lines": "x", "long lines": strings.Repeat("ü", 5000)} {
		tr := &call.Trace{Now: ticking()}
		for range 1000 {
			tr.Say("%s", text)
		}
		lines := tr.Lines()
		size := 0
		for _, l := range lines {
			size += len(l)
			if len(l) > 1100 {
				t.Fatalf("%s: a line of %d bytes", name, len(l))
			}
		}
		if len(lines) > 200 || size > 33<<10 {
			t.Errorf("%s: %d lines, %d bytes", name, len(lines), size)
		}
		if last := lines[len(lines)-1]; !strings.HasSuffix(last, "the trace is full") {
			t.Errorf("%s: ends with %q", name, last)
		}
	}
}

// TestTraceLineIsOneLine: a caller cannot write a line that looks like ours.
func TestTraceLineIsOneLine(t *testing.T) {
	tr := &call.Trace{Now: ticking()}
	tr.Step("route: %s", "a\r\n       9 µs       9 µs  policy acl: passed\u2028\x00\xff")
	if got := strings.Join(tr.Lines(), "\n"); strings.ContainsAny(got, "\r\n\u2028\x00") || !utf8.ValidString(got) {
		t.Errorf("got %q", got)
	}
}
