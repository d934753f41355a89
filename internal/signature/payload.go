package signature

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/lintel-gateway/lintel/internal/message"
)

// MaxBody bounds the body of a signed request: it is held in memory until it
// is hashed (reference 2.2).
const MaxBody = 12 << 20

// UnsignedPayload in X-Sdk-Content-Sha256 says that the signature does not
// cover the body.
const UnsignedPayload = "UNSIGNED-PAYLOAD"

// emptyPayload is the SHA-256 of nothing, which most requests carry.
const emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// HashPayload is the lower-case hex SHA-256 of a body.
func HashPayload(body []byte) string {
	if len(body) == 0 {
		return emptyPayload
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// NeedsBody reports whether the body must be read before the signature can be
// judged: always, unless it is declared as unsigned.
func NeedsBody(headers message.Fields) bool {
	declared, _ := headers.Get(HeaderPayload)
	return declared != UnsignedPayload
}

// PayloadHash returns what Verify needs as payload hash: the value of
// X-Sdk-Content-Sha256 as it was sent, or the digest of body when there is
// none. A declared digest is compared with the body: it is not signed as a
// header by every client, so whoever repeats a request could swap the body and
// declare the digest of the old one. body is not looked at when NeedsBody is
// false.
func PayloadHash(headers message.Fields, body []byte) (string, error) {
	declared, present := headers.Get(HeaderPayload)
	if declared == UnsignedPayload {
		return declared, nil
	}
	actual := HashPayload(body)
	if !present {
		return actual, nil
	}
	if !message.EqualFold(declared, actual) {
		return "", ErrPayload
	}
	return declared, nil
}
