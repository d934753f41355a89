package signed

import (
	"crypto/rand"
	"strings"
	"sync"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// Credentials is what a call brought. Its strings are the call's.
type Credentials struct {
	Count int // of the three kinds below

	Signed        bool // an Authorization of this dialect
	Authorization string
	HasCode       bool
	Code          string // X-Apig-AppCode
	HasToken      bool
	Token         string // X-Auth-Token

	Date     string // X-Sdk-Date
	payload  string // declared digest
	declared bool
}

// Find returns the credentials of a request. It judges none of them.
func Find(r *call.Request) Credentials {
	var found Credentials
	if v, ok := r.Field(call.HeaderAuthorization); ok && strings.HasPrefix(v, signature.Algorithm) {
		found.Signed, found.Authorization = true, v
		found.Count++
	}
	if v, ok := r.Field(call.HeaderAppCode); ok {
		found.HasCode, found.Code = true, v
		found.Count++
	}
	if v, ok := r.Field(call.HeaderToken); ok {
		found.HasToken, found.Token = true, v
		found.Count++
	}
	found.Date, _ = r.Field(call.HeaderDate)
	found.payload, found.declared = r.Field(call.HeaderPayload)
	return found
}

// Read makes m, which is empty, what a signature of the call covers.
func Read(m *signature.Message, c *call.Call) {
	r := &c.Request
	m.Method, m.Path, m.Query, m.Headers = r.Method, r.Path, r.Query, r.Headers
	m.Layout, m.Workspace = r.Layout(), r.Workspace()
	m.PlainPath, m.PlainQuery = r.PlainPath, r.PlainQuery
}

// Verify checks that a is the signature of key over the call and that the body
// is the signed one. It answers the fault for which the body could not be read,
// or an error of package signature: *signature.MismatchError when key did not sign
// this, any other when the call could not have been signed by anybody. It
// allocates nothing when both are nil, but for a body that has to be hashed.
func (found *Credentials) Verify(c *call.Call, key *signature.Key, a signature.Authorization) (*call.Fault, error) {
	var m signature.Message
	Read(&m, c)
	return found.VerifyMessage(c, &m, key, &a)
}

// VerifyMessage is Verify for a Message of the call that has read a.
func (found *Credentials) VerifyMessage(c *call.Call, m *signature.Message, key *signature.Key, a *signature.Authorization) (*call.Fault, error) {
	if !found.declared {
		body, f := c.Buffer()
		if f != nil {
			return f, nil
		}
		return nil, key.VerifyParsed(a, m, found.Date, signature.HashPayload(body))
	}
	if err := key.VerifyParsed(a, m, found.Date, found.payload); err != nil || found.payload == signature.UnsignedPayload {
		return nil, err
	}
	body, f := c.Buffer()
	if f != nil {
		return f, nil
	}
	_, err := signature.PayloadHash(c.Request.Headers, body)
	return nil, err
}

// Spend takes the signature out of what goes to the backend: it has done its
// work, and whoever sees it could repeat the call within its window.
func Spend(c *call.Call) {
	fields := c.Out.Headers
	// Clients write it last nearly always: nothing is to be moved then.
	for i := len(fields) - 1; i >= 0; i-- {
		if message.EqualFold(fields[i].Name, signature.HeaderAuthorization) { // once at most, says prepare
			if i < len(fields)-1 {
				copy(fields[i:], fields[i+1:])
			}
			c.Out.Headers = fields[:len(fields)-1]
			return
		}
	}
}

// Decoy is a key that nobody knows, one per process: an unknown caller must not
// be verified against an empty secret (CVE-2026-85595) nor fail early.
func Decoy() *signature.Key { return decoy() }

var decoy = sync.OnceValue(func() *signature.Key {
	secret := make([]byte, 32)
	rand.Read(secret)
	return signature.NewKey(secret)
})
