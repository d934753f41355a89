package differential_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// parsed is one request as a strict reader understands it.
type parsed struct {
	method, target, body string
	size                 int // bytes of it in the stream, empty lines before it included
}

// malformed says why a strict reader refuses a message.
type malformed struct{ why string }

func (m *malformed) Error() string { return m.why }

func refuse(format string, a ...any) error { return &malformed{fmt.Sprintf(format, a...)} }

// errShort is a message whose end has not come.
var errShort = fmt.Errorf("the message has not ended")

// readMessage reads the first request of a stream by the grammar of RFC 9112 alone. It
// has none of the leniencies that the RFC allows for old senders, but that empty
// lines may come before a request line (§2.2): whoever takes one of the
// others has a second reading of the same bytes. It is written without a look at the
// engine, slow and plain, to be the third opinion beside it and net/http.
func readMessage(stream []byte) (parsed, error) {
	s := bytes.TrimLeft(stream, "\r\n")
	end := bytes.Index(s, []byte("\r\n\r\n"))
	if end < 0 {
		return parsed{}, errShort
	}
	lines := strings.Split(string(s[:end]), "\r\n")
	m, minor, err := requestLine(lines[0])
	if err != nil {
		return m, err
	}
	lengths, codings, err := framingFields(lines[1:])
	if err != nil {
		return m, err
	}
	head := len(stream) - len(s) + end + len("\r\n\r\n")
	switch {
	case len(codings) > 0 && (len(lengths) > 0 || minor == '0'):
		return m, refuse("Transfer-Encoding beside Content-Length or in HTTP/1.0 (§6.1)")
	case len(codings) > 0:
		if len(codings) != 1 || !strings.EqualFold(codings[0], "chunked") {
			return m, refuse("codings %q (§6.1)", codings)
		}
		var n int
		m.body, n, err = readChunks(string(stream[head:]))
		m.size = head + n
		return m, err
	}
	length, err := agreedLength(lengths)
	if err != nil {
		return m, err
	}
	if len(stream)-head < length {
		return m, errShort
	}
	m.size = head + length
	m.body = string(stream[head:m.size])
	return m, nil
}

func requestLine(line string) (m parsed, minor byte, err error) {
	parts := strings.Split(line, " ")
	if len(parts) != 3 {
		return m, 0, refuse("the request line has %d parts (§3)", len(parts))
	}
	m.method, m.target = parts[0], parts[1]
	version := parts[2]
	switch {
	case m.method == "" || strings.ContainsFunc(m.method, func(r rune) bool { return !tokenRune(r) }):
		return m, 0, refuse("method %q (RFC 9110 §9.1)", m.method)
	case m.target == "" || strings.ContainsFunc(m.target, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return m, 0, refuse("target %q (§3.2)", m.target)
	case version != "HTTP/1.1" && version != "HTTP/1.0":
		return m, 0, refuse("version %q (§2.3)", version)
	}
	return m, version[len(version)-1], nil
}

// framingFields checks every field line and returns the values that frame.
func framingFields(lines []string) (lengths, codings []string, err error) {
	for _, line := range lines {
		name, value, found := strings.Cut(line, ":")
		if !found || name == "" || strings.ContainsFunc(name, func(r rune) bool { return !tokenRune(r) }) {
			return nil, nil, refuse("field line %q (§5.1)", line)
		}
		value = strings.Trim(value, " \t")
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return nil, nil, refuse("value of %s (RFC 9110 §5.5)", name)
		}
		switch strings.ToLower(name) {
		case "content-length":
			lengths = append(lengths, value)
		case "transfer-encoding":
			codings = append(codings, value)
		}
	}
	return lengths, codings, nil
}

// agreedLength is the length that all Content-Length fields name, 0 without one.
func agreedLength(lengths []string) (int, error) {
	length := 0
	for i, text := range lengths {
		n, err := strconv.ParseUint(text, 10, 60)
		if err != nil || text[0] == '+' {
			return 0, refuse("Content-Length %q (RFC 9110 §8.6)", text)
		}
		if i > 0 && int(n) != length {
			return 0, refuse("Content-Length %q (§6.3)", lengths)
		}
		length = int(n)
	}
	return length, nil
}

