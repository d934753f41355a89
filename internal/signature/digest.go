package signature

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
	"reflect"
	"unsafe"
)

// words is the state of SHA-256 between two blocks (FIPS 180-4 §6.2).
type words [sha256.Size / 4]uint32

// digest is a SHA-256 that is resumed from kept words and read without being
// ended: its text comes padded (FIPS 180-4 §5.1.1), in whole blocks, so that the
// words behind the last one are the digest. hash.Hash.Sum copies the hash, pads the
// copy in two steps and hashes block by block, which takes 300 instructions more; of
// those a signed call has three.
//
// crypto/sha256 keeps the words in a field of its own. They are found by their type
// and reached in place: going through its marshalled form, the official way, takes
// 720 instructions more of a signed call. Nothing is believed about the field but what
// newDigest proves with sums; a Go release that keeps its words elsewhere is served by
// the marshalled form, which that package keeps from release to release because others
// store it.
type digest struct {
	hash  hash.Hash
	words *words // inside hash; nil: go through state
	state []byte // marshalled
}

// Where the words stand in a marshalled state.
const (
	stateWords = 4
	stateSize  = stateWords + sha256.Size + sha256.BlockSize + 8
)

// blank are the words of no text (FIPS 180-4 §5.3.3).
var blank = words{
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
}

func newDigest() digest {
	h := sha256.New()
	if d := (digest{hash: h, words: wordsOf(h)}); d.words != nil && *d.words == blank && d.proven() {
		return d
	}
	return newMarshalled()
}

// newMarshalled is a digest that reaches its words the official way.
func newMarshalled() digest {
	d := digest{hash: sha256.New(), state: make([]byte, 0, stateSize)}
	d.marshal()
	if len(d.state) != stateSize || !d.proven() {
		panic("signature: SHA-256 marshals in another form than this program knows")
	}
	return d
}

func (d *digest) marshal() {
	var err error
	if d.state, err = d.hash.(encoding.BinaryAppender).AppendBinary(d.state[:0]); err != nil {
		panic("signature: SHA-256 state does not marshal: " + err.Error())
	}
}

// resume continues behind a text of whole blocks that left these words.
func (d *digest) resume(state *words) {
	if d.words != nil {
		state.copyTo(d.words)
		return
	}
	d.unmarshal(state)
}

// copyTo is *to = *w, for which the compiler calls the runtime: 28 instructions against
// eight.
func (w *words) copyTo(to *words) {
	type quarters struct{ a, b, c, d uint64 }
	*(*quarters)(unsafe.Pointer(to)) = *(*quarters)(unsafe.Pointer(w))
}

func (d *digest) unmarshal(state *words) {
	d.hash.Reset()
	d.marshal()
	for i, w := range state {
		binary.BigEndian.PutUint32(d.state[stateWords+4*i:], w)
	}
	if err := d.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(d.state); err != nil {
		panic("signature: SHA-256 state does not unmarshal: " + err.Error())
	}
}

// current are the words behind what was written, which is whole blocks.
func (d *digest) current() (w words) {
	if d.words != nil {
		return *d.words
	}
	d.marshal()
	for i := range w {
		w[i] = binary.BigEndian.Uint32(d.state[stateWords+4*i:])
	}
	return w
}

// wordsOf is the one field of a hash that can be its words, nil when there is none
// or more than one.
func wordsOf(h hash.Hash) *words {
	v := reflect.ValueOf(h)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	var found *words
	for _, field := range reflect.VisibleFields(v.Elem().Type()) {
		if field.Type != reflect.TypeFor[[len(words{})]uint32]() || len(field.Index) > 1 {
			continue
		}
		if found != nil {
			return nil
		}
		found = (*words)(unsafe.Add(v.UnsafePointer(), field.Offset))
	}
	return found
}

// proven compares what comes out with sums: of one block, of several, and of a text
// in two pieces with another one between them.
func (d *digest) proven() bool {
	var text [3*sha256.BlockSize + 7]byte
	for i := range text {
		text[i] = byte(i)
	}
	var sum, other [sha256.BlockSize]byte
	d.resume(&blank)
	d.hash.Write(text[:sha256.BlockSize])
	begun := d.current()
	d.resume(&blank)
	d.hash.Write(padded(nil))
	d.read(&other)
	d.resume(&begun)
	d.hash.Write(padding(append([]byte(nil), text[sha256.BlockSize:]...), sha256.BlockSize))
	d.read(&sum)
	return [sha256.Size]byte(other[:]) == sha256.Sum256(nil) && [sha256.Size]byte(sum[:]) == sha256.Sum256(text[:])
}

// read puts the digest of what was written into the first half of sum.
func (d *digest) read(sum *[sha256.BlockSize]byte) {
	w := d.words
	if w == nil {
		marshalled := d.current()
		w = &marshalled
	}
	// Written out: in a loop each word is checked against a bound.
	binary.BigEndian.PutUint32(sum[0:], w[0])
	binary.BigEndian.PutUint32(sum[4:], w[1])
	binary.BigEndian.PutUint32(sum[8:], w[2])
	binary.BigEndian.PutUint32(sum[12:], w[3])
	binary.BigEndian.PutUint32(sum[16:], w[4])
	binary.BigEndian.PutUint32(sum[20:], w[5])
	binary.BigEndian.PutUint32(sum[24:], w[6])
	binary.BigEndian.PutUint32(sum[28:], w[7])
}

// padded is a whole text with its padding behind it.
func padded(text []byte) []byte { return padding(text, 0) }

// padding is padded for a text that came after some blocks, of before bytes.
func padding(text []byte, before int) []byte {
	size := len(text)
	blocks := (size + 1 + 8 + sha256.BlockSize - 1) / sha256.BlockSize
	text = append(text, zeroes[:blocks*sha256.BlockSize-size]...)
	pad(text, size, before)
	return text
}

// zeroes is more than any padding has.
var zeroes [sha256.BlockSize + 9]byte

// pad writes the padding of a text of size bytes into block, whose rest is zero.
func pad(block []byte, size, before int) {
	block[size] = 0x80
	binary.BigEndian.PutUint64(block[len(block)-8:], uint64(before+size)*8)
}
