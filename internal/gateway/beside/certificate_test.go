package beside_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
)

// TestCertificates: a record is checked without being served, served when it is
// taken, and refused when its key is another's.
func TestCertificates(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"shop.example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	plain := func(_, _ string, sealed []byte) ([]byte, error) { return sealed, nil }
	channels := channel.New(channel.Options{})
	t.Cleanup(channels.Close)
	b := beside.New(beside.Options{Open: plain, Functions: functions.New(nil), Channels: channels, Clock: clock.System})
	served := func() bool { return b.Certificates.For("shop.example.com") != nil }
	good := definition.Certificate{
		ID: "c", Domain: "shop.example.com", Chain: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		Key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	}
	bad := good
	bad.Domain = "other.example.com"
	if _, err := b.Check(record(t, definition.KindCertificate, "c", bad)); err == nil || !strings.Contains(err.Error(), "other.example.com") {
		t.Errorf("a certificate for another domain: %v", err)
	}
	if known, err := b.Check(record(t, definition.KindCertificate, "c", good)); !known || err != nil || served() {
		t.Errorf("check: %v, %v, served %v", known, err, served())
	}
	if _, err := b.Take(record(t, definition.KindCertificate, "c", good)); err != nil || !served() {
		t.Errorf("take: %v, served %v", err, served())
	}
	if _, err := b.Take(record(t, definition.KindCertificate, "c", bad)); err == nil || !served() {
		t.Errorf("a bad record: %v, the one before is served: %v", err, served())
	}
	if _, err := b.Take(definition.Record{Key: definition.Key{Kind: definition.KindCertificate, ID: "c"}, Revision: 9}); err != nil || served() {
		t.Errorf("a deletion: %v, served %v", err, served())
	}
}