// readChunks reads a chunked body and returns it with the bytes it took.
func readChunks(s string) (body string, taken int, err error) {
	var b strings.Builder
	for at := 0; ; {
		line, err := crlfLine(s[at:])
		if err != nil {
			return "", 0, err
		}
		size, err := chunkSize(line)
		if err != nil {
			return "", 0, err
		}
		at += len(line) + len("\r\n")
		if size == 0 {
			n, err := trailers(s[at:])
			return b.String(), at + n, err
		}
		if len(s)-at < size+len("\r\n") {
			return "", 0, errShort
		}
		b.WriteString(s[at : at+size])
		if at += size; s[at:at+2] != "\r\n" {
			return "", 0, refuse("no CRLF after a chunk (§7.1)")
		}
		at += len("\r\n")
	}
}

// crlfLine is the line at the start of s. A CR or LF that is not part of its end makes
// it malformed.
func crlfLine(s string) (string, error) {
	i := strings.IndexAny(s, "\r\n")
	switch {
	case i < 0 || s[i] == '\r' && i+1 == len(s):
		return "", errShort
	case s[i] == '\n' || s[i+1] != '\n':
		return "", refuse("bare CR or LF (§2.2)")
	}
	return s[:i], nil
}

// chunkSize reads a chunk's first line. Blanks may stand before an extension and
// nowhere else (§7.1.1, "BWS").
func chunkSize(line string) (int, error) {
	digits, _, extended := strings.Cut(line, ";")
	if extended {
		digits = strings.TrimRight(digits, " \t")
	}
	size, err := strconv.ParseUint(digits, 16, 60)
	if err != nil || strings.ContainsAny(digits, "+_") {
		return 0, refuse("chunk size %q (§7.1)", line)
	}
	return int(size), nil
}

func trailers(s string) (int, error) {
	for at := 0; ; {
		line, err := crlfLine(s[at:])
		if err != nil {
			return 0, err
		}
		at += len(line) + len("\r\n")
		if line == "" {
			return at, nil
		}
		if _, _, err := framingFields([]string{line}); err != nil {
			return 0, err
		}
	}
}

// tokenRune reports whether r may stand in a token (RFC 9110 §5.6.2).
func tokenRune(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// readAnswer reads the answer to a request, behind those that are only informational,
// as strictly as readMessage. A connection that ends is the end of a body that says
// nothing of its length.
func readAnswer(stream []byte, method string) (said, error) {
	s := string(stream)
	for {
		head, rest, found := strings.Cut(s, "\r\n\r\n")
		if !found {
			return said{}, errShort
		}
		lines := strings.Split(head, "\r\n")
		status, minor, err := statusLine(lines[0])
		if err != nil {
			return said{}, err
		}
		lengths, codings, err := framingFields(lines[1:])
		if err != nil {
			return said{}, err
		}
		length, err := agreedLength(lengths)
		switch {
		case err != nil:
			return said{}, err
		case len(lengths) > 1, len(codings) > 0 && (len(lengths) > 0 || minor == '0'), len(codings) > 1:
			return said{}, refuse("lengths %q, codings %q in HTTP/1.%c (§6.3)", lengths, codings, minor)
		case len(codings) == 1 && !strings.EqualFold(codings[0], "chunked"):
			return said{}, refuse("coding %q (§6.1)", codings[0])
		case status == 101:
			return said{}, refuse("another protocol (RFC 9110 §15.2.2)")
		case status < 200 && (length > 0 || len(codings) > 0):
			return said{}, refuse("status %d with a body (RFC 9110 §15.2)", status)
		case status < 200:
			s = rest
			continue
		case method == "HEAD" || status == 204 || status == 304:
			return said{status: status}, nil
		case len(codings) == 1:
			body, _, err := readChunks(rest)
			return said{status, body}, err
		case len(lengths) == 0:
			return said{status, rest}, nil
		case len(rest) < length:
			return said{}, errShort
		}
		return said{status, rest[:length]}, nil
	}
}

// statusLine takes a line without the blank before an empty reason, which many
// servers leave out.
func statusLine(line string) (status int, minor byte, err error) {
	version, rest, _ := strings.Cut(line, " ")
	code, reason, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(code, 10, 16)
	if version != "HTTP/1.1" && version != "HTTP/1.0" || err != nil || len(code) != 3 || code[0] == '0' ||
		strings.ContainsFunc(reason, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return 0, 0, refuse("status line %q (§4)", line)
	}
	return int(n), version[len(version)-1], nil
}
