package app

import (
	"crypto/tls"

	"github.com/lintel-gateway/lintel/internal/tlsfiles"
)

// gatewayTLS is the configured certificate, or one that this installation
// issues for its gateway domain, so that TLS works from the first start.
func (p *Platform) gatewayTLS() (*tls.Config, error) {
	if pair := p.cfg.Gateway.TLS; pair.Set() {
		certificate, err := tlsfiles.LoadPair(pair.Cert, pair.Key, p.clock())
		return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}, err
	}
	own, err := tlsfiles.LoadOrCreate(p.dataFile("tls"), p.cfg.Gateway.Domain, p.clock)
	if err != nil {
		return nil, err
	}
	return own.Config(), nil
}

// gatewayCA is the file with which clients verify the issued certificate.
func (p *Platform) gatewayCA() string {
	if pair := p.cfg.Gateway.TLS; pair.Set() {
		return pair.Cert
	}
	return p.dataFile("tls/ca.pem")
}
