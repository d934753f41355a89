package apig

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Check validates the fields of a request in the order in which it is asked,
// and keeps the first fault: an answer of this dialect names one parameter.
// The zero value is ready.
//
// Texts are measured in characters, not bytes, as the reference counts
// Chinese names. Every method does nothing once there is a fault.
type Check struct{ err error }

// Err is the first fault, or nil.
func (c *Check) Err() error { return c.err }

// That records fault unless ok holds. It is for rules that concern more than
// one parameter, or have a code of their own.
func (c *Check) That(ok bool, fault error) {
	if c.err == nil && !ok {
		c.err = fault
	}
}

// Required refuses an empty text.
func (c *Check) Required(param, v string) { c.That(v != "", Missing(param)) }

// Name is the rule that groups, APIs, apps and most other resources share: 3
// to 64 Chinese characters, ASCII letters, digits and underscores, the first
// one a Chinese character or a letter.
func (c *Check) Name(param, v string) {
	c.Required(param, v)
	c.Length(param, v, 3, 64)
	c.That(wellNamed(v), Invalid(param))
}

func wellNamed(v string) bool {
	for i, r := range v {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || unicode.Is(unicode.Han, r)
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return true
}

// Text is the rule of free text: at most max characters, no control
// characters but line breaks and tabs. It may be empty.
func (c *Check) Text(param, v string, max int) {
	c.Length(param, v, 0, max)
	c.That(!strings.ContainsFunc(v, control), Invalid(param))
}

// control reports the characters that free text may not hold: they would
// corrupt logs and terminals, and PostgreSQL stores no NUL.
func control(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' || r == utf8.RuneError
}

// Length refuses a text of fewer than min or more than max characters.
func (c *Check) Length(param, v string, min, max int) {
	if c.err != nil {
		return
	}
	n := utf8.RuneCountInString(v)
	c.That(n >= min, TooShort(param))
	c.That(n <= max, TooLong(param))
}

// Pattern refuses a text of fewer than min or more than max characters, and
// one that re does not match. An empty text is missing when min is positive
// and fine otherwise. Anchoring is the business of re.
func (c *Check) Pattern(param, v string, re *regexp.Regexp, min, max int) {
	if c.err != nil {
		return
	}
	if v == "" {
		c.That(min <= 0, Missing(param))
		return
	}
	c.Length(param, v, min, max)
	c.That(c.err != nil || re.MatchString(v), Invalid(param))
}

// Enum takes one of the words in any case and leaves it in upper case, the
// form in which we store and answer (wire-facts §0.3). The words are given in
// upper case. An empty value is missing: defaults are set before.
func (c *Check) Enum(param string, v *string, words ...string) {
	if c.err != nil {
		return
	}
	c.Required(param, *v)
	up := strings.ToUpper(*v)
	c.That(slices.Contains(words, up), Invalid(param))
	if c.err == nil {
		*v = up
	}
}

// Range refuses a number below min or above max.
func (c *Check) Range(param string, n, min, max int) {
	c.That(n >= min, TooSmall(param))
	c.That(n <= max, TooLarge(param))
}

// Count refuses a list of more than max items.
func (c *Check) Count(param string, n, max int) { c.That(n <= max, TooLong(param)) }
