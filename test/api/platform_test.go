package api_test

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
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

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
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scenarios is the table of contents. They run in this order; none needs what
// another one left behind.
var scenarios = []struct {
	name string
	run  func(*scenario)
}{
	{"discovery", discovery},
	{"tokens", tokenScenario},
	{"accounts", accountScenario},
	{"access keys", accessKeys},
	{"application credentials", appCredentialScenario},
	{"credentials", credentialScenario},
	{"departments", departmentScenario},
	{"projects", projectScenario},
	{"catalog", catalogScenario},
	{"bearer", bearerScenario},
	{"access tokens", accessTokenScenario},
	{"users", userScenario},
	{"a flood of log-ins", flood},
	{"user groups", userGroupScenario},
	{"roles", roleScenario},
	{"profiles", profilesScenario},
	{"groups", groups},
	{"drafts", drafts},
	{"draft documents", documents},
	{"releases", releases},
	{"debug", debugScenario},
	{"apps", apps},
	{"app codes", appCodes},
	{"grants", grants},
	{"environments", environments},
	{"variables", variables},
	{"throttles", throttlesScenario},
	{"acls", aclsScenario},
	{"signs", signsScenario},
	{"domains", domainsScenario},
	{"responses", responsesScenario},
	{"channels", channelsScenario},
	{"servers", serversScenario},
	{"authorizers", authorizersScenario},
	{"functions", functionsScenario},
	{"market", marketScenario},
	{"outline", outlineScenario},
	{"statistics", statisticsScenario},
	{"configs", configsScenario},
	{"live traces", tracesScenario},
	{"department quotas", quotasScenario},
	{"openapi", openapiScenario},
	{"bombs", bombs},
	{"shared steps", steps},
	{"matrix", matrixScenario},
	{"tenancy of paths", tenancyOfPaths},
	{"tenancy of references", tenancyOfReferences},
	{"tenancy of lists", tenancyOfLists},
	{"life of an API", life},
	{"life of credentials", credentials},
	{"one name, two writers", twoWriters},
	{"writes that exclude each other", exclusion},
	{"quotas under concurrency", crowd},
	{"endpoints", endpoints},
	{"samples", samples},
	{"audit trail", auditTrail},
}

// loops ask every operation the same. The detector sees nothing new in them on a
// second engine, and they are the longest; without it make test runs all of them
// on both.
var loops = map[string]bool{
	"matrix": true, "tenancy of paths": true, "tenancy of lists": true, "bombs": true,
}

func TestPlatform(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		p := start(t, url)
		complete := true
		for _, s := range scenarios {
			if raceEnabled && strings.HasPrefix(url, "postgres") && loops[s.name] {
				continue
			}
			ran := false
			t.Run(s.name, func(t *testing.T) {
				ran = true
				s.run(p.scenario(t))
			})
			complete = complete && ran
		}
		if complete { // not when -run picked some
			t.Run("every operation is covered", p.coverage.complete)
			t.Run("every code is provoked or cannot occur", p.coverage.everyCode)
		}
	})
}

const (
	region        = "RegionOne"
	domain        = "apigw.localhost"
	adminPassword = "correct horse battery staple"
	// smallQuota is that of the things whose standard quota would take hundreds
	// of requests to fill.
	smallQuota = 12
)

// platform is a running Lintel with what tests need around it.
type platform struct {
	*app.Platform
	http     *http.Client // management
	gateway  *http.Client // API calls, with the gateway's own authority
	contract *contract
	coverage *coverage
	writes   *writes
	dir      string
	auditLog string

	db       *store.DB // a second connection, for accounts
	accounts *accounts.Area
	ids      *ids.Source
	sealer   *secret.Sealer
	admin    *actor
	homeID   string // the project of the first start
}

