package snapshot

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// head is what must be known of an API in order to find it, in the order of
// headNames; the rest of its definition is decoded when it is called.
type head [7]string

const (
	headID = iota
	headGroup
	headEnvID
	headEnvName
	headMethod
	headPath
	headMatch
)

var headNames = [len(head{})]string{"id", "group_id", "env_id", "env_name", "method", "path", "match"}

func headOf(d *definition.API) head {
	return head{d.ID, d.GroupID, d.EnvID, d.EnvName, d.Method, d.Path, d.Match}
}

// check says why the head is not that of the record id.
func (h *head) check(id string) error {
	api, env, _ := strings.Cut(id, "/")
	switch {
	case h[headID] != api || h[headEnvID] != env:
		return fmt.Errorf("body: describes %q, not %q", h[headID]+"/"+h[headEnvID], id)
	case h[headGroup] == "" || h[headEnvName] == "":
		return errors.New("body: group_id and env_name must be set")
	}
	return nil
}

// Fields of a head that are asked for, a bit each.
const (
	wholeHead   = 1<<len(head{}) - 1
	routeOfHead = 1<<headMethod | 1<<headPath | 1<<headMatch
)

// head reads the wanted fields of the head out of a packed body. It answers false
// for what is not written as definition.Encode writes it; then encoding/json must
// read it.
func (p packed) head(want uint8) (h head, ok bool) {
	depth := 0
	for i := 0; i < len(p) && want != 0; {
		switch c := p[i]; {
		case c == '{' || c == '[':
			depth++
			i++
		case c == '}' || c == ']':
			depth--
			i++
		case c == '"':
			_, end, _ := p.text(i)
			if end == i {
				return h, false
			}
			i = end
		case c == packedID:
			i += 17
		default:
			i++
			n := dictionary.heads[c]
			if n == 0 || depth != 1 || want&(1<<(n-1)) == 0 {
				continue
			}
			if h[n-1], i, ok = p.value(i); !ok {
				return h, false
			}
			want &^= 1 << (n - 1)
		}
	}
	return h, want == 0
}

// value reads the string that begins at i, and where it ends. It answers false for
// what is no string, is empty, or has escapes.
func (p packed) value(i int) (text string, end int, ok bool) {
	if i >= len(p) {
		return "", i, false
	}
	switch c := p[i]; {
	case c >= firstWord:
		return dictionary.texts[c], i + 1, !dictionary.names[c]
	case c == packedID:
		var room [32]byte
		hex.Encode(room[:], []byte(p[i+1:i+17]))
		return string(room[:]), i + 17, true
	case c != '"':
		return "", i, false
	}
	text, end, ok = p.text(i)
	return text, end, ok && text != "" && strings.IndexByte(text, packedByte) < 0
}

// text is the string of JSON that begins at i with its quote, and where it ends. It
// answers false for one with escapes; end is i where it never ends.
func (p packed) text(i int) (text string, end int, ok bool) {
	ok = true
	for end = i + 1; end < len(p); end++ {
		switch p[end] {
		case '\\':
			end++
			ok = false
		case '"':
			return string(p[i+1 : end]), end + 1, ok
		}
	}
	return "", i, false
}
