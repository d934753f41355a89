package differential_test

import (
	"fmt"
	"strings"
)

func nameCases() []entry {
	raw := func(n string) string { return get(n + ": v\r\n") }
	return append(values(named("name"), "§5.1", raw,
		"X-A", accept, "x!#$%&'*+.^_`|~9", either, "X_A", either, "9", accept, "-", accept,
		"X-A ", reject, "X-A\t", reject, "X A", reject, "X\tA", reject, "", reject, " ", reject, "\t", reject, "X\x00A", reject, "X\x01A", reject, "X\x7fA", reject, "X\vA", reject, "X\xc3\xa9", reject, "\xffX", reject,
		"X(A", reject, "X)A", reject, "X,A", reject, "X/A", reject, "X;A", reject, "X<A", reject, "X>A", reject, "X=A", reject, "X?A", reject, "X@A", reject, "X[A", reject, "X\\A", reject, "X]A", reject, "X{A", reject, "X}A", reject, "X\"A", reject,
		strings.Repeat("X", 300), accept, strings.Repeat("X", 9000), either),
		entry{name: "no colon", rfc: "§5", must: reject, raw: get("XYZ\r\n")},
		entry{name: "no colon, last line", rfc: "§5", must: reject, raw: get("X-A: b\r\nXYZ\r\n")},
		entry{name: "a request line as field", rfc: "§5", must: reject, raw: get("GET /smug HTTP/1.1\r\n")},
		entry{name: "two colons", rfc: "§5", must: accept, raw: get("X-A:: v\r\n")},
		entry{name: "no blank behind the colon", rfc: "§5", must: accept, raw: get("X-A:v\r\n")},
		entry{name: "no value", rfc: "§5", must: accept, raw: get("X-A:\r\n")},
		entry{name: "blanks as value", rfc: "§5", must: accept, raw: get("X-A: \t \r\n")},
	)
}

func valueCases() []entry {
	raw := func(v string) string { return get("X-A: " + v + "\r\n") }
	return values(named("value"), "RFC 9110 §5.5", raw,
		"v", accept, "v w", accept, "v\tw", accept, "v  ", accept, "\"v\"", accept, "a,b;c=d", accept, "v\xe9", either, "v\xc3\xa9", either, "v\xff", either, "v\x80", either, "v\xe2\x80\xa8w", either,
		"v\x00w", reject, "\x00", reject, "v\x00", reject, "v\x01w", either, "v\x08w", either, "v\vw", either, "v\fw", either, "v\x1bw", either, "v\x1fw", either, "v\x7fw", either,
		"v\r\n\x00", reject)
}

func hostCases() []entry {
	raw := func(h string) string { return "GET /p HTTP/1.1\r\nHost:" + h + "\r\n\r\n" }
	all := values(named("Host"), "§3.2", raw,
		" a.example", accept, "a.example", accept, " A.EXAMPLE", accept, " a.example ", accept, " a.example:80", accept, " a.example:", either, " a.example.", either,
		" a.example:080", either, " a.example:65535", either, " a.example:65536", either, " a.example:99999999999", either, " a.example:-1", either, " a.example:+80", either, " a.example:x", either, " a.example:80x", either, " a.example:80:80", either, " a.example: 80", reject,
		"", either, " ", either, " a b", reject, " a.example b", reject, " a.example\tb", reject, " a.example,b.example", either, " a.example, b.example", reject, " a.example/p", reject, " a/../b", reject, " a.example?x", reject, " a.example#x", reject, " a.example\\x", reject,
		" u@a.example", reject, " u:p@a.example", reject, " a.example@b.example", reject, " a.example\x00", reject, " a.example\x00b", reject, " a\x01b", reject, " a\x7fb", reject, " a.example\xe9", either, " \xe4\xbd\xa0.example", either,
		" a.example%00", either, " a.example%0d%0a", either, " %61.example", either, " a..example", either, " .a.example", either, " -a.example", either, " a_b.example", either, " a.example;x", either, " a.example\"", reject, " <a.example>", reject, " {a}", reject, " a|b", reject, " a^b", reject, " a`b", reject,
		" [::1]", either, " [::1]:80", either, " [::1", either, " ::1", either, " [a.example]", either, " 127.0.0.1", either, " 2130706433", either, " "+strings.Repeat("a", 300)+".example", either, " a.example\r", reject)
	return append(all,
		entry{name: "none", rfc: "§3.2", must: reject, raw: "GET /p HTTP/1.1\r\n\r\n"},
		entry{name: "none, other fields", rfc: "§3.2", must: reject, raw: "GET /p HTTP/1.1\r\nX-Host: a.example\r\nX-A: b\r\n\r\n"},
		entry{name: "none in HTTP/1.0", rfc: "§3.2", must: either, raw: "GET /p HTTP/1.0\r\n\r\n"},
		entry{name: "two different", rfc: "§3.2", must: reject, raw: get("Host: b.example\r\n")},
		entry{name: "two equal", rfc: "§3.2", must: reject, raw: get(hostLine)},
		entry{name: "two, the second empty", rfc: "§3.2", must: reject, raw: get("Host:\r\n")},
		entry{name: "two in odd case", rfc: "§3.2", must: reject, raw: get("hOST: b.example\r\n")},
		entry{name: "two in HTTP/1.0", rfc: "§3.2", must: reject, raw: "GET /p HTTP/1.0\r\n" + hostLine + "Host: b.example\r\n\r\n"},
		entry{name: "two, the second with a blank before the colon", rfc: "§5.1", must: reject, raw: get("Host : b.example\r\n")},
		entry{name: "two, the second folded", rfc: "§5.2", must: strict, raw: get("X-A: b\r\n Host: b.example\r\n")},
		entry{name: "two, apart", rfc: "§3.2", must: reject, raw: get("X-A: b\r\nX-C: d\r\nHost: b.example\r\n")},
		entry{name: "blank before the colon", rfc: "§5.1", must: reject, raw: "GET /p HTTP/1.1\r\nHost : a.example\r\n\r\n"},
		entry{name: "last field", rfc: "§3.2", must: accept, raw: "GET /p HTTP/1.1\r\nX-A: b\r\n" + hostLine + "\r\n"},
	)
}

