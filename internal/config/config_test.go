package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/lintel-gateway/lintel/internal/config"
	"github.com/lintel-gateway/lintel/internal/quota"
)

// load runs the loader the way a command does.
func load(t *testing.T, file string, environ, args []string) (*config.Config, error) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "lintel.yml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		environ = append(slices.Clone(environ), "LINTEL_CONFIG="+path)
	}
	fs := pflag.NewFlagSet("lintel", pflag.ContinueOnError)
	config.Flags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatalf("flags: %v", err)
	}
	return config.Load(fs, environ)
}

func TestDefaults(t *testing.T) {
	c, err := load(t, "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.DataDir, c.Management.Addr, c.Gateway.Addr, c.Gateway.TLSAddr, c.OpsAddr, c.Gateway.Domain,
		c.Region, c.Database.Reveal(), c.AccessLog, c.AuditLog, c.LogFormat, c.LogLevel.String(), c.DrainTimeout.String()}
	want := []string{"lintel-data", "127.0.0.1:8080", "127.0.0.1:8000", "127.0.0.1:8443", "127.0.0.1:9090", "apigw.localhost",
		"RegionOne", "sqlite:lintel-data/lintel.db", "lintel-data/access.log", "lintel-data/audit.log", "json", "INFO", "30s"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if c.Management.Insecure || c.Management.TLS.Set() || len(c.Gateway.BackendAllow) > 0 || fmt.Sprint(c.Limits) != fmt.Sprint(quota.Default()) || c.AdminPassword != "" {
		t.Errorf("something is set that should not be: %+v", c)
	}
}

func TestPrecedence(t *testing.T) {
	const file = "region: from-file\nbackend-allow: [10.0.0.0/8]\nlimits: {groups: 1, apis: 2}\ndrain-timeout: 1m\n"
	env := []string{"LINTEL_REGION=from-env", "LINTEL_BACKEND_ALLOW=192.168.0.0/16", "LINTEL_LIMITS=groups=5"}
	args := []string{"--region", "from-flag", "--backend-allow", "127.0.0.1,::1", "--backend-allow=172.16.0.0/12", "--limits", "groups=7,apps=8"}
	for _, tc := range []struct {
		name            string
		file            string
		env, args       []string
		region, allowed string
		limits          string
	}{
		{"default", "", nil, nil, "RegionOne", "[]", "50 200 50"},
		{"file", file, nil, nil, "from-file", "[10.0.0.0/8]", "1 2 50"},
		{"env over file", file, env, nil, "from-env", "[192.168.0.0/16]", "5 200 50"},
		{"flag over env", file, env, args, "from-flag", "[127.0.0.1/32 ::1/128 172.16.0.0/12]", "7 200 8"},
		{"flag over file", file, nil, args, "from-flag", "[127.0.0.1/32 ::1/128 172.16.0.0/12]", "7 200 8"},
		{"an empty variable is not set", file, []string{"LINTEL_REGION=", "LINTEL_LIMITS="}, nil, "from-file", "[10.0.0.0/8]", "1 2 50"},
		{"the last flag counts", "", nil, []string{"--region=a", "--region=b"}, "b", "[]", "50 200 50"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := load(t, tc.file, tc.env, tc.args)
			if err != nil {
				t.Fatal(err)
			}
			if c.Region != tc.region {
				t.Errorf("region %q, want %q", c.Region, tc.region)
			}
			if got := fmt.Sprint(c.Gateway.BackendAllow); got != tc.allowed {
				t.Errorf("backend-allow %s, want %s", got, tc.allowed)
			}
			if got := limits(c); got != tc.limits {
				t.Errorf("limits %s, want %s", got, tc.limits)
			}
			if strings.Contains(tc.file, "drain-timeout") && c.DrainTimeout != time.Minute {
				t.Errorf("drain-timeout %v: a setting that only the file has is lost", c.DrainTimeout)
			}
		})
	}
}

// limits shows three quotas.
func limits(c *config.Config) string {
	return fmt.Sprint(c.Limits.Of(quota.Groups), c.Limits.Of(quota.APIs), c.Limits.Of(quota.Apps))
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := load(t, "region: [x]\n",
		[]string{"LINTEL_LOG_LEVEL=loud", "LINTEL_MANAGEMENT_INSECURE=yes"},
		[]string{"--ops-addr=nowhere", "--log-format=xml", "--gateway-addr=127.0.0.1:8443", "--log-format", "yaml"})
	var faults config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want Faults", err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.Setting+" · "+f.Source)
	}
	want := []string{
		"region · file lintel.yml line 1",
		"management-insecure · environment LINTEL_MANAGEMENT_INSECURE",
		"log-level · environment LINTEL_LOG_LEVEL",
		"ops-addr · flag --ops-addr",
		"log-format · flag --log-format",
		"gateway-tls-addr · default",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestOverriddenValuesAreChecked: a bad value in the file is a fault although
// a flag overrides it.
func TestOverriddenValuesAreChecked(t *testing.T) {
	_, err := load(t, "log-level: loud\n", nil, []string{"--log-level=info"})
	if err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("got %v", err)
	}
}

