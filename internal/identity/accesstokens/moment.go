package accesstokens

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

// maxMillis is the end of the year 9999, behind which RFC 3339 has no form.
const maxMillis = 253402300799999

// moment is a time in a request: milliseconds since the epoch as text or as
// number (both are int64 to the reference's JSON), or RFC 3339. Zero is never.
type moment struct{ time.Time }

// Schema says how it travels.
func (moment) Schema() wire.Schema { return wire.Schema{"type": []string{"string", "integer", "null"}} }

// UnmarshalJSON implements json.Unmarshaler. Its errors are refusals.
func (m *moment) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
	}
	t, ok := parseMoment(text)
	if !ok {
		return ghippo.BadRequest("expiredAt must be milliseconds since the epoch (\"0\" for never) or a time of RFC 3339")
	}
	m.Time = t
	return nil
}

// parseMoment reads a text. Digits alone are milliseconds: no sign, no fraction
// and no exponent.
func parseMoment(text string) (t time.Time, ok bool) {
	if text == "" || text == "0" {
		return time.Time{}, true
	}
	digits := true
	for i := range len(text) {
		digits = digits && text[i] >= '0' && text[i] <= '9'
	}
	if digits {
		ms, err := strconv.ParseInt(text, 10, 64)
		if err != nil || ms <= 0 || ms > maxMillis {
			return time.Time{}, false
		}
		return time.UnixMilli(ms).UTC(), true
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.UnixMilli() <= 0 || t.UnixMilli() > maxMillis {
		return time.Time{}, false
	}
	return t.UTC(), true
}
