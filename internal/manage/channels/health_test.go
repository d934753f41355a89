package channels_test

import (
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/channels"
)

func TestCodes(t *testing.T) {
	for v, want := range map[string]bool{
		"200": true, "100": true, "599": true, "200,201,202": true, "200-299": true, "201,202,210-299": true, "200-200": true,
		"200,200": true, "100-599": true,
		"": false, ",": false, "200,": false, ",200": false, "99": false, "600": false, "200-600": false, "99-200": false,
		"299-200": false, "200-": false, "-200": false, "200-201-202": false, "2xx": false, "200;201": false, " 200": false,
		"200, 201": false, "0200": false, "+200": false, "2e2": false, "２００": false, "20000000000000000000000200": false,
	} {
		if got := channels.ValidCodes(v); got != want {
			t.Errorf("%q: %v", v, got)
		}
	}
}

func TestPaths(t *testing.T) {
	for v, want := range map[string]bool{
		"/": true, "/hc": true, "/hc/": true, "/a/b.c~d": true, "/hc?deep=1&x=%20": true, "/hc?": true, "/%E4%B8%AD": true,
		"": false, "hc": false, "//hc": false, "/a/../b": false, "/a%2fb": false, "/hc#x": false, "/hc?a b": false, "/hc?a#b": false,
		"http://h/hc": false, "/hc?\r\nX: y": false, "/hc\x00": false, "/hc?中": false,
	} {
		if got := channels.ValidPath(v); got != want {
			t.Errorf("%q: %v", v, got)
		}
	}
}

var codes = regexp.MustCompile(`^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*$`)

func FuzzCodes(f *testing.F) {
	for _, seed := range []string{"205", "200,201,202", "200-299", "201,202,210-299", "", "99", "299-200", "200-", "1e9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, v string) {
		want := codes.MatchString(v)
		for part := range strings.SplitSeq(v, ",") {
			if from, to, ok := strings.Cut(part, "-"); ok && want {
				low, _ := strconv.Atoi(from)
				high, _ := strconv.Atoi(to)
				want = low <= high
			}
		}
		if got := channels.ValidCodes(v); got != want {
			t.Errorf("%q: %v, want %v", v, got, want)
		}
	})
}

// FuzzPath: what is accepted can stand on a request line as it is.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/hc", "/hc?deep=1", "/a/../b", "/%2e", "/a b", "/hc?\r\n", "?", "/\x7f"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, v string) {
		if !channels.ValidPath(v) {
			return
		}
		u, err := url.ParseRequestURI(v)
		if err != nil || u.RequestURI() != v || strings.ContainsAny(v, " #\r\n\x00") {
			t.Errorf("%q: %v, %v", v, u, err)
		}
	})
}

func TestHosts(t *testing.T) {
	for v, want := range map[string]string{
		"10.0.0.1": "10.0.0.1", "::1": "::1", "2001:DB8:0::1": "2001:db8::1", "::ffff:10.0.0.1": "10.0.0.1", "127.0.0.1": "127.0.0.1",
		"A.Test.": "a.test", "localhost": "localhost", "my_host-1": "my_host-1", "1host": "1host",
		"": "", "10.0.0": "", "10.0.0.1.": "", "10.0.0.01": "", "[::1]": "", "a..b": "", ".a": "", "-a": "", "a-": "", "a:80": "",
		"a b": "", "a/b": "", "user@a": "", "fe80::1%1": "", "主机": "", ".": "", "a\x00": "",
	} {
		got, _, err := channels.Host(v)
		if want == "" && err == nil || want != "" && (err != nil || got != want) {
			t.Errorf("%q: %q, %v; want %q", v, got, err, want)
		}
	}
}

// FuzzHost: what is accepted has one spelling, which an address can be made of.
func FuzzHost(f *testing.F) {
	for _, seed := range []string{"10.0.0.1", "::ffff:1.2.3.4", "A.Test.", "fe80::1%eth0", "1.2.3", "a..b", "a_b-c.d", "[::1]", "a:80"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, v string) {
		host, name, err := channels.Host(v)
		if err != nil {
			return
		}
		again, _, err := channels.Host(host)
		if err != nil || again != host {
			t.Errorf("%q is %q is %q, %v", v, host, again, err)
		}
		u, err := url.Parse("http://" + net.JoinHostPort(host, "80") + "/")
		if err != nil || u.Hostname() != host {
			t.Errorf("%q: %q makes %v, %v", v, host, u, err)
		}
		if !channels.ValidName(name) || len(name) > 64 {
			t.Errorf("%q gets the name %q", v, name)
		}
	})
}
