package tlsfiles

import (
	"crypto/tls"
	"fmt"
	"time"
)

// LoadPair loads the certificate chain and the private key that an operator
// gives. It refuses what no client would accept at now, so that the fault shows at
// the start and not at the first call.
func LoadPair(certFile, keyFile string, now time.Time) (tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("TLS certificate %s with key %s: %w", certFile, keyFile, err)
	}
	switch leaf := pair.Leaf; {
	case now.After(leaf.NotAfter):
		return tls.Certificate{}, fmt.Errorf("TLS certificate %s expired on %s; renew it", certFile, leaf.NotAfter.Format(time.DateOnly))
	case now.Before(leaf.NotBefore):
		return tls.Certificate{}, fmt.Errorf("TLS certificate %s is not valid before %s; check the clock", certFile, leaf.NotBefore.Format(time.RFC3339))
	}
	return pair, nil
}
