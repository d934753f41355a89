package acls

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const (
	entityIP     = "IP"
	entityDomain = "DOMAIN"

	// maxValue bounds the text of a list before anything is made of it, in
	// bytes: 800 of the longest ranges, should an administrator allow as many.
	maxValue = 64 << 10

	maxAccounts = 1024 // characters of a list of accounts (wire-facts §9)
	maxAccount  = 64   // characters of an account's name
)

// parse reads an acl_value. written is what is stored and answered, published
// what gateways get.
func parse(entity, value string) (written string, published []string, err error) {
	var c apig.Check
	c.Required("acl_value", value)
	c.That(len(value) <= maxValue, apig.TooLong("acl_value"))
	if entity == entityDomain {
		c.Length("acl_value", value, 0, maxAccounts)
	}
	if c.Err() != nil {
		return "", nil, c.Err()
	}
	read := address
	if entity == entityDomain {
		read = account
	}
	seen := map[string]bool{}
	var kept []string
	for entry := range strings.SplitSeq(value, ",") {
		entry = strings.Trim(entry, " ")
		text, canonical, fault := read(entry)
		switch {
		case fault != "":
			return "", nil, malformed(entity, len(kept)+1, entry, fault)
		case seen[canonical] && entity == entityIP:
			return "", nil, apig.Taken(apig.E3306, "acl_value", entry)
		case seen[canonical]:
			return "", nil, malformed(entity, len(kept)+1, entry, "is there twice")
		}
		seen[canonical] = true
		kept, published = append(kept, text), append(published, canonical)
	}
	return strings.Join(kept, ","), published, nil
}

// malformed names the entry, not only the list: it may have a hundred.
func malformed(entity string, n int, entry, fault string) *wire.Error {
	e := apig.E2011
	if entity == entityIP {
		e = apig.E2015
	}
	return e.Msg("%s,parameterName:acl_value. Please refer to the support documentation: entry %d, %.64q, %s", e.Text(), n, entry, fault)
}

// account reads one account name. Which accounts exist is not asked: a list
// may be written before they do.
func account(entry string) (written, canonical, fault string) {
	switch {
	case entry == "":
		return "", "", "is empty; give the name of an account"
	case utf8.RuneCountInString(entry) > maxAccount:
		return "", "", "is longer than 64 characters"
	case !utf8.ValidString(entry), strings.ContainsFunc(entry, unprintable):
		return "", "", "holds control characters"
	}
	return entry, entry, ""
}

func unprintable(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }

// address reads one entry of a list of addresses. Two entries of one canonical
// form say the same.
func address(entry string) (written, canonical, fault string) {
	const unknown = "is not an IPv4 or IPv6 address, a CIDR block or a range first-last"
	if from, to, ok := strings.Cut(entry, "-"); ok {
		from, to = strings.TrimRight(from, " "), strings.TrimLeft(to, " ")
		first, ok := single(from)
		last, also := single(to)
		switch {
		case !ok || !also:
			return "", "", unknown
		case first.BitLen() != last.BitLen():
			return "", "", "ranges from IPv4 to IPv6 or back"
		case last.Less(first):
			return "", "", "is a reversed range; write the lower address first"
		}
		return from + "-" + to, first.String() + "-" + last.String(), ""
	}
	if strings.Contains(entry, "/") {
		p, err := netip.ParsePrefix(entry)
		switch {
		case err != nil:
			return "", "", unknown
		case p.Addr().Is4In6() && p.Bits() < 96:
			return "", "", "mixes IPv4 and IPv6; write the IPv4 block"
		case p.Addr().Is4In6():
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		return entry, p.Masked().String(), ""
	}
	a, ok := single(entry)
	if !ok {
		return "", "", unknown
	}
	return entry, a.String(), ""
}

// single reads one address. An IPv4 address in IPv6 notation is the IPv4
// address, as callers have it; a zone means nothing to anybody else's host.
func single(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil && a.Zone() == ""
}
