package appcredentials

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	for in, want := range map[string]string{
		"2030-01-02T03:04:05Z":               "2030-01-02T03:04:05.000000",
		"2030-01-02T03:04:05.25+08:00":       "2030-01-01T19:04:05.250000",
		"2030-01-02T03:04:05":                "2030-01-02T03:04:05.000000",
		"2030-01-02T03:04:05.123456789":      "2030-01-02T03:04:05.123456",
		"2030-01-02T03:04:05.000000":         "2030-01-02T03:04:05.000000",
		"":                                   "",
		"2030-01-02":                         "",
		"2030-13-02T03:04:05Z":               "",
		"2030-01-02T03:04:05Z ":              "",
		"0001-01-01T00:00:00Z":               "",
		"9999-12-31T23:59:59-12:00":          "", // the year 10000 in UTC
		"1893553445":                         "",
		strings.Repeat("2030-01-02T", 10000): "",
	} {
		got := ""
		if m, ok := parseMoment(in); ok {
			got = m.Format(timeLayout)
		}
		if got != want {
			t.Errorf("%.40q is %q, want %q", in, got, want)
		}
	}
}

func FuzzParseMoment(f *testing.F) {
	for _, s := range []string{"2030-01-02T03:04:05Z", "2030-01-02T03:04:05.5", "2030-01-02T03:04:05.25+08:00", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := parseMoment(s)
		if !ok {
			return
		}
		again, ok := parseMoment(m.Format(timeLayout))
		if !ok || !again.Equal(m) || m.Location() != time.UTC {
			t.Errorf("%q is %v, written and read again %v", s, m, again)
		}
	})
}

// TestGuessesAreBounded: made-up failures of many credentials take no more room
// than maxCounted rows.
func TestGuessesAreBounded(t *testing.T) {
	l := guesses{rows: map[string]*guess{}}
	now := time.Unix(1_000_000, 0)
	for i := range maxCounted + 100 {
		l.record(fmt.Sprint(i), false, now)
	}
	if len(l.rows) > maxCounted {
		t.Errorf("%d rows", len(l.rows))
	}
	l.record("one more", false, now.Add(FailureWindow))
	if len(l.rows) != 1 {
		t.Errorf("%d rows, though all but one are over", len(l.rows))
	}
}
