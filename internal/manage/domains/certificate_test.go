package domains_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// certified binds a domain of g1 and a certificate to it.
func (x *fixture) certified(domain string) (domainID, certificateID string, leaf *issued) {
	x.t.Helper()
	domainID = x.bind(x.alice, "g1", domain)
	leaf = issue(x.t, nil, nil, named(domain))
	return domainID, x.certify(x.alice, "g1", domainID, leaf).Want(201).Text("ssl_id"), leaf
}

func (x *fixture) certify(c *wiretest.Client, group, domain string, leaf *issued) *wiretest.Response {
	x.t.Helper()
	return c.Do("POST", at(group)+"/"+domain+"/certificate", pairBody("test_ssl", chain(leaf), leaf.pkcs8()))
}

func pairBody(name, content, key string) map[string]any {
	return map[string]any{"name": name, "cert_content": content, "private_key": key}
}

func TestLifeOfACertificate(t *testing.T) {
	each(t, func(x *fixture) {
		x.dns.cnames["a.example.org"] = "one.gw.example.com"
		domain := x.bind(x.alice, "g1", "A.example.org")
		root := authority(t, nil, "Root")
		leaf := issue(t, root, nil, func(c *x509.Certificate) {
			c.DNSNames, c.IPAddresses = []string{"a.example.org", "*.b.example.org"}, []net.IP{net.IPv4(192, 0, 2, 1)}
			c.Subject = pkix.Name{
				CommonName: "a.example.org", Organization: []string{"Shop"}, OrganizationalUnit: []string{"Net", "Web"},
				Locality: []string{"ShenZhen"}, Province: []string{"GuangDong"}, Country: []string{"CN"},
			}
		})
		x.touched = nil
		r := x.alice.Do("POST", at("g1")+"/"+domain+"/certificate", pairBody("证书_1a", chain(leaf, root), leaf.pkcs8())).Want(201)
		id := r.Text("ssl_id")
		want := map[string]any{"id": domain, "url_domain": "A.example.org", "status": 3.0, "ssl_id": id, "ssl_name": "证书_1a"}
		if !ids.Valid(id) || id == domain || !reflect.DeepEqual(r.JSON(), want) {
			x.t.Errorf("made %s", r.Body)
		}
		x.touches(mark("certificate", id))
		if got, want := x.alice.Do("GET", at("g1")+"/"+domain+"/certificate/"+id, nil).Want(200).JSON(), any(map[string]any{
			"common_name": "a.example.org", "san": []any{"a.example.org", "*.b.example.org", "192.0.2.1"}, "version": 3.0,
			"organization": []any{"Shop"}, "organizational_unit": []any{"Net", "Web"}, "locality": []any{"ShenZhen"},
			"state": []any{"GuangDong"}, "country": []any{"CN"}, "not_before": "2026-01-02T02:04:05Z", "not_after": "2026-01-02T04:04:05Z",
			"serial_number": "abcdef01", "issuer": []any{"Root Ltd"}, "signature_algorithm": "ECDSA-SHA256",
		}); !reflect.DeepEqual(got, want) {
			x.t.Errorf("shown %v\nwant %v", got, want)
		}
		x.published(id, "a.example.org", leaf)

		x.alice.Do("DELETE", at("g1")+"/"+domain+"/certificate/"+id, nil).Want(204)
		x.touches(mark("certificate", id))
		if value, err := x.area.Contribute(x.t.Context(), x.db, id); value != nil || err != nil {
			x.t.Errorf("of a certificate that is gone: %v, %v", value, err)
		}
		for _, method := range []string{"GET", "DELETE"} {
			x.alice.Do(method, at("g1")+"/"+domain+"/certificate/"+id, nil).Refused(404, "APIG.3021", "The SSL certificate does not exist,id:"+id)
		}
	})
}

// published checks what gateways get: a chain and a sealed key that serve the
// leaf.
func (x *fixture) published(id, domain string, leaf *issued) {
	x.t.Helper()
	value, err := x.area.Contribute(x.t.Context(), x.db, id)
	if err != nil {
		x.t.Fatal(err)
	}
	c := value.(definition.Certificate)
	if c.ID != id || c.Domain != domain || strings.Contains(string(c.Key), "PRIVATE") {
		x.t.Errorf("published %q for %q", c.ID, c.Domain)
	}
	key, err := x.sealer.Open("certificate-key", id, c.Key)
	if err != nil {
		x.t.Fatal(err)
	}
	served, err := tls.X509KeyPair([]byte(c.Chain), key)
	if err != nil || !served.Leaf.Equal(leaf.cert) {
		x.t.Errorf("published another certificate, or one without its key: %v", err)
	}
}

