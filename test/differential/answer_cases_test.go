package differential_test

import "strings"

// answer is one case of the corpus of answers: what a bad backend says to GET /p. The
// caller then asks for /next, which a good backend answers. An answer to it that the
// first backend made up is poison.
type answer struct {
	family, name string
	rfc          string
	must         must
	method       string // GET unless named
	raw          string
	closes       bool // the backend ends the connection behind it
	want         string
	varies       bool // haproxy does this or that, depending on how the bytes come in
}

// poison is a whole answer behind the one that was asked for.
const poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Answer: poison\r\n\r\npoison"

func ok(fields, body string) string { return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body }

// answers is the corpus, family by family.
func answers() []answer {
	var all []answer
	for _, f := range []struct {
		name string
		make func() []answer
	}{
		{"answer: good", goodAnswers}, {"answer: length", answerLengths}, {"answer: coding", answerCodings}, {"answer: chunks", answerChunks},
		{"answer: status line", answerLines}, {"answer: fields", answerFields}, {"answer: no body", bodilessAnswers}, {"answer: informational", informational}, {"answer: early end", earlyEnds},
	} {
		for _, a := range f.make() {
			a.family = f.name
			if a.method == "" {
				a.method = "GET"
			}
			all = append(all, a)
		}
	}
	return all
}

func goodAnswers() []answer {
	return []answer{
		{name: "length", rfc: sumRFC, must: accept, raw: ok("Content-Length: 5\r\n", "hello"), want: "hello"},
		{name: "chunks", rfc: sumRFC, must: accept, raw: ok(chunked, hello), want: "hello"},
		{name: "until the end", rfc: sumRFC, must: accept, raw: ok("", "hello"), closes: true, want: "hello"},
		{name: "empty", rfc: sumRFC, must: accept, raw: ok("Content-Length: 0\r\n", "")},
		{name: "chunks with a trailer", rfc: "§7.1.2", must: accept, raw: ok(chunked, "5\r\nhello\r\n0\r\nX-T: v\r\n\r\n"), want: "hello"},
		{name: "HTTP/1.0 until the end", rfc: sumRFC, must: accept, raw: "HTTP/1.0 200 OK\r\n\r\nhello", closes: true, want: "hello"},
		{name: "HEAD", rfc: sumRFC, must: accept, method: "HEAD", raw: ok("Content-Length: 5\r\n", "")},
		{name: "HEAD of chunks", rfc: sumRFC, must: accept, method: "HEAD", raw: ok(chunked, "")},
		{name: "and close", rfc: "§9.6", must: accept, raw: ok("Content-Length: 5\r\nConnection: close\r\n", "hello"), want: "hello"},
		{name: "poison behind a length", rfc: "§9.2", must: accept, raw: ok("Content-Length: 5\r\n", "hello"+poison), want: "hello"},
		{name: "poison behind chunks", rfc: "§9.2", must: accept, raw: ok(chunked, hello+poison), want: "hello"},
		{name: "octet behind a length", rfc: "§9.2", must: accept, raw: ok("Content-Length: 5\r\n", "hello!"), want: "hello"},
		{name: "empty line behind a length", rfc: "§9.2", must: accept, raw: ok("Content-Length: 5\r\n", "hello\r\n"), want: "hello"},
	}
}

