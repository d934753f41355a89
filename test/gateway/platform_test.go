package gateway_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/app"
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/config"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	region        = "RegionOne"
	domain        = "apigw.localhost"
	adminPassword = "correct horse battery staple"
	releaseEnv    = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	// patience bounds every wait of these tests; none of them is expected to end.
	patience = 30 * time.Second
)

// platform is a running Lintel.
type platform struct {
	*app.Platform
	t          testing.TB
	config     *config.Config
	admin      *manager // the administrator in the first project
	management *http.Client
	authority  *x509.CertPool // that of the gateway's own certificates
	callers    [3]*http.Client

	mu       sync.Mutex
	accounts *accounts.Area // opened when a test needs more people
}

// start brings up a platform of its own for t and stops it with t. Backends may
// be on the loopback interface, and the limits that hold without a policy are
// off; change turns other settings.
func start(t testing.TB, change ...func(*config.Config)) *platform {
	t.Helper()
	dir := t.TempDir()
	c := &config.Config{
		DataDir:    filepath.Join(dir, "data"),
		Management: config.Management{Addr: "127.0.0.1:0"},
		Gateway: config.Gateway{
			Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", Domain: domain, ForwardedHops: 1,
			BackendAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
			NetHTTP:      netHTTP(t),
		},
		Region: region, AdminPassword: adminPassword, Database: secret.Text("sqlite:" + filepath.Join(dir, "lintel.db")),
		LogFormat: "json", AccessLog: filepath.Join(dir, "access.log"), AuditLog: filepath.Join(dir, "audit.log"),
		DrainTimeout: 10 * time.Second, Limits: quota.Default(),
	}
	for _, f := range change {
		f(c)
	}
	started, err := app.Start(t.Context(), c, app.Output{Log: io.Discard, Stdout: io.Discard, People: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{Platform: started, t: t, config: c, management: &http.Client{Timeout: patience, Transport: &http.Transport{}}}
	t.Cleanup(func() {
		p.management.CloseIdleConnections()
		for _, c := range p.callers {
			if c != nil {
				c.CloseIdleConnections()
			}
		}
		if err := p.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	p.authority = trust(t, filepath.Join(c.DataDir, "tls", "ca.pem"))
	for kind := range p.callers {
		p.callers[kind] = p.client(protocol(kind))
	}
	p.admin = p.logIn("admin", adminPassword, object{"project": object{"name": region, "domain": object{"id": "default"}}})
	return p
}

// netHTTP says which edge the tests run on: the engine, unless LINTEL_TEST_EDGE is
// net/http. scripts/test.sh runs them on both.
func netHTTP(t testing.TB) bool {
	t.Helper()
	switch name := os.Getenv("LINTEL_TEST_EDGE"); name {
	case "", "engine":
		return false
	case "net/http":
		return true
	default:
		t.Fatalf("LINTEL_TEST_EDGE is %q, and there is engine and net/http", name)
		return false
	}
}

// on is the platform reporting to a subtest.
func (p *platform) on(t testing.TB) *platform {
	q := &platform{
		Platform: p.Platform, t: t, config: p.config, management: p.management, authority: p.authority,
		callers: p.callers, accounts: p.accounts,
	}
	q.admin = p.admin.on(t)
	return q
}

// protocol is how calls are made.
type protocol int

const (
	http1 protocol = iota // HTTP/1.1 in clear text
	https                 // HTTP/1.1 over TLS
	h2                    // HTTP/2 over TLS
)

// client calls APIs; whatever the name in a URL, it is the gateway that is
// dialled. It keeps connections, follows nothing and unpacks nothing.
func (p *platform) client(kind protocol) *http.Client {
	address := p.GatewayAddr()
	if kind != http1 {
		address = p.GatewayTLSAddr()
	}
	var dialer net.Dialer
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:     &tls.Config{RootCAs: p.authority, MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 64, DisableCompression: true, ExpectContinueTimeout: 5 * time.Second,
		Protocols: new(http.Protocols),
	}
	transport.Protocols.SetHTTP1(kind != h2)
	transport.Protocols.SetHTTP2(kind == h2)
	return &http.Client{
		Timeout: patience, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// dial opens a connection to the gateway for what net/http would not send; it
// ends with the test and after patience. Over TLS it offers protos in ALPN and
// asks for the certificate of host.
func (p *platform) dial(kind protocol, host string, protos ...string) net.Conn {
	p.t.Helper()
	var conn net.Conn
	var err error
	if kind == http1 {
		conn, err = net.DialTimeout("tcp", p.GatewayAddr(), patience)
	} else {
		conn, err = tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", p.GatewayTLSAddr(), &tls.Config{
			RootCAs: p.authority, ServerName: host, NextProtos: protos, MinVersion: tls.VersionTLS12,
		})
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
	return conn
}

func trust(t testing.TB, file string) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", file)
	}
	return roots
}

// people is the area of accounts on a connection of its own: accounts are not
// made over the wire yet, and the platform keeps its identity to itself.
func (p *platform) people() *accounts.Area {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.accounts != nil {
		return p.accounts
	}
	db, err := store.Open(p.t.Context(), p.config.Database.Reveal(), store.Options{Schemas: app.Schemas()})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			p.t.Errorf("close the database of accounts: %v", err)
		}
	})
	revoked, err := tokens.OpenRevocations(p.t.Context(), db, clock.System)
	if err != nil {
		p.t.Fatal(err)
	}
	p.accounts = accounts.New(accounts.Deps{
		DB: db, IDs: ids.Random(), Clock: clock.System, Revoked: revoked,
		// A hash says what it cost, so logging in with these is as cheap.
		Passwords: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}, ids.Random()),
	})
	return p.accounts
}

// tenant makes a project with a member and logs the member in there.
func (p *platform) tenant(name string) *manager {
	p.t.Helper()
	const password = "battery staple"
	people := p.people()
	project, err := people.CreateProject(p.t.Context(), accounts.NewProject{Name: name})
	if err != nil {
		p.t.Fatal(err)
	}
	u, err := people.CreateUser(p.t.Context(), accounts.NewUser{Name: name + "_member", Password: password, DefaultProjectID: project.ID})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := people.Assign(p.t.Context(), u.ID, accounts.RoleMember, accounts.OnProject, project.ID); err != nil {
		p.t.Fatal(err)
	}
	return p.logIn(u.Name, password, object{"project": object{"id": project.ID}})
}

// eventually waits until true, for what the platform does in the background.
func eventually(t testing.TB, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !true(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}
