package certificates

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Bounds of what is parsed: management takes a chain of 64 KB and a key of 16 KB,
// and writes both anew.
const (
	maxChain = 256 << 10
	maxKey   = 64 << 10
)

// Certificate is a certificate with its key, ready. It is immutable.
type Certificate struct {
	id, domain string
	pair       tls.Certificate
}

// Certificates is safe for concurrent use; Put and Drop are called by one writer
// at a time.
type Certificates struct {
	known    *shard.Map[string, *Certificate]   // by id
	byDomain *shard.Map[string, []*Certificate] // the one that is served first; never changed in place
}

// New returns an empty set.
func New() *Certificates {
	return &Certificates{shard.New[string, *Certificate](), shard.New[string, []*Certificate]()}
}

// Compile refuses a pair that cannot be served: a chain or a key that cannot be
// read, a key that is not the leaf's, a leaf that does not name the domain. What
// it answers repeats nothing of the key.
func Compile(d *definition.Certificate, key []byte) (*Certificate, error) {
	switch {
	case d.Domain == "" || d.Domain != strings.ToLower(d.Domain):
		return nil, fmt.Errorf("certificate %s: domain %q is not a name in lower case", d.ID, d.Domain)
	case len(d.Chain) > maxChain:
		return nil, fmt.Errorf("certificate %s: the chain has %d bytes, more than %d", d.ID, len(d.Chain), maxChain)
	case len(key) > maxKey:
		return nil, fmt.Errorf("certificate %s: the key has %d bytes, more than %d", d.ID, len(key), maxKey)
	}
	pair, err := tls.X509KeyPair([]byte(d.Chain), key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s for %s: %w", d.ID, d.Domain, err)
	}
	if err := pair.Leaf.VerifyHostname(d.Domain); err != nil {
		return nil, fmt.Errorf("certificate %s for %s: %w", d.ID, d.Domain, err)
	}
	return &Certificate{d.ID, d.Domain, pair}, nil
}

// Put adds a certificate or replaces the one with its id.
func (s *Certificates) Put(c *Certificate) {
	// The new one first: its domain must not be without one for a moment.
	old, replaces := s.known.Get(c.id)
	s.known.Set(c.id, c)
	s.byDomain.Update(c.domain, func(list []*Certificate, _ bool) ([]*Certificate, bool) {
		next := append(without(list, c.id), c)
		slices.SortFunc(next, newestFirst)
		return next, true
	})
	if replaces && old.domain != c.domain {
		s.withdraw(old)
	}
}

// Drop removes a certificate.
func (s *Certificates) Drop(id string) {
	if old, ok := s.known.Get(id); ok {
		s.known.Delete(id)
		s.withdraw(old)
	}
}

func (s *Certificates) withdraw(c *Certificate) {
	s.byDomain.Update(c.domain, func(list []*Certificate, _ bool) ([]*Certificate, bool) {
		next := without(list, c.id)
		return next, len(next) > 0
	})
}

// without is a copy of a list without the certificate of an id.
func without(list []*Certificate, id string) []*Certificate {
	var next []*Certificate
	for _, c := range list {
		if c.id != id {
			next = append(next, c)
		}
	}
	return next
}

// newestFirst does not depend on the order of arrival: after a restart the same
// one is served.
func newestFirst(a, b *Certificate) int {
	return cmp.Or(b.pair.Leaf.NotBefore.Compare(a.pair.Leaf.NotBefore), cmp.Compare(b.id, a.id))
}

// For returns the certificate for a server name, nil when no domain has one.
func (s *Certificates) For(serverName string) *tls.Certificate {
	list, ok := s.byDomain.Get(strings.ToLower(strings.TrimSuffix(serverName, ".")))
	if !ok {
		return nil
	}
	return &list[0].pair
}

// Config answers a copy of base with the choice of certificates in front of its
// own. It keeps following Put and Drop.
func (s *Certificates) Config(base *tls.Config) *tls.Config {
	config := base.Clone()
	config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if c := s.For(hello.ServerName); c != nil {
			return c, nil
		}
		if base.GetCertificate != nil {
			return base.GetCertificate(hello)
		}
		return nil, nil // crypto/tls takes base.Certificates
	}
	return config
}
