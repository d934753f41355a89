package telemetry_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

func TestAppendText(t *testing.T) {
	for in, want := range map[string]string{
		"":                          `""`,
		"curl/8.5.0":                `"curl/8.5.0"`,
		"12345678":                  `"12345678"`,
		`a"b\c`:                     `"a\"b\\c"`,
		"line\nbreak\r\t\x00":       `"line\u000abreak\u000d\u0009\u0000"`,
		"\x1b[31mred\x7f":           `"\u001b[31mred\u007f"`,
		"中文":                        `"中文"`,
		"bad\xff\xfeend":            `"bad\ufffd\ufffdend"`,
		"c1\u0085\u009b":            `"c1\u0085\u009b"`,
		"a\u2028b\u2029c":           `"a\u2028b\u2029c"`,
		"evil\u202egpj.exe":         `"evil\u202egpj.exe"`,
		`"}` + "\n" + `{"status":1`: `"\"}\u000a{\"status\":1"`,
	} {
		if got := string(telemetry.AppendText(nil, in)); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestLongTextIsCutBetweenCharacters(t *testing.T) {
	for _, in := range []string{strings.Repeat("a", 40_000), strings.Repeat("中", 2000), "ab" + strings.Repeat("😀", 2000), strings.Repeat("\x80", 3000)} {
		got := telemetry.AppendText(nil, in)
		if len(got) > 6*1024+2 || !utf8.Valid(got) || !json.Valid(got) {
			t.Errorf("%d bytes, UTF-8 %v: %.40q…", len(got), utf8.Valid(got), got)
		}
		if strings.HasPrefix(in, "中") && strings.Contains(string(got), `\ufffd`) {
			t.Error("a character was cut in two")
		}
	}
}

// FuzzText: any bytes become one JSON string in one line, which reads back as
// what was sent where that was valid UTF-8.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain text of some length", "\"\\\n", "\xff", "\u2028", "a\x7fb", strings.Repeat("é", 600)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := telemetry.AppendText(nil, s)
		var back string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%q: %v in %s", s, err, got)
		}
		for _, c := range string(got) {
			if c < 0x20 || 0x7f <= c && c < 0xa0 || c == 0x2028 || c == 0x202e {
				t.Fatalf("%q: %U is not escaped in %s", s, c, got)
			}
		}
		if utf8.ValidString(s) && len(s) <= 1024 && back != s {
			t.Fatalf("%q reads back as %q", s, back)
		}
	})
}

// FuzzAllPlain compares the scan by words with the obvious one by bytes.
func FuzzAllPlain(f *testing.F) {
	f.Add("", "0123456789abcdef\x1f")
	f.Add("aaaaaaa\x7faaaaaaa\"", "abc")
	f.Add("\x00\x01\x20\x21\x22\x23", "GET")
	f.Add("plain", "HTTP/1.1")
	f.Fuzz(func(t *testing.T, a, b string) {
		want := len(a) <= 1024 && len(b) <= 1024
		for _, c := range []byte(a + b) {
			want = want && 0x20 <= c && c < 0x7f && c != '"' && c != '\\'
		}
		if got := telemetry.AllPlain([]string{a, b}); got != want {
			t.Fatalf("%q, %q: got %v, want %v", a, b, got, want)
		}
	})
}

// TestAllPlainSeesEveryByte puts every byte at every place of texts of every
// length up to three words.
func TestAllPlainSeesEveryByte(t *testing.T) {
	for n := range 26 {
		for at := range n {
			text := []byte(strings.Repeat("~", n))
			for c := range 256 {
				text[at] = byte(c)
				want := 0x20 <= c && c < 0x7f && c != '"' && c != '\\'
				if got := telemetry.AllPlain([]string{"", string(text)}); got != want {
					t.Fatalf("%q: got %v, want %v", text, got, want)
				}
			}
		}
	}
}

func TestAppendInt(t *testing.T) {
	for _, n := range []int64{0, 9, 10, 99, 100, 200, 999, 1000, 123456789, -1, -42, math.MaxInt64, math.MinInt64} {
		if got, want := string(telemetry.AppendInt(nil, n)), strconv.FormatInt(n, 10); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAppendTimes(t *testing.T) {
	zone := time.FixedZone("east", 8*3600)
	for in, want := range map[time.Time]string{
		time.Date(2026, 11, 22, 3, 4, 5, 67_890_000, time.UTC): "2026-11-22T03:04:05.067Z",
		time.Date(2026, 1, 1, 7, 0, 0, 0, zone):                "2025-12-31T23:00:00.000Z",
		{}:                                                     "0001-01-01T00:00:00.000Z",
		time.Unix(1<<40, 0):                                    "",
	} {
		if got := string(telemetry.AppendTime(nil, in)); got != want {
			t.Errorf("%v: got %s, want %s", in, got, want)
		}
	}
	for in, want := range map[time.Duration]string{
		0:                                    "0.000000",
		1250 * time.Microsecond:              "0.001250",
		61*time.Second + 999*time.Nanosecond: "61.000000",
		-time.Second:                         "0.000000",
	} {
		if got := string(telemetry.AppendSeconds(nil, in)); got != want {
			t.Errorf("%v: got %s, want %s", in, got, want)
		}
	}
}
