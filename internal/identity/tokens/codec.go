package tokens

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/ids"
)

const (
	version = 2
	// maxToken bounds what is looked at. A token with the usual names takes
	// some 200 characters; names at accounts.MaxName make it 450.
	maxToken = 2048
	maxRoles = 16
	// fixedFields are the texts every token has, in the order of fields.
	fixedFields = 9
)

// scope kinds on the wire of a token.
const (
	unscoped byte = iota
	projectScope
	domainScope
)

// restricted is a bit beside the scope kind.
const restricted = 0x80

// idTag marks a text of 32 hex characters that is packed into 16 bytes: ids
// are most of a token. Other texts begin with their length, which stays below
// it; longTag announces that the length takes the next byte.
const (
	idTag   = 0x80
	longTag = 0x81
)

var encoding = base64.RawURLEncoding.Strict()

// codec signs and opens tokens.
type codec struct{ scratch sync.Pool }

// scratch is the working memory of one call: pooled because an HMAC state
// costs four allocations and two hash blocks to make.
type scratch struct {
	mac    hash.Hash
	coded  [maxToken]byte // base64 as bytes
	raw    []byte         // payload and HMAC
	text   []byte         // the texts of a token, unpacked, one after the other
	sum    [sha256.Size]byte
	limits [fixedFields + maxRoles + 1]int // where each text begins
}

func newCodec(key []byte) *codec {
	c := &codec{}
	c.scratch.New = func() any {
		return &scratch{mac: hmac.New(sha256.New, key), raw: make([]byte, 0, maxToken), text: make([]byte, 0, maxToken)}
	}
	return c
}

// encode makes the token that says t.
func (c *codec) encode(t *Token) (string, error) {
	s := c.scratch.Get().(*scratch)
	defer c.scratch.Put(s)
	kind, scopeID := unscoped, ""
	switch {
	case t.ProjectID != "":
		kind, scopeID = projectScope, t.ProjectID
	case t.ScopeDomainID != "":
		kind, scopeID = domainScope, t.ScopeDomainID
	}
	if t.Restricted {
		kind |= restricted
	}
	b := append(s.raw[:0], version, byte(t.Methods), kind)
	b = binary.BigEndian.AppendUint64(b, uint64(t.IssuedAt.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, uint64(t.Expires.UnixMicro()))
	var err error
	for _, text := range [fixedFields]string{
		t.AuditID, t.ParentID, t.UserID, t.UserName, t.DomainID, t.DomainName, scopeID, t.ProjectName, t.CredentialID,
	} {
		if b, err = appendText(b, text); err != nil {
			return "", err
		}
	}
	if len(t.Roles) > maxRoles {
		return "", fmt.Errorf("tokens: %d roles in one scope; a token holds %d", len(t.Roles), maxRoles)
	}
	b = append(b, byte(len(t.Roles)))
	for _, role := range t.Roles {
		if b, err = appendText(b, role); err != nil {
			return "", err
		}
	}
	b = append(b, s.sign(b)...)
	s.raw = b
	if encoding.EncodedLen(len(b)) > maxToken {
		return "", fmt.Errorf("tokens: the names in the token take %d bytes; they fit into %d", len(b), maxToken*3/4)
	}
	return encoding.EncodeToString(b), nil
}

// decode opens a token and checks its HMAC. It costs two allocations: one
// string that all texts share, and the roles.
func (c *codec) decode(token string) (Token, error) {
	if len(token) == 0 || len(token) > maxToken {
		return Token{}, ErrInvalid
	}
	s := c.scratch.Get().(*scratch)
	defer c.scratch.Put(s)
	s.raw = s.raw[:maxToken]
	coded := s.coded[:copy(s.coded[:], token)]
	n, err := encoding.Decode(s.raw, coded)
	// The decoder skips line breaks; the length tells that it did. DecodedLen does
	// not: it is the same for 4k and 4k+1 characters.
	if err != nil || encoding.EncodedLen(n) != len(coded) || n < sha256.Size {
		return Token{}, ErrInvalid
	}
	payload, sum := s.raw[:n-sha256.Size], s.raw[n-sha256.Size:n]
	if subtle.ConstantTimeCompare(s.sign(payload), sum) != 1 {
		return Token{}, ErrInvalid
	}
	return s.parse(payload)
}

func (s *scratch) sign(payload []byte) []byte {
	s.mac.Reset()
	s.mac.Write(payload)
	return s.mac.Sum(s.sum[:0])
}

// parse reads a payload whose HMAC is right. It is strict all the same: a
// later version may put more into a token than this one understands.
func (s *scratch) parse(b []byte) (Token, error) {
	const head = 3 + 8 + 8
	if len(b) < head || b[0] != version {
		return Token{}, ErrInvalid
	}
	t := Token{Methods: Methods(b[1]), Restricted: b[2]&restricted != 0}
	kind := b[2] &^ restricted
	t.IssuedAt = time.UnixMicro(int64(binary.BigEndian.Uint64(b[3:]))).UTC()
	t.Expires = time.UnixMicro(int64(binary.BigEndian.Uint64(b[11:]))).UTC()
	b = b[head:]
	s.text = s.text[:0]
	count, roles, ok := 0, 0, true
	for ; count < fixedFields+roles; count++ {
		s.limits[count] = len(s.text)
		if b, ok = s.unpack(b); !ok {
			return Token{}, ErrInvalid
		}
		if count == fixedFields-1 {
			if len(b) == 0 || b[0] > maxRoles {
				return Token{}, ErrInvalid
			}
			roles, b = int(b[0]), b[1:]
		}
	}
	s.limits[count] = len(s.text)
	if len(b) != 0 {
		return Token{}, ErrInvalid
	}
	all := string(s.text)
	at := func(i int) string { return all[s.limits[i]:s.limits[i+1]] }
	t.AuditID, t.ParentID, t.UserID, t.UserName = at(0), at(1), at(2), at(3)
	t.DomainID, t.DomainName, t.ProjectName = at(4), at(5), at(7)
	t.CredentialID = at(8)
	switch kind {
	case unscoped:
	case projectScope:
		t.ProjectID = at(6)
	case domainScope:
		t.ScopeDomainID = at(6)
	default:
		return Token{}, ErrInvalid
	}
	if roles > 0 {
		t.Roles = make([]string, roles)
		for i := range t.Roles {
			t.Roles[i] = at(fixedFields + i)
		}
	}
	return t, nil
}

// unpack moves the text at the front of b to s.text.
func (s *scratch) unpack(b []byte) ([]byte, bool) {
	if len(b) == 0 {
		return nil, false
	}
	tag, b := b[0], b[1:]
	if tag == idTag {
		if len(b) < 16 {
			return nil, false
		}
		s.text = hex.AppendEncode(s.text, b[:16])
		return b[16:], true
	}
	n := int(tag)
	if tag > idTag {
		if tag != longTag || len(b) == 0 {
			return nil, false
		}
		n, b = int(b[0]), b[1:]
	}
	if len(b) < n {
		return nil, false
	}
	s.text = append(s.text, b[:n]...)
	return b[n:], true
}

func appendText(b []byte, text string) ([]byte, error) {
	switch n := len(text); {
	case ids.Valid(text):
		return hex.AppendDecode(append(b, idTag), []byte(text))
	case n < idTag:
		return append(append(b, byte(n)), text...), nil
	case n <= 255:
		return append(append(b, longTag, byte(n)), text...), nil
	default:
		return nil, fmt.Errorf("tokens: a text of %d bytes does not fit; 255 do", n)
	}
}
