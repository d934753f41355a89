package signature

import (
	"crypto/sha256"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
)

// AppendAuthorization appends the value of an Authorization header by which the
// holder of k signs m: what Verify accepts. signed names the covered headers, in
// lower case, sorted and joined by ';', x-sdk-date among them; date is the value
// of X-Sdk-Date, which m.Headers hold too; payload is what stands in
// X-Sdk-Content-Sha256, or the digest of the body.
//
// Unlike Sign it chooses nothing, so that a gateway that signs every call of an
// API prepares the list once. It allocates nothing but for dst. It answers an
// error that wraps ErrDateNotSigned, ErrHeaderNotPresent or ErrSignedHeaders, and
// then dst as it was.
func (k *Key) AppendAuthorization(dst []byte, access string, m *Message, signed, date, payload string) ([]byte, error) {
	if !coversDate(signed) {
		return dst, ErrDateNotSigned
	}
	w := idle.Get().(*Workspace)
	if err := w.canonical(m, signed, payload, false); err != nil {
		release(w)
		return dst, err
	}
	w.out = padded(w.out)
	k.sign(w, date)
	dst = append(append(dst, Algorithm...), " Access="...)
	dst = append(append(dst, access...), ", SignedHeaders="...)
	dst = append(append(dst, signed...), ", Signature="...)
	dst = append(dst, w.mac[:]...)
	release(w)
	return dst, nil
}

// AppendDate appends t in the form of X-Sdk-Date. Years beyond four digits have
// none.
func AppendDate(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = appendPair(appendPair(dst, year/100), year%100)
	dst = append(appendPair(appendPair(dst, int(month)), day), 'T')
	dst = appendPair(appendPair(appendPair(dst, hour), minute), second)
	return append(dst, 'Z')
}

func appendPair(dst []byte, n int) []byte {
	return append(dst, '0'+byte(n/10%10), '0'+byte(n%10))
}

// AppendPayload appends what HashPayload returns.
func AppendPayload(dst, body []byte) []byte {
	if len(body) == 0 {
		return append(dst, emptyPayload...)
	}
	sum := sha256.Sum256(body)
	return message.AppendHex(dst, sum[:])
}
