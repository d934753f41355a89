package clients_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait of these tests; none of them is expected to end.
const patience = 30 * time.Second

// password is given to the first administrator.
const password = "clients-Passw0rd-of-the-tests"

// binary is the built command.
var binary string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lintel-clients-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "lintel")
	c := exec.Command("go", "build", "-o", binary, "./cmd/lintel")
	c.Dir = filepath.Join("..", "..")
	if out, err := c.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build ./cmd/lintel: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// lintel is a running process with an administrator who is logged in.
type lintel struct {
	t          *testing.T
	management string // URL
	gateway    string // host:port
	token      string
}

var addresses = regexp.MustCompile(`management at (http://\S+) and API calls at http://(\S+:\d+)`)

// serve starts a process that ends with the test, in order.
func serve(t *testing.T) *lintel {
	t.Helper()
	ops := freeAddress(t)
	c := exec.Command(binary, "serve", "--data-dir", filepath.Join(t.TempDir(), "data"),
		"--management-addr", "127.0.0.1:0", "--gateway-addr", "127.0.0.1:0", "--gateway-tls-addr", "off",
		"--ops-addr", ops, "--backend-allow", "127.0.0.0/8")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LINTEL_ADMIN_PASSWORD=" + password}
	c.Dir = t.TempDir()
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log logged
	c.Stderr = &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	lines := make(chan []string, 1)
	go func() {
		scan := bufio.NewScanner(stdout)
		for scan.Scan() {
			if m := addresses.FindStringSubmatch(scan.Text()); m != nil {
				lines <- m
			}
		}
		ended <- c.Wait()
	}()
	t.Cleanup(func() { end(t, c, ended, &log) })
	l := &lintel{t: t}
	select {
	case m := <-lines:
		l.management, l.gateway = m[1], m[2]
	case err := <-ended:
		ended <- err
		t.Fatalf("lintel ended at its start: %v", err)
	case <-time.After(patience):
		t.Fatal("lintel does not say where it serves")
	}
	ready(t, "http://"+ops+"/readyz")
	l.login()
	return l
}

// end stops the process by its id, as a supervisor does.
func end(t *testing.T, c *exec.Cmd, ended chan error, log *logged) {
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM to process %d: %v", c.Process.Pid, err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("lintel ended with %v, want exit code 0", err)
		}
	case <-time.After(patience):
		t.Error("lintel does not end after SIGTERM")
		c.Process.Kill()
		<-ended
	}
	if t.Failed() {
		t.Logf("lintel wrote:\n%s", log)
	}
}

// logged is what the process wrote to stderr.
type logged struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// freeAddress is for the operators' listener, which lintel does not print. An
// address of this process's own is not taken by others in between.
func freeAddress(t *testing.T) string {
	t.Helper()
	pid := os.Getpid()
	l, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+pid>>16, pid>>8&0xff, pid&0xff))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func ready(t *testing.T, url string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		response, err := client.Get(url)
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatal("lintel does not become ready")
}

// client reaches the hosts of groups where the gateway listens.
var client = &http.Client{
	Timeout: patience,
	Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
				address = net.JoinHostPort("127.0.0.1", port)
			}
			var d net.Dialer
			return d.DialContext(ctx, network, address)
		},
	},
}

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func send(t *testing.T, r *http.Request) *answer {
	t.Helper()
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &answer{response.StatusCode, response.Header, string(body)}
}

func (a *answer) want(t *testing.T, status int, texts ...string) *answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Fatalf("the body lacks %q: %s", text, a.body)
		}
	}
	return a
}

func (a *answer) decode(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

type object map[string]any

// do sends a management request with the token, without any client library:
// it prepares what the clients under test then use.
func (l *lintel) do(method, path string, body any) *answer {
	l.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	r, err := http.NewRequest(method, l.management+path, bytes.NewReader(raw))
	if err != nil {
		l.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if l.token != "" {
		r.Header.Set("X-Auth-Token", l.token)
	}
	return send(l.t, r)
}

func (l *lintel) login() {
	l.t.Helper()
	domain := object{"id": "default"}
	a := l.do("POST", "/v3/auth/tokens", object{"auth": object{
		"identity": object{"methods": []string{"password"}, "password": object{
			"user": object{"name": "admin", "password": password, "domain": domain}}},
		"scope": object{"project": object{"name": "RegionOne", "domain": domain}},
	}}).want(l.t, 201)
	l.token = a.header.Get("X-Subject-Token")
}

type group struct {
	ID   string `json:"id"`
	Host string `json:"sl_domain"`
}

func (l *lintel) group(name string) (g group) {
	l.t.Helper()
	l.do("POST", "/v1.0/apigw/api-groups", object{"name": name}).want(l.t, 201).decode(l.t, &g)
	return g
}

type app struct {
	ID     string `json:"id"`
	Key    string `json:"app_key"`
	Secret string `json:"app_secret"`
}

func (l *lintel) app(name string) (a app) {
	l.t.Helper()
	l.do("POST", "/v1.0/apigw/apps", object{"name": name}).want(l.t, 201).decode(l.t, &a)
	return a
}

const release = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// publish registers and publishes an API with APP authentication, any method
// and a prefix for its path, and lets the app call it.
func (l *lintel) publish(g group, name, prefix, backend string, caller app) {
	l.t.Helper()
	var made struct {
		ID string `json:"id"`
	}
	l.do("POST", "/v1.0/apigw/apis", object{
		"name": name, "group_id": g.ID, "type": 1, "req_protocol": "BOTH", "req_method": "ANY", "req_uri": prefix,
		"match_mode": "SWA", "auth_type": "APP", "backend_type": "HTTP", "backend_api": object{
			"url_domain": backend, "req_protocol": "HTTP", "req_method": "ANY", "req_uri": prefix, "timeout": 10000,
		},
	}).want(l.t, 201).decode(l.t, &made)
	l.do("POST", "/v1.0/apigw/apis/publish/"+made.ID, object{"env_id": release}).want(l.t, 201)
	l.do("POST", "/v1.0/apigw/app-auths", object{
		"api_ids": []string{made.ID}, "app_ids": []string{caller.ID}, "env_id": release,
	}).want(l.t, 201)
}

// endpoint is where a group's APIs are called.
func (l *lintel) endpoint(g group) string {
	l.t.Helper()
	_, port, err := net.SplitHostPort(l.gateway)
	if err != nil {
		l.t.Fatal(err)
	}
	return "http://" + g.Host + ":" + port
}
