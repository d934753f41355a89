package signature_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// TestQueryOrder: few pairs are put in order in another way than many.
func TestQueryOrder(t *testing.T) {
	texts := []string{"", "a", "ab", "b", "B", "a+b", "a b", "é"}
	for n := range 30 {
		var query message.Fields
		var lines []string
		for range n {
			f := message.Field{Name: texts[rand.IntN(len(texts))], Value: texts[rand.IntN(len(texts))]}
			query = append(query, f)
			lines = append(lines, f.Name+"\x00"+f.Value)
		}
		asked := slices.Clone(query)
		m := signature.Message{Method: "GET", Path: "/", Query: query, Headers: message.Fields{{Name: "Host", Value: "h"}}}
		got, err := signature.Canonical(&m, "host", "p")
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines)
		for i, line := range lines {
			name, value, _ := strings.Cut(line, "\x00")
			lines[i] = string(message.AppendEscaped(nil, name)) + "=" + string(message.AppendEscaped(nil, value))
		}
		if got, want := strings.Split(got, "\n")[2], strings.Join(lines, "&"); got != want {
			t.Errorf("%v: %s, want %s", query, got, want)
		}
		if !slices.Equal(asked, query) {
			t.Errorf("the caller's query was put in order: %v, was %v", query, asked)
		}
	}
}

// TestDatesAgreeWithParse: a date is the moment that time.Parse reads, or none.
func TestDatesAgreeWithParse(t *testing.T) {
	check := func(date string) {
		t.Helper()
		want, err := time.Parse("20060102T150405Z", date)
		if err != nil {
			if got := signature.CheckDate(date, signedAt); !errors.Is(got, signature.ErrDate) {
				t.Fatalf("%s: %v; time.Parse says %v", date, got, err)
			}
			return
		}
		for away, ok := range map[time.Duration]bool{0: true, signature.MaxSkew: true, -signature.MaxSkew: true,
			signature.MaxSkew + time.Second: false, -signature.MaxSkew - time.Second: false} {
			if got := signature.CheckDate(date, want.Add(away)); (got == nil) != ok {
				t.Fatalf("%s, %v away: %v", date, away, got)
			}
		}
		var skew *signature.SkewError
		if errors.As(signature.CheckDate(date, want.Add(time.Hour)), &skew); skew == nil || !skew.Signed.Equal(want) || skew.Signed.Location() != time.UTC {
			t.Fatalf("%s was read as %v", date, skew)
		}
	}
	digits := func(n ...int) string {
		var b []byte
		for _, n := range n {
			b = append(b, '0'+byte(n/10%10), '0'+byte(n%10))
		}
		return string(b)
	}
	for _, year := range []int{0, 1, 3, 4, 99, 100, 399, 400, 1600, 1900, 1969, 1970, 1999, 2000, 2023, 2024, 2026, 2100, 9999} {
		for month := range 14 {
			for day := range 33 {
				check(digits(year/100, year%100, month, day) + "T" + digits(23, 59, 59) + "Z")
			}
		}
	}
	for range 10_000 {
		check(digits(rand.IntN(100), rand.IntN(100), 1+rand.IntN(12), 1+rand.IntN(31)) + "T" + digits(rand.IntN(25), rand.IntN(61), rand.IntN(61)) + "Z")
	}
}
