package gateway_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Names below .onion are never asked for in DNS (RFC 7686): binding needs no
// network.
const shop = "api.shop.onion"

// signer is an authority of a test.
type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	chain       string // PEM
	pool        *x509.CertPool
}

func newAuthority(t testing.TB, name string) *signer {
	t.Helper()
	a := &signer{pool: x509.NewCertPool()}
	a.certificate, a.key, a.chain = issueCertificate(t, nil, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	a.pool.AddCert(a.certificate)
	return a
}

// issueCertificate makes a certificate and a key; without an issuer it signs
// itself.
func issueCertificate(t testing.TB, by *signer, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if template.SerialNumber == nil {
		template.SerialNumber = big.NewInt(1)
	}
	parent, with := template, key
	if by != nil {
		parent, with = by.certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), with)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// pair is the body that binds a certificate with this serial number for host.
func (a *signer) pair(t testing.TB, host string, serial int64) object {
	t.Helper()
	_, key, chain := issueCertificate(t, a, &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{host}})
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return object{
		"name": "certificate", "cert_content": chain + a.chain,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	}
}

// secured is a TLS connection to the gateway on which a test speaks HTTP/1.1.
type secured struct {
	*tls.Conn
	t    testing.TB
	read *bufio.Reader
}

// secure does a handshake that asks for name; pool verifies the answer. It ends
// with the test.
func (p *platform) secure(t testing.TB, name string, pool *x509.CertPool, change ...func(*tls.Config)) (*secured, error) {
	t.Helper()
	config := &tls.Config{RootCAs: pool, ServerName: name, MinVersion: tls.VersionTLS12}
	for _, f := range change {
		f(config)
	}
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", p.GatewayTLSAddr(), config)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return &secured{conn, t, bufio.NewReader(conn)}, nil
}

// get calls GET path at host over the connection and answers status and body.
func (c *secured) get(host, path string) (int, string) {
	c.t.Helper()
	if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: "+host+"\r\n\r\n"); err != nil {
		c.t.Fatal(err)
	}
	response, err := http.ReadResponse(c.read, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// serial is that of the certificate that the gateway showed.
func (c *secured) serial() int64 { return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64() }

// shows checks which certificate a new handshake gets.
func (p *platform) shows(t testing.TB, name string, pool *x509.CertPool, serial int64, change ...func(*tls.Config)) *secured {
	t.Helper()
	c, err := p.secure(t, name, pool, change...)
	if err != nil {
		t.Fatalf("handshake for %s: %v", name, err)
	}
	if got := c.serial(); got != serial {
		t.Errorf("handshake for %s shows certificate %d, want %d", name, got, serial)
	}
	return c
}

// TestDomainCertificates is the life of a domain's certificate as callers see it.
func TestDomainCertificates(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("orders")
	own.published(g, mock("/orders", "served"))
	own.published(g, mock("/secure", "served over TLS"), "req_protocol", "HTTPS")
	authority := newAuthority(t, "shop authority")
	bound := own.post("api-groups/"+g.id+"/domains", object{"url_domain": shop}).text("id")
	path := "api-groups/" + g.id + "/domains/" + bound

	// Bound without a certificate: the domain is served, TLS shows the gateway's.
	p.caller(t, shop).http("GET /orders").want(200, "served")
	p.caller(t, shop).http("GET /secure").fault(400, "APIG.0607", "The following protocol is supported: HTTPS")
	if _, err := p.secure(t, shop, authority.pool); err == nil {
		t.Error("a handshake for a domain without a certificate was believed")
	}
	ownSerial := fallback(t, p, g.host)

	own.post(path+"/certificate", authority.pair(t, shop, 101))
	first := p.shows(t, shop, authority.pool, 101)
	if chain := first.ConnectionState().PeerCertificates; len(chain) != 2 || !chain[1].Equal(authority.certificate) {
		t.Errorf("%d certificates were sent, want the leaf and its issuer", len(chain))
	}
	p.shows(t, strings.ToUpper(shop), authority.pool, 101)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		c := p.shows(t, shop, authority.pool, 101, func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version })
		if got := c.ConnectionState().Version; got != version {
			t.Errorf("TLS version %x, want %x", got, version)
		}
		if status, body := c.get(shop, "/secure"); status != 200 || body != "served over TLS" {
			t.Errorf("%d %s", status, body)
		}
	}
	over2 := p.shows(t, shop, authority.pool, 101, func(c *tls.Config) { c.NextProtos = []string{"h2"} })
	if got := over2.ConnectionState().NegotiatedProtocol; got != "h2" {
		t.Errorf("ALPN %q", got)
	}
	if got := fallback(t, p, g.host); got != ownSerial {
		t.Errorf("the group's own name shows certificate %d, want %d", got, ownSerial)
	}

	// Replaced under an open connection.
	if status, _ := first.get(shop, "/orders"); status != 200 {
		t.Errorf("before the change: %d", status)
	}
	certificate := own.post(path+"/certificate", authority.pair(t, shop, 102)).text("ssl_id")
	p.shows(t, shop, authority.pool, 102)
	if status, body := first.get(shop, "/orders"); status != 200 || body != "served" {
		t.Errorf("the open connection: %d %s", status, body)
	}

	// The Host field says what is called, whatever name TLS asked for.
	if status, body := first.get(g.host, "/orders"); status != 200 || body != "served" {
		t.Errorf("another host on the connection: %d %s", status, body)
	}

	own.remove(path + "/certificate/" + certificate)
	if _, err := p.secure(t, shop, authority.pool); err == nil {
		t.Error("an unbound certificate is shown")
	}
	if status, _ := first.get(shop, "/orders"); status != 200 {
		t.Errorf("the open connection after unbinding: %d", status)
	}
	own.post(path+"/certificate", authority.pair(t, shop, 103))
	p.shows(t, shop, authority.pool, 103)
	own.remove(path)
	if _, err := p.secure(t, shop, authority.pool); err == nil {
		t.Error("the certificate of an unbound domain is shown")
	}
	p.caller(t, shop).http("GET /orders").fault(404, "APIG.0101", "")
}

