package snapshot

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"

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
	slots  [1024]uint8 // codes, by slotOf and then one after another; 0 is none
	texts  [256]string // by code, without quotes
	names  [256]bool   // those that are names of fields
	spells [256]string // as they stand in a body, names with their colon
	heads  [256]uint8  // of names: one more than the place in a head
	size   int
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
	at := slotOf([]byte(text), name)
	for w.slots[at%len(w.slots)] != 0 {
		at++
	}
	w.slots[at%len(w.slots)] = uint8(code)
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
	for at := slotOf(text, name); ; at++ {
		code := w.slots[at%len(w.slots)]
		if code == 0 || w.names[code] == name && w.texts[code] == string(text) {
			return code, code != 0
		}
	}
}

// slotOf spreads texts over slots. Looking words up in a map of Go was a third of
// the time of packing.
func slotOf(text []byte, name bool) int {
	n := len(text)
	slot := n*37 + int(text[0])*5 + int(text[n/2])*113 + int(text[n-1])*11
	if name {
		slot += 512
	}
	return slot
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

var errBody = errors.New("body: is not an object of JSON")

// pack packs the body of a record. It looks no closer than it must: whether the
// body is a definition turns out when it is decoded.
func pack(body []byte) (packed, error) {
	p, err := packCompact(body)
	if err == nil {
		return p, nil
	}
	// Line breaks between the values are good JSON, and nothing that Encode writes.
	var compact bytes.Buffer
	if json.Compact(&compact, body) != nil {
		return "", err
	}
	return packCompact(compact.Bytes())
}

// packCompact packs a body in which nothing stands for a byte of ours.
func packCompact(body []byte) (packed, error) {
	if len(body) < 2 || body[0] != '{' || body[len(body)-1] != '}' {
		return "", errBody
	}
	var room [512]byte
	dst := room[:0]
	for len(body) > 0 {
		if body[0] != '"' {
			if body[0] >= firstWord || body[0] < ' ' {
				return "", errBody
			}
			dst = append(dst, body[0])
			body = body[1:]
			continue
		}
		end := closing(body)
		if end < 0 {
			return "", errBody
		}
		text := body[1:end]
		body = body[end+1:]
		name := len(body) > 0 && body[0] == ':'
		code, known := dictionary.code(text, name)
		switch {
		case known:
			dst = append(dst, code)
			if name {
				body = body[1:]
			}
		case isID(text):
			dst = append(dst, packedID)
			at := len(dst)
			dst = append(dst, make([]byte, 16)...)
			_, _ = hex.Decode(dst[at:], text) // isID has looked
		default:
			if dst = appendText(dst, text); dst == nil {
				return "", errBody
			}
		}
	}
	return packed(dst), nil
}

// appendText appends a string of JSON as it stands, or answers nil for what is none.
func appendText(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, c := range text {
		switch {
		case c < ' ':
			return nil
		case c >= utf8.RuneSelf:
			dst = append(dst, packedByte)
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

// closing is where the string that text begins with ends, or negative.
func closing(text []byte) int {
	for i := 1; ; i++ {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		slashes := 0
		for text[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}

// isID reports whether text is 16 bytes in hex as they are spelled here.
func isID(text []byte) bool {
	if len(text) != 32 {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
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
