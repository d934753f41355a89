package signature

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
)

// digest is a SHA-256 that is resumed from kept states and read without being
// ended: its text comes padded (FIPS 180-4 §5.1.1), in whole blocks, so that the
// state behind the last one is the digest. hash.Hash.Sum copies the hash, pads the
// copy in two steps and hashes block by block, which takes 300 instructions more; of
// those a signed call has three.
//
// The state is read in the form in which crypto/sha256 marshals it, which that
// package keeps from release to release because others store it. newDigest
// compares it with a sum.
type digest struct {
	hash  hash.Hash
	from  encoding.BinaryUnmarshaler // of hash
	to    encoding.BinaryAppender    // of hash
	state []byte
	blank []byte // the state of no text
}

// Where the eight words stand in a marshalled state.
const (
	stateWords = 4
	stateSize  = stateWords + sha256.Size + sha256.BlockSize + 8
)

func newDigest() digest {
	h := sha256.New()
	d := digest{hash: h, from: h.(encoding.BinaryUnmarshaler), to: h.(encoding.BinaryAppender), state: make([]byte, 0, stateSize)}
	var err error
	if d.blank, err = d.to.AppendBinary(nil); err != nil {
		panic("signature: SHA-256 state does not marshal: " + err.Error())
	}
	var sum [sha256.BlockSize]byte
	d.resume(d.blank)
	d.hash.Write(padded(nil))
	d.read(&sum)
	if [sha256.Size]byte(sum[:]) != sha256.Sum256(nil) {
		panic("signature: SHA-256 marshals in another form than this program knows")
	}
	return d
}

func (d *digest) resume(state []byte) {
	if err := d.from.UnmarshalBinary(state); err != nil {
		panic("signature: SHA-256 state does not unmarshal: " + err.Error())
	}
}

// read puts the digest of what was written into the first half of sum.
func (d *digest) read(sum *[sha256.BlockSize]byte) {
	state, err := d.to.AppendBinary(d.state[:0])
	if err != nil {
		panic("signature: SHA-256 state does not marshal: " + err.Error())
	}
	d.state = state
	copy(sum[:sha256.Size], state[stateWords:stateWords+sha256.Size])
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
