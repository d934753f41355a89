package signature

import (
	"crypto/sha256"
	"hash"
)

// Canonical is the canonical request, for comparing with the vectors of the
// vendor's signer.
func Canonical(m *Message, signed, payload string) (string, error) {
	var s scratch
	err := s.canonical(m, signed, payload, false)
	return string(s.out), err
}

// FindsWords reports whether the words of a hash are found.
func FindsWords(h hash.Hash) bool { return wordsOf(h) != nil }

// Digests is the SHA-256 of head and tail, of which head is whole blocks, by way of the
// words in place and by way of the marshalled form.
func Digests(head, tail []byte) (inPlace, marshalled [sha256.Size]byte) {
	for i, d := range []digest{newDigest(), newMarshalled()} {
		d.resume(&blank)
		d.hash.Write(head)
		kept := d.current()
		d.hash.Write(zeroes[:sha256.BlockSize]) // of somebody else
		d.resume(&kept)
		d.hash.Write(padding(append([]byte(nil), tail...), len(head)))
		var sum [sha256.BlockSize]byte
		d.read(&sum)
		*[]*[sha256.Size]byte{&inPlace, &marshalled}[i] = [sha256.Size]byte(sum[:])
	}
	return inPlace, marshalled
}

// Familiar is the canonical request with its padding as it is made in w of a message whose
// list of signed headers is placed, and whether it is made so; and as it is made of any.
func Familiar(w *Workspace, m *Message, signed, payload string) (quick, usual string, ok bool) {
	ok = w.familiar(m, payload)
	quick = string(w.out)
	var s scratch
	if err := s.canonical(m, signed, payload, false); err != nil {
		return quick, err.Error(), ok
	}
	return quick, string(padded(s.out)), ok
}
