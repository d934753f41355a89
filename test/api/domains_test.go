package api_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/lintel-gateway/lintel/internal/app"
	"github.com/lintel-gateway/lintel/internal/config"
	"github.com/lintel-gateway/lintel/internal/secret"
)

// Names below .onion are never asked for in DNS (RFC 7686), so these scenarios
// need no network; Go's resolver fails for them at once. TestDomainsFollowDNS has
// a DNS server.
const (
	shops        = ".shop.onion"
	statusFailed = 4
)

var (
	domainKind      = kind{"domain", "APIG.3020", "", false, false}
	certificateKind = kind{"certificate", "APIG.3021", "", false, false}
)

var domainsPart = part{
	paths: map[string][]kind{
		"/v1.0/apigw/api-groups/{group_id}/domains":                              {groupKind},
		"/v1.0/apigw/api-groups/{group_id}/domains/{id}":                         {groupKind, domainKind},
		"/v1.0/apigw/api-groups/{group_id}/domains/{domain_id}/certificate":      {groupKind, domainKind},
		"/v1.0/apigw/api-groups/{group_id}/domains/{domain_id}/certificate/{id}": {groupKind, domainKind, certificateKind},
	},
	fill: func(s *scenario, h *holder) {
		h.ids["domain"], h.ids["certificate"] = s.certified(h.member, h.ids["group"], h.marker, h.marker+"_name")
	},
	empty: func(h *holder) []string { return []string{domainPath(h.ids["group"], h.ids["domain"])} },
	spare: map[string]func(*scenario, *operation, *holder, string) ([]string, []string){
		"domain": func(s *scenario, _ *operation, h *holder, name string) ([]string, []string) {
			id := s.bindDomain(h.member, h.ids["group"], name+shops)
			return []string{h.ids["group"], id}, []string{domainPath(h.ids["group"], id)}
		},
		"certificate": func(s *scenario, _ *operation, h *holder, name string) ([]string, []string) {
			id, certificate := s.certified(h.member, h.ids["group"], name, "certificate")
			return []string{h.ids["group"], id, certificate}, []string{domainPath(h.ids["group"], id)}
		},
	},
	bodies: map[string]func(*scenario, *holder, []string) any{
		"apigw:domains:create": func(s *scenario, _ *holder, _ []string) any {
			return object{"url_domain": "n" + s.unknown()[:20] + shops}
		},
		"apigw:certificates:create": func(s *scenario, _ *holder, _ []string) any { return s.pair("certificate", "*"+shops) },
	},
}

func domainPath(group, id string) string { return "api-groups/" + group + "/domains/" + id }

func (s *scenario) bindDomain(as *actor, group, domain string) string {
	s.t.Helper()
	return s.post(as, "api-groups/"+group+"/domains", object{"url_domain": domain}).text("id")
}

// certified binds the domain <label>.shop.onion and a certificate for it.
func (s *scenario) certified(as *actor, group, label, name string) (domain, certificate string) {
	s.t.Helper()
	domain = s.bindDomain(as, group, label+shops)
	return domain, s.post(as, domainPath(group, domain)+"/certificate", s.pair(name, "*"+shops)).text("ssl_id")
}

// pair is the body that binds a fresh certificate for hosts.
func (s *scenario) pair(name string, hosts ...string) object {
	s.t.Helper()
	leaf := s.issue(nil, func(c *x509.Certificate) { c.DNSNames = hosts })
	return object{"name": name, "cert_content": leaf.chain, "private_key": leaf.key}
}

// leaf is a certificate of a test, with its key.
type leaf struct {
	*x509.Certificate
	signer     crypto.Signer
	chain, key string // PEM
}

// issue makes a certificate; without an issuer it signs itself.
func (s *scenario) issue(issuer *leaf, change func(*x509.Certificate)) *leaf {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true,
	}
	change(template)
	parent, signer := template, crypto.Signer(key)
	if issuer != nil {
		parent, signer = issuer.Certificate, issuer.signer
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		s.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	return &leaf{made, key, inPEM("CERTIFICATE", der), s.keyInPEM(key)}
}

