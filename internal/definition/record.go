package definition

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Kind names what a record describes. Kinds are stored and travel between
// nodes: they are append-only and never renamed.
type Kind string

const (
	KindGroup       Kind = "group"       // body: Group
	KindAPI         Kind = "api"         // body: API; id "<api id>/<environment id>"
	KindApp         Kind = "app"         // body: App
	KindGrant       Kind = "grant"       // body: Grant
	KindThrottle    Kind = "throttle"    // body: Throttle
	KindACL         Kind = "acl"         // body: ACL
	KindSign        Kind = "sign"        // body: SignatureKey
	KindBinding     Kind = "binding"     // body: Binding
	KindChannel     Kind = "channel"     // body: Channel
	KindCertificate Kind = "certificate" // body: Certificate
	KindAuthorizer  Kind = "authorizer"  // body: Authorizer
	KindFunction    Kind = "function"    // body: Function; id "<urn>:<version>"
	KindResponse    Kind = "response"    // body: Response
	KindOrder       Kind = "order"       // body: Order
)

// Key identifies a record among all others.
type Key struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

func (k Key) String() string { return string(k.Kind) + "/" + k.ID }

// Record is one definition as it is recorded in SQL, distributed and kept in a
// gateway's state file.
//
// Revision grows with every change of the installation and is never reused; a
// gateway ignores a record that is not newer than what it holds. An empty Body
// means that the thing is gone.
type Record struct {
	Key
	Revision uint64          `json:"revision"`
	Body     json.RawMessage `json:"body,omitempty"`
}

// Deleted reports whether the record withdraws its key.
func (r Record) Deleted() bool { return len(r.Body) == 0 }

// Hash is the hex SHA-256 of the body: equal hashes mean that nothing changed.
func (r Record) Hash() string {
	sum := sha256.Sum256(r.Body)
	return hex.EncodeToString(sum[:])
}

// Encode makes a record body. The encoding is deterministic: the types of this
// package hold no maps whose order could vary.
func Encode(v any) (json.RawMessage, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("definition: encode %T: %w", v, err)
	}
	return b, nil
}