func absoluteCases() []entry {
	raw := func(v string) string { return "GET " + v + " HTTP/1.1\r\n" + hostLine + "\r\n" }
	return append(values(named("target"), "§3.2.2", raw,
		"http://a.example/p", accept, "HTTP://a.example/p", accept, "http://A.EXAMPLE/p", accept, "http://a.example", accept, "http://a.example/", accept, "http://a.example?x", either, "http://a.example#x", either, "http://a.example:80/p", either, "http://a.example:81/p", either,
		"http://b.example/p", either, "http://a.exampl/p", either, "http://a.example.b/p", either, "http://u@a.example/p", reject, "http://u:p@a.example/p", reject, "http://a.example@b.example/p", reject, "http:///p", reject, "http://:80/p", reject, "http:/p", either, "http:p", either, "http://", either, "://a.example/p", either, "http//a.example/p", either,
		"https://a.example/p", either, "ftp://a.example/p", either, "file:///p", either, "javascript:p", either, "http://a.example\\p", either, "http://a.example\x01/p", reject, "http://[::1]/p", either, "http://[::1/p", either, "http://a.example:x/p", either, "http://a b/p", reject, "http://%61.example/p", either, "/http://b.example/p", either),
		entry{name: "no Host", rfc: "§3.2", must: reject, raw: "GET http://a.example/p HTTP/1.1\r\n\r\n"},
		entry{name: "two Hosts", rfc: "§3.2", must: reject, raw: raw("http://a.example/p")[:len(raw("http://a.example/p"))-2] + "Host: b.example\r\n\r\n"},
		entry{name: "with a body", rfc: "§3.2.2", must: accept, raw: "POST http://a.example/p HTTP/1.1\r\n" + hostLine + "Content-Length: 39\r\n\r\n" + smuggled},
		entry{name: "of another site with a body", rfc: "§3.2.2", must: either, raw: "POST http://b.example/p HTTP/1.1\r\n" + hostLine + "Content-Length: 39\r\n\r\n" + smuggled},
		entry{name: "in HTTP/1.0 without Host", rfc: "§3.2.2", must: either, raw: "GET http://a.example/p HTTP/1.0\r\n\r\n"},
	)
}