func TestExposedManagement(t *testing.T) {
	for addr, refused := range map[string]bool{
		"127.0.0.1:8080":          false,
		"127.8.8.8:8080":          false,
		"[::1]:8080":              false,
		"localhost:8080":          false,
		"[::ffff:127.0.0.1]:8080": false,
		":8080":                   true,
		"0.0.0.0:8080":            true,
		"[::]:8080":               true,
		"10.0.0.1:8080":           true,
		"localhost.evil:8080":     true,
	} {
		_, err := load(t, "", nil, []string{"--management-addr", addr})
		if (err != nil) != refused {
			t.Errorf("%s: refused %v, want %v", addr, err, refused)
		}
		if _, err := load(t, "", nil, []string{"--management-addr", addr, "--management-insecure"}); err != nil {
			t.Errorf("%s with --management-insecure: %v", addr, err)
		}
	}
}

func TestProxyProtocolNeedsProxies(t *testing.T) {
	_, err := load(t, "", nil, []string{"--proxy-protocol"})
	if err == nil || !strings.Contains(err.Error(), "proxy-protocol") || !strings.Contains(err.Error(), "set trusted-proxies") {
		t.Errorf("got %v", err)
	}
	c, err := load(t, "", nil, []string{"--proxy-protocol", "--trusted-proxies", "10.0.0.0/8"})
	if err != nil || !c.Gateway.ProxyProtocol || fmt.Sprint(c.Gateway.TrustedProxies) != "[10.0.0.0/8]" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAdminPasswordIsNoFlag(t *testing.T) {
	fs := pflag.NewFlagSet("lintel", pflag.ContinueOnError)
	config.Flags(fs)
	if fs.Lookup("admin-password") != nil {
		t.Error("--admin-password exists: every user of the machine can read command lines")
	}
	c, err := load(t, "", []string{"LINTEL_ADMIN_PASSWORD=correct horse"}, nil)
	if err != nil || c.AdminPassword.Reveal() != "correct horse" {
		t.Errorf("the variable is not taken: %v", err)
	}
}

// TestNoSecretIsPrinted covers every way in which a Config may reach a log.
func TestNoSecretIsPrinted(t *testing.T) {
	c, err := load(t, "", []string{"LINTEL_ADMIN_PASSWORD=hush-hush", "LINTEL_DATABASE=postgresql://u:hush@h/db?password=hush"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", *c), fmt.Sprintf("%#v", *c), c.DatabaseName()} {
		if strings.Contains(s, "hush") {
			t.Errorf("a secret is shown: %s", s)
		}
	}
	if got := c.DatabaseName(); got != "postgres://u:xxxxx@h/db" {
		t.Errorf("DatabaseName %q", got)
	}
	if !strings.HasPrefix(c.Database.Reveal(), "postgres://u:hush@h/db") {
		t.Error("the store does not get the URL it needs")
	}
}

func TestMissingAndHugeFile(t *testing.T) {
	huge := filepath.Join(t.TempDir(), "huge.yml")
	if err := os.WriteFile(huge, []byte(strings.Repeat("# filling\n", 10_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"missing.yml": `config (flag --config): the file "missing.yml" cannot be opened (no such file or directory); give the path of a readable YAML file`,
		t.TempDir():   "cannot be read (is a directory)",
		huge:          "is larger than 65536 bytes",
	} {
		_, err := load(t, "", nil, []string{"--config", path})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

func TestMisspeltVariableWarns(t *testing.T) {
	c, err := load(t, "", []string{"LINTEL_GATEWAY_ADR=x", "LINTEL_PORT_8080_TCP=tcp://10.0.0.1", "LINTEL_TEST_POSTGRES=x", "OTHER=y"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`environment variable "LINTEL_GATEWAY_ADR" is not a setting and is ignored; did you mean LINTEL_GATEWAY_ADDR?`}
	if !slices.Equal(c.Warnings, want) {
		t.Errorf("warnings %q, want %q", c.Warnings, want)
	}
}

func TestBooleanFlagNeedsNoValue(t *testing.T) {
	c, err := load(t, "", nil, []string{"--management-insecure", "--management-addr=:8080"})
	if err != nil || !c.Management.Insecure {
		t.Errorf("insecure %v, %v", c, err)
	}
	if _, err := load(t, "", nil, []string{"--management-insecure=perhaps"}); err == nil {
		t.Error("--management-insecure=perhaps was accepted")
	}
}

func TestEdge(t *testing.T) {
	for name, netHTTP := range map[string]bool{"": false, "engine": false, "net/http": true} {
		var args []string
		if name != "" {
			args = []string{"--edge=" + name}
		}
		if c, err := load(t, "", nil, args); err != nil || c.Gateway.NetHTTP != netHTTP {
			t.Errorf("%q: %+v, %v", name, c, err)
		}
	}
	if _, err := load(t, "", nil, []string{"--edge=nethttp"}); err == nil || !strings.Contains(err.Error(), "write engine or net/http") {
		t.Errorf("an edge that there is not: %v", err)
	}
}
