package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// Text is a secret in the clear. However it is printed, logged or marshalled,
// it says "[redacted]"; only Reveal gives it away. It must not be the key of a
// map: encoding/json writes keys that are strings as they are.
type Text string

const redacted = "[redacted]"

// Reveal is the secret itself. Each call is a place to look at in review.
func (t Text) Reveal() string { return string(t) }

// String implements fmt.Stringer.
func (Text) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Text) GoString() string { return redacted }

// Format implements fmt.Formatter: without it %d or %x would get at the bytes.
func (Text) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// LogValue implements slog.LogValuer.
func (Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON implements json.Marshaler. An answer that must show a secret
// once declares a string and calls Reveal.
func (Text) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText implements encoding.TextMarshaler, which YAML goes by.
func (Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }
