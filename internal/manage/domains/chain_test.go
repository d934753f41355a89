package domains_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/manage/domains"
)

func TestPairsThatAreServed(t *testing.T) {
	root := authority(t, nil, "Root")
	middle := authority(t, root, "Middle")
	last := authority(t, middle, "Last")
	leaf := issue(t, last, nil, named("a.example.org"))
	withRSA := issue(t, last, rsaKey(t, 2048), named("a.example.org"))
	withEd := issue(t, last, edKey(t), named("a.example.org"))
	with384, with521 := issue(t, nil, ecdsaKey(t, elliptic.P384()), named("a.example.org")), issue(t, nil, ecdsaKey(t, elliptic.P521()), named("a.example.org"))
	ec, err := x509.MarshalECPrivateKey(leaf.key.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	inOrder := chain(leaf, last, middle, root)
	for _, c := range []struct{ name, content, key, want string }{
		{"whole chain", inOrder, leaf.pkcs8(), inOrder},
		{"any order behind the first", chain(leaf, root, middle, last), leaf.pkcs8(), inOrder},
		{"without the root", chain(leaf, middle, last), leaf.pkcs8(), chain(leaf, last, middle)},
		{"alone", chain(leaf), leaf.pkcs8(), chain(leaf)},
		{"with what tools write between", "subject=/CN=a\nissuer=b\n" + strings.ReplaceAll(inOrder, "\n-----BEGIN", "\n\r\n# next\n-----BEGIN"), "junk\n" + leaf.pkcs8(), inOrder},
		{"with Windows line ends", strings.ReplaceAll(inOrder, "\n", "\r\n"), strings.ReplaceAll(leaf.pkcs8(), "\n", "\r\n"), inOrder},
		{"key as OpenSSL writes it", inOrder, block("EC PARAMETERS", []byte{6, 8}) + block("EC PRIVATE KEY", ec), inOrder},
		{"RSA in PKCS 1", chain(withRSA), block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(withRSA.key.(*rsa.PrivateKey))), chain(withRSA)},
		{"RSA in PKCS 8", chain(withRSA), withRSA.pkcs8(), chain(withRSA)},
		{"Ed25519", chain(withEd), withEd.pkcs8(), chain(withEd)},
		{"P-384, self-signed", chain(with384), with384.pkcs8(), chain(with384)},
		{"P-521, self-signed", chain(with521), with521.pkcs8(), chain(with521)},
		{"100 names", "", "", ""},
		{"for servers among others", "", "", ""},
	} {
		switch c.name {
		case "100 names":
			many := issue(t, nil, nil, named(numbered("h%d.example.org", 100)...))
			c.content, c.key, c.want = chain(many), many.pkcs8(), chain(many)
		case "for servers among others":
			both := issue(t, nil, nil, func(c *x509.Certificate) {
				c.DNSNames, c.ExtKeyUsage = []string{"a.example.org"}, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
			})
			c.content, c.key, c.want = chain(both), both.pkcs8(), chain(both)
		}
		got, key, err := domains.ParsePair(c.content, c.key, now)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s", c.name, err, got)
			continue
		}
		// The form in which it is stored is one that a server takes.
		if _, err := tls.X509KeyPair(got, key); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestPairsThatAreRefused(t *testing.T) {
	root := authority(t, nil, "Root")
	middle := authority(t, root, "Middle")
	leaf, other := issue(t, middle, nil, named("a.example.org")), issue(t, middle, nil, named("a.example.org"))
	namesake := authority(t, root, "Middle") // the same name, another key
	plain := issue(t, root, nil, func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: "Plain"} })
	byPlain := issue(t, plain, nil, named("a.example.org"))
	dated := func(from, until time.Duration) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.DNSNames, c.NotBefore, c.NotAfter = []string{"a.example.org"}, now.Add(from), now.Add(until)
		}
	}
	expired, early := issue(t, nil, nil, dated(-2*time.Hour, -time.Second)), issue(t, nil, nil, dated(time.Second, time.Hour))
	oldMiddle := authority(t, root, "Old", dated(-2*time.Hour, -time.Hour))
	byOld := issue(t, oldMiddle, nil, named("a.example.org"))
	p224 := issue(t, nil, ecdsaKey(t, elliptic.P224()), named("a.example.org"))
	many := issue(t, nil, nil, named(numbered("h%d.example.org", 101)...))
	client := issue(t, nil, nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	vast := issue(t, root, public{root.key, &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 16_383, 1), E: 65537}}, named("a.example.org"))
	small := issue(t, nil, rsaKey(t, 1024), named("a.example.org"))
	good, key := chain(leaf, middle), leaf.pkcs8()
	sealed := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
	for _, c := range []struct{ name, content, key, code, text string }{
		{"another key", good, other.pkcs8(), "APIG.2101", ""},
		{"key of another kind", good, issue(t, nil, edKey(t), named("x")).pkcs8(), "APIG.2101", ""},

		{"expired", chain(expired), expired.pkcs8(), "APIG.2102", "until 2026-01-02T03:04:04Z"},
		{"not valid yet", chain(early), early.pkcs8(), "APIG.2102", "not valid yet"},
		{"an expired issuer", chain(byOld, oldMiddle), byOld.pkcs8(), "APIG.2102", "until"},

		{"the leaf behind", chain(middle, leaf), key, "APIG.2104", "must be the first"},
		{"a gap", chain(leaf, root), key, "APIG.2104", "number 1"},
		{"a stray one", chain(leaf, middle, plain), key, "APIG.2104", "number 2"},
		{"twice the same", chain(leaf, leaf, middle), key, "APIG.2104", ""},
		{"an issuer of that name with another key", chain(leaf, namesake), key, "APIG.2104", ""},
		{"an issuer that is no authority", chain(byPlain, plain), byPlain.pkcs8(), "APIG.2104", ""},
		{"the root twice", chain(leaf, middle, root, root), key, "APIG.2104", "number 3"},

		{"key in PKCS 8, encrypted", good, block("ENCRYPTED PRIVATE KEY", []byte{1}), "APIG.2105", ""},
		{"key of OpenSSL, encrypted", good, sealed, "APIG.2105", ""},

		{"no PEM", "hello", key, "APIG.2106", "no certificate in PEM form"},
		{"empty PEM", block("CERTIFICATE", nil), key, "APIG.2106", "certificate 1"},
		{"half a PEM", good[:200], key, "APIG.2106", ""},
		{"no DER", block("CERTIFICATE", []byte("hello")), key, "APIG.2106", "certificate 1 cannot be read"},
		{"a key among certificates", good + key, key, "APIG.2106", "only PEM blocks of certificates"},
		{"a request", block("CERTIFICATE REQUEST", leaf.cert.Raw), key, "APIG.2106", ""},
		{"11 certificates", strings.Repeat(chain(leaf), 11), key, "APIG.2106", "10 certificates"},
		{"101 names", chain(many), many.pkcs8(), "APIG.2106", "101 names"},
		{"RSA of 16384 bits", chain(vast), key, "APIG.2106", "this one has 16384"},
		{"RSA of 1024 bits", chain(small), key, "APIG.2106", "this one has 1024"},
		{"P-224", chain(p224), p224.pkcs8(), "APIG.2106", "P-256"},
		{"for clients", chain(client), client.pkcs8(), "APIG.2106", "not for servers"},
		{"no key", good, "hello", "APIG.2106", "no private key in PEM form"},
		{"a certificate for a key", good, good, "APIG.2106", "not that of a private key"},
		{"two keys", good, key + other.pkcs8(), "APIG.2106", "more than one key"},
		{"only a curve", good, block("EC PARAMETERS", []byte{6}), "APIG.2106", "no private key"},
		{"a key of another form", good, block("RSA PRIVATE KEY", []byte("hello")), "APIG.2106", "cannot be read"},
		{"an EC key of another form", good, block("EC PRIVATE KEY", []byte("hello")), "APIG.2106", "cannot be read"},
		{"an RSA key of 1024 bits", good, small.pkcs8(), "APIG.2106", ""},
		{"a key of P-224", good, p224.pkcs8(), "APIG.2106", "P-256"},
		{"a key of 6 KB", good, block("PRIVATE KEY", make([]byte, 6000)), "APIG.2106", "8192"},
	} {
		_, _, err := domains.ParsePair(c.content, c.key, now)
		if err == nil || !strings.HasPrefix(err.Error(), c.code) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %s with %q", c.name, err, c.code, c.text)
			continue
		}
		for line := range strings.Lines(c.key) {
			if len(line) > 40 && strings.Contains(err.Error(), strings.TrimSpace(line)) {
				t.Errorf("%s: the refusal shows the key", c.name)
			}
		}
	}
}

