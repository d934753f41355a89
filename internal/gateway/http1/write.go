package http1

import (
	"encoding/binary"
	"net/http"
	"strconv"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// AppendStatus appends a status line. The reason is RFC 9110's, or nothing.
func AppendStatus(b []byte, status int) []byte {
	if i := status - 100; i >= 0 && i < len(statusLines) && statusLines[i] != "" {
		return append(b, statusLines[i]...)
	}
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	return append(b, " \r\n"...)
}

// AppendRequest appends a request line. A space or control character in path or query,
// which could end the target or the line (HTTP/2 lets a space through), is
// percent-encoded.
func AppendRequest(b []byte, method, path, query string) []byte {
	b = append(b, method...)
	b = append(b, ' ')
	begin := len(b)
	b = append(b, path...)
	if query != "" {
		b = append(b, '?')
		b = append(b, query...)
	}
	end := len(b)
	b = append(b, " HTTP/1.1\r\n"...)
	if visible(unsafe.String(&b[0], len(b)), begin) == end {
		return b
	}
	return appendEscaped(b[:begin], string(b[begin:end]))
}

// appendEscaped is the end of AppendRequest for a target that needs it.
func appendEscaped(b []byte, target string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(target) {
		if c := target[i]; c <= ' ' || c == 0x7f {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return append(b, " HTTP/1.1\r\n"...)
}

// AppendField appends a field. What could end the line or the string in the value is
// replaced by a space, and a name that is no token leaves the field out: a field is
// one field, whoever made it up.
//
// Name and value are looked at while they are copied, eight bytes at a time, which is most
// of what composing a head costs; the last eight overlap those before. What is short, or
// unusual, or needs more memory, is for appendField.
func AppendField(b []byte, f message.Field) []byte {
	n, v := len(f.Name), len(f.Value)
	begin := len(b)
	if cap(b)-begin < n+v+4 || n < 8 {
		return appendField(b, f)
	}
	b = b[:begin+n+v+4]
	to, s := unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), begin), f.Name
	var odd uint64
	for i := 0; ; i = min(i+8, n-8) {
		word := load(s, i)
		binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(to, i))[:], word)
		lower := word | ones*0x20 // as unlettered has it
		odd |= ((word^ones*'-')+ones*0x7f)&^((lower+ones*(0x80-'a'))&^(lower+ones*(0x80-'z'-1))) | word
		if i == n-8 {
			break
		}
	}
	*(*[2]byte)(unsafe.Add(to, n)) = [2]byte{':', ' '}
	if v < 8 {
		if odd&highs != 0 {
			return appendField(b[:begin], f)
		}
		return append(appendValue(b[:begin+n+2], f.Value), "\r\n"...)
	}
	to, s = unsafe.Add(to, n+2), f.Value
	for i := 0; ; i = min(i+8, v-8) {
		word := load(s, i)
		binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(to, i))[:], word)
		odd |= (word - ones*' ') | (word + ones) // as unusual has it
		if i == v-8 {
			break
		}
	}
	if odd&highs != 0 {
		return appendField(b[:begin], f)
	}
	*(*[2]byte)(unsafe.Add(to, v)) = [2]byte{'\r', '\n'}
	return b
}

// AppendHost appends the Host field.
func AppendHost(b []byte, host string) []byte {
	b = appendValue(append(b, "Host: "...), host)
	return append(b, "\r\n"...)
}

// appendField is AppendField of any field.
func appendField(b []byte, f message.Field) []byte {
	if !isName(f.Name) {
		return b
	}
	b = append(b, f.Name...)
	b = append(b, ": "...)
	b = appendValue(b, f.Value)
	return append(b, "\r\n"...)
}

func appendValue(b []byte, v string) []byte {
	if clean(v) {
		return append(b, v...)
	}
	for i := range len(v) {
		if c := v[i]; c < ' ' && c != '\t' || c == 0x7f {
			b = append(b, ' ')
		} else {
			b = append(b, c)
		}
	}
	return b
}

// clean reports whether a value holds no control character. The last eight bytes are
// looked at together whether some were looked at before or not.
func clean(v string) bool {
	last := len(v) - 8
	if last < 0 {
		for i := range len(v) {
			if v[i] < ' ' || v[i] == 0x7f {
				return false
			}
		}
		return true
	}
	for i := 0; i < last; i += 8 {
		if word := load(v, i); unusual(word) && below(word, ' ') != 0 {
			return false
		}
	}
	word := load(v, last)
	return !unusual(word) || below(word, ' ') == 0
}

// AppendLength appends a Content-Length.
func AppendLength(b []byte, n int64) []byte {
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, n, 10)
	return append(b, "\r\n"...)
}

// AppendChunk appends p, which is not empty, as one chunk.
func AppendChunk(b, p []byte) []byte {
	b = strconv.AppendInt(b, int64(len(p)), 16)
	b = append(b, "\r\n"...)
	b = append(b, p...)
	return append(b, "\r\n"...)
}

// AppendLastChunk ends a chunked body.
func AppendLastChunk(b []byte, trailers message.Fields) []byte {
	b = append(b, "0\r\n"...)
	for _, f := range trailers {
		b = AppendField(b, f)
	}
	return append(b, "\r\n"...)
}

// statusLines are the status lines from 100 on.
var statusLines = func() (lines [500]string) {
	for i := range lines {
		if reason := http.StatusText(i + 100); reason != "" {
			lines[i] = "HTTP/1.1 " + strconv.Itoa(i+100) + " " + reason + "\r\n"
		}
	}
	return lines
}()
