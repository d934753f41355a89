package tlsfiles

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
)

// Names of the files in the folder. CAFile alone is public: it is what clients
// are told to trust.
const (
	CAFile   = "ca.pem"
	caFile   = "ca-with-key.pem"
	leafFile = "gateway-with-key.pem"
)

// Life times. Apple's and others' verifiers refuse leaves of more than 825 days.
const (
	caLife   = 10 * 365 * 24 * time.Hour
	leafLife = 365 * 24 * time.Hour
	renewAt  = 30 * 24 * time.Hour // before the end
)

// Own is an authority of our own and the certificate that it issued for a
// domain and every name one level below it. It renews the certificate by itself.
type Own struct {
	dir, domain string
	now         clock.Clock

	mu   sync.Mutex
	leaf *tls.Certificate
}

// LoadOrCreate returns the certificate for domain that is kept in dir, and makes
// it when there is none, when it ends within 30 days, or when it is for another
// domain. A new authority is made only when the old one cannot issue for the
// domain any more; clients then have to be given the new ca.pem.
//
// A certificate and its key share a file, so that a crash never leaves two halves
// that do not fit.
func LoadOrCreate(dir, domain string, now clock.Clock) (*Own, error) {
	if !plainDomain(domain) {
		return nil, fmt.Errorf("TLS for gateway domain %q: the name is not a lower-case DNS name; correct the setting gateway-domain", domain)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("TLS folder: %w", err)
	}
	o := &Own{dir: dir, domain: domain, now: now}
	if _, err := o.certificate(); err != nil {
		return nil, err
	}
	return o, nil
}

// CAPath is the file with which clients verify: `curl --cacert`.
func (o *Own) CAPath() string { return filepath.Join(o.dir, CAFile) }

// Config returns a server configuration that always serves a valid certificate.
func (o *Own) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return o.certificate() },
	}
}

// certificate returns the certificate in use, renewed when it is time. When
// renewing fails, the old one is served as long as it is valid.
func (o *Own) certificate() (*tls.Certificate, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if o.leaf != nil && fresh(o.leaf.Leaf, now) {
		return o.leaf, nil
	}
	leaf, err := o.provide(now)
	if err == nil {
		o.leaf = leaf
	} else if o.leaf == nil || now.After(o.leaf.Leaf.NotAfter) {
		return nil, err
	}
	return o.leaf, nil
}

// provide loads or makes the authority and the certificate.
func (o *Own) provide(now time.Time) (*tls.Certificate, error) {
	ca, err := o.load(caFile)
	if err != nil {
		return nil, err
	}
	made := ca == nil || !fresh(ca.Leaf, now) || !slices.Contains(ca.Leaf.PermittedDNSDomains, o.domain)
	if made {
		if ca, err = newCA(o.domain, now); err != nil {
			return nil, err
		}
		if err := o.save(caFile, 0o600, ca, true); err != nil {
			return nil, err
		}
	}
	// Written at every start: it is a copy, and a missing one is easily mended.
	if err := o.save(CAFile, 0o644, ca, false); err != nil {
		return nil, err
	}
	if !made {
		leaf, err := o.load(leafFile)
		if err != nil {
			return nil, err
		}
		if leaf != nil && fresh(leaf.Leaf, now) && leaf.Leaf.CheckSignatureFrom(ca.Leaf) == nil && leaf.Leaf.VerifyHostname("a."+o.domain) == nil {
			return leaf, nil
		}
	}
	leaf, err := issue(ca, o.domain, now)
	if err != nil {
		return nil, err
	}
	return leaf, o.save(leafFile, 0o600, leaf, true)
}

func fresh(c *x509.Certificate, now time.Time) bool {
	return !now.Before(c.NotBefore) && now.Before(c.NotAfter.Add(-renewAt))
}

// load returns nil when there is no such file. A file that cannot be read as a
// pair is an error and not overwritten: it may be the operator's.
func (o *Own) load(name string) (*tls.Certificate, error) {
	path := filepath.Join(o.dir, name)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("TLS file: %w", err)
	}
	pair, err := tls.X509KeyPair(b, b)
	if err != nil {
		return nil, fmt.Errorf("TLS file %s holds no certificate with its key (%w); remove it to have a new one made", path, err)
	}
	return &pair, nil
}

func (o *Own) save(name string, mode fs.FileMode, pair *tls.Certificate, key bool) error {
	b, err := encode(pair, key)
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(o.dir, name), mode, b); err != nil {
		return fmt.Errorf("TLS file: %w", err)
	}
	return nil
}

// replace writes a file so that a reader sees the old or the new one whole.
func replace(path string, mode fs.FileMode, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// plainDomain reports whether name can stand in a certificate and below "*.".
func plainDomain(name string) bool {
	if name == "" || len(name) > 240 || name[0] == '.' || name[len(name)-1] == '.' {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-':
		case c == '.' && name[i-1] != '.':
		default:
			return false
		}
	}
	return true
}
