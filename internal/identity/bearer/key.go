package bearer

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// keyBits is the size of the keys: what the reference's clients verify, at
	// 25 µs a check.
	keyBits = 2048
	// purpose binds a sealed private key to what it is for.
	purpose = "signing-key"
)

// key is a signing key as it is used.
type key struct {
	id      string
	public  *rsa.PublicKey
	created time.Time
	signer  jose.Signer // nil when retired
}

// row is a signing key as it is stored.
type row struct {
	kid, public, private string
	created, retired     int64
}

// generate makes a key: some 100 ms, so never inside a transaction.
func generate(sealer *secret.Sealer) (row, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return row{}, fmt.Errorf("bearer: make a signing key: %w", err)
	}
	kid, err := thumbprint(&private.PublicKey)
	if err != nil {
		return row{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return row{}, fmt.Errorf("bearer: encode signing key %s: %w", kid, err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return row{}, fmt.Errorf("bearer: encode signing key %s: %w", kid, err)
	}
	sealed, err := sealer.Seal(purpose, kid, plain)
	if err != nil {
		return row{}, fmt.Errorf("bearer: seal signing key %s: %w", kid, err)
	}
	return row{
		kid:     kid,
		public:  base64.StdEncoding.EncodeToString(public),
		private: base64.StdEncoding.EncodeToString(sealed),
	}, nil
}

// thumbprint is the id of a key (RFC 7638): it follows from the key, so no two
// keys can have one id.
func thumbprint(public *rsa.PublicKey) (string, error) {
	sum, err := (&jose.JSONWebKey{Key: public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("bearer: thumbprint of a signing key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// open is the stored key for use. The stored id must be that of the public
// half, and the public half that of the private one: whoever can write the table
// cannot make a key of its own sign under the id of another.
func (r *row) open(sealer *secret.Sealer) (*key, error) {
	fault := func(err error) error {
		return fmt.Errorf("bearer: signing key %s cannot be used; rotate with revoke to make another: %w", r.kid, err)
	}
	der, err := base64.StdEncoding.DecodeString(r.public)
	if err != nil {
		return nil, fault(err)
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fault(err)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok || public.N.BitLen() < keyBits {
		return nil, fault(fmt.Errorf("it is no RSA key of %d bits", keyBits))
	}
	if kid, err := thumbprint(public); err != nil || kid != r.kid {
		return nil, fault(errors.Join(errors.New("its id is not its thumbprint"), err))
	}
	k := &key{id: r.kid, public: public, created: store.Time(r.created)}
	if r.retired != 0 {
		return k, nil
	}
	if k.signer, err = r.signer(sealer, public); err != nil {
		return nil, fault(err)
	}
	return k, nil
}

func (r *row) signer(sealer *secret.Sealer, public *rsa.PublicKey) (jose.Signer, error) {
	sealed, err := base64.StdEncoding.DecodeString(r.private)
	if err != nil {
		return nil, err
	}
	plain, err := sealer.Open(purpose, r.kid, sealed)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, errors.New("its private half is damaged") // the cause could show a part of it
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || !private.PublicKey.Equal(public) {
		return nil, errors.New("its halves do not belong together")
	}
	return jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: r.kid}},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
}
