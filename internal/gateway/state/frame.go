package state

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/definition"
)

const (
	magic = "LINTELST"
	// version 1: as in the package comment.
	version = 1

	headerSize = 28
	prefixSize = 12

	// MaxRecord bounds one record. The largest definition that management
	// accepts is a mock answer of 2 KB beside 50 parameters, far below.
	MaxRecord = 4 << 20
	// frameSize is where a batch is cut into frames, so that reading needs one
	// small buffer however large a batch was.
	frameSize = 1 << 20
	// maxPayload is the longest payload that is written: one record joins a
	// frame that was still below frameSize.
	maxPayload = frameSize + MaxRecord
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errTorn is the end of a log in the middle of a frame.
var errTorn = errors.New("the last frame is incomplete")

// appendHeader appends the header of a log that begins at revision.
func appendHeader(dst []byte, revision uint64) []byte {
	at := len(dst)
	dst = append(dst, magic...)
	dst = binary.LittleEndian.AppendUint32(dst, version)
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	dst = binary.LittleEndian.AppendUint64(dst, revision)
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[at:], castagnoli))
}

// readHeader returns the revision at which a log begins.
func readHeader(r io.Reader) (revision uint64, err error) {
	var h [headerSize]byte
	if n, err := io.ReadFull(r, h[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, fmt.Errorf("the header is cut off after %d bytes", n)
		}
		return 0, err
	}
	if string(h[:8]) != magic {
		return 0, errors.New("it does not begin as a state log")
	}
	if crc32.Checksum(h[:24], castagnoli) != binary.LittleEndian.Uint32(h[24:]) {
		return 0, errors.New("the header's checksum is wrong")
	}
	if v := binary.LittleEndian.Uint32(h[8:]); v != version {
		return 0, fmt.Errorf("it has format version %d, this program reads %d", v, version)
	}
	return binary.LittleEndian.Uint64(h[16:]), nil
}

// openFrame appends the place of a frame's prefix, which closeFrame fills.
func openFrame(dst []byte) []byte { return append(dst, make([]byte, prefixSize)...) }

// closeFrame makes frame, which openFrame began, complete.
func closeFrame(frame []byte) {
	payload := frame[prefixSize:]
	binary.LittleEndian.PutUint32(frame, uint32(len(payload)))
	binary.LittleEndian.PutUint32(frame[4:], crc32.Checksum(payload, castagnoli))
	binary.LittleEndian.PutUint32(frame[8:], crc32.Checksum(frame[:8], castagnoli))
}

// readPrefix returns the length and checksum of a payload; ok is false when
// the prefix is not one that was written.
func readPrefix(p []byte) (length int, sum uint32, ok bool) {
	n := binary.LittleEndian.Uint32(p)
	ok = crc32.Checksum(p[:8], castagnoli) == binary.LittleEndian.Uint32(p[8:]) && n > 0 && n <= maxPayload
	return int(n), binary.LittleEndian.Uint32(p[4:]), ok
}

// frames reads a log frame by frame.
type frames struct{ r *bufio.Reader }

// newFrames reads those between two places of a log; the first is the header's end
// or a frame's.
func newFrames(r io.ReaderAt, from, to int64) frames {
	return frames{bufio.NewReaderSize(io.NewSectionReader(r, from, to-from), 64<<10)}
}

// next reads the next payload, into room if it is large enough. The error is io.EOF
// at the end of the log, errTorn when what is left is no whole frame.
func (f frames) next(room []byte) ([]byte, error) {
	var p [prefixSize]byte
	switch _, err := io.ReadFull(f.r, p[:]); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errTorn
	case err != nil:
		return nil, err
	}
	length, sum, ok := readPrefix(p[:])
	if !ok {
		return nil, errTorn
	}
	payload := slices.Grow(room[:0], length)[:length]
	switch _, err := io.ReadFull(f.r, payload); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errTorn
	case err != nil:
		return nil, err
	}
	if crc32.Checksum(payload, castagnoli) != sum {
		return nil, errTorn
	}
	return payload, nil
}

// soundFrame reports whether data holds a whole frame anywhere. It looks at
// each offset, which the prefix's own checksum makes cheap: payloads are read
// only behind a prefix that was really written, and those do not overlap.
func soundFrame(data []byte) bool {
	for at := 0; at+prefixSize < len(data); at++ {
		length, sum, ok := readPrefix(data[at:])
		if !ok || length > len(data)-at-prefixSize {
			continue
		}
		payload := data[at+prefixSize:][:length]
		if crc32.Checksum(payload, castagnoli) == sum {
			return true
		}
	}
	return false
}

// head is the first line of a record in a payload.
type head struct {
	definition.Key
	Revision uint64 `json:"revision"`
}