// connectionCases name fields that frame, route or authorize: a proxy that drops what
// Connection names would drop them after it has used them.
func connectionCases() []entry {
	body := fmt.Sprintf("Content-Length: %d\r\n", len(smuggled))
	var all []entry
	for _, named := range []string{"Content-Length", "content-length", "Host", "Transfer-Encoding", "Authorization", "X-Forwarded-For", "Connection", "close, Content-Length", "Content-Length, close", "keep-alive, Host", ",,Content-Length,,", "\"Content-Length\"", "Content-Length;q=0"} {
		all = append(all, entry{name: "names " + quoted(named) + " of a body", rfc: "RFC 9110 §7.6.1", must: either, raw: post("Connection: "+named+"\r\nAuthorization: x\r\n"+body, smuggled)})
	}
	return append(all,
		entry{name: "names Transfer-Encoding of chunks", rfc: "RFC 9110 §7.6.1", must: either, raw: post("Connection: Transfer-Encoding\r\n"+chunked, hello)},
		entry{name: "names Transfer-Encoding of chunks with a request", rfc: "RFC 9110 §7.6.1", must: either, raw: post("Connection: Transfer-Encoding\r\n"+chunked, "27\r\n"+smuggled+"\r\n0\r\n\r\n")},
		entry{name: "close, and a request behind", rfc: "§9.6", must: accept, raw: get("Connection: close\r\n") + smuggled},
		entry{name: "close in odd case, and a request behind", rfc: "§9.6", must: accept, raw: get("cOnNection: cLoSe\r\n") + smuggled},
		entry{name: "keep-alive and close", rfc: "§9.3", must: accept, raw: get("Connection: keep-alive\r\nConnection: close\r\n")},
		entry{name: "Proxy-Connection", rfc: "§C.2.2", must: accept, raw: get("Proxy-Connection: close\r\n")},
		entry{name: "Keep-Alive", rfc: "§C.2.2", must: accept, raw: get("Keep-Alive: timeout=0, max=0\r\n")},
		entry{name: "empty", rfc: "§9.3", must: accept, raw: get("Connection:\r\n")},
		entry{name: "odd octets", rfc: "§9.3", must: either, raw: get("Connection: \xff\xfe, ,;=\r\n")},
	)
}

