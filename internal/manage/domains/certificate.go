package domains

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// purposeKey is what private keys are sealed for; gateways open them.
const purposeKey = "certificate-key"

// CertificateInput is what binding a certificate takes (reference table 4-445).
// The object model, table 4-434, calls the content "context"; both are read.
type CertificateInput struct {
	Name       string      `json:"name" required:"true" doc:"4 to 50 Chinese characters, letters, digits and _; first a Chinese character or a letter."`
	Content    string      `json:"cert_content" doc:"Chain in PEM form, the server's certificate first; up to 64 KB. Needed."`
	Context    string      `json:"context" doc:"Another name of cert_content."`
	PrivateKey secret.Text `json:"private_key" required:"true" doc:"Key in PEM form, not encrypted: RSA of 2048 to 8192 bits, ECDSA or Ed25519."`
}

var certificateName = regexp.MustCompile(`^[A-Za-z\p{Han}][A-Za-z0-9_\p{Han}]*$`)

func (in *CertificateInput) check() error {
	if in.Content == "" {
		in.Content = in.Context
	}
	var c apig.Check
	c.Pattern("name", in.Name, certificateName, 4, 50)
	c.Required("cert_content", in.Content)
	c.Length("cert_content", in.Content, 1, maxContent)
	c.Required("private_key", in.PrivateKey.Reveal())
	c.Length("private_key", in.PrivateKey.Reveal(), 1, maxKey)
	return c.Err()
}

// certify binds a certificate. What costs is done before the transaction, and
// only for who may.
func (a *Area) certify(r *wire.Request, in *CertificateInput) (*Domain, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if _, err := own(r, a.DB, r.Path("domain_id")); err != nil {
		return nil, err
	}
	p, err := parsePair(in.Content, in.PrivateKey.Reveal(), a.Clock())
	if err != nil {
		return nil, err
	}
	var d *Domain
	err = a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		if d, err = own(r, tx, r.Path("domain_id")); err != nil {
			return err
		}
		return a.keep(r, tx, d, in.Name, p)
	})
	if err != nil {
		return nil, err
	}
	r.Touched(d.SSLID)
	return d, nil
}

// keep stores the certificate of a domain, under the id of the one before.
func (a *Area) keep(r *wire.Request, tx *store.Tx, d *Domain, name string, p *pair) error {
	if err := p.leaf.VerifyHostname(d.name); err != nil {
		return apig.E2103.With("its SAN does not name " + d.name).Because(err)
	}
	if d.SSLID == "" {
		d.SSLID = a.IDs.New()
	}
	d.SSLName = name
	sealed, err := a.Sealer.Seal(purposeKey, d.SSLID, p.key)
	if err != nil {
		return fmt.Errorf("domains: seal the key of certificate %s: %w", d.SSLID, err)
	}
	tx.Touch(string(definition.KindCertificate), d.SSLID)
	return upsertCertificate(r.Context(), tx, d, string(p.chain), sealed, a.Clock())
}

func (a *Area) decertify(r *wire.Request) error {
	id := r.Path("id")
	r.Touched(id)
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		if err := onDomain(r, tx, id); err != nil {
			return err
		}
		tx.Touch(string(definition.KindCertificate), id)
		return deleteCertificate(r.Context(), tx, id)
	})
}

// onDomain refuses a certificate that is not that of the path's domain.
func onDomain(r *wire.Request, q store.Querier, id string) error {
	d, err := own(r, q, r.Path("domain_id"))
	if err != nil {
		return err
	}
	if d.SSLID == "" || d.SSLID != id {
		return missing(apig.E3021, id)
	}
	return nil
}

// View is what a certificate says (reference table 4-453). The version is a
// number as in the sample; the table calls it a text.
type View struct {
	CommonName         string    `json:"common_name"`
	SAN                []string  `json:"san" doc:"Names and addresses that the certificate is for."`
	Version            int       `json:"version"`
	Organization       []string  `json:"organization"`
	OrganizationalUnit []string  `json:"organizational_unit"`
	Locality           []string  `json:"locality"`
	State              []string  `json:"state"`
	Country            []string  `json:"country"`
	NotBefore          apig.Time `json:"not_before"`
	NotAfter           apig.Time `json:"not_after"`
	SerialNumber       string    `json:"serial_number" doc:"In hex."`
	Issuer             []string  `json:"issuer" doc:"Organisation of the issuer, else its common name."`
	SignatureAlgorithm string    `json:"signature_algorithm" doc:"For example SHA256-RSA."`
}

func (a *Area) show(r *wire.Request) (*View, error) {
	id := r.Path("id")
	if err := onDomain(r, a.DB, id); err != nil {
		return nil, err
	}
	chain, err := selectChain(r.Context(), a.DB, id)
	if errors.Is(err, store.ErrNotFound) { // deleted in between
		return nil, missing(apig.E3021, id)
	}
	if err != nil {
		return nil, err
	}
	return view(id, chain)
}

// view decodes the leaf of a stored chain.
func view(id, chain string) (*View, error) {
	block, _ := pem.Decode([]byte(chain))
	if block == nil {
		return nil, fmt.Errorf("domains: stored certificate %s is not PEM", id)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("domains: stored certificate %s: %w", id, err)
	}
	names := append([]string{}, c.DNSNames...)
	for _, address := range c.IPAddresses {
		names = append(names, address.String())
	}
	list := func(values []string) []string { return append([]string{}, values...) } // [] rather than null
	return &View{
		CommonName: c.Subject.CommonName, SAN: names, Version: c.Version,
		Organization: list(c.Subject.Organization), OrganizationalUnit: list(c.Subject.OrganizationalUnit),
		Locality: list(c.Subject.Locality), State: list(c.Subject.Province), Country: list(c.Subject.Country),
		NotBefore: apig.Time(c.NotBefore), NotAfter: apig.Time(c.NotAfter),
		SerialNumber: serial(c), Issuer: issuer(c.Issuer),
		SignatureAlgorithm: c.SignatureAlgorithm.String(),
	}, nil
}

// serial is in whole bytes, as tools print it.
func serial(c *x509.Certificate) string {
	digits := c.SerialNumber.Text(16)
	if len(digits)%2 == 1 {
		return "0" + digits
	}
	return digits
}

func issuer(name pkix.Name) []string {
	if len(name.Organization) > 0 {
		return name.Organization
	}
	return []string{name.CommonName}
}
