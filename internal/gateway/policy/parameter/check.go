package parameter

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// Check refuses a call whose declared parameters are missing or not valid.
type Check struct{ rules []rule }

// rule is what one parameter must fulfil. The faults are made beforehand: a
// refused call costs no more than a served one.
type rule struct {
	source   *Source
	required bool
	values   bool // whether values are checked at all (valid_enable = 1)
	number   bool
	min, max *int64
	enum     []string

	missing, wrong, notListed, outOfRange, wrongLength *call.Fault
}

// NewCheck returns nil when no declaration demands anything.
func NewCheck(s *Set) (*Check, error) {
	var k Check
	for i := range s.params {
		p := &s.params[i]
		r, err := compile(p)
		if err != nil {
			return nil, fmt.Errorf("parameter %q: %w", p.Name, err)
		}
		if r.required || r.values {
			r.source = &s.sources[i]
			k.rules = append(k.rules, r)
		}
	}
	if k.rules == nil {
		return nil, nil
	}
	return &k, nil
}

func compile(p *definition.Param) (rule, error) {
	r := rule{required: p.Required, values: p.Check, missing: refuse(p.Name, "is missing")}
	if !p.Check {
		return r, nil
	}
	r.enum = p.Enum
	r.notListed = refuse(p.Name, "is not one of the allowed values")
	switch p.Type {
	case definition.TypeNumber:
		r.number, r.min, r.max = true, p.MinNum, p.MaxNum
		r.wrong = refuse(p.Name, "is not a number")
		r.outOfRange = refuse(p.Name, "must be "+interval(r.min, r.max, ""))
	case definition.TypeString, "":
		r.min, r.max = widen(p.MinSize), widen(p.MaxSize)
		r.wrongLength = refuse(p.Name, "must have "+interval(r.min, r.max, " characters"))
	default:
		return r, fmt.Errorf("type %q is none of STRING, NUMBER", p.Type)
	}
	if r.min != nil && r.max != nil && *r.min > *r.max {
		return r, fmt.Errorf("the minimum %d exceeds the maximum %d", *r.min, *r.max)
	}
	return r, nil
}

// Apply implements plan.Policy.
func (k *Check) Apply(c *call.Call) *call.Fault {
	for i := range k.rules {
		r := &k.rules[i]
		var cursor int
		value, present := r.source.Next(c, &cursor)
		// A required parameter has to be sent: its default is for management's
		// documents only (the reference lets both be set).
		if !present && r.required {
			return r.missing
		}
		for present && r.values {
			if f := r.check(value); f != nil {
				return f
			}
			value, present = r.source.Next(c, &cursor)
		}
	}
	return nil
}

func (r *rule) check(value string) *call.Fault {
	if len(r.enum) > 0 && !slices.Contains(r.enum, value) {
		return r.notListed
	}
	if r.number {
		return r.checkNumber(value)
	}
	// Length is counted in characters: the platform's users write Chinese.
	if n := int64(utf8.RuneCountInString(value)); r.outside(n) {
		return r.wrongLength
	}
	return nil
}

func (r *rule) checkNumber(value string) *call.Fault {
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		if r.outside(n) {
			return r.outOfRange
		}
		return nil
	}
	if !decimal(value) {
		return r.wrong
	}
	f, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil:
		return r.wrong
	case r.min != nil && f < float64(*r.min), r.max != nil && f > float64(*r.max):
		return r.outOfRange
	}
	return nil
}

func (r *rule) outside(n int64) bool {
	return r.min != nil && n < *r.min || r.max != nil && n > *r.max
}

// decimal keeps out what ParseFloat takes beyond numbers as people write them:
// "NaN", which passes every range, "Inf", hexadecimal, underscores.
func decimal(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return false
		}
	}
	return s != ""
}

func refuse(name, reason string) *call.Fault {
	return call.BadAPIRequest.With("parameter " + name + " " + reason)
}

func interval(low, high *int64, unit string) string {
	switch {
	case low != nil && high != nil:
		return fmt.Sprintf("%d to %d%s", *low, *high, unit)
	case low != nil:
		return fmt.Sprintf("at least %d%s", *low, unit)
	case high != nil:
		return fmt.Sprintf("at most %d%s", *high, unit)
	}
	return "any value"
}

func widen(n *int) *int64 {
	if n == nil {
		return nil
	}
	w := int64(*n)
	return &w
}
