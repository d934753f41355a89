package signature

import (
	"crypto/sha256"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// familiar writes the canonical request, padded, of a message whose signed fields Layout
// has placed and of which nothing is to be escaped: what canonical writes, in half the
// instructions. It reports false for any other.
func (w *Workspace) familiar(m *Message, payload string) bool {
	if !m.PlainPath || !m.PlainQuery || len(m.Query) > maxInserted {
		return false
	}
	size := len(m.Method) + len(m.Path) + len("\n/\n")
	for i := range len(m.Method) {
		if c := m.Method[i]; 'a' <= c && c <= 'z' {
			return false
		}
	}
	for i := range m.Query {
		size += len(m.Query[i].Name) + len(m.Query[i].Value) + len("&=")
	}
	if size >= cap(w.out) {
		w.out = make([]byte, 0, 2*size)
	}
	begin := unsafe.Pointer(unsafe.SliceData(w.out))
	to := line(message.Put(begin, m.Method))
	to = message.Put(to, m.Path)
	if n := len(m.Path); n == 0 || m.Path[n-1] != '/' {
		to = char(to, '/')
	}
	to = line(to)
	var room [maxInserted]uint8
	for i, n := range inserted(&room, m.Query) {
		if i > 0 {
			to = char(to, '&')
		}
		pair := &m.Query[n]
		to = char(message.Put(to, pair.Name), '=')
		to = message.Put(to, pair.Value)
	}
	out, ok := m.Layout.AppendLines(w.out[:uintptr(to)-uintptr(begin)], m.Headers)
	if ok {
		w.end(out, payload)
	}
	return ok
}

func line(to unsafe.Pointer) unsafe.Pointer { return char(to, '\n') }

// char writes c.
func char(to unsafe.Pointer, c byte) unsafe.Pointer {
	*(*byte)(to) = c
	return unsafe.Add(to, 1)
}

// end sets w.out to a text and the payload, padded.
func (w *Workspace) end(text []byte, payload string) {
	begin := len(text)
	size := begin + len(payload)
	whole := (size + 1 + 8 + sha256.BlockSize - 1) &^ (sha256.BlockSize - 1)
	if whole+sha256.BlockSize > cap(text) {
		w.out = padded(append(text, payload...))
		return
	}
	text = text[:whole+sha256.BlockSize]
	if len(payload) == 2*sha256.Size { // nearly always
		*(*[2 * sha256.Size]byte)(text[begin:]) = *(*[2 * sha256.Size]byte)(unsafe.Pointer(unsafe.StringData(payload)))
	} else {
		copy(text[begin:], payload)
	}
	// Zeroes from here on, of which a padding has at most 72: no call for them.
	*(*[sha256.BlockSize + 8]byte)(text[size:]) = [sha256.BlockSize + 8]byte{}
	w.out = text[:whole]
	pad(w.out, size, 0)
}