func answerLengths() []answer {
	var all []answer
	for _, v := range []struct {
		text string
		must must
	}{
		{"+5", reject}, {"-5", reject}, {"-1", reject}, {"5x", reject}, {"0x5", reject}, {"5 5", reject}, {"", reject}, {"5, 5", strict}, {"5,5", strict}, {"5, 6", reject}, {"5,", strict}, {"\v5", reject}, {"5\x00", reject}, {"5.0", reject},
		{"18446744073709551621", reject}, {"9223372036854775808", reject}, {strings.Repeat("9", 40), reject}, {"05", accept}, {"5\t", accept},
	} {
		all = append(all, answer{name: "length " + quoted(v.text), rfc: lengthRFC, must: v.must, raw: ok("Content-Length: "+v.text+"\r\n", "hello"), closes: true, want: "hello"})
	}
	for _, p := range [][2]string{{"5", "6"}, {"6", "5"}, {"5", "0"}, {"0", "5"}, {"5", "+5"}, {"5", ""}, {"", "5"}, {"5", "x"}, {"5", "67"}} {
		all = append(all, answer{name: "lengths " + quoted(p[0]) + " and " + quoted(p[1]), rfc: sumRFC, must: reject, raw: ok("Content-Length: "+p[0]+"\r\ncontent-length: "+p[1]+"\r\n", "hello"+poison)})
	}
	return append(all,
		answer{name: "the same twice", rfc: sumRFC, must: strict, raw: ok("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), want: "hello"},
		answer{name: "blank before the colon", rfc: "§5.1", must: strict, raw: ok("Content-Length : 5\r\n", "hello"+poison), closes: true, want: "hello"},
		answer{name: "folded", rfc: "§5.2", must: strict, raw: ok("Content-Length:\r\n 5\r\n", "hello"+poison), closes: true, want: "hello"},
		answer{name: "bare LF before", rfc: "§2.2", must: strict, raw: ok("X-A: b\nContent-Length: 5\r\n", "hello"+poison), closes: true, want: "hello"},
		answer{name: "bare CR before", rfc: "§2.2", must: strict, raw: ok("X-A: b\rContent-Length: 5\r\n", "hello"+poison), closes: true, want: "hello"},
	)
}

func answerCodings() []answer {
	var all []answer
	for _, v := range []struct {
		text string
		must must
	}{
		{"Chunked", accept}, {" chunked\t", accept}, {"xchunked", strict}, {"identity", strict}, {"gzip, chunked", strict}, {"chunked, chunked", reject}, {"chunked, identity", strict}, {"chunked,", strict}, {"", strict}, {"\vchunked", reject}, {"chunked\x00", reject}, {"chunked;q=1", strict}, {"\"chunked\"", strict},
	} {
		all = append(all, answer{name: "coding " + quoted(v.text), rfc: codingRFC, must: v.must, raw: ok("Transfer-Encoding: "+v.text+"\r\n", hello+poison), closes: true, want: "hello"})
	}
	for _, length := range []string{"0", "5", "15", "500", "x"} {
		m := strict
		if length == "x" {
			m = reject
		}
		all = append(all,
			answer{name: "length " + length + " and coding", rfc: codingRFC, must: m, raw: ok("Content-Length: "+length+"\r\n"+chunked, hello+poison), want: "hello"},
			answer{name: "coding and length " + length, rfc: codingRFC, must: m, raw: ok(chunked+"Content-Length: "+length+"\r\n", hello+poison), want: "hello"})
	}
	return append(all,
		answer{name: "twice", rfc: codingRFC, must: reject, raw: ok(chunked+chunked, hello+poison), closes: true, want: "hello"},
		answer{name: "in HTTP/1.0", rfc: codingRFC, must: strict, raw: "HTTP/1.0 200 OK\r\n" + chunked + "\r\n" + hello, closes: true, want: "hello"},
		answer{name: "blank before the colon", rfc: "§5.1", must: strict, raw: ok("Content-Length: 5\r\nTransfer-Encoding : chunked\r\n", hello+poison), want: "hello"},
		answer{name: "folded", rfc: "§5.2", must: strict, raw: ok("Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n", hello+poison), want: "hello"},
	)
}

func answerChunks() []answer {
	var all []answer
	for _, v := range []struct {
		body string
		must must
	}{
		{"5;a=b\r\nhello\r\n0\r\n\r\n", accept}, {"05\r\nhello\r\n00\r\n\r\n", accept}, {"5\nhello\n0\n\n", strict}, {"5\r\nhello\n0\r\n\r\n", strict}, {"5\nhello\r\n0\r\n\r\n", strict}, {"0x5\r\nhello\r\n0\r\n\r\n", reject}, {"+5\r\nhello\r\n0\r\n\r\n", reject}, {"-5\r\nhello\r\n0\r\n\r\n", reject}, {" 5\r\nhello\r\n0\r\n\r\n", reject}, {"5 \r\nhello\r\n0\r\n\r\n", either},
		{"5\r\nhelloXX0\r\n\r\n", reject}, {"5\r\nhello0\r\n\r\n", reject}, {"5\r\nhello!\r\n0\r\n\r\n", reject}, {"\r\nhello\r\n0\r\n\r\n", reject}, {"5x\r\nhello\r\n0\r\n\r\n", reject}, {"10000000000000005\r\nhello\r\n0\r\n\r\n", reject}, {"fffffffffffffffb\r\nhello\r\n0\r\n\r\n", reject}, {"5;a\nhello\r\n0\r\n\r\n", strict}, {"5\r\r\nhello\r\n0\r\n\r\n", reject},
		{"5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n", either}, {"5\r\nhello\r\n0\r\nX T: v\r\n\r\n", either}, {"5\r\nhello\r\n0\r\nX-T: v\n\r\n", strict}, {"5\r\nhello\r\n0\r\n\n", strict}, {"5\r\nhello\r\n-0\r\n\r\n", reject}, {"5;" + strings.Repeat("x", 100_000) + "\r\nhello\r\n0\r\n\r\n", either}, {"5\r\nhello\r\n0\r\nX-T: " + strings.Repeat("x", 300_000) + "\r\n\r\n", either},
	} {
		all = append(all, answer{name: quoted(v.body), rfc: chunkRFC, must: v.must, raw: ok(chunked, v.body+poison), closes: true, want: "hello", varies: strings.Contains(v.body, "X T:")})
	}
	return all
}

func answerLines() []answer {
	var all []answer
	for _, v := range []struct {
		line string
		must must
	}{
		{"HTTP/1.1 200\r\n", either}, {"HTTP/1.1 200 \r\n", accept}, {"HTTP/1.1 200 OK fine\r\n", accept}, {"HTTP/1.1  200 OK\r\n", reject}, {"HTTP/1.1\t200 OK\r\n", reject}, {" HTTP/1.1 200 OK\r\n", reject}, {"HTTP/1.1 200 OK\n", either}, {"HTTP/1.1 200 OK\r\r\n", either}, {"HTTP/1.1 20 OK\r\n", reject}, {"HTTP/1.1 2000 OK\r\n", reject}, {"HTTP/1.1 2x0 OK\r\n", reject}, {"HTTP/1.1 OK\r\n", reject}, {"HTTP/1.1 +20 OK\r\n", reject}, {"HTTP/1.1 -20 OK\r\n", reject}, {"HTTP/1.1 0200 OK\r\n", reject}, {"HTTP/1.1 000 OK\r\n", either}, {"HTTP/1.1 099 OK\r\n", either}, {"HTTP/1.1 999 OK\r\n", either}, {"HTTP/1.1 600 OK\r\n", either},
		{"HTTP/1.0 200 OK\r\n", accept}, {"HTTP/1.2 200 OK\r\n", either}, {"HTTP/2.0 200 OK\r\n", reject}, {"HTTP/2 200 OK\r\n", reject}, {"HTTP/0.9 200 OK\r\n", either}, {"http/1.1 200 OK\r\n", reject}, {"HTTP/1.1x 200 OK\r\n", reject}, {"HTTP/11 200 OK\r\n", reject}, {"HTTP/1 200 OK\r\n", reject}, {"ICY 200 OK\r\n", reject}, {"HTTP/1.1 200 O\x00K\r\n", reject}, {"HTTP/1.1 200 O\x01K\r\n", either}, {"HTTP/1.1 200 O\rK\r\n", either}, {"HTTP/1.1 200 \xe9\r\n", either}, {"\r\nHTTP/1.1 200 OK\r\n", either}, {"hello\r\n", reject}, {"\x00\r\n", reject}, {"SSH-2.0-x\r\n", reject}, {"HTTP/1.1 200OK\r\n", reject}, {"HTTP/1.1200 OK\r\n", reject},
	} {
		all = append(all, answer{name: quoted(v.line), rfc: "§4", must: v.must, raw: v.line + "Content-Length: 5\r\n\r\nhello", closes: true, want: "hello"})
	}
	return append(all, answer{name: "no head, HTTP/0.9", rfc: "§4", must: reject, raw: "hello", closes: true, want: "hello"},
		answer{name: "nothing", rfc: "§4", must: reject, raw: "", closes: true})
}

func answerFields() []answer {
	var all []answer
	// A recipient may be lenient with them (§5.1 has a proxy remove blanks before a
	// colon), and none moves the end of the message.
	for _, v := range []struct {
		line string
		must must
	}{
		{"X-A: b\n", either}, {"X-A : b\r\n", either}, {" X-A: b\r\n", either}, {"X-A: b\r\n c\r\n", either}, {": b\r\n", either}, {"X A: b\r\n", either}, {"XYZ\r\n", either}, {"X-A: \x00\r\n", reject}, {"X-A: \x01\r\n", either}, {"X-A: b\rX-B: c\r\n", either}, {"X\x00A: b\r\n", either}, {"X(A: b\r\n", either}, {"X-\xc3\xa9: b\r\n", either}, {"X-A: \xe9\r\n", either}, {"X-A:b\r\n", accept}, {"X-A:\r\n", accept}, {"Connection: Content-Length\r\n", either}, {"Connection: close, X-A\r\n", accept}, {"Upgrade: h2c\r\nConnection: Upgrade\r\n", either}, {"Trailer: Content-Length\r\n", either},
		{"X-A: " + strings.Repeat("b", 100_000) + "\r\n", either}, {"X-A: " + strings.Repeat("b", 3_000_000) + "\r\n", either}, {strings.Repeat("X-A: b\r\n", 5000), either}, {"X-Answer: poison\r\n\x20\r\n", either},
	} {
		all = append(all, answer{name: quoted(v.line), rfc: "§5", must: v.must, raw: ok(v.line+"Content-Length: 5\r\n", "hello"), closes: true, want: "hello"})
	}
	return all
}

// bodilessAnswers have a body where none may be: whoever leaves it in the connection
// hands it to the next caller.
func bodilessAnswers() []answer {
	return []answer{
		{name: "204 with a length and poison", rfc: sumRFC, must: either, raw: "HTTP/1.1 204 No Content\r\nContent-Length: 62\r\n\r\n" + poison},
		{name: "204 with chunks", rfc: sumRFC, must: either, raw: "HTTP/1.1 204 No Content\r\n" + chunked + "\r\n" + hello},
		{name: "204 with poison", rfc: sumRFC, must: either, raw: "HTTP/1.1 204 No Content\r\n\r\n" + poison},
		{name: "204", rfc: sumRFC, must: accept, raw: "HTTP/1.1 204 No Content\r\n\r\n"},
		{name: "304 with a length", rfc: sumRFC, must: accept, raw: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"},
		{name: "304 with poison", rfc: sumRFC, must: either, raw: "HTTP/1.1 304 Not Modified\r\nContent-Length: 62\r\n\r\n" + poison},
		{name: "304 with chunks", rfc: sumRFC, must: either, raw: "HTTP/1.1 304 Not Modified\r\n" + chunked + "\r\n" + hello + poison},
		{name: "HEAD with a body", rfc: sumRFC, must: either, method: "HEAD", raw: ok("Content-Length: 5\r\n", "hello")},
		{name: "HEAD with poison", rfc: sumRFC, must: either, method: "HEAD", raw: ok("Content-Length: 62\r\n", poison)},
		{name: "HEAD with chunks and poison", rfc: sumRFC, must: either, method: "HEAD", raw: ok(chunked, hello+poison)},
		{name: "HEAD with two lengths", rfc: sumRFC, must: reject, method: "HEAD", raw: ok("Content-Length: 5\r\nContent-Length: 6\r\n", "")},
		{name: "205 with a body", rfc: "RFC 9110 §15.3.6", must: either, raw: "HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nhello", want: "hello"},
	}
}

func informational() []answer {
	early := func(n int) string {
		return strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </s>; rel=preload\r\n\r\n", n)
	}
	last := ok("Content-Length: 5\r\n", "hello")
	return []answer{
		{name: "100 first", rfc: "RFC 9110 §15.2", must: accept, raw: "HTTP/1.1 100 Continue\r\n\r\n" + last, want: "hello"},
		{name: "102 first", rfc: "RFC 9110 §15.2", must: accept, raw: "HTTP/1.1 102 Processing\r\n\r\n" + last, want: "hello"},
		{name: "103 first", rfc: "RFC 9110 §15.2", must: accept, raw: early(1) + last, want: "hello"},
		{name: "three of 103", rfc: "RFC 9110 §15.2", must: accept, raw: early(3) + last, want: "hello"},
		{name: "2000 of 103", rfc: "RFC 9110 §15.2", must: either, raw: early(2000) + last, closes: true, want: "hello"},
		{name: "103 with a length", rfc: sumRFC, must: either, raw: "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n" + last, want: "hello"},
		{name: "103 with chunks", rfc: sumRFC, must: either, raw: "HTTP/1.1 103 Early Hints\r\n" + chunked + "\r\n" + last, want: "hello"},
		{name: "199 first", rfc: "RFC 9110 §15.2", must: either, raw: "HTTP/1.1 199 x\r\n\r\n" + last, want: "hello"},
		{name: "101 that nobody asked for", rfc: "RFC 9110 §15.2.2", must: reject, raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + last, closes: true, want: "hello"},
		{name: "100 alone", rfc: "RFC 9110 §15.2", must: reject, raw: "HTTP/1.1 100 Continue\r\n\r\n", closes: true},
		{name: "100 with a bare LF", rfc: "§2.2", must: either, raw: "HTTP/1.1 100 Continue\n\n" + last, want: "hello"},
		{name: "two lengths behind 100", rfc: sumRFC, must: reject, raw: "HTTP/1.1 100 Continue\r\n\r\n" + ok("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"+poison)},
	}
}

func earlyEnds() []answer {
	return []answer{
		{name: "within the status line", rfc: "§8", must: reject, raw: "HTTP/1.1 20", closes: true},
		{name: "within the head", rfc: "§8", must: reject, raw: "HTTP/1.1 200 OK\r\nContent-Le", closes: true},
		{name: "before the empty line", rfc: "§8", must: reject, raw: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", closes: true},
		{name: "before the body", rfc: "§8", must: reject, raw: ok("Content-Length: 5\r\n", ""), closes: true},
		{name: "within the body", rfc: "§8", must: reject, raw: ok("Content-Length: 5\r\n", "hel"), closes: true},
		{name: "within a chunk", rfc: "§8", must: reject, raw: ok(chunked, "5\r\nhel"), closes: true},
		{name: "behind a chunk", rfc: "§8", must: reject, raw: ok(chunked, "5\r\nhello\r\n"), closes: true},
		{name: "behind the last size", rfc: "§8", must: reject, raw: ok(chunked, "5\r\nhello\r\n0\r\n"), closes: true},
		{name: "within a trailer", rfc: "§8", must: reject, raw: ok(chunked, "5\r\nhello\r\n0\r\nX-T: v"), closes: true},
	}
}
