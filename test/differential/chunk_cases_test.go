package differential_test

import "strings"

const chunkRFC = "§7.1"

// chunkSizeCases vary the line before a chunk of five bytes. A request follows the
// body, for whoever ends it too soon.
func chunkSizeCases() []entry {
	raw := func(line string) string { return post(chunked, line+"hello\r\n0\r\n\r\n"+smuggled) }
	all := values(named("size line"), chunkRFC, raw,
		"5\r\n", accept, "05\r\n", accept, "0000000005\r\n", either, strings.Repeat("0", 15)+"5\r\n", either, strings.Repeat("0", 40)+"5\r\n", either,
		"0x5\r\n", reject, "0X5\r\n", reject, "x5\r\n", reject, "5x\r\n", reject, "5h\r\n", reject, "+5\r\n", reject, "-5\r\n", reject, "-1\r\n", reject, "5.0\r\n", reject, "5_\r\n", reject, "0_5\r\n", reject,
		" 5\r\n", reject, "\t5\r\n", reject, "5 \r\n", strict, "5\t\r\n", strict, "5 5\r\n", reject, "5\v\r\n", reject, "5\x00\r\n", reject, "\x005\r\n", reject, "5\xa0\r\n", reject,
		"\r\n", reject, " \r\n", reject, "\r\n5\r\n", reject, "g\r\n", reject, "\xef\xbc\x95\r\n", reject, "5,5\r\n", reject, "\"5\"\r\n", reject, "5:\r\n", reject, "5=\r\n", reject, "5#\r\n", reject,
		"5\n", strict, "5\r", reject, "5\r\r\n", reject, "5\n\r\n", reject, "5\n\r", reject, "5", reject, "\n5\r\n", reject,
		"10000000000000005\r\n", reject, "100000000000000000000000000000005\r\n", reject, "fffffffffffffffb\r\n", reject, "8000000000000005\r\n", reject, "7fffffffffffffff\r\n", reject,
		"ffffffff00000005\r\n", reject, "100000005\r\n", either)
	ext := func(line string) string { return post(chunked, line+"hello\r\n0\r\n\r\n"+smuggled) }
	return append(all, values(named("extension"), "§7.1.1", ext,
		"5;a\r\n", accept, "5;a=b\r\n", accept, "5; a=b\r\n", accept, "5 ;a=b\r\n", either, "5\t;a=b\r\n", either, "5;a = b\r\n", either, "5;a=\"b\"\r\n", accept, "5;a=\"b;c\"\r\n", accept, "5;a;b;c=d\r\n", accept,
		"5;\r\n", either, "5;;\r\n", either, "5;=\r\n", either, "5;a=\"\r\n", either, "5;a=\"\n\"\r\n", strict, "5;a\n", strict, "5;\n", strict, "5;a\nx\r\n", strict, "5;a\rx\r\n", strict, "5;a\r", reject,
		"5;a\x00\r\n", either, "5;a\x01\r\n", either, "5;a\xff\r\n", either, "5 x\r\n", reject, "5 a=b\r\n", reject, "5;"+strings.Repeat("a", 5000)+"\r\n", either, "5;"+strings.Repeat("a", 100_000)+"\r\n", either)...)
}