// appendRecord appends a record to a payload.
func appendRecord(dst []byte, r definition.Record) ([]byte, error) {
	begun := len(dst)
	dst, err := appendHead(dst, r.Key, r.Revision)
	if err != nil {
		return nil, err
	}
	dst = append(dst, '\n')
	if !r.Deleted() {
		buffer := bytes.NewBuffer(dst)
		if err := json.Compact(buffer, r.Body); err != nil {
			return nil, fmt.Errorf("state: record %s at revision %d: body: %w", r.Key, r.Revision, err)
		}
		dst = buffer.Bytes()
	}
	dst = append(dst, '\n')
	if n := len(dst) - begun; n > MaxRecord {
		return nil, fmt.Errorf("state: record %s at revision %d: takes %d bytes, more than %d", r.Key, r.Revision, n, MaxRecord)
	}
	return dst, nil
}

// appendHead appends the first line of a record, as encoding/json spells it: by itself
// where nothing needs an escape, without the garbage of a copy.
func appendHead(dst []byte, key definition.Key, revision uint64) ([]byte, error) {
	if !plainText(string(key.Kind)) || !plainText(key.ID) {
		line, err := json.Marshal(head{key, revision})
		return append(dst, line...), err
	}
	dst = append(append(dst, `{"kind":"`...), key.Kind...)
	dst = append(append(dst, `","id":"`...), key.ID...)
	dst = strconv.AppendUint(append(dst, `","revision":`...), revision, 10)
	return append(dst, '}'), nil
}

// plainText says that encoding/json spells a text as it is.
func plainText(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c >= utf8.RuneSelf-1, c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// cutRecord reads the first record of a payload. Its body is a slice of it.
func cutRecord(payload []byte) (r definition.Record, size int, err error) {
	line, body, err := cutLines(payload)
	if err != nil {
		return r, 0, err
	}
	h, ok := cutHead(line)
	if !ok {
		if err := json.Unmarshal(line, &h); err != nil {
			return r, 0, fmt.Errorf("a record has no key: %w", err)
		}
	}
	if h.Kind == "" || h.ID == "" || h.Revision == 0 {
		return r, 0, errors.New("a record has no kind, id or revision")
	}
	r = definition.Record{Key: h.Key, Revision: h.Revision}
	if len(body) > 0 {
		r.Body = body[:len(body):len(body)]
	}
	return r, len(line) + len(body) + 2, nil
}

// cutLines reads the two lines of the first record of a payload.
func cutLines(payload []byte) (line, body []byte, err error) {
	line, rest, ok := bytes.Cut(payload, newline)
	if !ok {
		return nil, nil, errors.New("a record has no end")
	}
	if body, _, ok = bytes.Cut(rest, newline); !ok {
		return nil, nil, errors.New("a record has no body line")
	}
	return line, body, nil
}

// checkRecords says whether cutRecord can read all records of a payload, and counts them.
func checkRecords(payload []byte) (n int, err error) {
	for ; len(payload) > 0; n++ {
		line, body, err := cutLines(payload)
		if err != nil {
			return n, err
		}
		size := len(line) + len(body) + 2
		if _, _, revision, ok := plainHead(line); !ok || revision == 0 {
			if _, size, err = cutRecord(payload); err != nil {
				return n, err
			}
		}
		payload = payload[size:]
	}
	return n, nil
}

// cutHead reads a head as appendRecord writes it, all but the ids that need
// escapes, without encoding/json. It answers false for everything else.
func cutHead(line []byte) (h head, ok bool) {
	kind, id, revision, ok := plainHead(line)
	if !ok {
		return h, false
	}
	h.Kind, h.ID, h.Revision = kindOf(kind), string(id), revision
	return h, true
}

// plainHead is cutHead without making strings. Neither kind nor id is empty.
func plainHead(line []byte) (kind, id []byte, revision uint64, ok bool) {
	kind, rest, ok := cutField(line, `{"kind":"`, `","id":"`)
	if !ok {
		return nil, nil, 0, false
	}
	id, digits, ok := cutField(rest, "", `","revision":`)
	if !ok || len(digits) < 2 || len(digits) > 20 || digits[0] == '0' || digits[len(digits)-1] != '}' {
		return nil, nil, 0, false
	}
	for _, c := range digits[:len(digits)-1] {
		if c < '0' || c > '9' {
			return nil, nil, 0, false
		}
		revision = 10*revision + uint64(c-'0') // 19 digits at most
	}
	return kind, id, revision, len(kind) > 0 && len(id) > 0
}

// cutField returns what stands between two texts, if it is plain, and what follows.
func cutField(line []byte, before, after string) (field, rest []byte, ok bool) {
	if len(line) < len(before) || string(line[:len(before)]) != before {
		return nil, nil, false
	}
	line = line[len(before):]
	n := bytes.IndexByte(line, '"')
	if n < 0 || len(line)-n < len(after) || string(line[n:n+len(after)]) != after {
		return nil, nil, false
	}
	for _, c := range line[:n] {
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			return nil, nil, false
		}
	}
	return line[:n], line[n+len(after):], true
}

// kindOf is a kind without a string of its own for the one that most records have.
func kindOf(text []byte) definition.Kind {
	switch string(text) {
	case string(definition.KindAPI):
		return definition.KindAPI
	case string(definition.KindGrant):
		return definition.KindGrant
	case string(definition.KindBinding):
		return definition.KindBinding
	}
	return definition.Kind(text)
}

var newline = []byte{'\n'}
