package accesstokens

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"
)

// FuzzMoment: what is accepted is one time in all its forms, and lies between the
// epoch and the year 9999.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{`"0"`, `""`, `null`, `0`, `1660632794800`, `"1660632794800"`, `"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.678+08:00"`,
		`-1`, `1e3`, `1.5`, `"+1"`, `"0x10"`, `" 1"`, `"253402300799999"`, `"253402300800000"`, `"99999999999999999999"`, `true`, `[]`, `{}`, `"\u0031"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var m moment
		if json.Unmarshal([]byte(raw), &m) != nil || m.IsZero() {
			return
		}
		if ms := m.UnixMilli(); ms <= 0 || ms > maxMillis {
			t.Fatalf("%s is %v", raw, m)
		}
		again, ok := parseMoment(strconv.FormatInt(m.UnixMilli(), 10))
		if !ok || !again.Equal(m.Truncate(time.Millisecond)) {
			t.Fatalf("%s is %v, read again %v", raw, m, again)
		}
	})
}
