package edge_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/edge"
)

const host = "Host: a.example\r\n"

// messages are messages that two readers might read differently, with the
// statuses that the edge answers with. What is 200 here and odd (paths, methods,
// queries, duplicate fields) is passed on as it came for the gateway to judge;
// served is the path it must see then. A row without served must not reach it.
var messages = []struct {
	name, raw string
	want      []string
	served    []string
}{
	// Framing.
	{"length and coding", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"), bad, nil},
	{"coding and length, request behind", post("Transfer-Encoding: chunked\r\nContent-Length: 40\r\n", "0\r\n\r\nGET /smug HTTP/1.1\r\nHost: x\r\n\r\n"), bad, nil},
	{"coding and length 0", post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "0\r\n\r\n"), bad, nil},
	{"odd case of both", post("tRaNsFeR-eNcOdInG: chunked\r\ncOnTeNt-LeNgTh: 4\r\n", "0\r\n\r\n"), bad, nil},
	{"malformed length and coding", post("Content-Length: blah\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), bad, nil},
	{"coding in HTTP/1.0", "POST /x HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad, nil},
	{"length and coding in HTTP/1.0", "POST /x HTTP/1.0\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad, nil},
	{"coding 'chunked,' and length", post("Content-Length: 4\r\nTransfer-Encoding: chunked,\r\n", "abcd"), bad, nil},
	{"coding 'chunked,'", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"), unknown, nil},
	{"coding 'xchunked'", post("Transfer-Encoding: xchunked\r\n", "abcd"), unknown, nil},
	{"coding 'xchunked' and length", post("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", "abcde"), bad, nil},
	{"coding 'gzip, chunked'", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), unknown, nil},
	{"coding 'chunked, identity'", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), unknown, nil},
	{"coding 'identity, chunked'", post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"), unknown, nil},
	{"coding 'identity' and length", post("Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "abcde"), bad, nil},
	{"coding 'chunked chunked'", post("Transfer-Encoding: chunked chunked\r\n", "0\r\n\r\n"), unknown, nil},
	{"empty coding", post("Transfer-Encoding:\r\n", "0\r\n\r\n"), unknown, nil},
	{"two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), unknown, nil},
	{"chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), unknown, nil},
	{"coding with tab behind", post("Transfer-Encoding: chunked\t\r\n", "0\r\n\r\n"), ok, posted},
	{"coding in capitals", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), ok, posted},
	{"coding with vertical tab", post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"), bad, nil},
	{"same length twice", post("Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"), ok, posted},
	{"two lengths", post("Content-Length: 4\r\nContent-Length: 5\r\n", "abcde"), bad, nil},
	{"list of lengths", post("Content-Length: 5, 5\r\n", "abcde"), bad, nil},
	{"length +4", post("Content-Length: +4\r\n", "abcd"), bad, nil},
	{"length -5", post("Content-Length: -5\r\n", "abcde"), bad, nil},
	{"length 5x", post("Content-Length: 5x\r\n", "abcde"), bad, nil},
	{"length 5 5", post("Content-Length: 5 5\r\n", "abcde"), bad, nil},
	{"empty length", post("Content-Length: \r\n", ""), bad, nil},
	{"length of 2^64+5", post("Content-Length: 18446744073709551621\r\n", "abcde"), bad, nil},
	{"body of GET", "GET /x HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nabcde" + get("/y"), twice, []string{"GET /x", "GET /y"}},
	{"chunks of GET", "GET /x HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + get("/y"), twice, []string{"GET /x", "GET /y"}},

	// Chunks. The request was under way: the handler read the body and answers
	// with the caller's fault. What follows is not served.
	{"chunk extension", post(chunked, "5;a=b\r\nhello\r\n0\r\n\r\n"), ok, posted},
	{"chunk extension, bare LF", post(chunked, "5;a\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"chunk size, bare LF", post(chunked, "5\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"chunk size 0x5", post(chunked, "0x5\r\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"chunk size +5", post(chunked, "+5\r\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"chunk size -5", post(chunked, "-5\r\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"empty chunk size", post(chunked, "\r\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"chunk size of 65 bits", post(chunked, "10000000000000005\r\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"chunk without CRLF", post(chunked, "5\r\nhelloXX0\r\n\r\n"+get("/smug")), bad, posted},
	{"chunk ending in bare LF", post(chunked, "5\r\nhello\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"CR in chunk size", post(chunked, "5\r\r\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"more framing than data", post(chunked, strings.Repeat("1;"+strings.Repeat("x", 4000)+"\r\na\r\n", 6)+"0\r\n\r\n"+get("/smug")), bad, posted},
	{"chunk extension of 5 KB", post(chunked, "5;"+strings.Repeat("x", 5000)+"\r\nhello\r\n0\r\n\r\n"+get("/smug")), bad, posted},
	{"trailer", post(chunked+"Trailer: X-T\r\n", "5\r\nhello\r\n0\r\nX-T: v\r\n\r\n"+get("/y")), twice, []string{"POST /x", "GET /y"}},
	{"trailer with bare LF", post(chunked, "5\r\nhello\r\n0\r\nX-T: v\n\r\n\r\n"+get("/smug")), bad, posted},
	{"trailer of 8 KB", post(chunked, "5\r\nhello\r\n0\r\nX-T: "+strings.Repeat("v", 8000)+"\r\n\r\n"+get("/smug")), bad, posted},
	{"length announced as trailer", post(chunked+"Trailer: Content-Length\r\n", "0\r\nContent-Length: 9\r\n\r\n"), bad, nil},
	{"length as trailer", post(chunked, "5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n"+get("/y")), twice, []string{"POST /x", "GET /y"}},

	// Lines.
	{"bare LF everywhere", "GET /x HTTP/1.1\nHost: a.example\n\n", bad, nil},
	{"bare LF after one field", getWith("X-A: v\nX-B: w\r\n"), bad, nil},
	{"bare LF before coding", post("X-A: v\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), bad, nil},
	{"bare LF ends head", "GET /x HTTP/1.1\r\n" + host + "\n", bad, nil},
	{"folded field", getWith("X-A: one\r\n two\r\n"), bad, nil},
	{"folded coding", post("Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), bad, nil},
	{"folded length", post("Content-Length:\r\n 5\r\n", "abcde"), bad, nil},
	{"blank before first field", "GET /x HTTP/1.1\r\n X: y\r\n" + host + "\r\n", bad, nil},
	{"blank before colon", getWith("X-A : v\r\n"), bad, nil},
	{"blank before colon of length", post("Content-Length : 4\r\n", "abcd"), bad, nil},
	{"blank before colon of coding", post("Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), bad, nil},
	{"bare CR in value", getWith("X-A: one\rtwo\r\n"), bad, nil},
	{"NUL in value", getWith("X-A: v\x00w\r\n"), bad, nil},
	{"control in value", getWith("X-A: v\x01w\r\n"), bad, nil},
	{"blank in name", getWith("X Y: v\r\n"), bad, nil},
	{"parenthesis in name", getWith("X(Y: v\r\n"), bad, nil},
	{"NUL in name", getWith("X\x00Y: v\r\n"), bad, nil},
	{"letter beyond ASCII in name", getWith("X-\xc3\xa9: a\r\n"), bad, nil},
	{"empty name", getWith(": v\r\n"), bad, nil},
	{"no colon", getWith("XYZ\r\n"), bad, nil},
	{"empty lines first", "\r\n\r\n" + get("/x"), bad, nil},
	{"empty line after POST", post("Content-Length: 2\r\n", "ab\r\n") + get("/y"), twice, []string{"POST /x", "GET /y"}},

	// Request line.
	{"method GE(T", "GE(T /x HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"method get", "get /x HTTP/1.1\r\n" + host + "\r\n", ok, []string{"get /x"}},
	{"method TRACE", "TRACE /x HTTP/1.1\r\n" + host + "\r\n", ok, []string{"TRACE /x"}},
	{"CONNECT", "CONNECT a.example:80 HTTP/1.1\r\n" + host + "\r\n", ok, []string{"CONNECT a.example:80"}},
	{"CONNECT with a body", "CONNECT a.example:80 HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello", bad, nil},
	{"CONNECT with chunks", "CONNECT a.example:80 HTTP/1.1\r\n" + host + chunked + "\r\n0\r\n\r\n", bad, nil},
	{"OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", ok, []string{"OPTIONS *"}},
	{"GET *", "GET * HTTP/1.1\r\n" + host + "\r\n", ok, []string{"GET *"}},
	{"HTTP/1.9", "GET /x HTTP/1.9\r\n" + host + "\r\n", bad, nil},
	{"HTTP/2.0 in text", "GET /x HTTP/2.0\r\n" + host + "\r\n" + get("/smug"), []string{"505"}, nil},
	{"HTTP/0.9", "GET /x HTTP/0.9\r\n" + host + "\r\n", []string{"505"}, nil},
	{"HTTP/1.1x", "GET /x HTTP/1.1x\r\n" + host + "\r\n", bad, nil},
	{"no version", "GET /x\r\n" + host + "\r\n", bad, nil},
	{"blank in target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"control in target", "GET /a\x01b HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"two blanks", "GET  /x HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"tabs", "GET\t/x\tHTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"blank after version", "GET /x HTTP/1.1 \r\n" + host + "\r\n", bad, nil},
	{"preface second", get("/x") + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []string{"200", "400"}, []string{"GET /x"}},
	{"half a preface", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + get("/smug"), bad, nil},
	{"preface with a field", "PRI * HTTP/2.0\r\nHost: a\r\n\r\nSM\r\n\r\n", bad, nil},

	// Host and target.
	{"no Host", "GET /x HTTP/1.1\r\n\r\n", bad, nil},
	{"no Host in HTTP/1.0", "GET /x HTTP/1.0\r\n\r\n", ok, []string{"GET /x"}},
	{"two Hosts", getWith("Host: b.example\r\n"), bad, nil},
	{"Host with blank", "GET /x HTTP/1.1\r\nHost: a b\r\n\r\n", bad, nil},
	{"Host with path", "GET /x HTTP/1.1\r\nHost: a/../b\r\n\r\n", bad, nil},
	{"Host with userinfo", "GET /x HTTP/1.1\r\nHost: a.example@evil\r\n\r\n", bad, nil},
	{"empty Host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n", ok, []string{"GET /x"}},
	{"Host with dot and port", "GET /x HTTP/1.1\r\nHost: A.Example.:80\r\n\r\n", ok, []string{"GET /x"}},
	{"absolute target", "GET http://a.example/x HTTP/1.1\r\n" + host + "\r\n", ok, []string{"GET /x"}},
	{"absolute target, other case", "GET http://A.EXAMPLE/x HTTP/1.1\r\n" + host + "\r\n", ok, []string{"GET /x"}},
	{"absolute target without path", "GET http://a.example?q=1 HTTP/1.1\r\n" + host + "\r\n", ok, []string{"GET /"}},
	{"absolute target of another host", "GET http://evil.example/x HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"absolute target of a shorter host", "GET http://a.exam/x HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"absolute target of a longer host", "GET http://a.example.evil/x HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"absolute target with port", "GET http://a.example:81/x HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"absolute target with userinfo", "GET http://a.example@evil/x HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"absolute target without host", "GET http:///x HTTP/1.1\r\n" + host + "\r\n", bad, nil},
	{"absolute target, Host after", "GET http://evil/x HTTP/1.1\r\nX-A: b\r\nHost: a.example\r\n\r\n" + get("/smug"), bad, nil},

	// Passed on as they came.
	{"double slash", get("//x//y"), ok, []string{"GET //x//y"}},
	{"dot segments", get("/a/../b"), ok, []string{"GET /a/../b"}},
	{"encoded dot segments", get("/a/%2e%2e/b"), ok, []string{"GET /a/%2e%2e/b"}},
	{"encoded slash", get("/a%2fb"), ok, []string{"GET /a%2fb"}},
	{"double encoded slash", get("/a%252fb"), ok, []string{"GET /a%252fb"}},
	{"encoded NUL", get("/a%00b"), ok, []string{"GET /a%00b"}},
	{"malformed escape", get("/a%zzb"), bad, nil},
	{"backslash", get("/a\\b"), ok, []string{"GET /a\\b"}},
	{"semicolon", get("/a;x=1/b"), ok, []string{"GET /a;x=1/b"}},
	{"fragment", get("/a#frag"), ok, []string{"GET /a#frag"}},
	{"raw UTF-8", get("/\xe4\xbd\xa0"), ok, []string{"GET /\xe4\xbd\xa0"}},
	{"upgrade to h2c", getWith("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"), ok, []string{"GET /x"}},
	{"TE", getWith("TE: trailers, gzip\r\n"), ok, []string{"GET /x"}},
	{"two Authorizations", getWith("Authorization: a\r\nAuthorization: b\r\n"), ok, []string{"GET /x"}},
	{"underscore", getWith("X_App_Id: evil\r\n"), ok, []string{"GET /x"}},
	{"Expect", "POST /x HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nabcde", []string{"100", "200"}, posted},
	{"other expectation", "POST /x HTTP/1.1\r\n" + host + "Expect: miracle\r\nContent-Length: 5\r\n\r\nabcde", []string{"417"}, nil},
	{"8000 fields", getWith(strings.Repeat("a: b\r\n", 8000)), ok, []string{"GET /x"}},
	{"field of 900 KB", getWith("a: " + strings.Repeat("b", 900000) + "\r\n"), ok, []string{"GET /x"}},
	{"field of 2 MB", getWith("a: " + strings.Repeat("b", 2<<20) + "\r\n"), []string{"431"}, nil},
	{"target of 40 KB", get("/" + strings.Repeat("a", 40<<10)), ok, []string{"GET /" + strings.Repeat("a", 40<<10)}},
	{"three pipelined", get("/1") + post("Content-Length: 3\r\n", "abc") + get("/3"), []string{"200", "200", "200"}, []string{"GET /1", "POST /x", "GET /3"}},
	{"refused behind a good one", get("/1") + post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") + get("/3"), []string{"200", "400"}, []string{"GET /1"}},
}

// differ are the messages that the engine answers otherwise than net/http. In each of them
// both agree where the message ends, or do not take it.
var differ = map[string]struct {
	want, served []string
}{
	// The body has come already: RFC 9110 §10.1.1 lets a server save the 100 then.
	"Expect": {ok, posted},
	// Paths are the gateway's to judge; it answers with an error of its own.
	"malformed escape": {ok, []string{"GET /a%zzb"}},
	// Trailers are read and dropped, whatever is announced; 16 KB of them at most.
	"length announced as trailer": {ok, posted},
	"trailer of 8 KB":             {twice, []string{"POST /x", "GET /smug"}},
	// A second coding is as bad as a second length.
	"chunked twice": {bad, nil},
	"two codings":   {bad, nil},
}

var (
	ok      = []string{"200"}
	twice   = []string{"200", "200"}
	bad     = []string{"400"}
	unknown = []string{"501"}
	posted  = []string{"POST /x"}
)

const chunked = "Transfer-Encoding: chunked\r\n"

func get(target string) string { return "GET " + target + " HTTP/1.1\r\n" + host + "\r\n" }

func getWith(more string) string { return "GET /x HTTP/1.1\r\n" + host + more + "\r\n" }

func post(more, body string) string { return "POST /x HTTP/1.1\r\n" + host + more + "\r\n" + body }

func TestMessages(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		for _, m := range messages {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				h := &handler{serve: consume}
				_, addr := e.start(t, h, edge.Options{})
				want, served := m.want, m.served
				if other, ok := differ[m.name]; ok && !e.netHTTP {
					want, served = other.want, other.served
				}
				got := exchangeLoosely(t, addr, m.raw)
				if s := statuses(got); !slices.Equal(s, want) {
					t.Errorf("statuses %v, want %v", s, want)
				}
				if c := h.calls(); !slices.Equal(c, served) {
					t.Errorf("served %.200q, want %.200q", c, served)
				}
			})
		}
	})
}

// exchangeLoosely is exchange for messages that may be refused before they were
// sent to the end.
func exchangeLoosely(t *testing.T, addr, raw string) string {
	c := dial(t, addr)
	go func() {
		io.WriteString(c, raw)
		c.CloseWrite()
	}()
	b, _ := io.ReadAll(c)
	return string(b)
}

// TestSplitHead feeds a head that must be refused, and one that must not, in two
// pieces cut at every byte.
func TestSplitHead(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		refused := post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nGET /smug HTTP/1.1\r\nHost: x\r\n\r\n")
		absolute := "GET http://evil/x HTTP/1.1\r\n" + host + "\r\n" + get("/smug")
		good := post(chunked, "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n") + get("/y")
		h := &handler{serve: consume}
		_, addr := e.start(t, h, edge.Options{})
		for _, m := range []struct {
			raw  string
			want []string
		}{{refused, bad}, {absolute, bad}, {good, twice}} {
			for at := 1; at < len(m.raw); at++ {
				c := dial(t, addr)
				c.SetNoDelay(true)
				io.WriteString(c, m.raw[:at])
				// Nothing says that the server has read the first piece alone;
				// TestGuardSplits is exact about that. Here it is likely.
				io.WriteString(c, m.raw[at:])
				c.CloseWrite()
				b, _ := io.ReadAll(c)
				if s := statuses(string(b)); !slices.Equal(s, m.want) {
					t.Fatalf("cut at %d: statuses %v, want %v", at, s, m.want)
				}
				c.Close()
			}
		}
		for _, call := range h.calls() {
			if strings.Contains(call, "smug") {
				t.Fatal("a smuggled request was served")
			}
		}
	})
}
