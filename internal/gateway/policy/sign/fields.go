package sign

import (
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// signedFields are the lists of signed fields for one backend: names in lower
// case, sorted, joined by ';'.
type signedFields struct {
	mapped []string  // those that backend parameters fill
	lists  [4]string // by withType and withPayload
}

// Indexes of signedFields.lists add up.
const (
	withType = 1 << iota
	withPayload
)

func fieldsFor(mappings []definition.Mapping) signedFields {
	var f signedFields
	for i := range mappings {
		if m := &mappings[i]; vouched(m) {
			f.mapped = append(f.mapped, strings.ToLower(m.Name))
		}
	}
	for i := range f.lists {
		names := append([]string{"host", "x-sdk-date"}, f.mapped...)
		if i&withType != 0 {
			names = append(names, "content-type")
		}
		if i&withPayload != 0 {
			names = append(names, "x-sdk-content-sha256")
		}
		slices.Sort(names)
		f.lists[i] = strings.Join(slices.Compact(names), ";")
	}
	return f
}

// vouched reports whether a backend parameter is a field that says what the
// gateway knows. Fields that the caller fills may come twice and say nothing that
// the caller could not say.
func vouched(m *definition.Mapping) bool {
	return m.In == definition.InHeader && m.Origin != definition.OriginRequest && !brought(m.Name)
}

// of returns the list for a call, whose fields stand in c.Out.
func (f *signedFields) of(c *call.Call, unsignedBody bool) string {
	i := 0
	if first, second := c.Out.Headers.FirstTwo("Content-Type"); first >= 0 && second < 0 {
		i |= withType
	}
	if unsignedBody {
		i |= withPayload
	}
	for _, name := range f.mapped {
		if c.Out.Headers.Index(name, 0) < 0 {
			return sent(c, f.lists[i])
		}
	}
	return f.lists[i]
}

// sent is a list without the fields that are not sent: an authorizer may leave
// out what a backend parameter wants of it.
func sent(c *call.Call, list string) string {
	b := c.Scratch()
	for name := range strings.SplitSeq(list, ";") {
		if name != "host" && c.Out.Headers.Index(name, 0) < 0 {
			continue
		}
		if len(b) > 0 {
			b = append(b, ';')
		}
		b = append(b, name...)
	}
	return c.Keep(b)
}
