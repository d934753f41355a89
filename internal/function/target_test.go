package function_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
)

func TestTargets(t *testing.T) {
	var elsewhere int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		switch q.URL.Path {
		case "/echo":
			_, _ = io.WriteString(w, q.Method+" "+q.Header.Get("Content-Type")+" "+q.Header.Get("X-Function-Urn")+" "+string(body))
		case "/fail":
			http.Error(w, "out of order", http.StatusTeapot)
		case "/away":
			http.Redirect(w, q, "/elsewhere", http.StatusFound)
		case "/elsewhere":
			elsewhere++
		case "/large":
			chunk := make([]byte, 1<<20)
			for range 8 {
				_, _ = w.Write(chunk)
			}
		case "/slow":
			select {
			case <-q.Context().Done():
			case <-time.After(10 * time.Second):
			}
		}
	}))
	defer server.Close()
	r := start(t, function.Options{})
	invoke := func(target string) (function.Result, error) {
		return r.Invoke(t.Context(), function.Load(&definition.Function{
			URN: "urn:f", ProjectID: "p", Runtime: function.HTTP, TimeoutMS: 200, Target: target,
		}), []byte(`{"a":1}`))
	}
	got, err := invoke(server.URL + "/echo")
	if want := `POST application/json urn:f {"a":1}`; err != nil || string(got.Output) != want {
		t.Errorf("%q, %v", got.Output, err)
	}
	got, err = invoke(server.URL + "/fail")
	fails(t, err, function.Target, "status 418")
	if !strings.Contains(string(got.Logs), "out of order") {
		t.Errorf("log %q", got.Logs)
	}
	_, err = invoke(server.URL + "/away")
	fails(t, err, function.Target, "status 302")
	if elsewhere != 0 {
		t.Error("a redirect was followed")
	}
	_, err = invoke(server.URL + "/large")
	fails(t, err, function.Large, "answer")
	_, err = invoke(server.URL + "/slow")
	fails(t, err, function.Timeout, "200 ms")
	_, err = invoke("http://127.0.0.1:1/")
	fails(t, err, function.Target, "cannot be reached")
	_, err = invoke("file:///etc/passwd")
	fails(t, err, function.Target, "neither http")
}

func TestCheckTarget(t *testing.T) {
	for target, want := range map[string]string{
		"https://a.test/x?y=z": "", "http://[::1]:8080/": "", "": "begins", "ftp://a.test": "begins", "//a.test": "begins",
		"http://": "no host", "http:///x": "no host", "http://u:p@a.test": "credentials", "http://a.test/#f": "fragment", "http://a b/": "not a URL",
	} {
		if got := function.CheckTarget(target); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", target, got, want)
		}
	}
}
