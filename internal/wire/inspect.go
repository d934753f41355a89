package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

const (
	// maxDepth is how deep lists and objects may be nested.
	maxDepth = 64
	// maxValues bounds the values of one body. A list of empty objects costs
	// two bytes each on the wire and a whole struct each in memory.
	maxValues = 100_000
	// fewKeys is up to how many keys of an object are compared one by one.
	fewKeys = 16
)

// inspect answers why a body is refused before it is decoded, or "".
//
// encoding/json takes the last of two equal keys and matches keys without
// case, so {"role":"reader","ROLE":"admin"} is "admin" to us and "reader" to
// whoever else reads it. Such bodies are refused at every level, whether or
// not anybody knows the key. The grammar is left to json.Valid; the walk here
// relies on it.
func inspect(raw []byte) string {
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return "the body is empty"
	case !utf8.Valid(raw):
		return "the body is not UTF-8"
	case !json.Valid(raw):
		return syntaxFault(raw)
	case bytes.Equal(bytes.TrimSpace(raw), []byte("null")):
		return "the body is null"
	}
	w := walker{raw: raw}
	return w.walk()
}

// syntaxFault is for people: where the grammar was broken.
func syntaxFault(raw []byte) string {
	var any json.RawMessage
	err := json.Unmarshal(raw, &any)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("the body is not valid JSON at byte %d: %s", syntax.Offset, syntax.Error())
	}
	return "the body is not valid JSON"
}

// walker goes over valid JSON once, without building values.
type walker struct {
	raw    []byte
	frames []frame
	values int
}

// frame is an open list or object.
type frame struct {
	object bool
	atKey  bool // the next string is a key
	keys   []string
	many   map[string]struct{} // the keys, once there are more than a few
}

func (w *walker) walk() string {
	for i := 0; i < len(w.raw); i++ {
		switch c := w.raw[i]; c {
		case '{', '[':
			if len(w.frames) == maxDepth {
				return fmt.Sprintf("the body is nested deeper than %d levels", maxDepth)
			}
			w.frames = append(w.frames, frame{object: c == '{', atKey: c == '{'})
			w.values++
		case '}', ']':
			w.frames = w.frames[:len(w.frames)-1]
		case ',':
			f := &w.frames[len(w.frames)-1]
			f.atKey = f.object
			w.values++
		case '"':
			end, nul := stringEnd(w.raw, i)
			if nul {
				return "the body has the character U+0000 in a string"
			}
			if key, again := w.key(w.raw[i:end]); again {
				return fmt.Sprintf("the body has the key %.64q twice in one object (case does not count)", key)
			}
			i = end - 1
		}
		if w.values > maxValues {
			return fmt.Sprintf("the body has more than %d values", maxValues)
		}
	}
	return ""
}

// stringEnd is the position after the string that begins at i, and whether it
// holds an escaped NUL, which PostgreSQL cannot store.
func stringEnd(raw []byte, i int) (end int, nul bool) {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			nul = nul || bytes.HasPrefix(raw[i+1:], []byte("u0000"))
			i++
		}
	}
	return i + 1, nul
}

// key enters a quoted string as a key if it stands in a key's place.
func (w *walker) key(quoted []byte) (key string, again bool) {
	if len(w.frames) == 0 {
		return "", false
	}
	f := &w.frames[len(w.frames)-1]
	if !f.atKey {
		return "", false
	}
	f.atKey = false
	key = fold(quoted)
	return key, f.has(key)
}

// has reports whether the object has the key already, and enters it.
func (f *frame) has(key string) bool {
	if f.many != nil {
		_, again := f.many[key]
		f.many[key] = struct{}{}
		return again
	}
	for _, k := range f.keys {
		if k == key {
			return true
		}
	}
	if f.keys = append(f.keys, key); len(f.keys) > fewKeys {
		f.many = make(map[string]struct{}, 2*len(f.keys))
		for _, k := range f.keys {
			f.many[k] = struct{}{}
		}
	}
	return false
}

// fold is a quoted key without its escapes and its case, by the rule by which
// encoding/json matches keys to fields: the least rune of the simple folding,
// so that U+017F is an s and U+212A is a k.
func fold(quoted []byte) string {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		var s string
		// The input is valid JSON, so this string is.
		_ = json.Unmarshal(quoted, &s)
		name = []byte(s)
	}
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); {
		if c := name[i]; c < utf8.RuneSelf {
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			out = append(out, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(name[i:])
		out = utf8.AppendRune(out, least(r))
		i += n
	}
	return string(out)
}

func least(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			return next
		}
		r = next
	}
}