func start(t *testing.T, url string) *platform {
	t.Helper()
	limits, err := quota.Default().With(map[quota.Item]int{
		quota.Groups: smallQuota, quota.APIs: smallQuota, quota.APIsPerGroup: smallQuota - 2, quota.Apps: smallQuota,
		quota.Variables: 5, quota.ReqParams: 6, quota.PolicyBackends: 2, quota.Conditions: 2, quota.SpecialApps: specialApps,
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := &platform{
		dir: filepath.Join(dir, "data"), auditLog: filepath.Join(dir, "audit.log"),
		ids: ids.Random(), http: client(nil), writes: &writes{answered: map[string]*answer{}},
	}
	p.Platform, err = app.Start(t.Context(), &config.Config{
		DataDir:    p.dir,
		Management: config.Management{Addr: "127.0.0.1:0"},
		Gateway: config.Gateway{
			Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", Domain: domain,
			BackendAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
			NetHTTP:      os.Getenv("LINTEL_TEST_EDGE") == "net/http", // as in test/gateway
		},
		Region: region, AdminPassword: adminPassword, Database: secret.Text(url),
		Passwords: config.Passwords{MinLength: 8, Classes: 2, History: 5, Failures: 5, Window: 5 * time.Minute, Lock: 5 * time.Minute},
		LogFormat: "json", AuditLog: p.auditLog,
		DrainTimeout: 10 * time.Second, Limits: limits,
	}, app.Output{Log: io.Discard, Stdout: io.Discard, People: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.http.CloseIdleConnections()
		p.gateway.CloseIdleConnections()
		if err := p.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	p.gateway = client(authority(t, filepath.Join(p.dir, "tls", "ca.pem")))
	p.openAccounts(t, url)
	p.contract = loadContract(t, p.http, p.ManagementURL())
	p.coverage = newCoverage(p.contract)
	s := p.scenario(t)
	p.admin = &actor{name: "admin", token: s.logIn("admin", adminPassword, object{"project": object{"name": region, "domain": object{"id": "default"}}})}
	p.homeID = s.get(p.admin, "/v3/projects?name="+region).text("projects.0.id")
	return p
}

// openAccounts opens the database a second time: accounts are not made over the
// wire yet, and the platform keeps its identity to itself.
func (p *platform) openAccounts(t *testing.T, url string) {
	t.Helper()
	p.db = storetest.Open(t, url, app.Schemas()...)
	revoked, err := tokens.OpenRevocations(t.Context(), p.db, clock.System)
	if err != nil {
		t.Fatal(err)
	}
	p.accounts = accounts.New(accounts.Deps{
		DB: p.db, IDs: p.ids, Clock: clock.System, Revoked: revoked,
		// A hash says what it cost, so logging in with these is as cheap.
		Passwords: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}, p.ids),
	})
	if p.sealer, err = secret.LoadOrCreate(filepath.Join(p.dir, "master.key")); err != nil {
		t.Fatal(err)
	}
}

// expiredToken is a token that this installation signed 25 hours ago.
func (p *platform) expiredToken(t *testing.T) string {
	t.Helper()
	then := func() time.Time { return time.Now().Add(-25 * time.Hour) }
	revoked, err := tokens.OpenRevocations(t.Context(), p.db, clock.System)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := accounts.FindUser(t.Context(), p.db, accounts.DefaultDomainID, accounts.AdminName)
	if err != nil {
		t.Fatal(err)
	}
	raw, _, err := tokens.New(p.sealer.Derive("token-signing"), revoked, then, p.ids).Issue(tokens.Token{
		Methods: tokens.Password, UserID: admin.ID, UserName: admin.Name, DomainID: admin.DomainID,
		DomainName: admin.DomainName, ProjectID: p.homeID, ProjectName: region, Roles: []string{accounts.RoleAdmin},
	}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// authority trusts the certificates that the gateway issues for itself.
func authority(t *testing.T, file string) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", file)
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// client keeps connections, as management clients do. It follows nothing: a
// redirect is an answer.
func client(config *tls.Config) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, "."+domain) {
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return dialer.DialContext(ctx, network, address)
	}
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig: config, MaxIdleConnsPerHost: 64, DialContext: dial,
			ExpectContinueTimeout: 5 * time.Second, // for bodies that are refused by their announced length
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