func chunkCases() []entry {
	body := func(name, rfc string, m must, s string) entry {
		return entry{name: name, rfc: rfc, must: m, raw: post(chunked, s+smuggled)}
	}
	many := strings.Repeat("1\r\na\r\n", 3000) + "0\r\n\r\n"
	return []entry{
		body("one chunk", chunkRFC, accept, hello),
		body("no chunk", chunkRFC, accept, "0\r\n\r\n"),
		body("two chunks", chunkRFC, accept, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
		body("3000 chunks", chunkRFC, accept, many),
		body("digits in both cases", chunkRFC, accept, "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
		body("a request in a chunk", chunkRFC, accept, "27\r\n"+smuggled+"\r\n0\r\n\r\n"),
		body("an end of chunks in a chunk", chunkRFC, accept, "5\r\n0\r\n\r\n\r\n0\r\n\r\n"),
		body("last chunk of two zeros", chunkRFC, accept, "5\r\nhello\r\n00\r\n\r\n"),
		body("last chunk of many zeros", chunkRFC, either, "5\r\nhello\r\n"+strings.Repeat("0", 40)+"\r\n\r\n"),
		body("last chunk with extension", "§7.1.1", accept, "5\r\nhello\r\n0;a=b\r\n\r\n"),
		body("extension of 4 KB on each", "§7.1.1", either, strings.Repeat("1;"+strings.Repeat("x", 4000)+"\r\na\r\n", 6)+"0\r\n\r\n"),
		body("LF behind the data", chunkRFC, strict, "5\r\nhello\n0\r\n\r\n"),
		body("CR behind the data", chunkRFC, reject, "5\r\nhello\r0\r\n\r\n"),
		body("nothing behind the data", chunkRFC, reject, "5\r\nhello0\r\n\r\n"),
		body("two bytes behind the data", chunkRFC, reject, "5\r\nhelloXX0\r\n\r\n"),
		body("more data than size", chunkRFC, reject, "5\r\nhello!\r\n0\r\n\r\n"),
		body("one more byte and LF", chunkRFC, reject, "5\r\nhelloX\n0\r\n\r\n"),
		body("LF CR behind the data", chunkRFC, reject, "5\r\nhello\n\r0\r\n\r\n"),
		body("two CRLF behind the data", chunkRFC, reject, "5\r\nhello\r\n\r\n0\r\n\r\n"),
		body("less data than size", chunkRFC, strict, "6\r\nhello\r\n0\r\n\r\n"),
		body("blank behind the data", chunkRFC, reject, "5\r\nhello \r\n0\r\n\r\n"),
		body("LF only", chunkRFC, strict, "5\nhello\n0\n\n"),
		body("last chunk ends in LF", chunkRFC, strict, "5\r\nhello\r\n0\n\r\n"),
		body("body ends in LF", chunkRFC, strict, "5\r\nhello\r\n0\r\n\n"),
		body("body ends in LF LF", chunkRFC, strict, "5\r\nhello\r\n0\n\n"),
		body("body ends in CR", chunkRFC, reject, "5\r\nhello\r\n0\r\n\r"),
		body("body ends in CR CR LF", chunkRFC, reject, "5\r\nhello\r\n0\r\n\r\r\n"),
		body("last chunk of a minus", chunkRFC, reject, "5\r\nhello\r\n-0\r\n\r\n"),
		body("last chunk of a plus", chunkRFC, reject, "5\r\nhello\r\n+0\r\n\r\n"),
		body("last chunk 0x0", chunkRFC, reject, "5\r\nhello\r\n0x0\r\n\r\n"),
		body("last chunk with blank before", chunkRFC, reject, "5\r\nhello\r\n 0\r\n\r\n"),
		body("last chunk with blank behind", chunkRFC, strict, "5\r\nhello\r\n0 \r\n\r\n"),
		body("last chunk is empty", chunkRFC, reject, "5\r\nhello\r\n\r\n\r\n"),
		body("empty line first", chunkRFC, reject, "\r\n5\r\nhello\r\n0\r\n\r\n"),
		body("no chunks, a plain body", chunkRFC, reject, "hello"),
		{name: "ends within a size", rfc: "§8", must: reject, raw: post(chunked, "5"), alone: true},
		{name: "ends within a chunk", rfc: "§8", must: reject, raw: post(chunked, "5\r\nhel"), alone: true},
		{name: "ends behind a chunk", rfc: "§8", must: reject, raw: post(chunked, "5\r\nhello\r\n"), alone: true},
		{name: "ends behind the last size", rfc: "§8", must: reject, raw: post(chunked, "5\r\nhello\r\n0\r\n"), alone: true},
		{name: "ends within the last CRLF", rfc: "§8", must: reject, raw: post(chunked, "5\r\nhello\r\n0\r\n\r"), alone: true},
		{name: "ends within a trailer", rfc: "§8", must: reject, raw: post(chunked, "5\r\nhello\r\n0\r\nX-T: v\r\n"), alone: true},
	}
}

// trailerCases put fields behind a body. A server that takes one of them for its own
// ends this message, or frames the next, by what a caller wrote behind its back.
func trailerCases() []entry {
	raw := func(v string) string { return post(chunked, "5\r\nhello\r\n0\r\n"+v+"\r\n"+smuggled) }
	return values(named("trailer"), "§7.1.2", raw,
		"X-T: v\r\n", accept, "X-T: v\r\nX-U: w\r\n", accept, "X-T:\r\n", accept, "Content-Length: 99\r\n", either, "Content-Length: 0\r\n", either, "Transfer-Encoding: chunked\r\n", either, "Transfer-Encoding: identity\r\n", either,
		"Host: b.example\r\n", either, "Authorization: x\r\n", either, "Connection: close\r\n", either, "Trailer: X\r\n", either, "Expect: 100-continue\r\n", either,
		"X-T: v\n", strict, "X-T : v\r\n", reject, " X-T: v\r\n", reject, "X-T: v\r\n folded\r\n", strict, ": v\r\n", reject, "X-T\r\n", reject, "X T: v\r\n", reject, "X-T: v\rX-U: w\r\n", strict, "X-T: \x00\r\n", reject, "X-T: \x01\r\n", reject, "\x00\r\n", reject,
		"X-T: "+strings.Repeat("v", 8000)+"\r\n", either, "X-T: "+strings.Repeat("v", 300_000)+"\r\n", either, strings.Repeat("X-T: v\r\n", 3000), either)
}