func (s *scenario) keyInPEM(key any) string {
	s.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	return inPEM("PRIVATE KEY", der)
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// domainsScenario is the life of domains and certificates.
func domainsScenario(s *scenario) {
	own, other := s.tenants()
	group, second, foreign := s.group(own.member, "orders"), s.group(own.member, "second"), s.group(other.member, "foreign")
	bind := "POST api-groups/" + group + "/domains"
	unique := func(label string) string { return label + s.unknown()[:8] + shops }
	name := "WWW." + unique("MyCompany") // as in the reference's sample, the spelling is kept
	body := func(domain any) object { return object{"url_domain": domain} }
	id := s.do(own.member, bind, body(name)).want(201).has(fields{"id": hexID, "url_domain": name, "status": statusFailed, "ssl_id": gone{}}).text("id")
	theirs := s.bindDomain(other.member, foreign, unique("theirs"))
	elsewhere := s.bindDomain(own.member, second, unique("elsewhere"))
	at := "DELETE " + domainPath(group, id)
	s.rows([]row{
		{name: "bind without a domain", as: own.member, call: bind, body: object{}, status: 400, code: "APIG.2001", text: "parameterName:url_domain"},
		{name: "bind 256 characters", as: own.member, call: bind, body: body(many("a.", 128)), status: 400, code: "APIG.2006", text: "parameterName:url_domain"},
		{name: "bind a number", as: own.member, call: bind, body: body(7), status: 400, code: "APIG.2011", text: "parameterName:url_domain"},
		{name: "bind an address", as: own.member, call: bind, body: body("192.0.2.1"), status: 400, code: "APIG.2024", text: "address"},
		{name: "bind a wildcard", as: own.member, call: bind, body: body("*.example.com"), status: 400, code: "APIG.2024", text: "wildcard"},
		{name: "bind one label", as: own.member, call: bind, body: body("intranet"), status: 400, code: "APIG.2024", text: "two labels"},
		{name: "bind the gateway's domain", as: own.member, call: bind, body: body(strings.ToUpper(domain)), status: 400, code: "APIG.2024", text: domain},
		{name: "bind a sub-domain of a group", as: own.member, call: bind, body: body(s.get(other.member, "api-groups/"+foreign).text("sl_domain")), status: 400, code: "APIG.2024", text: domain},
		{name: "bind it again", as: own.member, call: bind, body: body(name), status: 400, code: "APIG.3305", text: "already exists, url_domain:" + name},
		{name: "bind it to another's group", as: other.member, call: "POST api-groups/" + foreign + "/domains", body: body(strings.ToLower(name)), status: 400, code: "APIG.3305", text: "already exists"},
		{name: "bind to a foreign group", as: own.member, call: "POST api-groups/" + foreign + "/domains", body: body(unique("a")), status: 403, code: "APIG.1101"},
		{name: "bind to an unknown group", as: own.member, call: "POST api-groups/nothing/domains", body: body(unique("a")), status: 404, code: "APIG.3001", text: "API group nothing does not exist"},
		{name: "a reader binds", as: own.reader, call: bind, body: body(unique("a")), status: 403, code: "APIC.7110"},
		{name: "nobody binds", as: nobody, call: bind, body: body(unique("a")), status: 401, code: "APIG.1000"},

		{name: "the group shows it", as: own.reader, call: "GET api-groups/" + group, status: 200, fields: fields{
			"url_domains.0.id": id, "url_domains.0.domain": name, "url_domains.0.cname_status": statusFailed, "url_domains.0.ssl_id": "", "url_domains.0.ssl_name": "", "url_domains.1": gone{},
		}},
		{name: "a list shows it", as: own.reader, call: "GET api-groups?id=" + group, status: 200, fields: fields{"groups.0.url_domains.0.id": id}},

		{name: "unbind from a foreign group", as: own.member, call: "DELETE " + domainPath(foreign, theirs), status: 403, code: "APIG.1101"},
		{name: "unbind from an unknown group", as: own.member, call: "DELETE " + domainPath("nothing", id), status: 404, code: "APIG.3001"},
		{name: "unbind an unknown one", as: own.member, call: "DELETE " + domainPath(group, s.unknown()), status: 404, code: "APIG.3020", text: "The URL domain does not exist,id:"},
		{name: "unbind another tenant's", as: own.member, call: "DELETE " + domainPath(group, theirs), status: 404, code: "APIG.3020"},
		{name: "unbind another group's", as: own.member, call: "DELETE " + domainPath(group, elsewhere), status: 403, code: "APIG.3474"},
		{name: "a reader unbinds", as: own.reader, call: at, status: 403, code: "APIC.7110"},
		{name: "nobody unbinds", as: nobody, call: at, status: 401, code: "APIG.1000"},
	})
	s.certificates(own, other, group, id, name, []string{second, elsewhere, foreign, theirs})
	s.rows([]row{
		{name: "unbind", as: own.member, call: at, status: 204},
		{name: "unbind again", as: own.member, call: at, status: 404, code: "APIG.3020", text: id},
		{name: "bind by an administrator", as: s.admin, call: "POST api-groups/" + foreign + "/domains", body: body(name), status: 201, fields: fields{"url_domain": name}},
		{name: "the group shows none", as: own.member, call: "GET api-groups/" + group, status: 200, fields: fields{"url_domains": list{}}},
		{name: "bind a Chinese one", as: own.member, call: bind, body: body("例子" + unique("a")), status: 201, fields: fields{"status": statusFailed}},
	})
	for range 4 {
		s.bindDomain(own.member, group, unique("filler"))
	}
	s.do(own.member, bind, body(unique("a"))).refused(403, "APIG.3108", "")
	s.servedUnder(own, other)
}

// certificates are those of one domain; others are a group and a domain of the
// same tenant and of another one.
func (s *scenario) certificates(own, other *tenant, group, domain, name string, others []string) {
	at := domainPath(group, domain) + "/certificate"
	host := strings.ToLower(name)
	root := s.issue(nil, func(c *x509.Certificate) {
		c.Subject, c.IsCA = pkix.Name{CommonName: "Root", Organization: []string{"Trust"}}, true
	})
	one := s.issue(root, func(c *x509.Certificate) {
		c.DNSNames = []string{host}
		c.Subject = pkix.Name{CommonName: host, Organization: []string{"Shop"}, Country: []string{"CN"}}
	})
	good := object{"name": "test_ssl", "cert_content": one.chain + root.chain, "private_key": one.key}
	id := s.do(own.member, "POST "+at, good).want(201).has(fields{
		"id": domain, "url_domain": name, "status": statusFailed, "ssl_id": hexID, "ssl_name": "test_ssl", "private_key": gone{},
	}).text("ssl_id")
	s.certificateRefusals(own.member, at, host, good, root)
	s.rows([]row{
		{name: "the group shows the certificate", as: own.reader, call: "GET api-groups/" + group, status: 200, fields: fields{"url_domains.0.ssl_id": id, "url_domains.0.ssl_name": "test_ssl"}},
		{name: "show the certificate", as: own.reader, call: "GET " + at + "/" + id, status: 200, fields: fields{
			"common_name": host, "san": list{host}, "version": 3, "organization": list{"Shop"}, "organizational_unit": list{}, "locality": list{},
			"state": list{}, "country": list{"CN"}, "not_before": moment, "not_after": moment, "serial_number": "01", "issuer": list{"Trust"},
			"signature_algorithm": "ECDSA-SHA256", "private_key": gone{},
		}},
		{name: "renew it", as: s.admin, call: "POST " + at, body: with(s.pair("renewed", host), "name", "更新的证书"), status: 201, fields: fields{"ssl_id": id, "ssl_name": "更新的证书"}},
		{name: "a reader certifies", as: own.reader, call: "POST " + at, body: good, status: 403, code: "APIC.7110"},
		{name: "nobody certifies", as: nobody, call: "POST " + at, body: good, status: 401, code: "APIG.1000"},
		{name: "a reader deletes the certificate", as: own.reader, call: "DELETE " + at + "/" + id, status: 403, code: "APIC.7110"},
		{name: "nobody deletes the certificate", as: nobody, call: "DELETE " + at + "/" + id, status: 401, code: "APIG.1000"},
		{name: "nobody sees the certificate", as: nobody, call: "GET " + at + "/" + id, status: 401, code: "APIG.1000"},
	})
	for _, c := range []struct {
		group, domain string
		status        int
		code          string
	}{
		{others[2], others[3], 403, "APIG.1101"},
		{"nothing", domain, 404, "APIG.3001"},
		{group, s.unknown(), 404, "APIG.3020"},
		{group, others[3], 404, "APIG.3020"},
		{group, others[1], 403, "APIG.3474"},
	} {
		path := domainPath(c.group, c.domain) + "/certificate"
		s.do(own.member, "POST "+path, good).refused(c.status, c.code, "")
		s.do(own.member, "GET "+path+"/"+id, nil).refused(c.status, c.code, "")
		s.do(own.member, "DELETE "+path+"/"+id, nil).refused(c.status, c.code, "")
	}
	bare := domainPath(others[0], others[1]) + "/certificate/"
	for _, method := range []string{"GET ", "DELETE "} {
		s.do(own.member, method+bare+id, nil).refused(404, "APIG.3021", "The SSL certificate does not exist,id:"+id)
		s.do(own.member, method+at+"/"+s.unknown(), nil).refused(404, "APIG.3021", "")
	}
	s.remove(own.member, at+"/"+id)
	s.do(own.member, "DELETE "+at+"/"+id, nil).refused(404, "APIG.3021", id)
	s.get(own.member, "api-groups/"+group).has(fields{"url_domains.0.ssl_id": "", "url_domains.0.ssl_name": ""})
	s.post(own.member, at, good) // goes with its domain
}

// certificateRefusals are what is wrong with a certificate by itself.
func (s *scenario) certificateRefusals(as *actor, at, host string, good object, root *leaf) {
	_, strange, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	pairOf := func(l *leaf) object { return with(good, "cert_content", l.chain, "private_key", l.key) }
	named := func(c *x509.Certificate) { c.DNSNames = []string{host} }
	lone := s.issue(root, named)
	refused := func(name string, body any, code, text string) row {
		return row{name: name, as: as, call: "POST " + at, body: body, status: 400, code: code, text: text}
	}
	s.rows([]row{
		refused("without a name", with(good, "name", nil), "APIG.2001", "parameterName:name"),
		refused("a name of 3", with(good, "name", "abc"), "APIG.2005", "parameterName:name"),
		refused("a name of 51", with(good, "name", many("证", 51)), "APIG.2006", "parameterName:name"),
		refused("a digit first", with(good, "name", "1abc"), "APIG.2011", "parameterName:name"),
		refused("without a chain", with(good, "cert_content", nil), "APIG.2001", "parameterName:cert_content"),
		refused("without a key", with(good, "private_key", nil), "APIG.2001", "parameterName:private_key"),
		refused("a chain of 64 KB and one", with(good, "cert_content", many("x", 64<<10+1)), "APIG.2006", "parameterName:cert_content"),
		refused("another key", with(good, "private_key", s.keyInPEM(strange)), "APIG.2101", ""),
		refused("expired", pairOf(s.issue(nil, func(c *x509.Certificate) {
			c.DNSNames, c.NotAfter = []string{host}, time.Now().Add(-time.Minute)
		})), "APIG.2102", "until"),
		refused("not valid yet", pairOf(s.issue(nil, func(c *x509.Certificate) {
			c.DNSNames, c.NotBefore = []string{host}, time.Now().Add(time.Minute)
		})), "APIG.2102", "not valid yet"),
		refused("for another host", pairOf(s.issue(nil, func(c *x509.Certificate) { c.DNSNames = []string{"x" + host, "*." + host} })), "APIG.2103", host),
		refused("a broken chain", with(good, "cert_content", lone.chain+s.issue(nil, named).chain, "private_key", lone.key), "APIG.2104", ""),
		refused("an encrypted key", with(good, "private_key", inPEM("ENCRYPTED PRIVATE KEY", []byte("x"))), "APIG.2105", ""),
		refused("the reference's sample", with(good, "cert_content", "example", "private_key", "example"), "APIG.2106", ""),
		refused("10,000 names", pairOf(s.issue(nil, func(c *x509.Certificate) { c.DNSNames = numbered("%d.io", 6000) })), "APIG.2006", "cert_content"),
		{name: "1 MB", as: as, call: "POST " + at, body: with(good, "cert_content", many("x", 1<<20)), status: 413, code: "APIG.2006", text: "bytes"},
	})
}

// servedUnder: a domain leads to the APIs of its group from the answer on, and
// no longer than it is bound.
func (s *scenario) servedUnder(own, other *tenant) {
	group, theirs := s.group(own.member, "served"), s.group(other.member, "served")
	s.publish(own.member, s.api(own.member, mock(group, "served", "/served")), releaseEnv)
	s.publish(other.member, s.api(other.member, mock(theirs, "theirs", "/served")), releaseEnv)
	host := "a" + s.unknown()[:8] + shops
	s.under(host, "GET /served").fault(404, "APIG.0101", "")
	id := s.bindDomain(own.member, group, strings.ToUpper(host))
	s.under(host, "GET /served").want(200, "mock of served")
	s.under(strings.ToUpper(host)+":8080", "GET /served").want(200, "mock of served")
	s.remove(own.member, domainPath(group, id))
	s.under(host, "GET /served").fault(404, "APIG.0101", "")
	s.bindDomain(other.member, theirs, host)
	s.under(host, "GET /served").want(200, "mock of theirs")

	// A group that goes takes its domains along.
	empty := s.group(own.member, "empty")
	lost := "b" + host
	s.certified(own.member, empty, strings.TrimSuffix(lost, shops), "certificate")
	s.remove(own.member, "api-groups/"+empty)
	s.bindDomain(own.member, group, lost)
	s.under(lost, "GET /served").want(200, "mock of served")
}

// under calls the gateway with another Host.
func (s *scenario) under(host, call string) *reply {
	s.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	r, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.GatewayAddr()+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Host = host
	response, err := s.gateway.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return &reply{s.t, host + " " + call, response.StatusCode, response.Header, string(raw), time.Now()}
}

// TestDomainsFollowDNS has a platform that asks a DNS server of the test.
func TestDomainsFollowDNS(t *testing.T) {
	zone := make(chan map[string]string, 1)
	zone <- map[string]string{}
	dir := t.TempDir()
	started, err := app.Start(t.Context(), &config.Config{
		DataDir: filepath.Join(dir, "data"), Management: config.Management{Addr: "127.0.0.1:0"},
		Gateway: config.Gateway{Addr: "127.0.0.1:0", Domain: domain}, Resolver: serveDNS(t, zone),
		Region: region, AdminPassword: adminPassword, Database: secret.Text("sqlite:" + filepath.Join(dir, "test.db")),
		LogFormat: "json", AuditLog: filepath.Join(dir, "audit.log"), DrainTimeout: 10 * time.Second,
	}, app.Output{Log: io.Discard, Stdout: io.Discard, People: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{Platform: started, http: client(nil), writes: &writes{answered: map[string]*answer{}}}
	t.Cleanup(func() {
		p.http.CloseIdleConnections()
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	p.contract = loadContract(t, p.http, p.ManagementURL())
	p.coverage = newCoverage(p.contract)
	s := p.scenario(t)
	admin := &actor{name: "admin", token: s.logIn("admin", adminPassword, object{"project": object{"name": region, "domain": object{"id": "default"}}})}
	made := s.post(admin, "api-groups", object{"name": "orders"})
	at := "api-groups/" + made.text("id")
	names := <-zone
	names["right.example.org."], names["wrong.example.org."] = made.text("sl_domain")+".", "cdn.example.net."
	names["broken.example.org."] = "" // the server fails
	zone <- names
	for name, status := range map[string]int{"Right.example.org": 3, "wrong.example.org": 4, "broken.example.org": 4, "absent.example.org": 1} {
		s.do(admin, "POST "+at+"/domains", object{"url_domain": name}).want(201).has(fields{"url_domain": name, "status": status})
	}
	shown := s.get(admin, at).each("url_domains", "cname_status")
	if strings.Count(shown, "4") != 2 || strings.Count(shown, "3") != 1 || strings.Count(shown, "1") != 1 {
		t.Errorf("the group shows %s", shown)
	}
}

// serveDNS answers CNAME records on a socket of loopback: an absent name does not
// exist, an empty one fails.
func serveDNS(t *testing.T, zone chan map[string]string) (address string) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { c.Close(); <-done })
	go func() {
		defer close(done)
		packet := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			names := <-zone
			target, ok := names[m.Questions[0].Name.String()]
			zone <- names
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			switch {
			case !ok:
				m.RCode = dnsmessage.RCodeNameError
			case target == "":
				m.RCode = dnsmessage.RCodeServerFailure
			default:
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypeCNAME, Class: dnsmessage.ClassINET, TTL: 60},
					Body:   &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName(target)},
				}}
			}
			if packed, err := m.Pack(); err == nil {
				c.WriteTo(packed, from)
			}
		}
	}()
	return c.LocalAddr().String()
}
