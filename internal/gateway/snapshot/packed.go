package snapshot

import (
	"encoding/binary"
	"encoding/hex"
	"reflect"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// packed is the body of an API's record in a fraction of its bytes. Most of a
// definition is the same in every definition (the names of fields, a few values) or
// an id in hex; what is left is what tells APIs apart. The words of dictionary stand
// as one byte of 0x80 and above each, ids as a zero byte and their 16 bytes, and a
// byte of the body that is not ASCII behind a 0x1f. All else stands as it is, so
// that fields which this version does not know survive.
//
// It lives in memory only: a dictionary that grows needs no migration.
type packed string

const (
	packedID   = 0x00
	packedByte = 0x1f
	firstWord  = 0x80
)

// dictionary is every name of a field in a definition and the values that are
// enumerated.
var dictionary = newWords()

type words struct {
	slots  [1024]wordSlot // by slotOf and then one after another
	texts  [256]string    // by code, without quotes
	names  [256]bool      // those that are names of fields
	spells [256]string    // as they stand in a body, names with their colon
	heads  [256]uint8     // of names: one more than the place in a head
	size   int
}

// wordSlot is a word as it is compared: no longer ones than 16 bytes need their
// text.
type wordSlot struct {
	first, last uint64 // as edges has them
	length      uint16
	name        bool
	code        uint8 // 0 is none
}

func newWords() *words {
	w := &words{}
	for _, v := range []string{
		definition.MatchNormal, definition.MatchPrefix, definition.ProtocolHTTP, definition.ProtocolHTTPS, definition.ProtocolBoth,
		definition.AuthNone, definition.AuthApp, definition.AuthIAM, definition.AuthAuthorizer, definition.BackendMock, definition.BackendFunction,
		definition.InPath, definition.InQuery, definition.InHeader, definition.TypeString, definition.TypeNumber,
		definition.OriginRequest, definition.OriginConstant, definition.OriginSystem, definition.MethodAny, definition.EffectAll,
		"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "RELEASE", "DEFAULT_ENVIRONMENT_RELEASE_ID", "http", "https",
	} {
		w.add(v, false)
	}
	for _, name := range names(reflect.TypeFor[definition.API](), nil) {
		w.add(name, true)
	}
	for i, name := range headNames {
		code, _ := w.code([]byte(name), true)
		w.heads[code] = uint8(i + 1)
	}
	return w
}

func (w *words) add(text string, name bool) {
	if _, known := w.code([]byte(text), name); known || w.size == 256-firstWord {
		return
	}
	code := firstWord + w.size
	w.size++
	first, last := edges([]byte(text))
	at := slotOf(first, last, len(text), name)
	for w.slots[at].code != 0 {
		at = (at + 1) % len(w.slots)
	}
	w.slots[at] = wordSlot{first: first, last: last, length: uint16(len(text)), name: name, code: uint8(code)}
	w.texts[code], w.names[code], w.spells[code] = text, name, `"`+text+`"`
	if name {
		w.spells[code] += ":"
	}
}

// code is the byte of a text between quotes.
func (w *words) code(text []byte, name bool) (byte, bool) {
	if len(text) == 0 {
		return 0, false
	}
	first, last := edges(text)
	return w.find(text, first, last, name)
}

// find is code for a text whose edges are known.
func (w *words) find(text []byte, first, last uint64, name bool) (byte, bool) {
	for at := slotOf(first, last, len(text), name); ; at = (at + 1) % len(w.slots) {
		s := &w.slots[at]
		switch {
		case s.code == 0:
			return 0, false
		case s.first != first || s.last != last || int(s.length) != len(text) || s.name != name:
		case len(text) <= 16 || w.texts[s.code] == string(text):
			return s.code, true
		}
	}
}

// edges are the first eight bytes of a text and its last eight, if it has more than
// eight: all of one that has 16.
func edges(text []byte) (first, last uint64) {
	if n := len(text); n >= 8 {
		first = binary.LittleEndian.Uint64(text)
		if n > 8 {
			last = binary.LittleEndian.Uint64(text[n-8:])
		}
		return first, last
	}
	for i := len(text) - 1; i >= 0; i-- {
		first = first<<8 | uint64(text[i])
	}
	return first, 0
}

// slotOf spreads texts over slots. Looking words up in a map of Go was a third of
// the time of packing.
func slotOf(first, last uint64, length int, name bool) int {
	const odd = 0x9e3779b97f4a7c15 // 2^64 by the golden ratio
	hash := (first ^ last<<1 ^ uint64(length)<<59) * odd
	if name {
		hash = ^hash
	}
	return int(hash >> 54)
}

// names lists the names of the fields of t and of what is in it.
func names(t reflect.Type, list []string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return list
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		list = names(f.Type, append(list, name))
	}
	return list
}

// body is what was packed.
func (p packed) body() []byte {
	dst := make([]byte, 0, 4*len(p))
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c >= firstWord:
			dst = append(dst, dictionary.spells[c]...)
		case c == packedID:
			dst = append(dst, '"')
			dst = hex.AppendEncode(dst, []byte(p[i+1:i+17]))
			dst = append(dst, '"')
			i += 16
		case c == packedByte:
			i++
			dst = append(dst, p[i])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
