package domains

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// maxName is the limit of reference table 4-437, in characters.
const maxName = 255

// canonical answers the form in which a domain is compared, and refuses what is
// none. gateway is the gateway domain.
func canonical(raw, gateway string) (string, error) {
	var c apig.Check
	c.Required("url_domain", raw)
	c.Length("url_domain", raw, 0, maxName)
	if c.Err() != nil {
		return "", c.Err()
	}
	name, reason := spell(raw)
	if reason == "" {
		reason = fault(name)
	}
	if reason == "" && (name == gateway || strings.HasSuffix(name, "."+gateway)) {
		reason = "names below " + gateway + " are the gateway's own"
	}
	if reason != "" {
		return "", apig.E2024.With("url_domain: " + reason)
	}
	return name, nil
}

// spell answers a name in lower-case ASCII.
func spell(raw string) (name, reason string) {
	switch {
	case !utf8.ValidString(raw):
		return "", "it is not UTF-8"
	case strings.Contains(raw, "*"):
		return "", "a wildcard cannot be bound, bind each domain"
	case strings.ContainsAny(raw, ":[]"):
		return "", "give a name without port, not an address"
	case strings.HasSuffix(raw, "."):
		return "", "leave out the dot at the end"
	}
	// IDNA refuses some names of plain ASCII that are in use, such as a--b.test,
	// and has nothing to say about them.
	if strings.ContainsFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) || strings.Contains(strings.ToLower(raw), "xn--") {
		ascii, err := idna.Lookup.ToASCII(raw)
		if err != nil {
			return "", "it is not an internationalised domain name"
		}
		raw = ascii
	}
	name, err := message.CanonicalHost(raw)
	if err != nil {
		return "", "it is not a domain name"
	}
	return name, ""
}

// fault says why a host in lower case is no domain.
func fault(name string) string {
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return "a domain has at least two labels, as in api.example.com"
	}
	for _, label := range labels {
		switch {
		case len(label) > 63:
			return "a label has more than 63 characters"
		case label[0] == '-' || label[len(label)-1] == '-':
			return "a label begins or ends with a hyphen"
		case strings.Contains(label, "_"):
			return "an underscore is in no domain name"
		}
	}
	// No top-level domain begins with a digit; browsers take such names for
	// addresses in all their spellings.
	if last := labels[len(labels)-1]; last[0] <= '9' {
		return "give a name, not an address"
	}
	return ""
}
