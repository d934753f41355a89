package apig

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// Time is a moment on this wire: RFC 3339 in UTC with up to six decimals, as
// many as the store keeps. The zero moment is null.
type Time time.Time

const layout = "2006-01-02T15:04:05.999999Z"

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	if time.Time(t).IsZero() {
		return []byte("null"), nil
	}
	return time.Time(t).UTC().AppendFormat(make([]byte, 0, len(layout)+2), `"`+layout+`"`), nil
}

// UnmarshalJSON implements json.Unmarshaler; it takes any RFC 3339 zone.
func (t *Time) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == nil {
		*t = Time{}
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, *s)
	if err != nil {
		return E2000.With("a moment must have the form 2006-01-02T15:04:05Z")
	}
	*t = Time(at.UTC())
	return nil
}

// String is the moment as it stands on the wire.
func (t Time) String() string { return fmt.Sprint(time.Time(t).UTC().Format(layout)) }

// Schema describes the type in OpenAPI documents.
func (Time) Schema() wire.Schema { return wire.Schema{"type": "string", "format": "date-time"} }
