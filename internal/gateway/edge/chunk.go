package edge

import "bytes"

// chunk reads the framing of a chunked body and returns how many bytes it took;
// false when the byte after them is malformed.
func (f *framing) chunk(p []byte) (int, bool) {
	for i := 0; i < len(p); i++ {
		if f.state == inTrailer {
			n := bytes.IndexByte(p[i:], '\n')
			if n < 0 {
				f.cr = p[len(p)-1] == '\r'
				return len(p), true
			}
			if n > 0 {
				f.cr = p[i+n-1] == '\r'
			}
			i += n
			if !f.cr {
				return i, false
			}
			f.state = atTrailer
			continue
		}
		if !f.chunkStep(p[i]) {
			return i, false
		}
		if f.state == inChunk || f.state == atStart {
			return i + 1, true
		}
	}
	return len(p), true
}

// chunkStep reads one byte between the data of two chunks.
func (f *framing) chunkStep(c byte) bool {
	switch f.state {
	case atSize:
		f.digits, f.value = 0, 0
		f.state = inSize
		return f.size(c)
	case inSize:
		if f.size(c) {
			return true
		}
		return f.afterSize(c)
	case inSizeBlank:
		if c == ' ' || c == '\t' {
			return true
		}
		f.state = atSizeLF
		return c == '\r'
	case inExtension:
		if c == '\r' {
			f.state = atSizeLF
		}
		return c != '\n'
	case atSizeLF:
		f.state, f.left = inChunk, f.value
		if f.value == 0 {
			f.state = atTrailer
		}
		return c == '\n'
	case atChunkCR:
		f.state = atChunkLF
		return c == '\r'
	case atChunkLF:
		f.state = atSize
		return c == '\n'
	case atTrailer:
		f.state, f.cr = inTrailer, false
		if c == '\r' {
			f.state = atTrailerLF
		}
		return c != '\n'
	default: // atTrailerLF
		f.state = atStart
		return c == '\n'
	}
}

// size adds a hexadecimal digit to the chunk size.
func (f *framing) size(c byte) bool {
	var d byte
	switch c = lower(c); {
	case '0' <= c && c <= '9':
		d = c - '0'
	case 'a' <= c && c <= 'f':
		d = c - 'a' + 10
	default:
		return false
	}
	f.digits++
	f.value = f.value<<4 | int64(d)
	return f.digits <= 15 // below maxLength
}

func (f *framing) afterSize(c byte) bool {
	switch c {
	case '\r':
		f.state = atSizeLF
	case ';':
		f.state = inExtension
	case ' ', '\t':
		f.state = inSizeBlank
	default:
		return false
	}
	return true
}
