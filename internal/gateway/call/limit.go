package call

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/limit"
)

// Rule is a limit as calls meet it: so many in a period. It is immutable.
type Rule struct {
	// Name ends the name of the debug field: "api", "user", "app", "ip" or
	// "api-allenv" (wire-facts §1.1).
	Name     string
	Limit    int64 // calls in a period
	Interval int64
	Unit     string // SECOND | MINUTE | HOUR | DAY
	Seconds  int64  // Interval times Unit
	Fault    *Fault // what a call gets for which there is no room
}

// NewRule makes a rule. word is the word for it in the fault: "policy <word> over
// ratelimit" (wire-facts §8; only "ip" is known of the original, "api", "user" and
// "app" are the words of the fields). It refuses fewer calls than one, and what is no
// period.
func NewRule(name, word string, calls, interval int64, unit string) (*Rule, error) {
	if calls < 1 {
		return nil, fmt.Errorf("limit %d of %s is none; it is at least 1", calls, word)
	}
	seconds, err := limit.Seconds(interval, unit)
	if err != nil {
		return nil, fmt.Errorf("limit of %s: %w", word, err)
	}
	r := &Rule{Name: name, Limit: calls, Interval: interval, Unit: unit, Seconds: seconds}
	r.Fault = TooManyCalls.With("policy " + word + " over ratelimit," + string(r.appendPeriod(nil)))
	return r, nil
}

// appendPeriod appends "limit:5,time:1 minute".
func (r *Rule) appendPeriod(b []byte) []byte {
	b = append(b, "limit:"...)
	b = strconv.AppendInt(b, r.Limit, 10)
	b = append(b, ",time:"...)
	b = strconv.AppendInt(b, r.Interval, 10)
	b = append(b, ' ')
	return append(b, strings.ToLower(r.Unit)...)
}

// Limit is the state of one limit of a call, for the debug fields.
type Limit struct {
	*Rule
	Remain int64 // after this call
}

// AppendText appends what the debug field says: "remain:9,limit:10,time:10 second"
// (wire-facts §1.1; the unit is singular in all samples).
func (l *Limit) AppendText(b []byte) []byte {
	b = append(b, "remain:"...)
	b = strconv.AppendInt(b, l.Remain, 10)
	b = append(b, ',')
	return l.appendPeriod(b)
}

// Entrance is what holds for all calls of a group. It is immutable.
type Entrance struct {
	// SubDomain is the host name that the group was born with, "" when nobody said.
	SubDomain string
	// Limit is the group's own; nil when it has none.
	Limit *Rule
	// OfGroup and OfSubDomain name what is counted under the group's limit and
	// under that of its own host name; nil where nothing is.
	OfGroup, OfSubDomain *limit.Name
}
