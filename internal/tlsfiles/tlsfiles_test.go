package tlsfiles_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/tlsfiles"
)

const domain = "apigw.localhost"

const day = 24 * time.Hour

func newYear() *clock.Fake { return clock.NewFake(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) }

func open(t *testing.T, dir, domain string, c *clock.Fake) *tlsfiles.Own {
	t.Helper()
	o, err := tlsfiles.LoadOrCreate(dir, domain, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// served does a handshake and returns the certificate of the server.
func served(t *testing.T, o *tlsfiles.Own, name string, now func() time.Time) (*x509.Certificate, error) {
	t.Helper()
	pool := x509.NewCertPool()
	ca, err := os.ReadFile(o.CAPath())
	if err != nil || !pool.AppendCertsFromPEM(ca) {
		t.Fatal("ca.pem:", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			defer c.Close()
			c.SetDeadline(time.Now().Add(10 * time.Second))
			tls.Server(c, o.Config()).Handshake()
		}
	}()
	d := &net.Dialer{Timeout: 10 * time.Second}
	client, err := tls.DialWithDialer(d, "tcp", l.Addr().String(), &tls.Config{ServerName: name, RootCAs: pool, Time: now})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return client.ConnectionState().PeerCertificates[0], nil
}

func TestClientsVerify(t *testing.T) {
	c := newYear()
	o := open(t, t.TempDir(), domain, c)
	for _, name := range []string{domain, "0123456789abcdef0123456789abcdef." + domain} {
		if _, err := served(t, o, name, c.Now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"localhost", "a.b." + domain, "example.com"} {
		if _, err := served(t, o, name, c.Now); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestAuthorityIsConstrained issues for a foreign name with the authority's key.
func TestAuthorityIsConstrained(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, domain, newYear())
	block, _ := pem.Decode(read(t, dir, "ca.pem"))
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !ca.PermittedDNSDomainsCritical || len(ca.PermittedDNSDomains) != 1 || ca.PermittedDNSDomains[0] != domain || !ca.MaxPathLenZero {
		t.Errorf("the authority may vouch for %q", ca.PermittedDNSDomains)
	}
	if len(ca.ExcludedIPRanges) != 2 {
		t.Errorf("the authority may vouch for addresses: %v", ca.ExcludedIPRanges)
	}
}

func TestFilesAndModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	open(t, dir, domain, newYear())
	for name, want := range map[string]os.FileMode{"ca.pem": 0o644, "ca-with-key.pem": 0o600, "gateway-with-key.pem": 0o600, ".": 0o700} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 3 {
		t.Errorf("%d files, want 3", len(entries))
	}
	if bytes.Contains(read(t, dir, "ca.pem"), []byte("PRIVATE")) {
		t.Error("ca.pem holds a key")
	}
}

func TestKeptOverRestarts(t *testing.T) {
	dir, c := t.TempDir(), newYear()
	open(t, dir, domain, c)
	ca, leaf := read(t, dir, "ca.pem"), read(t, dir, "gateway-with-key.pem")
	c.Advance(300 * day)
	os.Remove(filepath.Join(dir, "ca.pem"))
	open(t, dir, domain, c)
	if !bytes.Equal(read(t, dir, "ca.pem"), ca) {
		t.Error("the authority changed")
	}
	if !bytes.Equal(read(t, dir, "gateway-with-key.pem"), leaf) {
		t.Error("the certificate changed")
	}
}

func TestRenewal(t *testing.T) {
	dir, c := t.TempDir(), newYear()
	o := open(t, dir, domain, c)
	ca := read(t, dir, "ca.pem")
	first, err := served(t, o, domain, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	c.Advance(334 * day) // 31 days are left
	if same, _ := served(t, o, domain, c.Now); !same.Equal(first) {
		t.Error("renewed too early")
	}
	c.Advance(2 * day)
	second, err := served(t, o, domain, c.Now) // while running
	if err != nil || second.Equal(first) {
		t.Fatalf("not renewed with 29 days left: %v", err)
	}
	c.Advance(400 * day)
	if third, err := served(t, open(t, dir, domain, c), domain, c.Now); err != nil || third.Equal(second) { // at a start
		t.Fatalf("not renewed after it expired: %v", err)
	}
	if !bytes.Equal(read(t, dir, "ca.pem"), ca) {
		t.Error("renewing changed the authority")
	}
	c.Advance(10 * 365 * day)
	// The handshake that finds the authority ended makes a new one; clients then
	// need its file.
	served(t, o, domain, c.Now)
	if _, err := served(t, o, domain, c.Now); err != nil {
		t.Errorf("after the authority's end: %v", err)
	}
}

func TestOtherDomain(t *testing.T) {
	dir, c := t.TempDir(), newYear()
	open(t, dir, domain, c)
	o := open(t, dir, "api.example.com", c)
	if _, err := served(t, o, "x.api.example.com", c.Now); err != nil {
		t.Error(err)
	}
	if _, err := served(t, o, "x."+domain, c.Now); err == nil {
		t.Error("the old domain is still served")
	}
}

func TestRefusals(t *testing.T) {
	c := newYear()
	for _, name := range []string{"", ".", "a..b", ".a", "a.", "A.b", "*.a", "a b", "a/b", strings.Repeat("a", 300)} {
		if _, err := tlsfiles.LoadOrCreate(t.TempDir(), name, c.Now); err == nil || !strings.Contains(err.Error(), "gateway-domain") {
			t.Errorf("domain %q: %v", name, err)
		}
	}
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "ca-with-key.pem"), []byte("something of the operator's"), 0o600)
	_, err := tlsfiles.LoadOrCreate(dir, domain, c.Now)
	if err == nil || !strings.Contains(err.Error(), "ca-with-key.pem") || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("a foreign file: %v", err)
	}
	if strings.Contains(err.Error(), "operator's") {
		t.Error("the error shows the file's contents")
	}
}

func TestLoadPair(t *testing.T) {
	dir, c := t.TempDir(), newYear()
	open(t, dir, domain, c)
	file := filepath.Join(dir, "gateway-with-key.pem")
	if pair, err := tlsfiles.LoadPair(file, file, c.Now()); err != nil || pair.Leaf.VerifyHostname(domain) != nil {
		t.Errorf("a good pair: %v", err)
	}
	for name, refused := range map[string]struct {
		key  string
		now  time.Time
		want string
	}{
		"expired":       {file, c.Now().Add(400 * day), "expired on 2027-01-01"},
		"not yet valid": {file, c.Now().Add(-day), "not valid before"},
		"other key":     {filepath.Join(dir, "ca-with-key.pem"), c.Now(), "ca-with-key.pem"},
		"no key":        {filepath.Join(dir, "ca.pem"), c.Now(), "ca.pem"},
		"no file":       {filepath.Join(dir, "none.pem"), c.Now(), "none.pem"},
	} {
		if _, err := tlsfiles.LoadPair(file, refused.key, refused.now); err == nil || !strings.Contains(err.Error(), refused.want) {
			t.Errorf("%s: %v, want %q", name, err, refused.want)
		}
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
