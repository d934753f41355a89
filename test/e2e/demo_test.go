package e2e_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDemo does what the README promises: start the demonstration, paste the
// two lines it prints, see 200 twice, and be refused with a wrong secret and
// with an app that was not authorised.
func TestDemo(t *testing.T) {
	t.Parallel()
	temporary, work := t.TempDir(), t.TempDir()
	began := time.Now()
	p := launch(t, setup{command: "demo", data: "-", dir: work, generated: true, env: []string{"TMPDIR=" + temporary}})
	p.stdout.wait(t, p, "Ctrl-C stops.")
	if !strings.Contains(p.stdout.String(), "loopback and private addresses unless --backend-allow opens them") {
		t.Errorf("the demonstration does not say that it opens loopback: %s", p.stdout.String())
	}
	curl := strings.TrimSpace(p.stdout.wait(t, p, "  curl "))
	call := strings.TrimSpace(p.stdout.wait(t, p, " call --app-key "))
	if took := time.Since(began); took > time.Minute {
		t.Errorf("the two lines came after %v, want less than a minute", took)
	} else {
		t.Logf("from start to both lines: %v", took.Round(time.Millisecond))
	}

	t.Run("curl with an AppCode", func(t *testing.T) { pasteCurl(t, p, work, curl) })
	t.Run("lintel call", func(t *testing.T) {
		code, out, errs := run(t, work, nil, "sh", "-c", call+" --include")
		if code != 0 || !strings.HasPrefix(out, "HTTP/1.1 200 OK\n") || !strings.Contains(out, `{"message":"Hello from Lintel."}`) {
			t.Errorf("exit code %d, stdout:\n%s\nstderr:\n%s", code, out, errs)
		}
	})
	t.Run("wrong secret", func(t *testing.T) {
		secret := regexp.MustCompile(`--app-secret '[^']+'`)
		if !secret.MatchString(call) {
			t.Fatalf("no --app-secret in %q", call)
		}
		code, out, errs := run(t, work, nil, "sh", "-c", secret.ReplaceAllString(call, `--app-secret 'wrong-secret'`)+" -i")
		refused(t, code, out, errs, "401", "APIG.0303")
	})
	t.Run("unauthorised app", func(t *testing.T) {
		stranger := demoAdmin(t, p).app("stranger")
		url := call[strings.LastIndex(call, " ")+1:]
		code, out, errs := run(t, work, nil, binary, "call", "--app-key", stranger.Key, "--app-secret", stranger.Secret, "-i", url)
		refused(t, code, out, errs, "403", "APIG.0304")
	})

	p.stop()
	if !strings.Contains(p.stdout.String(), "Stopped.") {
		t.Error("the demonstration did not say that it stopped")
	}
	left, err := os.ReadDir(temporary)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		t.Errorf("the temporary folder still has %s", entry.Name())
	}
}

func refused(t *testing.T, code int, stdout, stderr, status, fault string) {
	t.Helper()
	if code != 1 || !strings.HasPrefix(stdout, "HTTP/1.1 "+status) || !strings.Contains(stdout, `"error_code":"`+fault+`"`) ||
		!strings.Contains(stderr, "the gateway answered "+status) {
		t.Errorf("exit code %d, want 1 with %s and %s; stdout:\n%s\nstderr:\n%s", code, status, fault, stdout, stderr)
	}
}

// pasteCurl runs the printed line. Where there is no curl, the same request is
// made here: certificate file, header and URL are taken from the line.
func pasteCurl(t *testing.T, p *process, work, line string) {
	t.Helper()
	m := regexp.MustCompile(`^curl --cacert (\S+) -H 'X-Apig-AppCode: ([^']+)' '(https://[^']+)'$`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("the line is not of the expected form: %s", line)
	}
	var body string
	if _, err := exec.LookPath("curl"); err == nil {
		code, out, errs := run(t, work, nil, "sh", "-c", line+` -sS -w '\n%{http_code}'`)
		if code != 0 || !strings.HasSuffix(out, "\n200") {
			t.Fatalf("exit code %d, want 0 and status 200; stdout:\n%s\nstderr:\n%s", code, out, errs)
		}
		body = strings.TrimSuffix(out, "\n200")
	} else if os.Getenv("CI") == "true" {
		t.Fatal("curl is not installed; scripts/engines.sh start does it")
	} else {
		body = viaCA(t, work, m[1], m[2], m[3])
	}
	var said struct {
		Message string              `json:"message"`
		Path    string              `json:"path"`
		Query   map[string][]string `json:"query"`
		Headers http.Header         `json:"headers"`
	}
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if said.Message != "Hello from the sample backend." || said.Path != "/sample/orders/42" || !slices.Equal(said.Query["city"], []string{"shenzhen"}) {
		t.Errorf("the backend got another call: %s", body)
	}
	if got := said.Headers.Get("X-Apig-AppCode"); got != "" {
		t.Errorf("the AppCode reached the backend")
	}
}

func viaCA(t *testing.T, work, ca, code, url string) string {
	t.Helper()
	if !filepath.IsAbs(ca) {
		ca = filepath.Join(work, ca)
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", ca)
	}
	transport := &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			var d net.Dialer
			return d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
	}
	response, err := transport.RoundTrip(request(t, "GET", url, nil, "X-Apig-AppCode", code))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %s (%v): %s", response.Status, err, body)
	}
	return string(body)
}

// demoAdmin logs in with what the demonstration printed.
func demoAdmin(t *testing.T, p *process) *admin {
	t.Helper()
	line := p.stdout.wait(t, p, "  management  ")
	m := regexp.MustCompile(`management\s+(\S+)\s+user admin, password in (\S+)$`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("the line is not of the expected form: %s", line)
	}
	secret, err := os.ReadFile(m[2])
	if err != nil {
		t.Fatal(err)
	}
	p.management = m[1]
	return p.admin(t, strings.TrimSpace(string(secret)))
}

// TestDemoOnKeptData starts the demonstration twice on one folder: the second
// start finds what the first one made.
func TestDemoOnKeptData(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "kept")
	var hosts []string
	for range 2 {
		p := launch(t, setup{command: "demo", data: data})
		p.stdout.wait(t, p, "Ctrl-C stops.")
		call := strings.TrimSpace(p.stdout.wait(t, p, " call --app-key "))
		if code, out, errs := run(t, p.cmd.Dir, nil, "sh", "-c", call); code != 0 {
			t.Errorf("exit code %d; stdout:\n%s\nstderr:\n%s", code, out, errs)
		}
		pasteCurl(t, p, p.cmd.Dir, strings.TrimSpace(p.stdout.wait(t, p, "  curl ")))
		hosts = append(hosts, regexp.MustCompile(`[0-9a-f]{32}\.apigw\.localhost`).FindString(call))
		p.stop()
	}
	if hosts[0] == "" || hosts[0] != hosts[1] {
		t.Errorf("the groups of two starts are %q", hosts)
	}
	if _, err := os.Stat(data); err != nil {
		t.Errorf("the folder that was asked for is gone: %v", err)
	}
}

// files lists the regular files below dir with their modes.
func files(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	found := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			found[name] = info.Mode().Perm()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
