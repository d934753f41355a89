package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lintel-gateway/lintel/internal/config"
)

const releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"

func demoCommand(environ []string) *cobra.Command {
	c := &cobra.Command{
		Use:   "demo",
		Short: "Serve with a sample backend and two published APIs, and print what to paste.",
		Long: `Demo starts everything that serve starts, and a sample backend. It publishes two
APIs (one with the sample backend, one that answers by itself), makes an app that
may call them, and prints two lines to paste.

Backends may be on loopback addresses, where the sample backend is; serve refuses
that unless --backend-allow says otherwise.

Its data lies in a temporary folder that is removed at the end, unless --data-dir
says otherwise.`,
		Args: strict(cobra.NoArgs),
	}
	config.Flags(c.Flags())
	c.RunE = func(c *cobra.Command, _ []string) error {
		temporary, err := temporaryData(c, environ)
		if err != nil {
			return err
		}
		if temporary != "" {
			defer os.RemoveAll(temporary)
		}
		cfg, err := config.Load(c.Flags(), environ)
		if err != nil {
			return usageError{err}
		}
		return runDemo(c.Context(), cfg, temporary != "", c.OutOrStdout(), c.ErrOrStderr())
	}
	return c
}

// temporaryData makes a folder for the data when nothing says where it goes.
func temporaryData(c *cobra.Command, environ []string) (string, error) {
	if c.Flags().Changed("data-dir") || c.Flags().Changed("config") {
		return "", nil
	}
	for _, e := range environ {
		if strings.HasPrefix(e, "LINTEL_DATA_DIR=") || strings.HasPrefix(e, "LINTEL_CONFIG=") {
			return "", nil
		}
	}
	dir, err := os.MkdirTemp("", "lintel-demo-")
	if err != nil {
		return "", err
	}
	return dir, c.Flags().Set("data-dir", dir)
}

func runDemo(ctx context.Context, cfg *config.Config, temporary bool, stdout, stderr io.Writer) error {
	// People read a demonstration; what is worth logging goes to a file.
	logFile, err := openDemoLog(cfg)
	if err != nil {
		return err
	}
	defer logFile.Close()
	// The sample backend is here, and whoever tries Lintel out has the first own
	// backend here too.
	cfg.Gateway.BackendAllow = append(cfg.Gateway.BackendAllow, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
	p, err := Start(ctx, cfg, Output{Log: logFile, Stdout: stdout, People: io.Discard})
	if err != nil {
		return err
	}
	backend, err := startSampleBackend(p.log)
	if err != nil {
		return p.stopAfter(err)
	}
	defer backend.Close()
	d, err := prepareDemo(ctx, p, backend.addr)
	if err != nil {
		return p.stopAfter(fmt.Errorf("demo: %w", err))
	}
	d.print(stdout, temporary, logFile.Name())
	if err := p.Wait(ctx); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "Stopped.")
	return nil
}