// public is a key of which nobody has the private half.
type public struct {
	crypto.Signer
	half crypto.PublicKey
}

func (p public) Public() crypto.PublicKey { return p.half }

// TestBadInputIsCheap: whatever fits the limits costs less than 100 ms and 64 MB.
func TestBadInputIsCheap(t *testing.T) {
	leaf := issue(t, nil, nil, named("a.example.org"))
	begin := "-----BEGIN CERTIFICATE-----\n"
	const room = 64 << 10
	fill := func(s string) string { return strings.Repeat(s, room/len(s)) }
	chains := map[string]string{
		"only beginnings":       fill(begin),
		"beginnings and dashes": fill("-----BEGIN A-----\n-----"),
		"only ends":             fill("-----END CERTIFICATE-----\n"),
		"headers":               begin + fill("a: b\n"),
		"headers in blocks":     fill(begin + "a: b\n\n"),
		"dashes":                fill("-"),
		"empty blocks":          fill(begin + "-----END CERTIFICATE-----\n"),
		"mismatched blocks":     fill(begin + "-----END B-----\n"),
		"nested DER":            block("CERTIFICATE", []byte(strings.Repeat("\x30\x84\x00\x00\xff\xff", 7000))),
		"names":                 chain(issue(t, nil, nil, named(numbered("h%d.io", 2500)...))),
		"control characters":    fill("\x01\x02\n"),
	}
	for name, text := range chains {
		cost(t, name, func() { domains.ParsePair(text[:min(len(text), room)], leaf.pkcs8(), now) })
		cost(t, name+" as the key", func() { domains.ParsePair(chain(leaf), text[:min(len(text), 16<<10)], now) })
	}
	// The largest modulus with the largest exponent that crypto/x509 reads.
	huge := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 30_000, 1), E: 1<<31 - 1}
	der, err := x509.MarshalPKIXPublicKey(huge)
	if err != nil {
		t.Fatal(err)
	}
	cost(t, "a public key for a private one", func() { domains.ParsePair(chain(leaf), block("PUBLIC KEY", der), now) })
	root := authority(t, nil, "Same")
	list := []*issued{issue(t, root, nil, named("a.example.org"))}
	for range 9 {
		list = append(list, authority(t, nil, "Same")) // each could be the issuer, and none is
	}
	cost(t, "issuers of one name", func() { domains.ParsePair(chain(list...), list[0].pkcs8(), now) })
}