// fallback is the serial number of the gateway's own certificate, shown for
// host.
func fallback(t testing.TB, p *platform, host string) int64 {
	t.Helper()
	c, err := p.secure(t, host, p.authority)
	if err != nil {
		t.Fatal(err)
	}
	return c.serial()
}

// TestOldTLS: versions below 1.2 get the alert of TLS, no certificate and no
// HTTP.
func TestOldTLS(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		_, err := p.secure(t, "a."+domain, p.authority, func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version })
		if err == nil || !strings.Contains(err.Error(), "protocol version not supported") {
			t.Errorf("TLS version %x: %v", version, err)
		}
	}
}

// TestCertificatesUnderLoad: while a certificate is replaced again and again, no
// handshake fails or sees half a pair, and a kept connection goes on.
func TestCertificatesUnderLoad(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("orders")
	own.published(g, mock("/orders", "served"))
	authority := newAuthority(t, "shop authority")
	bound := own.post("api-groups/"+g.id+"/domains", object{"url_domain": shop}).text("id")
	path := "api-groups/" + g.id + "/domains/" + bound + "/certificate"
	own.post(path, authority.pair(t, shop, 1000))
	kept := p.shows(t, shop, authority.pool, 1000)

	stop := make(chan struct{})
	var callers sync.WaitGroup
	shakes := make([]int, 3)
	for n := range shakes {
		callers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				c, err := p.secure(t, shop, authority.pool)
				if err != nil {
					t.Errorf("handshake: %v", err)
					return
				}
				c.Close()
				shakes[n]++
			}
		})
	}
	const changes = 20
	for i := range int64(changes) {
		own.post(path, authority.pair(t, shop, 1001+i))
		if status, body := kept.get(shop, "/orders"); status != 200 || body != "served" {
			t.Errorf("the kept connection: %d %s", status, body)
		}
	}
	close(stop)
	callers.Wait()
	if shakes[0]+shakes[1]+shakes[2] < changes {
		t.Errorf("only %v handshakes while the certificate changed %d times", shakes, changes)
	}
	p.shows(t, shop, authority.pool, 1000+changes)
}
