package ledger

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Amount is a number of things in millionths, or Unlimited.
type Amount int64

// Unlimited is written -1.
const Unlimited Amount = entitlement.Unbounded

const (
	unit     = entitlement.Unit
	decimals = 6
	// maxWhole bounds a single number in whole things: an exbibyte in GiB.
	maxWhole = 1_000_000_000
	// maxTotal bounds what is taken of an account, so that sums fit into 64 bits.
	maxTotal Amount = 1_000_000_000_000 * unit
)

// number says what is accepted, for refusals.
const number = "a number from 0 to 1000000000 with at most 6 decimals, without an exponent"

// parse reads a JSON number. Only -1 may be negative, where unlimited is
// allowed. An exponent is refused: 1e999999999 is a number too.
func parse(text string, unlimited bool) (Amount, bool) {
	whole, fraction, dotted := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "-1" && fraction == "" && (!dotted || strings.Trim(text, "-1.0") == "") {
		return Unlimited, unlimited
	}
	if whole == "" || len(whole) > 10 || len(fraction) > decimals || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
	if err != nil || n > maxWhole*unit {
		return 0, false
	}
	return Amount(n), true
}

// String is the number with as few digits as it has.
func (n Amount) String() string {
	if n < 0 {
		return "-1"
	}
	text := strconv.FormatInt(int64(n/unit), 10)
	if rest := n % unit; rest != 0 {
		fraction := strconv.FormatInt(int64(rest+unit), 10)[1:] // the 1 keeps leading zeros
		text += "." + strings.TrimRight(fraction, "0")
	}
	return text
}

// MarshalJSON implements json.Marshaler.
func (n Amount) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// Schema is a number.
func (Amount) Schema() wire.Schema {
	return wire.Schema{"type": "number", "minimum": -1}
}

// amounts reads an object of numbers; the refusal names the field.
func amounts(fields map[string]json.RawMessage, unlimited bool) (map[string]Amount, error) {
	read := make(map[string]Amount, len(fields))
	for name, raw := range fields {
		n, ok := parse(string(raw), unlimited)
		if !ok && unlimited {
			return nil, invalid(name, number+", or -1 for no limit")
		}
		if !ok {
			return nil, invalid(name, number)
		}
		read[name] = n
	}
	return read, nil
}
