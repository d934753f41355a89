package channels

import "github.com/lintel-gateway/lintel/internal/wire/apig"

// ValidCodes reports whether a text says which HTTP codes mean health.
func ValidCodes(v string) bool { return checkCodes("http_code", v) == nil }

// ValidPath reports whether a health check may ask for a path.
func ValidPath(v string) bool { return isPath(v) }

// Host is the one spelling of a member's host, and the name that it gets.
func Host(v string) (host, name string, err error) {
	var c apig.Check
	m := MemberInput{Host: v}
	m.checkHost(&c, "host")
	return m.Host, m.InstanceName, c.Err()
}

// ValidName reports whether a member may have a name.
func ValidName(v string) bool { return memberName.MatchString(v) }
