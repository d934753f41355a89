package domains

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Bounds of what is parsed. They keep the worst input cheap: verifying costs at
// most maxChain² signatures, and reading a key grows with the cube of its size.
const (
	maxContent = 64 << 10 // characters of a chain
	maxKey     = 16 << 10 // characters of a key
	maxKeyDER  = 5000     // bytes; an RSA key of 8192 bits has 4700
	maxChain   = 10
	maxNames   = 100
	minRSA     = 2048
	maxRSA     = 8192
)

// pair is a certificate that the gateway can serve.
type pair struct {
	leaf  *x509.Certificate
	chain []byte // PEM, the leaf first and each followed by its issuer
	key   []byte // PEM, PKCS #8
}

// parsePair reads a chain and its key and checks all that does not depend on the
// domain. What it answers on failure repeats nothing of the key.
func parsePair(content, key string, now time.Time) (*pair, error) {
	certificates, err := parseCertificates(content)
	if err != nil {
		return nil, err
	}
	private, err := parseKey(key)
	if err != nil {
		return nil, err
	}
	leaf := certificates[0]
	if !matches(leaf, private) {
		if slices.ContainsFunc(certificates[1:], func(c *x509.Certificate) bool { return matches(c, private) }) {
			return nil, apig.E2104.With("the server's certificate, which belongs to the key, must be the first one")
		}
		return nil, apig.E2101
	}
	chain, err := ordered(certificates)
	if err != nil {
		return nil, err
	}
	for _, c := range chain {
		if err := checkUse(c, c == leaf, now); err != nil {
			return nil, err
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, invalid("private_key", "its kind is not supported").Because(err)
	}
	p := &pair{leaf: leaf, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})}
	for _, c := range chain {
		p.chain = append(p.chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return p, nil
}

// invalid is the refusal of what cannot be read or used.
func invalid(param, reason string) *wire.Error { return apig.E2106.With(param + ": " + reason) }

func parseCertificates(content string) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	rest := []byte(content)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		switch {
		case block.Type != "CERTIFICATE":
			return nil, invalid("cert_content", "only PEM blocks of certificates belong here")
		case len(list) == maxChain:
			return nil, invalid("cert_content", fmt.Sprintf("a chain may have %d certificates", maxChain))
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, invalid("cert_content", fmt.Sprintf("certificate %d cannot be read", len(list)+1)).Because(err)
		}
		if names := len(c.DNSNames) + len(c.IPAddresses) + len(c.EmailAddresses) + len(c.URIs); names > maxNames {
			return nil, invalid("cert_content", fmt.Sprintf("certificate %d has %d names, %d are allowed", len(list)+1, names, maxNames))
		}
		if reason := weak(c.PublicKey); reason != "" {
			return nil, invalid("cert_content", fmt.Sprintf("certificate %d: %s", len(list)+1, reason))
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, invalid("cert_content", "it holds no certificate in PEM form")
	}
	return list, nil
}

// parseKey reads the one private key of a PEM text.
func parseKey(text string) (crypto.Signer, error) {
	var key crypto.Signer
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if encrypted(block) {
			return nil, apig.E2105
		}
		switch {
		case block.Type == "EC PARAMETERS": // OpenSSL writes the curve in front of the key
			continue
		case key != nil:
			return nil, invalid("private_key", "it holds more than one key")
		case len(block.Bytes) > maxKeyDER:
			return nil, invalid("private_key", fmt.Sprintf("the key is larger than RSA of %d bits", maxRSA))
		}
		var err error
		if key, err = parseKeyBlock(block); err != nil {
			return nil, err
		}
	}
	if key == nil {
		return nil, invalid("private_key", "it holds no private key in PEM form")
	}
	return key, nil
}

// encrypted knows PKCS #8 and the older form of OpenSSL.
func encrypted(block *pem.Block) bool {
	return block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") ||
		block.Headers["DEK-Info"] != ""
}

func parseKeyBlock(block *pem.Block) (crypto.Signer, error) {
	var parsed any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		return nil, invalid("private_key", "the PEM block is not that of a private key")
	}
	if err != nil {
		return nil, invalid("private_key", "the key cannot be read").Because(err)
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, invalid("private_key", "the key cannot sign")
	}
	if reason := weak(signer.Public()); reason != "" {
		return nil, invalid("private_key", reason)
	}
	return signer, nil
}

// weak says why a public key is not served, or "".
func weak(public crypto.PublicKey) string {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < minRSA || n > maxRSA {
			return fmt.Sprintf("an RSA key has %d to %d bits, this one has %d", minRSA, maxRSA, n)
		}
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() && k.Curve != elliptic.P384() && k.Curve != elliptic.P521() {
			return "an ECDSA key is over P-256, P-384 or P-521"
		}
	case ed25519.PublicKey:
	default:
		return "a key is RSA, ECDSA or Ed25519"
	}
	return ""
}

func matches(c *x509.Certificate, key crypto.Signer) bool {
	public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(key.Public())
}

// ordered is the chain in which each certificate is followed by its issuer. All
// of them must be in it.
func ordered(list []*x509.Certificate) ([]*x509.Certificate, error) {
	chain, rest := list[:1:1], slices.Clone(list[1:])
	for len(rest) > 0 {
		last := chain[len(chain)-1]
		i := slices.IndexFunc(rest, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, last.RawIssuer) && !c.Equal(last) && last.CheckSignatureFrom(c) == nil
		})
		if i < 0 {
			return nil, apig.E2104.With(fmt.Sprintf("none of the other certificates issued number %d of the chain", len(chain)))
		}
		chain, rest = append(chain, rest[i]), slices.Delete(rest, i, i+1)
	}
	return chain, nil
}

// checkUse refuses a certificate that clients would refuse.
func checkUse(c *x509.Certificate, leaf bool, now time.Time) error {
	const form = "2006-01-02T15:04:05Z"
	switch {
	case now.After(c.NotAfter):
		return apig.E2102.With("one of the chain was valid until " + c.NotAfter.UTC().Format(form))
	case now.Before(c.NotBefore):
		return apig.E2102.Msg("The certificate is not valid yet: one of the chain is valid from %s", c.NotBefore.UTC().Format(form))
	case leaf && len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0 &&
		!slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny):
		return invalid("cert_content", "the certificate is not for servers (extended key usage)")
	}
	return nil
}
