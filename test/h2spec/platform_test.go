package h2spec_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait; none of them is expected to end.
const patience = 30 * time.Second

// password is given to the first administrator.
const password = "h2spec-Passw0rd-of-the-tests"

type object map[string]any

var addresses = regexp.MustCompile(`management at (http://\S+) and API calls at http://(\S+:\d+) and https://(\S+:\d+)`)

// lintel is a running process with an administrator who is logged in.
type lintel struct {
	t                         *testing.T
	management, clear, secure string
	token                     string
}

// serve builds lintel and starts a process of it that ends with the test.
func serve(t *testing.T) *lintel {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "lintel")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/lintel")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build ./cmd/lintel: %v\n%s", err, out)
	}
	c := exec.Command(binary, "serve", "--data-dir", filepath.Join(t.TempDir(), "data"),
		"--management-addr", "127.0.0.1:0", "--gateway-addr", "127.0.0.1:0", "--gateway-tls-addr", "127.0.0.1:0",
		"--backend-allow", "127.0.0.0/8")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LINTEL_ADMIN_PASSWORD=" + password}
	c.Dir = t.TempDir()
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	c.Stderr = &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines, ended := make(chan []string, 1), make(chan error, 1)
	go func() {
		for scan := bufio.NewScanner(stdout); scan.Scan(); {
			if m := addresses.FindStringSubmatch(scan.Text()); m != nil {
				lines <- m
			}
		}
		ended <- c.Wait()
	}()
	t.Cleanup(func() {
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("SIGTERM to process %d: %v", c.Process.Pid, err)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("lintel ended with %v:\n%s", err, log.String())
			}
		case <-time.After(patience):
			c.Process.Kill()
			t.Errorf("lintel does not end after SIGTERM:\n%s", <-ended)
		}
	})
	l := &lintel{t: t}
	select {
	case m := <-lines:
		l.management, l.clear, l.secure = m[1], m[2], m[3]
	case <-time.After(patience):
		t.Fatal("lintel does not say where it serves")
	}
	domain := object{"id": "default"}
	l.token = l.post("/v3/auth/tokens", object{"auth": object{
		"identity": object{"methods": []string{"password"}, "password": object{
			"user": object{"name": "admin", "password": password, "domain": domain}}},
		"scope": object{"project": object{"name": "RegionOne", "domain": domain}},
	}}, nil).Get("X-Subject-Token")
	return l
}

// publish makes an API for every method of "/" in a group of its own and answers the
// group's host.
func (l *lintel) publish(backend string) string {
	l.t.Helper()
	var group, api struct {
		ID   string `json:"id"`
		Host string `json:"sl_domain"`
	}
	l.post("/v1.0/apigw/api-groups", object{"name": "h2spec"}, &group)
	l.post("/v1.0/apigw/apis", object{
		"name": "h2spec", "group_id": group.ID, "type": 1, "req_protocol": "BOTH", "req_method": "ANY", "req_uri": "/",
		"match_mode": "SWA", "auth_type": "NONE", "backend_type": "HTTP", "backend_api": object{
			"url_domain": backend, "req_protocol": "HTTP", "req_method": "ANY", "req_uri": "/", "timeout": 10000,
		},
	}, &api)
	l.post("/v1.0/apigw/apis/publish/"+api.ID, object{"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID"}, nil)
	return group.Host
}

// post sends a management request, which has to succeed.
func (l *lintel) post(path string, body object, into any) http.Header {
	l.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, l.management+path, bytes.NewReader(raw))
	if err != nil {
		l.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Auth-Token", l.token)
	answer, err := (&http.Client{Timeout: patience}).Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil || answer.StatusCode != http.StatusCreated {
		l.t.Fatalf("POST %s: %d %s, %v", path, answer.StatusCode, text, err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			l.t.Fatalf("POST %s: %v in %s", path, err, text)
		}
	}
	return answer.Header
}
