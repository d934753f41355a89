package domains_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// issued is a certificate with its key.
type issued struct {
	t    testing.TB
	cert *x509.Certificate
	key  crypto.Signer
}

// issue makes a certificate; a nil issuer makes a self-signed one, a nil key one
// of ECDSA.
func issue(t testing.TB, issuer *issued, key crypto.Signer, change func(*x509.Certificate)) *issued {
	t.Helper()
	if key == nil {
		key = ecdsaKey(t, elliptic.P256())
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0xabcdef01), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		Subject: pkix.Name{CommonName: "a.example.org"}, BasicConstraintsValid: true,
	}
	change(template)
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issued{t, cert, key}
}

// authority makes an issuer.
func authority(t testing.TB, issuer *issued, name string, change ...func(*x509.Certificate)) *issued {
	t.Helper()
	return issue(t, issuer, nil, func(c *x509.Certificate) {
		c.Subject, c.IsCA = pkix.Name{CommonName: name, Organization: []string{name + " Ltd"}}, true
		c.KeyUsage = x509.KeyUsageCertSign
		for _, f := range change {
			f(c)
		}
	})
}

// named is a leaf for hosts.
func named(hosts ...string) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.DNSNames = hosts }
}

func ecdsaKey(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func edKey(t testing.TB) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// chain is certificates in PEM.
func chain(list ...*issued) string {
	text := ""
	for _, c := range list {
		text += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.cert.Raw}))
	}
	return text
}

// pkcs8 is the key in PEM.
func (c *issued) pkcs8() string {
	c.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.key)
	if err != nil {
		c.t.Fatal(err)
	}
	return block("PRIVATE KEY", der)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
