package signature

import (
	"crypto/sha256"
	"strings"
)

// Key is a secret made ready to verify with. It is immutable and safe for
// concurrent use.
//
// It keeps the two SHA-256 states that HMAC (RFC 2104) begins with instead of
// a pool of hash.Hash: a gateway holds a hundred thousand keys that are each
// used rarely, so a pool per key would mostly be empty and cost its five
// allocations per call (BenchmarkVerifyManyKeys). Working memory is shared by
// all keys instead.
type Key struct {
	inner, outer words
}

// NewKey prepares a secret. Callers refuse empty secrets: HMAC does not.
func NewKey(secret []byte) *Key {
	if len(secret) > sha256.BlockSize {
		sum := sha256.Sum256(secret)
		secret = sum[:]
	}
	w := idle.Get().(*Workspace)
	k := &Key{inner: w.keyed(secret, 0x36), outer: w.keyed(secret, 0x5c)}
	release(w)
	return k
}

// keyed are the words after the padded secret.
func (d *digest) keyed(secret []byte, pad byte) words {
	var block [sha256.BlockSize]byte
	copy(block[:], secret)
	for i := range block {
		block[i] ^= pad
	}
	d.resume(&blank)
	d.hash.Write(block[:])
	return d.current()
}

// String keeps the states, which are as good as the secret, out of any text.
func (k *Key) String() string { return "[redacted]" }

// GoString is String for %#v.
func (k *Key) GoString() string { return "[redacted]" }

// Verify checks that a signs m with this key. date is the value of X-Sdk-Date,
// payload the result of PayloadHash. On success it allocates nothing. It
// answers *MismatchError, or an error that wraps ErrDateNotSigned,
// ErrHeaderNotPresent or ErrSignedHeaders.
//
// Only a failure pays for its explanation: the canonical request is built a
// second time, with credentials masked, for the text of the error.
func (k *Key) Verify(a Authorization, m *Message, date, payload string) error {
	return k.VerifyParsed(&a, m, date, payload)
}

// VerifyParsed is Verify for who has a at hand: copying it takes 20 instructions.
func (k *Key) VerifyParsed(a *Authorization, m *Message, date, payload string) error {
	w := m.Workspace
	if w == nil {
		w = idle.Get().(*Workspace)
		err := k.verify(w, a, m, date, payload)
		release(w)
		return err
	}
	var err error
	switch {
	case !m.read(a.SignedHeaders) || !w.familiar(m, payload):
		err = k.verify(w, a, m, date, payload)
	default: // nearly always: nothing is to be searched, trimmed or escaped
		if k.sign(w, date); !w.agrees(a.Signature) {
			err = w.mismatch(m, a.SignedHeaders, payload)
		}
	}
	if w.copied || cap(w.out) > maxKept {
		w.empty()
	}
	return err
}

func (k *Key) verify(w *Workspace, a *Authorization, m *Message, date, payload string) error {
	if !m.places(a.SignedHeaders) && !coversDate(a.SignedHeaders) { // only lists that cover the date are placed
		return ErrDateNotSigned
	}
	if err := w.canonical(m, a.SignedHeaders, payload, false); err != nil {
		return err
	}
	w.out = padded(w.out)
	k.sign(w, date)
	if w.agrees(a.Signature) {
		return nil
	}
	return w.mismatch(m, a.SignedHeaders, payload)
}

// maxShown bounds the canonical request in a MismatchError.
const maxShown = 4096

func (w *Workspace) mismatch(m *Message, signed, payload string) error {
	if err := w.canonical(m, signed, payload, true); err != nil {
		return err
	}
	shown := w.out
	if len(shown) > maxShown {
		shown = shown[:maxShown]
	}
	return &MismatchError{Canonical: strings.ReplaceAll(strings.ToValidUTF8(string(shown), "?"), "\n", "|")}
}