func cost(t *testing.T, name string, f func()) {
	t.Helper()
	best, room := time.Hour, uint64(0)
	for range 5 { // the machine may have other work
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		f()
		best = min(best, time.Since(began))
		runtime.ReadMemStats(&after)
		room = after.TotalAlloc - before.TotalAlloc
	}
	if best > 100*time.Millisecond || room > 64<<20 {
		t.Errorf("%s: %v and %d bytes", name, best, room)
	}
}

func FuzzParsePair(f *testing.F) {
	root := authority(f, nil, "Root")
	leaf := issue(f, root, nil, named("a.example.org"))
	f.Add(chain(leaf, root), leaf.pkcs8())
	f.Add(chain(root, leaf), "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: x\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")
	f.Add("-----BEGIN CERTIFICATE-----\n"+base64.StdEncoding.EncodeToString(leaf.cert.Raw[:100])+"\n-----END CERTIFICATE-----\n", "x")
	f.Add(strings.Repeat("-----BEGIN CERTIFICATE-----\n", 9), block("EC PARAMETERS", []byte{6}))
	f.Fuzz(func(t *testing.T, content, key string) {
		served, private, err := domains.ParsePair(content, key, now)
		if err != nil {
			if code := err.Error(); !strings.HasPrefix(code, "APIG.210") {
				t.Errorf("refused with %s", code)
			}
			return
		}
		if _, err := tls.X509KeyPair(served, private); err != nil {
			t.Errorf("accepted what no server takes: %v", err)
		}
		again, _, err := domains.ParsePair(string(served), string(private), now)
		if err != nil || string(again) != string(served) {
			t.Errorf("accepted, and not again: %v", err)
		}
	})
}