func expectCases() []entry {
	raw := func(v string) string { return post("Expect:"+v+"\r\nContent-Length: 5\r\n", "abcde") }
	return append(values(named("Expect"), "RFC 9110 §10.1.1", raw,
		" 100-continue", accept, " 100-Continue", accept, "100-continue", accept, " 100-continue ", accept, " 100-continue, x", either, " x", either, "", either, " 200-ok", either, " 100-continue\x00", reject, " 100", either, " 100-continue;q=1", either),
		entry{name: "of GET without a body", rfc: "RFC 9110 §10.1.1", must: accept, raw: get("Expect: 100-continue\r\n")},
		entry{name: "with length 0", rfc: "RFC 9110 §10.1.1", must: accept, raw: post("Expect: 100-continue\r\nContent-Length: 0\r\n", "")},
		entry{name: "in HTTP/1.0", rfc: "RFC 9110 §10.1.1", must: either, raw: "POST /p HTTP/1.0\r\n" + hostLine + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nabcde"},
		entry{name: "with chunks", rfc: "RFC 9110 §10.1.1", must: accept, raw: post("Expect: 100-continue\r\n"+chunked, hello)},
		entry{name: "twice", rfc: "RFC 9110 §10.1.1", must: either, raw: post("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n", "abcde")},
		entry{name: "refused, and the body is a request", rfc: "RFC 9110 §10.1.1", must: either, raw: post("Expect: x\r\nContent-Length: 39\r\n", smuggled)},
		entry{name: "continued, and the body is a request", rfc: "RFC 9110 §10.1.1", must: accept, raw: post("Expect: 100-continue\r\nContent-Length: 39\r\n", smuggled)},
		entry{name: "for a method that is refused, and the body is a request", rfc: "RFC 9110 §10.1.1", must: either, raw: "TRACE /p HTTP/1.1\r\n" + hostLine + "Expect: 100-continue\r\nContent-Length: 39\r\n\r\n" + smuggled},
	)
}

func upgradeCases() []entry {
	const rfc = "RFC 9110 §7.8"
	ws := "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
	return []entry{
		{name: "to h2c", rfc: rfc, must: either, raw: get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n")},
		{name: "to h2c with a body", rfc: rfc, must: either, raw: post("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: 39\r\n", smuggled)},
		{name: "to something", rfc: rfc, must: either, raw: get("Connection: Upgrade\r\nUpgrade: something\r\n")},
		{name: "to websocket, refused by the backend", rfc: rfc, must: either, raw: get(ws)},
		{name: "to websocket, a request behind", rfc: rfc, must: either, raw: get(ws) + smuggled},
		{name: "to websocket with a length", rfc: rfc, must: either, raw: get(ws+"Content-Length: 39\r\n") + smuggled},
		{name: "to websocket with chunks", rfc: rfc, must: either, raw: get(ws+chunked) + hello + smuggled},
		{name: "to websocket by POST", rfc: rfc, must: either, raw: post(ws+"Content-Length: 39\r\n", smuggled)},
		{name: "to websocket in HTTP/1.0", rfc: rfc, must: either, raw: "GET /p HTTP/1.0\r\n" + hostLine + ws + "\r\n"},
		{name: "to websocket with a bad version", rfc: rfc, must: either, raw: get(strings.Replace(ws, "13", "777", 1)) + smuggled},
		{name: "to websocket without Connection", rfc: rfc, must: either, raw: get("Upgrade: websocket\r\n") + smuggled},
		{name: "to two protocols", rfc: rfc, must: either, raw: get("Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n") + smuggled},
		{name: "Connection alone", rfc: rfc, must: either, raw: get("Connection: Upgrade\r\n") + smuggled},
	}
}

func limitCases() []entry {
	const rfc = "RFC 9110 §5.4"
	field := func(n int) string { return "X-A: " + strings.Repeat("a", n) + "\r\n" }
	return []entry{
		{name: "field of 4 KB", rfc: rfc, must: accept, raw: get(field(4000))},
		{name: "field of 30 KB", rfc: rfc, must: either, raw: get(field(30_000))},
		{name: "field of 64 KB", rfc: rfc, must: either, raw: get(field(65_000))},
		{name: "field of 1 MB", rfc: rfc, must: either, raw: get(field(1_000_000))},
		{name: "field of 3 MB", rfc: rfc, must: either, raw: get(field(3_000_000))},
		{name: "60 fields", rfc: rfc, must: accept, raw: get(strings.Repeat("X-A: b\r\n", 60))},
		{name: "200 fields", rfc: rfc, must: either, raw: get(strings.Repeat("X-A: b\r\n", 200))},
		{name: "2000 fields", rfc: rfc, must: either, raw: get(strings.Repeat("X-A: b\r\n", 2000))},
		{name: "200 fields and a body", rfc: rfc, must: either, raw: post(strings.Repeat("X-A: b\r\n", 200)+"Content-Length: 39\r\n", smuggled)},
		{name: "target of 40 KB and a body", rfc: "§3", must: either, raw: "POST /" + strings.Repeat("a", 40_000) + " HTTP/1.1\r\n" + hostLine + "Content-Length: 39\r\n\r\n" + smuggled},
		{name: "body of 300 KB", rfc: sumRFC, must: accept, raw: post("Content-Length: 300000\r\n", strings.Repeat("b", 300_000))},
		{name: "body beyond what is taken", rfc: sumRFC, must: either, raw: post("Content-Length: 13000000\r\n", smuggled+smuggled)},
	}
}

// pipelineCases put each kind of refused message behind a good one: what was good is
// answered, and what follows the bad one is not.
func pipelineCases() []entry {
	bad := []struct{ name, raw string }{
		{"length and coding", post("Content-Length: 5\r\n"+chunked, "0\r\n\r\n"+smuggled)},
		{"two lengths", post("Content-Length: 39\r\nContent-Length: 0\r\n", smuggled)},
		{"bad length", post("Content-Length: +39\r\n", smuggled)},
		{"unknown coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"+smuggled)},
		{"bad chunk", post(chunked, "0x5\r\nhello\r\n0\r\n\r\n"+smuggled)},
		{"bare LF", "GET /p HTTP/1.1\nHost: a.example\n\n" + smuggled},
		{"folded field", get("X-A: b\r\n c\r\n") + smuggled},
		{"blank before the colon", get("X-A : b\r\n") + smuggled},
		{"no Host", "GET /p HTTP/1.1\r\n\r\n" + smuggled},
		{"two Hosts", get("Host: b.example\r\n") + smuggled},
		{"bad version", "GET /p HTTP/1.1x\r\n" + hostLine + "\r\n" + smuggled},
		{"NUL", get("X-A: \x00\r\n") + smuggled},
	}
	var all []entry
	for _, b := range bad {
		m := reject
		if b.name == "bare LF" || b.name == "folded field" || b.name == "length and coding" {
			m = strict
		}
		for _, first := range []struct{ name, raw string }{{"GET", get("")}, {"POST", post("Content-Length: 5\r\n", "hello")}, {"chunks", post(chunked, hello)}} {
			all = append(all, entry{name: b.name + " behind " + first.name, rfc: "§9.3.2", must: m, at: 1, raw: first.raw + b.raw})
		}
	}
	return append(all,
		entry{name: "three good ones", rfc: "§9.3.2", must: accept, raw: get("") + post("Content-Length: 5\r\n", "hello") + post(chunked, hello)},
		entry{name: "fifty good ones", rfc: "§9.3.2", must: accept, raw: strings.Repeat(get(""), 50)},
		entry{name: "empty line between", gap: true, rfc: "§2.2", must: either, raw: post("Content-Length: 5\r\n", "hello\r\n") + smuggled},
		entry{name: "empty line between GETs", gap: true, rfc: "§2.2", must: either, raw: get("") + "\r\n" + smuggled},
		entry{name: "octet between", rfc: sumRFC, must: accept, raw: post("Content-Length: 5\r\n", "hellox") + smuggled},
		entry{name: "HEAD and GET", rfc: "§9.3.2", must: accept, raw: "HEAD /p HTTP/1.1\r\n" + hostLine + "\r\n" + smuggled},
	)
}
