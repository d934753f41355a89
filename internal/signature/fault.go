package signature

import (
	"errors"
	"time"
)

var (
	// ErrDate: X-Sdk-Date is not of the form 20060102T150405Z.
	ErrDate = errors.New("X-Sdk-Date is not of the form 20060102T150405Z")
	// ErrDateNotSigned: x-sdk-date is not among SignedHeaders, so that a
	// signature would hold forever.
	ErrDateNotSigned = errors.New("SignedHeaders does not name x-sdk-date")
	// ErrHeaderNotPresent: SignedHeaders names a header that the message does
	// not carry. The error that wraps it names the header.
	ErrHeaderNotPresent = errors.New("a signed header is not present")
	// ErrSignedHeaders: SignedHeaders has an empty name or names one twice.
	ErrSignedHeaders = errors.New("SignedHeaders has an empty name or names a header twice")
	// ErrPayload: X-Sdk-Content-Sha256 is neither UNSIGNED-PAYLOAD nor the
	// digest of the body.
	ErrPayload = errors.New("X-Sdk-Content-Sha256 is neither UNSIGNED-PAYLOAD nor the SHA-256 of the body")
)

// SkewError is a signature outside of its window.
type SkewError struct{ Signed, Now time.Time }

// Error is worded as clients of this dialect know it (wire-facts §1.3).
func (e *SkewError) Error() string {
	return "signature expired, signature time:" + e.Signed.Format(dateLayout) +
		",server time:" + e.Now.Format(dateLayout)
}

// MismatchError is a signature that another secret or another message made.
type MismatchError struct {
	// Canonical is the canonical request as the verifier saw it, newlines
	// shown as '|': with it a client's author finds the difference. Values
	// of headers that carry credentials are shown as ******, and it ends
	// after 4096 bytes.
	Canonical string
}

// Error is worded as clients of this dialect know it (wire-facts §1.3).
func (e *MismatchError) Error() string {
	return "verify signature fail, canonicalRequest:" + e.Canonical
}
