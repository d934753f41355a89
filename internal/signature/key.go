package signature

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"sync"

	"github.com/lintel-gateway/lintel/internal/message"
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
	w := workers.Get().(*worker)
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

// worker is what one verification needs; workers holds idle ones. The pool is
// the one variable of the package: it carries no meaning from call to call.
type worker struct {
	scratch
	digest
	text [2 * sha256.BlockSize]byte // string to sign, padded
	sum  [sha256.BlockSize]byte     // a digest, padded
	mac  [2 * sha256.Size]byte
	sent [2 * sha256.Size]byte
}

var workers = sync.Pool{New: func() any {
	w := &worker{digest: newDigest()}
	copy(w.text[:], Algorithm+"\n")
	w.text[textDate+len(dateLayout)] = '\n'
	pad(w.text[:], textSize, sha256.BlockSize)
	pad(w.sum[:], sha256.Size, sha256.BlockSize)
	return w
}}

// maxKept is the largest buffer that goes back to the pool, so that one huge
// message does not hold memory for ever.
const maxKept = 16 << 10

func release(w *worker) {
	if cap(w.out) > maxKept || cap(w.query) > 128 || cap(w.values) > 128 {
		return
	}
	if w.copied { // strings that may alias a read buffer
		clear(w.query[:cap(w.query)])
		clear(w.values[:cap(w.values)])
		w.copied = false
	}
	workers.Put(w)
}

// Verify checks that a signs m with this key. date is the value of X-Sdk-Date,
// payload the result of PayloadHash. On success it allocates nothing. It
// answers *MismatchError, or an error that wraps ErrDateNotSigned,
// ErrHeaderNotPresent or ErrSignedHeaders.
//
// Only a failure pays for its explanation: the canonical request is built a
// second time, with credentials masked, for the text of the error.
func (k *Key) Verify(a Authorization, m *Message, date, payload string) error {
	if !covers(m, a.SignedHeaders) {
		return ErrDateNotSigned
	}
	w := workers.Get().(*worker)
	err := k.verify(w, &a, m, date, payload)
	release(w)
	return err
}

func (k *Key) verify(w *worker, a *Authorization, m *Message, date, payload string) error {
	if err := w.canonical(m, a.SignedHeaders, payload, false); err != nil {
		return err
	}
	k.sign(w, date)
	if len(a.Signature) == len(w.sent) {
		copy(w.sent[:], a.Signature)
		if w.agree() {
			return nil
		}
	}
	return w.mismatch(m, a.SignedHeaders, payload)
}

// agree compares the signature sent with the right one. Its time does not depend
// on where they differ; subtle.ConstantTimeCompare, which goes by bytes, takes
// 450 instructions for the same.
func (w *worker) agree() bool {
	var differ uint64
	for i := 0; i < len(w.mac); i += 8 {
		differ |= binary.LittleEndian.Uint64(w.sent[i:]) ^ binary.LittleEndian.Uint64(w.mac[i:])
	}
	return differ == 0
}

// Where the parts of a string to sign stand in worker.text, for a date of the usual
// length, and how long it is.
const (
	textDate = len(Algorithm) + 1
	textHash = textDate + len(dateLayout) + 1
	textSize = textHash + 2*sha256.Size
)

// sign leaves the signature of the canonical request in w.mac.
func (k *Key) sign(w *worker, date string) {
	w.out = padded(w.out)
	w.resume(&blank)
	w.hash.Write(w.out)
	w.read(&w.sum)
	hash := (*[2 * sha256.Size]byte)(w.text[textHash:])
	message.Hex32(hash, (*[sha256.Size]byte)(w.sum[:]))
	w.resume(&k.inner)
	if len(date) == len(dateLayout) {
		copy(w.text[textDate:], date)
		w.hash.Write(w.text[:])
	} else { // which no verifier has let pass
		long := append([]byte(Algorithm+"\n"+date+"\n"), hash[:]...)
		w.hash.Write(padding(long, sha256.BlockSize))
	}
	w.read(&w.sum)
	w.resume(&k.outer)
	w.hash.Write(w.sum[:])
	w.read(&w.sum)
	message.Hex32(&w.mac, (*[sha256.Size]byte)(w.sum[:]))
}

// maxShown bounds the canonical request in a MismatchError.
const maxShown = 4096

func (w *worker) mismatch(m *Message, signed, payload string) error {
	if err := w.canonical(m, signed, payload, true); err != nil {
		return err
	}
	shown := w.out
	if len(shown) > maxShown {
		shown = shown[:maxShown]
	}
	return &MismatchError{Canonical: strings.ReplaceAll(strings.ToValidUTF8(string(shown), "?"), "\n", "|")}
}
