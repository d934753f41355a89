package tlsfiles

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"time"
)

// newCA makes an authority that can vouch for nothing but domain: whoever
// trusts ca.pem to try the gateway has not trusted it, or a thief of its key, with
// any other site.
func newCA(domain string, now time.Time) (*tls.Certificate, error) {
	return sign(&x509.Certificate{
		Subject:                     pkix.Name{CommonName: "Lintel gateway CA for " + shortened(domain)},
		NotBefore:                   now.Add(-time.Hour), // clocks of clients differ
		NotAfter:                    now.Add(caLife),
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid:       true,
		IsCA:                        true,
		MaxPathLenZero:              true,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{domain},
		ExcludedIPRanges:            []*net.IPNet{every(net.IPv4len), every(net.IPv6len)},
	}, nil)
}

func every(size int) *net.IPNet {
	return &net.IPNet{IP: make(net.IP, size), Mask: make(net.IPMask, size)}
}

// shortened keeps a common name within X.520's 64 characters.
func shortened(domain string) string {
	if len(domain) > 40 {
		return domain[:40]
	}
	return domain
}

// issue makes the certificate that listeners serve.
func issue(ca *tls.Certificate, domain string, now time.Time) (*tls.Certificate, error) {
	until := now.Add(leafLife)
	if until.After(ca.Leaf.NotAfter) {
		until = ca.Leaf.NotAfter
	}
	return sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: shortened(domain)},
		DNSNames:    []string{"*." + domain, domain},
		NotBefore:   now.Add(-time.Hour),
		NotAfter:    until,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca)
}

// sign makes a P-256 key and a certificate for it, signed by ca or, without one,
// by itself. P-256 signs ten times as many handshakes as RSA-2048 and every client
// of the last decade knows it.
func sign(template *x509.Certificate, ca *tls.Certificate) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("TLS key: %w", err)
	}
	parent, signer := template, crypto.PrivateKey(key)
	if ca != nil {
		parent, signer = ca.Leaf, ca.PrivateKey
	}
	// A nil serial number makes x509 draw a random one.
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// encode returns the PEM of a certificate and, if wanted, its key.
func encode(pair *tls.Certificate, withKey bool) ([]byte, error) {
	var b bytes.Buffer
	for _, der := range pair.Certificate {
		pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	if !withKey {
		return b.Bytes(), nil
	}
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("TLS key: %w", err)
	}
	pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return b.Bytes(), nil
}