func openDemoLog(cfg *config.Config) (*os.File, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(cfg.DataDir, "lintel.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
}

// demo is what the demonstration made.
type demo struct {
	platform *Platform
	host     string
	app      resource
	code     string
}

// prepareDemo makes the demonstration's resources over the management API.
func prepareDemo(ctx context.Context, p *Platform, backend string) (*demo, error) {
	password, err := p.adminPassword()
	if err != nil {
		return nil, err
	}
	m, err := logIn(ctx, p.ManagementURL(), password, p.cfg.Region)
	if err != nil {
		return nil, err
	}
	group, err := m.ensure(ctx, "/v1.0/apigw/api-groups", "groups", "demo", map[string]any{"remark": "Demonstration"})
	if err != nil {
		return nil, err
	}
	apis, err := publishDemo(ctx, m, group.ID, backend)
	if err != nil {
		return nil, err
	}
	app, err := m.ensure(ctx, "/v1.0/apigw/apps", "apps", "demo_app", map[string]any{"remark": "Demonstration"})
	if err != nil {
		return nil, err
	}
	var code resource
	if _, err := m.do(ctx, http.MethodPut, "/v1.0/apigw/apps/"+app.ID+"/app-codes", nil, &code); err != nil {
		return nil, err
	}
	grant := map[string]any{"api_ids": apis, "app_ids": []string{app.ID}, "env_id": releaseEnv}
	if _, err := m.do(ctx, http.MethodPost, "/v1.0/apigw/app-auths", grant, nil); err != nil {
		return nil, err
	}
	return &demo{platform: p, host: group.SLDomain, app: app, code: code.AppCode}, nil
}

// publishDemo registers and publishes the two APIs and answers their ids.
func publishDemo(ctx context.Context, m *manager, groupID, backend string) ([]string, error) {
	front := func(path string) map[string]any {
		return map[string]any{
			"group_id": groupID, "type": 1, "req_protocol": "BOTH", "req_method": "ANY", "req_uri": path,
			"auth_type": "APP", "auth_opt": map[string]any{"app_code_auth_type": "HEADER"},
		}
	}
	hello := front("/hello")
	hello["backend_type"] = "MOCK"
	hello["mock_info"] = map[string]any{"result_content": `{"message":"Hello from Lintel."}`}
	orders := front("/orders/{id}")
	orders["backend_type"] = "HTTP"
	orders["req_params"] = []any{map[string]any{"name": "id", "location": "PATH", "type": "STRING"}}
	orders["backend_params"] = []any{map[string]any{"name": "id", "location": "PATH", "origin": "REQUEST", "value": "id"}}
	orders["backend_api"] = map[string]any{
		"url_domain": backend, "req_protocol": "HTTP", "req_method": "ANY", "req_uri": "/sample/orders/{id}", "timeout": 5000,
	}
	var ids []string
	for _, api := range []struct {
		name string
		body map[string]any
	}{{"demo_orders", orders}, {"demo_hello", hello}} {
		made, err := m.ensure(ctx, "/v1.0/apigw/apis", "apis", api.name, api.body)
		if err != nil {
			return nil, err
		}
		// The sample backend has another port at every start.
		if _, err := m.do(ctx, http.MethodPut, "/v1.0/apigw/apis/"+made.ID, api.body, nil); err != nil {
			return nil, err
		}
		publish := map[string]any{"env_id": releaseEnv, "remark": "demonstration"}
		if _, err := m.do(ctx, http.MethodPost, "/v1.0/apigw/apis/publish/"+made.ID, publish, nil); err != nil {
			return nil, err
		}
		ids = append(ids, made.ID)
	}
	return ids, nil
}

func (d *demo) print(w io.Writer, temporary bool, logName string) {
	p, kept := d.platform, "kept"
	if temporary {
		kept = "removed when this ends"
	}
	fmt.Fprintf(w, "Lintel is running. Data in %s (%s), log in %s.\n\n", p.cfg.DataDir, kept, filepath.Base(logName))
	fmt.Fprintf(w, "  management  %s   user admin, password in %s\n", p.ManagementURL(), p.passwordFile())
	fmt.Fprintf(w, "  gateway     http://%s  https://%s\n", p.GatewayAddr(), p.GatewayTLSAddr())
	if p.OpsAddr() != "" {
		fmt.Fprintf(w, "  metrics     http://%s/metrics\n", p.OpsAddr())
	}
	fmt.Fprintf(w, "\nTwo APIs are published. Paste these into another terminal:\n\n")
	fmt.Fprintln(w, "1. With an AppCode, through to the sample backend:")
	fmt.Fprintf(w, "  curl --cacert %s -H 'X-Apig-AppCode: %s' 'https://%s/orders/42?city=shenzhen'\n\n",
		p.gatewayCA(), d.code, at(d.host, p.GatewayTLSAddr()))
	fmt.Fprintln(w, "2. With a signature, to the API that answers by itself:")
	fmt.Fprintf(w, "  %s call --app-key %s --app-secret '%s' http://%s/hello\n\n",
		ownName(), d.app.AppKey, d.app.AppSecret, at(d.host, p.GatewayAddr()))
	fmt.Fprintln(w, "Backends may be on loopback addresses here, because the sample backend is. lintel serve")
	fmt.Fprintln(w, "refuses loopback and private addresses unless --backend-allow opens them.")
	if g := &p.cfg.Gateway; g.APIRate > 0 && g.SubdomainCalls > 0 {
		fmt.Fprintf(w, "An API takes %d calls a second (--api-rate), and this host name %d a day (--subdomain-calls).\n", g.APIRate, g.SubdomainCalls)
	}
	fmt.Fprintln(w, "Ctrl-C stops.")
}

// at is host with the port of address.
func at(host, address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return host
	}
	return net.JoinHostPort(host, port)
}

// ownName is how this binary can be called from where the user stands.
func ownName() string {
	exe, err := os.Executable()
	if err != nil {
		return "lintel"
	}
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, exe); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return exe
}
