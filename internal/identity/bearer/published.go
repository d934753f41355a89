package bearer

import (
	"encoding/base64"
	"math/big"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// jwk is a public key (RFC 7517). It has no private members, so that none can
// be published by mistake.
type jwk struct {
	Type      string `json:"kty" doc:"RSA."`
	Use       string `json:"use" doc:"sig."`
	Algorithm string `json:"alg" doc:"RS256."`
	ID        string `json:"kid" doc:"Thumbprint of the key (RFC 7638)."`
	N         string `json:"n" doc:"Modulus."`
	E         string `json:"e" doc:"Exponent."`
}

type jwkSet struct {
	Keys []jwk `json:"keys" doc:"The key that signs, then those whose tokens may still be valid, youngest first."`
}

// certs makes the first key when there is none: a client that kept an empty set
// could check nothing.
func (a *Area) certs(r *wire.Request) (jwkSet, error) {
	if _, err := a.Ring.signing(r.Context()); err != nil {
		return jwkSet{}, err
	}
	held, err := a.Ring.current(r.Context())
	if err != nil {
		return jwkSet{}, err
	}
	set := jwkSet{Keys: make([]jwk, len(held.sorted))}
	for i, k := range held.sorted {
		set.Keys[i] = jwk{
			Type: "RSA", Use: "sig", Algorithm: "RS256", ID: k.id,
			N: base64.RawURLEncoding.EncodeToString(k.public.N.Bytes()),
			E: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.public.E)).Bytes()),
		}
	}
	return set, nil
}

type rotation struct {
	Revoke bool `json:"revoke" doc:"End all tokens that were signed until now. Without it they stay valid until their time is over."`
}

type rotated struct {
	Kid string `json:"kid" doc:"The key that signs from now on."`
}

func (a *Area) rotate(r *wire.Request, in *rotation) (rotated, error) {
	kid, err := a.Ring.Rotate(r.Context(), in.Revoke)
	if err != nil {
		return rotated{}, err
	}
	r.Touched(kid)
	return rotated{kid}, nil
}

// configuration has what is true of this issuer. There is no authorization
// endpoint: tokens are had for a key pair, so the list of response types, which
// the standard asks for, is empty.
type configuration struct {
	Issuer     string   `json:"issuer" doc:"The iss of all tokens. It is the reference's and no URL."`
	Keys       string   `json:"jwks_uri" doc:"Where the keys are."`
	Responses  []string `json:"response_types_supported" doc:"Empty: there is no authorization endpoint."`
	Subjects   []string `json:"subject_types_supported" doc:"public: sub is the id of the user for everybody."`
	Algorithms []string `json:"id_token_signing_alg_values_supported" doc:"RS256 alone."`
	Claims     []string `json:"claims_supported" doc:"What a token may say."`
}

func (a *Area) configuration(r *wire.Request) (configuration, error) {
	return configuration{
		Issuer: Issuer, Keys: a.Site.Base(r.HTTP) + certsPath, Responses: []string{}, Subjects: []string{"public"}, Algorithms: []string{"RS256"},
		Claims: []string{"exp", "iat", "iss", "sub", "preferred_username", "groups", "jti", "lintel_credential"},
	}, nil
}