// TestRenewal: a second certificate takes the place of the first, and its id.
func TestRenewal(t *testing.T) {
	each(t, func(x *fixture) {
		domain, id, _ := x.certified("a.example.org")
		next := issue(t, nil, edKey(t), named("a.example.org"))
		x.touched = nil
		r := x.alice.Do("POST", at("g1")+"/"+domain+"/certificate", pairBody("renewed", chain(next), next.pkcs8())).Want(201)
		if r.Text("ssl_id") != id || r.Text("ssl_name") != "renewed" {
			x.t.Errorf("renewed as %s", r.Body)
		}
		x.touches(mark("certificate", id))
		x.published(id, "a.example.org", next)
		if got := x.alice.Do("GET", at("g1")+"/"+domain+"/certificate/"+id, nil).Want(200).Text("signature_algorithm"); got != "Ed25519" {
			x.t.Errorf("shown as signed by %s", got)
		}
		// What is refused changes nothing.
		other := issue(t, nil, nil, named("b.example.org"))
		x.certify(x.alice, "g1", domain, other).Refused(400, "APIG.2103", "a.example.org")
		x.touches()
		x.published(id, "a.example.org", next)

		var all sync.WaitGroup
		for range 6 {
			all.Go(func() { x.certify(x.alice, "g1", domain, issue(t, nil, nil, named("a.example.org"))).Want(201) })
		}
		all.Wait()
		if n := x.count(`SELECT COUNT(*) FROM certificates`); n != 1 {
			x.t.Errorf("%d certificates of one domain", n)
		}

		x.touched = nil
		x.alice.Do("DELETE", at("g1")+"/"+domain, nil).Want(204)
		x.touches(mark("certificate", id), mark("group", "g1"))
		if n := x.count(`SELECT COUNT(*) FROM certificates`); n != 0 {
			x.t.Error("a certificate outlived its domain")
		}
	})
}

func TestNamesOfCertificates(t *testing.T) {
	each(t, func(x *fixture) {
		domain := x.bind(x.alice, "g1", "Shop.example.org")
		foreign := x.bind(x.alice, "g1", "bücher.example.org")
		for _, c := range []struct {
			names []string
			id    string
			ok    bool
		}{
			{[]string{"shop.example.org"}, domain, true},
			{[]string{"x.test", "SHOP.example.org"}, domain, true},
			{[]string{"*.example.org"}, domain, true},
			{[]string{"*.example.org"}, foreign, true},
			{[]string{"xn--bcher-kva.example.org"}, foreign, true},
			{[]string{"*.org"}, domain, false},
			{[]string{"*.shop.example.org"}, domain, false},
			{[]string{"*"}, domain, false},
			{[]string{"example.org"}, domain, false},
			{nil, domain, false}, // a common name is no name
		} {
			leaf := issue(t, nil, nil, func(t *x509.Certificate) { t.DNSNames, t.Subject = c.names, pkix.Name{CommonName: "shop.example.org"} })
			r := x.certify(x.alice, "g1", c.id, leaf)
			if c.ok {
				r.Want(201)
			} else {
				r.Refused(400, "APIG.2103", "SAN")
			}
		}
	})
}

func TestFieldsOfCertificates(t *testing.T) {
	each(t, func(x *fixture) {
		domain := x.bind(x.alice, "g1", "a.example.org")
		leaf := issue(t, nil, nil, named("a.example.org"))
		good, key := chain(leaf), leaf.pkcs8()
		post := func(body any) *wiretest.Response {
			x.t.Helper()
			return x.alice.Do("POST", at("g1")+"/"+domain+"/certificate", body)
		}
		for _, c := range []struct {
			name, content, key string
			status             int
			code, text         string
		}{
			{"", good, key, 400, "APIG.2001", "parameterName:name"},
			{"abc", good, key, 400, "APIG.2005", "parameterName:name"},
			{"证书证", good, key, 400, "APIG.2005", "parameterName:name"},
			{strings.Repeat("证", 51), good, key, 400, "APIG.2006", "parameterName:name"},
			{"1abc", good, key, 400, "APIG.2011", "parameterName:name"},
			{"_abc", good, key, 400, "APIG.2011", "parameterName:name"},
			{"a-bcd", good, key, 400, "APIG.2011", "parameterName:name"},
			{"abcd\n", good, key, 400, "APIG.2011", "parameterName:name"},
			{"abcd", "", key, 400, "APIG.2001", "parameterName:cert_content"},
			{"abcd", strings.Repeat("x", 64<<10+1), key, 400, "APIG.2006", "parameterName:cert_content"},
			{"abcd", good, "", 400, "APIG.2001", "parameterName:private_key"},
			{"abcd", good, strings.Repeat("x", 16<<10+1), 400, "APIG.2006", "parameterName:private_key"},
			{"abcd", "example", "example", 400, "APIG.2106", ""}, // the reference's own sample is no certificate
			{"abcd", good, issue(t, nil, nil, named("x")).pkcs8(), 400, "APIG.2101", ""},
			{"abcd", strings.Repeat("x", 1<<20), key, 413, "APIG.2006", "bytes"},
		} {
			post(pairBody(c.name, c.content, c.key)).Refused(c.status, c.code, c.text)
		}
		if n := x.count(`SELECT COUNT(*) FROM certificates`); n != 0 {
			x.t.Errorf("%d certificates were stored", n)
		}
		post(map[string]any{"name": strings.Repeat("证", 50), "context": good, "private_key": key}).Want(201) // the name of the object model
	})
}

