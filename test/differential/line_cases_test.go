package differential_test

import "strings"

// lineCases vary the ends and starts of lines in a head.
func lineCases() []entry {
	const lf, cr, fold, first = "§2.2", "§2.2", "§5.2", "§2.2"
	return []entry{
		{name: "bare LF everywhere", rfc: lf, must: strict, raw: "GET /p HTTP/1.1\nHost: a.example\n\n"},
		{name: "bare LF behind the request line", rfc: lf, must: strict, raw: "GET /p HTTP/1.1\nHost: a.example\r\n\r\n"},
		{name: "bare LF behind a field", rfc: lf, must: strict, raw: get("X-A: v\nX-B: w\r\n")},
		{name: "bare LF behind the last field", rfc: lf, must: strict, raw: get("X-A: v\n")},
		{name: "bare LF ends the head", rfc: lf, must: strict, raw: "GET /p HTTP/1.1\r\n" + hostLine + "\n"},
		{name: "LF LF within the head", rfc: lf, must: strict, raw: "GET /p HTTP/1.1\r\n" + hostLine + "X-A: v\n\n" + smuggled},
		{name: "LF CR LF ends the head", rfc: lf, must: strict, raw: "GET /p HTTP/1.1\r\n" + hostLine + "X-A: v\n\r\n" + smuggled},
		{name: "bare LF before a coding", rfc: lf, must: strict, raw: post("Content-Length: 5\r\nX-A: v\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"+smuggled)},
		{name: "bare LF before a length", rfc: lf, must: strict, raw: post("X-A: v\nContent-Length: 39\r\n", smuggled)},
		{name: "LF CR behind a field", rfc: lf, must: strict, raw: get("X-A: v\n\rX-B: w\r\n")},
		{name: "bare CR in a value", rfc: cr, must: strict, raw: get("X-A: v\rX-B: w\r\n")},
		{name: "bare CR before a length", rfc: cr, must: strict, raw: post("X-A: v\rContent-Length: 39\r\n", smuggled)},
		{name: "bare CR before a coding", rfc: cr, must: strict, raw: post("Content-Length: 39\r\nX-A: v\rTransfer-Encoding: chunked\r\n", smuggled)},
		{name: "bare CR ends a value", rfc: cr, must: strict, raw: get("X-A: v\r\r\n")},
		{name: "bare CR begins a value", rfc: cr, must: strict, raw: get("X-A: \rv\r\n")},
		{name: "bare CR in a name", rfc: cr, must: reject, raw: get("X\r-A: v\r\n")},
		{name: "bare CR before a name", rfc: cr, must: reject, raw: get("\rX-A: v\r\n")},
		{name: "bare CR in the target", rfc: cr, must: reject, raw: "GET /p\rq HTTP/1.1\r\n" + hostLine + "\r\n"},
		{name: "bare CR behind the version", rfc: cr, must: strict, raw: "GET /p HTTP/1.1\r\r\n" + hostLine + "\r\n"},
		{name: "bare CR behind the method", rfc: cr, must: strict, raw: "GET\r/p HTTP/1.1\r\n" + hostLine + "\r\n"},
		{name: "CR CR LF ends the head", rfc: cr, must: reject, raw: "GET /p HTTP/1.1\r\n" + hostLine + "\r\r\n"},
		{name: "CR CR ends the head", rfc: cr, must: reject, raw: "GET /p HTTP/1.1\r" + "Host: a.example\r\r"},
		{name: "folded field", rfc: fold, must: strict, raw: get("X-A: one\r\n two\r\n")},
		{name: "folded with a tab", rfc: fold, must: strict, raw: get("X-A: one\r\n\ttwo\r\n")},
		{name: "folded twice", rfc: fold, must: strict, raw: get("X-A: one\r\n two\r\n three\r\n")},
		{name: "folded into nothing", rfc: fold, must: strict, raw: get("X-A: one\r\n \r\n")},
		{name: "folded Host", rfc: fold, must: strict, raw: "GET /p HTTP/1.1\r\nHost:\r\n a.example\r\n\r\n"},
		{name: "folded length", rfc: fold, must: strict, raw: post("Content-Length:\r\n 39\r\n", smuggled)},
		{name: "length folded into two", rfc: fold, must: strict, raw: post("Content-Length: 3\r\n 9\r\n", smuggled)},
		{name: "length folded behind another field", rfc: fold, must: strict, raw: post("X-A: b\r\n Content-Length: 39\r\n", smuggled)},
		{name: "folded coding", rfc: fold, must: strict, raw: post("Transfer-Encoding:\r\n chunked\r\n", hello)},
		{name: "folded coding beside a length", rfc: fold, must: strict, raw: post("Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"+smuggled)},
		{name: "coding folded behind another field", rfc: fold, must: strict, raw: post("Content-Length: 39\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n", smuggled)},
		{name: "blank before the first field", rfc: first, must: strict, raw: "GET /p HTTP/1.1\r\n X-A: b\r\n" + hostLine + "\r\n"},
		{name: "tab before the first field", rfc: first, must: strict, raw: "GET /p HTTP/1.1\r\n\tX-A: b\r\n" + hostLine + "\r\n"},
		{name: "blank line of blanks before the fields", rfc: first, must: strict, raw: "GET /p HTTP/1.1\r\n \r\n" + hostLine + "\r\n"},
		{name: "head ends in a line of a blank", rfc: first, must: strict, raw: "GET /p HTTP/1.1\r\n" + hostLine + " \r\n\r\n"},
		{name: "empty line first", rfc: first, must: either, raw: "\r\n" + get("")},
		{name: "two empty lines first", rfc: first, must: either, raw: "\r\n\r\n" + get("")},
		{name: "LF first", rfc: first, must: either, raw: "\n" + get("")},
		{name: "CR first", rfc: first, must: either, raw: "\r" + get("")},
		{name: "many empty lines first", rfc: first, must: either, raw: strings.Repeat("\r\n", 200) + get("")},
		{name: "NUL first", rfc: "§3", must: reject, raw: "\x00" + get("")},
		{name: "blank first", rfc: "§3", must: strict, raw: " " + get("")},
		{name: "ends within the head", rfc: "§8", must: reject, raw: "GET /p HTTP/1.1\r\nHost: a.exa", alone: true},
		{name: "ends before the empty line", rfc: "§8", must: reject, raw: "GET /p HTTP/1.1\r\nHost: a.example\r\n", alone: true},
		{name: "TLS in clear text", rfc: "§3", must: reject, raw: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"},
		{name: "PROXY line first", rfc: "§3", must: reject, raw: "PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n" + get("")},
	}
}

func methodCases() []entry {
	raw := func(m string) string { return m + " /p HTTP/1.1\r\n" + hostLine + "\r\n" }
	return values(named("method"), "RFC 9110 §9.1", raw,
		"GET", accept, "HEAD", accept, "POST", accept, "PUT", accept, "DELETE", accept, "PATCH", accept, "OPTIONS", accept,
		"TRACE", either, "CONNECT", either, "get", either, "Get", either, "GETX", either, "PROPFIND", either, "M-SEARCH", either, "X!#$%&'*+.^_`|~0", either,
		"", reject, " GET", strict, "GE(T", reject, "G,T", reject, "G/T", reject, "G:T", reject, "G;T", reject, "G<T", reject, "G=T", reject, "G@T", reject, "G[T", reject, "G\\T", reject, "G\"T", reject, "G{T", reject, "{GET}", reject,
		"G\x00T", reject, "G\x01T", reject, "G\x7fT", reject, "G\xc3\xa9T", reject, "G\vT", reject, "GET\x00", reject, "GET\t", reject,
		"GET GET", reject, strings.Repeat("G", 300), either, strings.Repeat("G", 10_000), either, "PRI", either, "HTTP/1.1", reject, "Host:", reject)
}

func targetCases() []entry {
	raw := func(v string) string { return "GET " + v + " HTTP/1.1\r\n" + hostLine + "\r\n" }
	all := values(named("target"), "§3.2", raw,
		"/", accept, "/p?x=y", accept, "/p?", accept, "/p?x=y?z", accept, "/p;x=1", either, "/p%20q", accept, "/a:b@c", accept, "/p?x=1;y=2", either,
		"*", either, "p", either, "?x", either, "", reject, "a.example:80", either, "a.example", either,
		"/p#frag", either, "/p?x#frag", either, "#frag", either, "/p\\q", either, "/p\"q", either, "/p<q>", either, "/p{q}", either, "/p|q", either, "/p^q", either, "/p`q", either, "/p[q]", either,
		"/p q", reject, "/p\tq", reject, "/p\x00q", reject, "/p\x01q", reject, "/p\x7fq", reject, "/p\x1bq", reject, "/p\vq", reject, "/p\xe4\xbd\xa0", either, "/p\xff", either,
		"/p%zz", either, "/p%", either, "/p%0", either, "/p%00", either, "/p%0d%0aX: y", reject, "/p%0d%0aX:y", either, "/p%2fq", either, "/p%5cq", either, "/p%u0041", either,
		"//b.example/p", either, "//", either, "/a/../p", either, "/../p", either, "/a/%2e%2e/p", either, "/./p", either, "/a//p", either, "/a/..;/p", either, "/a/.%00./p", either,
		"/p HTTP/1.1\r\nX-A: b\r\nX-B:", either)
	for _, n := range []int{4_000, 9_000, 30_000} {
		all = append(all, entry{name: "target of " + sizeName(n), rfc: "§3", must: either, raw: raw("/" + strings.Repeat("a", n))})
	}
	return append(all,
		entry{name: "OPTIONS *", rfc: "§3.2.4", must: either, raw: "OPTIONS * HTTP/1.1\r\n" + hostLine + "\r\n"},
		entry{name: "CONNECT authority", rfc: "§3.2.3", must: either, raw: "CONNECT a.example:80 HTTP/1.1\r\n" + hostLine + "\r\n"},
		entry{name: "CONNECT with a body", rfc: "§3.2.3", must: either, raw: "CONNECT a.example:80 HTTP/1.1\r\n" + hostLine + "Content-Length: 39\r\n\r\n" + smuggled},
		entry{name: "CONNECT with a path", rfc: "§3.2.3", must: either, raw: "CONNECT /p HTTP/1.1\r\n" + hostLine + "\r\n"},
		entry{name: "TRACE with a body", rfc: "RFC 9110 §9.3.8", must: either, raw: "TRACE /p HTTP/1.1\r\n" + hostLine + "Content-Length: 39\r\n\r\n" + smuggled},
		entry{name: "unknown method with a body", rfc: sumRFC, must: either, raw: "PROPFIND /p HTTP/1.1\r\n" + hostLine + "Content-Length: 39\r\n\r\n" + smuggled},
		entry{name: "unknown method with chunks", rfc: sumRFC, must: either, raw: "PROPFIND /p HTTP/1.1\r\n" + hostLine + chunked + "\r\n" + hello + smuggled},
		entry{name: "another site with a body", rfc: sumRFC, must: either, raw: "POST /p HTTP/1.1\r\nHost: c.example\r\nContent-Length: 39\r\n\r\n" + smuggled},
	)
}

func versionCases() []entry {
	raw := func(v string) string { return "GET /p" + v + "\r\n" + hostLine + "\r\n" }
	return append(values(named("version"), "§2.3", raw,
		" HTTP/1.1", accept, " HTTP/1.0", accept, " HTTP/1.2", either, " HTTP/1.9", either, " HTTP/2.0", reject, " HTTP/2", reject, " HTTP/3.0", reject, " HTTP/0.9", reject, " HTTP/9.9", reject,
		" http/1.1", reject, " Http/1.1", reject, " HTTP/1.1x", reject, " HTTP/1.1 x", reject, " xHTTP/1.1", reject, " HTTP/1.", reject, " HTTP/1", reject, " HTTP/.1", reject, " HTTP/", reject, " HTTP", reject,
		" HTTP/11", reject, " HTTP/1.10", reject, " HTTP/1.01", reject, " HTTP/01.1", reject, " HTTP/10.1", reject, " HTTP/1,1", reject, " HTTP/1.1.1", reject, " HTTP/-1.1", reject, " HTTP/+1.1", reject, " HTTP/1.-1", reject,
		" HTTP /1.1", reject, " HTTP/ 1.1", reject, " HTTP/1 .1", reject, " HTTP\\1.1", reject, " ICY/1.1", reject, " HTTPS/1.1", reject, " HTTP/1.\xd9\xa1", reject, " HTTP/1.1\x00", reject, " HTTP/1.1\x01", reject,
		" HTTP/1.1 ", strict, " HTTP/1.1\t", strict, "  HTTP/1.1", strict, "\tHTTP/1.1", strict, " \tHTTP/1.1", strict, "\vHTTP/1.1", reject, "\xa0HTTP/1.1", reject, " HTTP/1.1 HTTP/1.1", reject),
		entry{name: "two blanks behind the method", rfc: "§3", must: strict, raw: "GET  /p HTTP/1.1\r\n" + hostLine + "\r\n"},
		entry{name: "tab behind the method", rfc: "§3", must: strict, raw: "GET\t/p HTTP/1.1\r\n" + hostLine + "\r\n"},
		entry{name: "no version, one line", rfc: "§2.3", must: either, raw: "GET /p\r\n", alone: true},
		entry{name: "no version, and a head", rfc: "§2.3", must: strict, raw: "GET /p\r\n" + hostLine + "\r\n"},
		entry{name: "no version, a blank", rfc: "§2.3", must: strict, raw: "GET /p \r\n" + hostLine + "\r\n"},
		entry{name: "method alone", rfc: "§3", must: reject, raw: "GET\r\n" + hostLine + "\r\n"},
		entry{name: "HTTP/1.0, kept alive", rfc: "§9.3", must: accept, raw: "GET /p HTTP/1.0\r\n" + hostLine + "Connection: keep-alive\r\n\r\n"},
		entry{name: "HTTP/1.0, body without a length", rfc: sumRFC, must: accept, raw: "POST /p HTTP/1.0\r\n" + hostLine + "Connection: keep-alive\r\n\r\n" + smuggled},
		entry{name: "HTTP/2 preface", rfc: "RFC 9113 §3.4", must: either, raw: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", alone: true},
		entry{name: "half a preface and a request", rfc: "RFC 9113 §3.4", must: reject, raw: "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + smuggled},
		entry{name: "preface behind a request", rfc: "RFC 9113 §3.4", must: reject, at: 1, raw: get("") + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
	)
}

func sizeName(n int) string { return string(rune('0'+n/10_000)) + string(rune('0'+n/1000%10)) + " KB" }
