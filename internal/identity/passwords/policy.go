package passwords

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxHistory bounds Policy.History: each former password costs a hash when a
// user chooses a new one.
const MaxHistory = 10

// Policy is what passwords must be like, how long they last, and when wrong
// ones lock a user out. The zero value asks for nothing.
type Policy struct {
	MinLength int           // in characters
	Classes   int           // of lower case, upper case, digits and others: 0 to 4
	History   int           // how many passwords, the present one included, may not come again: 0 to MaxHistory
	Expiry    time.Duration // 0: never
	FirstUse  bool          // a password that somebody else chose must be changed first
	// Failures wrong passwords within Window lock a user for Lock; 0: never.
	Failures     int
	Window, Lock time.Duration
}

// Check says what a password lacks, for people, or nothing.
func (p Policy) Check(password string) error {
	var lacks []string
	if n := utf8.RuneCountInString(password); n < p.MinLength {
		lacks = append(lacks, fmt.Sprintf("it has %d characters and must have at least %d", n, p.MinLength))
	}
	if n := classes(password); n < p.Classes {
		lacks = append(lacks, fmt.Sprintf("it must have %d of lower case letters, upper case letters, digits and other characters, and has %d", p.Classes, n))
	}
	if len(password) > MaxLength {
		lacks = append(lacks, fmt.Sprintf("it may have %d bytes", MaxLength))
	}
	if len(lacks) == 0 {
		return nil
	}
	return errors.New(strings.Join(lacks, "; "))
}

// classes counts the classes of the characters of a password. Letters that know
// no case are others.
func classes(password string) int {
	var lower, upper, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}