func TestWhoMayCertify(t *testing.T) {
	each(t, func(x *fixture) {
		domain, id, leaf := x.certified("a.example.org")
		second := x.bind(x.alice, "g2", "b.example.org")
		theirs := x.bind(x.bob, "g3", "a.example.net")
		x.touched = nil
		for _, c := range []struct {
			who           *wiretest.Client
			group, domain string
			status        int
			code          string
		}{
			{x.alice, "g9", domain, 404, "APIG.3001"},
			{x.alice, "g3", theirs, 403, "APIG.1101"},
			{x.bob, "g1", domain, 403, "APIG.1101"},
			{x.alice, "g1", "nothing", 404, "APIG.3020"},
			{x.alice, "g1", theirs, 404, "APIG.3020"},
			{x.root, "g1", theirs, 404, "APIG.3020"},
			{x.alice, "g1", second, 403, "APIG.3474"},
			{x.nobody, "g1", domain, 401, "APIG.1000"},
		} {
			x.certify(c.who, c.group, c.domain, leaf).Refused(c.status, c.code)
			for _, method := range []string{"GET", "DELETE"} {
				c.who.Do(method, at(c.group)+"/"+c.domain+"/certificate/"+id, nil).Refused(c.status, c.code)
			}
		}
		x.certify(x.reader, "g1", domain, leaf).Refused(403, "APIC.7110")
		x.reader.Do("DELETE", at("g1")+"/"+domain+"/certificate/"+id, nil).Refused(403, "APIC.7110")
		x.reader.Do("GET", at("g1")+"/"+domain+"/certificate/"+id, nil).Want(200)

		for _, method := range []string{"GET", "DELETE"} {
			x.alice.Do(method, at("g2")+"/"+second+"/certificate/"+id, nil).Refused(404, "APIG.3021")
			x.alice.Do(method, at("g2")+"/"+second+"/certificate/%20", nil).Refused(404, "APIG.3021")
		}
		x.touches()
		x.root.Do("DELETE", at("g1")+"/"+domain+"/certificate/"+id, nil).Want(204)
	})
}

// TestKeysStayInside: no answer, no column and no audit record has a key.
func TestKeysStayInside(t *testing.T) {
	each(t, func(x *fixture) {
		domain, id, leaf := x.certified("a.example.org")
		lines := strings.Split(leaf.pkcs8(), "\n")
		var stored string
		if err := x.db.QueryRow(x.t.Context(), `SELECT chain || private_key || name FROM certificates WHERE id = $1`, id).Scan(&stored); err != nil {
			x.t.Fatal(err)
		}
		answers := stored + string(x.alice.Do("GET", at("g1")+"/"+domain+"/certificate/"+id, nil).Want(200).Body) +
			string(x.certify(x.alice, "g1", domain, leaf).Want(201).Body) +
			string(x.alice.Do("POST", at("g1")+"/"+domain+"/certificate", pairBody("abcd", "x", leaf.pkcs8())).Want(400).Body)
		for _, line := range lines[1:3] {
			if strings.Contains(answers, line) {
				x.t.Errorf("a line of the key is in the open: %s", answers)
			}
		}
	})
}

// TestExpiry: what was bound in time stays when it expires; renewing is the
// owner's business.
func TestExpiry(t *testing.T) {
	each(t, func(x *fixture) {
		domain, id, leaf := x.certified("a.example.org")
		x.clock.Advance(48 * time.Hour)
		x.certify(x.alice, "g1", domain, leaf).Refused(400, "APIG.2102", "until")
		x.alice.Do("GET", at("g1")+"/"+domain+"/certificate/"+id, nil).Want(200)
		x.published(id, "a.example.org", leaf)
	})
}
