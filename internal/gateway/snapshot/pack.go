package snapshot

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"
	"unicode/utf8"
)

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

// packCompact packs a body in which nothing stands for a byte of ours. It is most of
// what the load of a large state file takes, hence the eight bytes at a time.
func packCompact(body []byte) (packed, error) {
	if len(body) < 2 || body[0] != '{' || body[len(body)-1] != '}' {
		return "", errBody
	}
	var room [512]byte
	dst := room[:0]
	for at := 0; at < len(body); {
		c := body[at]
		if c != '"' {
			if c >= firstWord || c < ' ' {
				return "", errBody
			}
			dst = append(dst, c)
			at++
			continue
		}
		code, next := dictionary.short(body, at+1)
		if code == 0 {
			if dst, next = packText(dst, body, at); next < 0 {
				return "", errBody
			}
			at = next
			continue
		}
		dst = append(dst, code)
		at = next
	}
	return packed(dst), nil
}

// short is the word of fewer than eight bytes, as most are, that begins at a place of
// a body, and where the body goes on; 0 when there is none.
func (w *words) short(body []byte, at int) (code byte, next int) {
	if at+9 > len(body) {
		return 0, 0
	}
	v := binary.LittleEndian.Uint64(body[at:])
	quote := v ^ '"'*ones
	quote = (quote - ones) &^ quote & tops // the lowest bit is that of the first quote
	n := uint(bits.TrailingZeros64(quote)) &^ 7
	if n == 0 || n == 64 {
		return 0, 0
	}
	first := v & (1<<n - 1)
	length := int(n / 8)
	name := body[at+length+1] == ':'
	slot := slotOf(first, 0, length, name)
	for {
		s := &w.slots[slot]
		if s.first == first && int(s.length) == length && s.name == name || s.code == 0 {
			if at += length + 1; name {
				at++
			}
			return s.code, at
		}
		slot = (slot + 1) % len(w.slots)
	}
}

// packText appends the string that begins at a quote of the body, and answers where
// the body goes on, negative when the string never ends.
func packText(dst, body []byte, at int) (result []byte, next int) {
	end, plain := closing(body, at)
	if end < 0 {
		return dst, -1
	}
	text, next := body[at+1:end], end+1
	if !plain { // no word and no id has such bytes
		if dst = appendText(dst, text); dst == nil {
			return dst, -1
		}
		return dst, next
	}
	name := next < len(body) && body[next] == ':'
	if code, known := dictionary.code(text, name); known {
		if name {
			next++
		}
		return append(dst, code), next
	}
	if len(text) == 32 {
		if id, ok := idOf(text); ok {
			return append(append(dst, packedID), id[:]...), next
		}
	}
	return append(dst, body[at:next]...), next
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

// Eight bytes are looked at at once: a byte x of a word has its top bit set in
// (x-1)&^x only if it is zero or one below it is.
const ones, tops = 0x0101010101010101, 0x8080808080808080

// closing is where the string of JSON ends that begins at a quote of text, or
// negative; plain says that it has neither escapes, nor control characters, nor bytes
// that are not ASCII.
func closing(text []byte, at int) (end int, plain bool) {
	at++
	for ; at+8 <= len(text); at += 8 {
		v := binary.LittleEndian.Uint64(text[at:])
		quote, slash := v^'"'*ones, v^'\\'*ones
		// The lowest top bit that is set is that of the first byte that is a quote, a
		// backslash, below a space or above ASCII; the ones above it may be wrong.
		odd := ((quote-ones)&^quote | (slash-ones)&^slash | (v-' '*ones)&^v | v) & tops
		if odd == 0 {
			continue
		}
		at += bits.TrailingZeros64(odd) / 8
		if text[at] == '"' {
			return at, true
		}
		return closingSlowly(text, at)
	}
	return closingSlowly(text, at)
}

// closingSlowly is closing from a place within the string on, of which nothing before
// is an escape.
func closingSlowly(text []byte, at int) (end int, plain bool) {
	plain = true
	for ; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"':
			return at, plain
		case c == '\\':
			at++
			plain = false
		case c < ' ' || c >= utf8.RuneSelf:
			plain = false
		}
	}
	return -1, false
}

// nibbles are the values of hex digits as they are spelled here; all else is none.
var nibbles = func() (list [256]uint8) {
	const none = 0xff
	for i := range list {
		list[i] = none
	}
	for i, c := range []byte("0123456789abcdef") {
		list[c] = uint8(i)
	}
	return list
}()

// idOf is a text of 32 bytes as the 16 bytes that it spells in hex, and whether it
// does.
func idOf(text []byte) (id [16]byte, ok bool) {
	text = text[:2*len(id)]
	bad := uint8(0)
	for i := range id {
		high, low := nibbles[text[2*i]], nibbles[text[2*i+1]]
		bad |= high | low
		id[i] = high<<4 | low
	}
	return id, bad <= 0xf
}
