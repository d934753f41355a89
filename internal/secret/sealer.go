package secret

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// KeySize is the size of a master key in bytes.
const KeySize = 32

const (
	layout   = 1
	idSize   = 4
	overhead = 1 + idSize + chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead
)

// ErrSealed is in the chain of every error of Open.
var ErrSealed = errors.New("secret: sealed value does not open")

// Sealer seals and opens. It is immutable and safe for concurrent use.
type Sealer struct {
	keys []key  // the first seals
	root []byte // the oldest master key
}

type key struct {
	id   [idSize]byte
	aead cipher.AEAD
}

// NewSealer makes a sealer of the master key and of the keys that came before
// it, youngest first.
func NewSealer(master []byte, older ...[]byte) (*Sealer, error) {
	s := &Sealer{root: master}
	for i, m := range append([][]byte{master}, older...) {
		if len(m) != KeySize {
			return nil, fmt.Errorf("secret: key %d has %d bytes, want %d", i+1, len(m), KeySize)
		}
		k, err := newKey(m)
		if err != nil {
			return nil, err
		}
		for _, other := range s.keys {
			if other.id == k.id {
				return nil, fmt.Errorf("secret: key %d is there twice", i+1)
			}
		}
		s.keys, s.root = append(s.keys, k), m
	}
	s.root = append([]byte(nil), s.root...)
	return s, nil
}

// newKey does not use the master key itself for sealing, so that what Derive
// answers and what seals never are the same key.
func newKey(master []byte) (k key, err error) {
	copy(k.id[:], derive(master, "lintel key id", idSize))
	k.aead, err = chacha20poly1305.NewX(derive(master, "lintel seal", chacha20poly1305.KeySize))
	return k, err
}

// Seal encrypts plain for the row id. The nonce is random: with 192 bits of
// them no count of sealed values needs to be kept.
func (s *Sealer) Seal(purpose, id string, plain []byte) ([]byte, error) {
	k := s.keys[0]
	sealed := make([]byte, 1+idSize+k.aead.NonceSize(), len(plain)+overhead)
	sealed[0] = layout
	copy(sealed[1:], k.id[:])
	nonce := sealed[1+idSize:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("secret: seal %s: %w", purpose, err)
	}
	return k.aead.Seal(sealed, nonce, plain, bound(purpose, id)), nil
}

// Open decrypts what Seal made for the same purpose and id.
func (s *Sealer) Open(purpose, id string, sealed []byte) ([]byte, error) {
	if len(sealed) < overhead || sealed[0] != layout {
		return nil, fmt.Errorf("%w: %s of %q: it is damaged or of a newer release", ErrSealed, purpose, id)
	}
	for _, k := range s.keys {
		if [idSize]byte(sealed[1:1+idSize]) != k.id {
			continue
		}
		nonce, text := sealed[1+idSize:][:k.aead.NonceSize()], sealed[1+idSize+k.aead.NonceSize():]
		plain, err := k.aead.Open(nil, nonce, text, bound(purpose, id))
		if err != nil {
			return nil, fmt.Errorf("%w: %s of %q: it was changed, or belongs to another row", ErrSealed, purpose, id)
		}
		return plain, nil
	}
	return nil, fmt.Errorf("%w: %s of %q: its key %x is not in the key file; put the old key back",
		ErrSealed, purpose, id, sealed[1:1+idSize])
}

// Stale reports whether a value was sealed with another key than the first.
func (s *Sealer) Stale(sealed []byte) bool {
	return len(sealed) < overhead || [idSize]byte(sealed[1:1+idSize]) != s.keys[0].id
}

// Derive answers a 32-byte key for a purpose of its own, such as signing
// tokens or indexing AppCodes. It comes from the oldest key, so that indexes
// hold while keys are rotated; they must be made anew, and tokens end, when
// the oldest key is dropped.
func (s *Sealer) Derive(purpose string) []byte {
	return derive(s.root, "lintel derive "+purpose, 32)
}

// derive cannot fail: HKDF refuses only outputs over 8160 bytes, and short
// keys in FIPS mode, where ours still is long enough.
func derive(master []byte, info string, size int) []byte {
	k, err := hkdf.Key(sha256.New, master, nil, info, size)
	if err != nil {
		panic(fmt.Sprintf("secret: derive: %v", err))
	}
	return k
}

// bound is the data that a sealed value is tied to. The length in front keeps
// ("ab", "c") and ("a", "bc") apart.
func bound(purpose, id string) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(purpose)+len(id)), uint32(len(purpose)))
	return append(append(b, purpose...), id...)
}
