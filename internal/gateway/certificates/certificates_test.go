package certificates_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/certificates"
)

// issued is a self-signed certificate for a domain, valid since so many hours.
type issued struct {
	definition.Certificate
	key []byte
	der []byte
}

func issue(t testing.TB, id, domain string, hours int, names ...string) issued {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		names = []string{domain}
	}
	since := time.Now().Add(-time.Duration(hours) * time.Hour)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: since, NotAfter: since.Add(100 * time.Hour), DNSNames: names}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return issued{definition.Certificate{
		ID: id, Domain: domain, Chain: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
	}, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), der}
}

func (i *issued) ready(t testing.TB) *certificates.Certificate {
	t.Helper()
	c, err := certificates.Compile(&i.Certificate, i.key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serves(s *certificates.Certificates, name string, want *issued) bool {
	got := s.For(name)
	if want == nil || got == nil {
		return want == nil && got == nil
	}
	return bytes.Equal(got.Certificate[0], want.der)
}

func TestChoice(t *testing.T) {
	s := certificates.New()
	shop, orders := issue(t, "1", "shop.example.com", 10), issue(t, "2", "orders.example.com", 10, "*.example.com")
	s.Put(shop.ready(t))
	s.Put(orders.ready(t))
	for name, want := range map[string]*issued{
		"shop.example.com": &shop, "SHOP.Example.com": &shop, "shop.example.com.": &shop, "orders.example.com": &orders,
		"other.example.com": nil, "example.com": nil, "": nil, "a.shop.example.com": nil,
	} {
		if !serves(s, name, want) {
			t.Errorf("%q is served by another certificate", name)
		}
	}
}

func TestPutAndDrop(t *testing.T) {
	s := certificates.New()
	const domain = "shop.example.com"
	old, renewed, moved := issue(t, "1", domain, 50), issue(t, "1", domain, 10), issue(t, "2", domain, 30)
	s.Put(old.ready(t))
	s.Put(renewed.ready(t))
	if !serves(s, domain, &renewed) {
		t.Error("a renewed certificate is not served")
	}
	s.Put(moved.ready(t)) // of another id, older
	if !serves(s, domain, &renewed) {
		t.Error("the older of two certificates is served")
	}
	s.Drop("1")
	if !serves(s, domain, &moved) {
		t.Error("what is left is not served")
	}
	elsewhere := issue(t, "2", "elsewhere.example.com", 10)
	s.Put(elsewhere.ready(t))
	if !serves(s, domain, nil) || !serves(s, "elsewhere.example.com", &elsewhere) {
		t.Error("a certificate whose domain has changed")
	}
	s.Drop("2")
	s.Drop("never there")
	if !serves(s, "elsewhere.example.com", nil) {
		t.Error("a dropped certificate is served")
	}
}

func TestCompileRefuses(t *testing.T) {
	good, other := issue(t, "1", "shop.example.com", 10), issue(t, "1", "shop.example.com", 10)
	for _, test := range []struct {
		name   string
		change func(*issued)
		want   string
	}{
		{"another key", func(i *issued) { i.key = other.key }, "private key does not match"},
		{"no key", func(i *issued) { i.key = []byte("x") }, "key"},
		{"no chain", func(i *issued) { i.Chain = "" }, "certificate"},
		{"no certificate", func(i *issued) { i.Chain = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" }, "certificate"},
		{"another domain", func(i *issued) { i.Domain = "other.example.com" }, "other.example.com"},
		{"upper case", func(i *issued) { i.Domain = "Shop.example.com" }, "lower case"},
		{"no domain", func(i *issued) { i.Domain = "" }, "lower case"},
		{"huge chain", func(i *issued) { i.Chain = strings.Repeat(i.Chain, 1000) }, "bytes"},
		{"huge key", func(i *issued) { i.key = bytes.Repeat(i.key, 1000) }, "bytes"},
	} {
		i := good
		test.change(&i)
		if c, err := certificates.Compile(&i.Certificate, i.key); c != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want …%s…", test.name, err, test.want)
		} else if strings.Contains(err.Error(), string(i.key[:min(len(i.key), 40)])) && len(i.key) > 1 {
			t.Errorf("%s: the error shows the key", test.name)
		}
	}
}

// TestExpired: an expired certificate is what a client should see.
func TestExpired(t *testing.T) {
	s := certificates.New()
	expired := issue(t, "1", "shop.example.com", 1000)
	s.Put(expired.ready(t))
	if !serves(s, "shop.example.com", &expired) {
		t.Error("an expired certificate is hidden")
	}
}

// shake does a handshake and answers the certificate that the server showed.
func shake(t testing.TB, server *tls.Config, name string) ([]byte, error) {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	done := make(chan error, 1)
	go func() { done <- tls.Server(b, server).Handshake() }()
	client := tls.Client(a, &tls.Config{ServerName: name, InsecureSkipVerify: true}) // which one it is, is what is asked
	err := client.Handshake()
	if err != nil {
		b.Close()
		<-done
		return nil, err
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return client.ConnectionState().PeerCertificates[0].Raw, nil
}

// TestConfig: bound domains first, then what the base has, whichever way it has
// it.
func TestConfig(t *testing.T) {
	own, shop := issue(t, "own", "gateway.example.com", 10), issue(t, "1", "shop.example.com", 10)
	pair, err := tls.X509KeyPair([]byte(own.Chain), own.key)
	if err != nil {
		t.Fatal(err)
	}
	for name, base := range map[string]*tls.Config{
		"a list":     {Certificates: []tls.Certificate{pair}},
		"a function": {GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &pair, nil }},
	} {
		s := certificates.New()
		config := s.Config(base)
		for _, step := range []struct {
			change func()
			name   string
			want   *issued
		}{
			{func() {}, "shop.example.com", &own},
			{func() { s.Put(shop.ready(t)) }, "shop.example.com", &shop},
			{func() {}, "gateway.example.com", &own},
			{func() {}, "", &own},
			{func() { s.Drop("1") }, "shop.example.com", &own},
		} {
			step.change()
			if got, err := shake(t, config, step.name); err != nil || !bytes.Equal(got, step.want.der) {
				t.Errorf("base with %s, server name %q: not the certificate of %s (%v)", name, step.name, step.want.Domain, err)
			}
		}
	}
}

func BenchmarkFor(b *testing.B) {
	s := certificates.New()
	shop := issue(b, "1", "shop.example.com", 10)
	s.Put(shop.ready(b))
	b.ReportAllocs()
	for b.Loop() {
		if s.For("shop.example.com") == nil {
			b.Fatal("not found")
		}
	}
}
