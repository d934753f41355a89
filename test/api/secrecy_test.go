package api_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/app"
	"github.com/lintel-gateway/lintel/internal/config"
	"github.com/lintel-gateway/lintel/internal/secret"
)

// written is everything that a platform wrote.
type written struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(b)
}

// loud starts a platform that logs all it can, with its folder and its database in
// dir. stop may be called twice.
func loud(t *testing.T, dir string) (s *scenario, out *written, stop func()) {
	t.Helper()
	out = &written{}
	p, err := app.Start(t.Context(), &config.Config{
		DataDir: filepath.Join(dir, "data"), Management: config.Management{Addr: "127.0.0.1:0"},
		Gateway: config.Gateway{Addr: "127.0.0.1:0", Domain: domain}, OpsAddr: "127.0.0.1:0",
		Region: region, AdminPassword: adminPassword, Database: secret.Text("sqlite:" + filepath.Join(dir, "data", "lintel.db")),
		LogLevel: -8, LogFormat: "json", AuditLog: "-", AccessLog: "-", DrainTimeout: 10 * time.Second,
	}, app.Output{Log: out, Stdout: out, People: out})
	if err != nil {
		t.Fatal(err)
	}
	c := client(nil)
	stop = sync.OnceFunc(func() {
		c.CloseIdleConnections()
		if err := p.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	t.Cleanup(stop)
	return (&platform{Platform: p, http: c, writes: &writes{answered: map[string]*answer{}}}).scenario(t), out, stop
}

// TestSecretsOfTokensAreWrittenNowhere asks for tokens with the secret in the
// query, well and in every wrong way, and then looks for the secret and for the
// token in everything that the platform wrote: its log at its chattiest, the
// audit and access logs, its metrics, its folder and its database (ecosystem 4.1
// rows 4 and 11, drill 27).
func TestSecretsOfTokensAreWrittenNowhere(t *testing.T) {
	dir := t.TempDir()
	s, out, stop := loud(t, dir)
	admin := &actor{name: "admin", token: s.logIn("admin", adminPassword, nil)}
	made := s.do(admin, "POST "+thirdBase+"/current-user/accesskeys", nil)
	ak, sk := made.text("ak"), made.text("sk")
	token := s.do(nobody, "GET "+thirdBase+"/token?ak="+ak+"&sk="+sk, nil).text("token")
	named := s.do(admin, "POST "+thirdBase+"/current-user/accesstoken", object{"name": "x"}).text("token")
	planted := []string{sk, token, named, "planted-secret"}
	s.askForTokens(ak, sk, token)
	find(t, "the metrics", s.metrics(), planted)
	stop()
	all := out.all.String()
	for _, sign := range []string{"ghippo:token:create", "credentials refused"} {
		if !strings.Contains(all, sign) {
			t.Errorf("the logs have no %q: is this looking at the right place?", sign)
		}
	}
	find(t, "the logs", all, planted)
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files++
		find(t, filepath.Base(path), string(content), planted)
		return err
	})
	if err != nil || files < 2 {
		t.Errorf("%d files, %v", files, err)
	}
}

// askForTokens sends secrets where the reference has them, and where they go when
// something is wrong with the request.
func (s *scenario) askForTokens(ak, sk, token string) {
	s.t.Helper()
	statuses := map[int]int{}
	for _, query := range []string{
		"?ak=" + ak + "&sk=" + sk, "?ak=" + ak + "&sk=" + sk + "&cycle=x", "?ak=" + ak + "&sk=" + sk + "%zz", "?ak=" + ak + ";sk=" + sk,
		"?ak=" + ak + "&sk=planted-secret", "?ak=planted-secret&sk=planted-secret", "?ak=" + ak + "&sk=" + sk + "&sk=planted-secret",
		"?ak=" + ak + "&sk=planted-secret%00", "?ak=" + ak + "&sk=planted-secret%ff", "?planted-secret",
		"?ak=" + ak + "&sk=planted-secret" + many("x", 60000), "?ak=" + ak + "&sk=planted-secret" + many("x", 80000),
	} {
		for _, path := range []string{"/token", "/tokens", "//token", "/token/", "/current-user/accesskeys"} {
			for _, method := range []string{"GET", "HEAD", "DELETE"} {
				statuses[s.ask(method, thirdBase+path+query, token)]++
			}
		}
	}
	for _, status := range []int{200, 400, 401, 404, 431, 501} {
		if statuses[status] == 0 {
			s.t.Errorf("nothing was answered with %d: %v", status, statuses)
		}
	}
	for _, body := range []string{`{"ak":"` + ak + `","sk":"planted-secret"}`, `{"ak":"` + ak + `","sk":"planted-secret"`, `{"ak":1,"sk":"planted-secret"}`, `{"sk":["planted-secret"]}`} {
		s.do(nobody, "POST "+thirdBase+"/token", body)
	}
	line := "GET " + thirdBase + "/token?sk=planted-secret"
	for _, raw := range []string{ // what net/http itself refuses, and might remark
		line + "\r\n\r\n", line + " HTTP/1.1\r\n\r\n", line + " HTTP/9.9\r\nHost: x\r\n\r\n", line + "\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
		line + " HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer planted-secret\r\n\r\n",
		"POST " + thirdBase + "/token HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\n{\"sk\":\"planted-secret\"",
	} {
		speak(s.t, s.ManagementURL(), raw)
	}
}

// metrics is the page of the operators' listener.
func (s *scenario) metrics() string {
	s.t.Helper()
	response, err := s.http.Get("http://" + s.OpsAddr() + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(page), "ghippo:token:get") {
		s.t.Errorf("the metrics know nothing of tokens: %d bytes, %v", len(page), err)
	}
	return string(page)
}

// ask sends a target as it is, with credentials that are almost right, and
// answers the status.
func (s *scenario) ask(method, target, token string) int {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.ManagementURL(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.URL.Opaque = target
	r.Header.Set("Authorization", "Bearer "+token+"x")
	r.Header.Set("Referer", s.ManagementURL()+target)
	response, err := s.http.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func find(t *testing.T, where, text string, planted []string) {
	t.Helper()
	for _, word := range planted {
		if i := strings.Index(text, word); i >= 0 {
			t.Errorf("%s has a secret: %.300q", where, text[max(0, i-200):])
		}
	}
}

// speak sends bytes as they are and reads what comes back.
func speak(t *testing.T, url, raw string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, raw); err != nil {
		t.Fatal(err)
	}
	if half, ok := conn.(*net.TCPConn); ok {
		_ = half.CloseWrite() // The other side may have closed already.
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, _ = conn.Read(make([]byte, 4096)) // Whatever is said: the logs count.
}
