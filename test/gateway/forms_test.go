package gateway_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/signature"
)

func signAt(r *http.Request, a client, now time.Time) error {
	return signature.SignRequest(r, a.key, []byte(a.secret), now)
}

// TestPathForms is drill 21 over the wire: a path that two readers could take for two
// is refused, whatever would have been matched; what is served reaches the backend
// in the one form that was matched.
func TestPathForms(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("paths")
	b := echo(t)
	all := web("/", b.address)
	all["match_mode"] = "SWA"
	all["backend_api"].(object)["req_uri"] = "/"
	p.admin.published(g, all)
	p.admin.published(g, with(mock("/secret", "locked"), "auth_type", "APP"))
	refused := []string{
		"//a", "/a//b", "/./a", "/a/.", "/a/..", "/a/../secret", "/%2e/a", "/a/%2e%2e/secret", "/a/%2E./secret", "/a/.%2e/secret",
		"/a%2fb", "/a%2Fsecret", "/%2fsecret", "/a%5cb", `/a\b`, "/a%00", "/a%0d%0aX:y", "/a%7f", "/a;x=1", "/a;/../secret", "/a#b",
		"/a%252fb", "/%252e%252e/secret", "/a%", "/a%2", "/a%zz", "*", "a", "http://" + g.host + "//a",
	}
	for _, target := range refused {
		for _, kind := range []protocol{http1, https} {
			got := g.exchange(t, kind, "GET "+target+" HTTP/1.1\r\nHost: "+g.host+"\r\nConnection: close\r\n\r\n")
			if !strings.HasPrefix(got, "HTTP/1.1 400 ") {
				t.Errorf("GET %q: %.200q, want 400", target, got)
			}
		}
		if strings.HasPrefix(target, "/") {
			f := speakHTTP2(t, p.dial(h2, g.host, "h2"))
			if err := f.open(1, true, ":method", "GET", ":scheme", "https", ":path", target, ":authority", g.host); err != nil {
				t.Fatal(err)
			}
			if got := f.await(1); got.status != "400" && got.reset == 0 && !got.gone {
				t.Errorf("HTTP/2 %q: %+v", target, got)
			}
		}
	}
	if n := b.count(); n != 0 {
		t.Errorf("the backend saw %d of these, the last one %+v", n, b.last(t))
	}
	for target, want := range map[string]string{
		"/a": "/a", "/a/": "/a/", "/%61": "/a", "/a%20b": "/a%20b", "/%e4%bd%A0": "/%E4%BD%A0", "/a.b": "/a.b", "/...": "/...", "/a%2d%7E": "/a-~",
		"/a?x=%2F..%2f&y=//": "/a?x=%2F..%2f&y=//", "http://" + g.host + "/a": "/a", "/a@b:c": "/a@b:c",
		"/a|b": "/a%7Cb", "/a<b>": "/a%3Cb%3E", `/a"b`: "/a%22b", "/a^b": "/a%5Eb", "/a`b": "/a%60b", "/\u00e4": "/%C3%A4", "/a\xff": "/a%FF",
	} {
		got := g.exchange(t, http1, "GET "+target+" HTTP/1.1\r\nHost: "+g.host+"\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 200 ") || b.last(t).uri != want {
			t.Errorf("GET %q reached the backend as %q, want %q: %.200q", target, b.last(t).uri, want, got)
		}
	}
	g.http("GET /secret").fault(401, "APIG.0303", "")
	g.http("GET /%73ecret").fault(401, "APIG.0303", "") // the same path, so the same API
}

// TestSmuggling: one message with two readings is refused, and nothing of it is served
// as a second one.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("smuggling")
	b := echo(t)
	p.admin.published(g, web("/a", b.address))
	p.admin.published(g, web("/hidden", b.address))
	host := "Host: " + g.host + "\r\n"
	hidden := "GET /hidden HTTP/1.1\r\n" + host + "\r\n"
	for name, request := range map[string]string{
		"length and chunks":           "POST /a HTTP/1.1\r\n" + host + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"chunks and length":           "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n" + hidden,
		"two lengths":                 "POST /a HTTP/1.1\r\n" + host + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + hidden,
		"a length with a sign":        "POST /a HTTP/1.1\r\n" + host + "Content-Length: +0\r\n\r\n" + hidden,
		"a list of lengths":           "POST /a HTTP/1.1\r\n" + host + "Content-Length: 0, 0\r\n\r\n" + hidden,
		"chunked in HTTP/1.0":         "POST /a HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"chunked twice":               "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"a coding around chunked":     "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + hidden,
		"a coding that looks like it": "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
		"space before the colon":      "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
		"a folded field":              "POST /a HTTP/1.1\r\n" + host + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n" + hidden,
		"bare line feeds":             "POST /a HTTP/1.1\n" + host + "\n" + hidden,
		"a bare carriage return":      "POST /a HTTP/1.1\r\n" + host + "X: y\rContent-Length: 44\r\n\r\n" + hidden,
		"NUL":                         "POST /a HTTP/1.1\r\n" + host + "X: y\x00\r\n\r\n" + hidden,
		"two hosts":                   "GET /a HTTP/1.1\r\n" + host + "Host: other.example\r\n\r\n" + hidden,
		"no host":                     "GET /a HTTP/1.1\r\n\r\n" + hidden,
		"another host in the target":  "GET http://other.example/a HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"a chunk with a bad end":      "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1\r\nxyz0\r\n\r\n" + hidden,
		"a chunk size with a sign":    "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n" + hidden,
		"a chunk size in C":           "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + hidden,
		"a line feed in an extension": "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0;a\nb\r\n\r\n" + hidden,
	} {
		for _, kind := range []protocol{http1, https} {
			got := g.exchange(t, kind, request)
			if n := strings.Count(got, "HTTP/1.1 "); n != 1 || !strings.HasPrefix(got, "HTTP/1.1 4") && !strings.HasPrefix(got, "HTTP/1.1 501 ") {
				t.Errorf("%s: %d answers: %.300q", name, n, got)
			}
		}
	}
	for _, q := range b.requests() {
		t.Errorf("the backend saw %s %s %q", q.method, q.uri, q.body)
	}
}

// TestMethods: what is none of the seven is refused before routing, and CONNECT and
// TRACE above all.
func TestMethods(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("methods")
	b := echo(t)
	p.admin.published(g, web("/a", b.address))
	for _, line := range []string{"TRACE /a", "CONNECT " + "other.example:443", "PROPFIND /a", "get /a", "PURGE /a", "ANY /a"} {
		got := g.exchange(t, http1, line+" HTTP/1.1\r\nHost: "+g.host+"\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 405 ") && !(strings.HasPrefix(line, "CONNECT") && strings.HasPrefix(got, "HTTP/1.1 400 ")) {
			t.Errorf("%s: %.200q", line, got)
		}
	}
	if n := b.count(); n != 0 {
		t.Errorf("%d of them reached the backend", n)
	}
}
