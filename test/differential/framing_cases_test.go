package differential_test

import (
	"fmt"
	"strings"
)

const (
	lengthRFC = "RFC 9110 §8.6"
	codingRFC = "§6.1"
	sumRFC    = "§6.3"
)

func lengthCases() []entry {
	raw := func(v string) string { return post("Content-Length:"+v+"\r\n", "abcde") }
	all := values(named("length"), lengthRFC, raw,
		" 5", accept, "5", accept, "  5", accept, "\t5", accept, " 5 ", accept, " 5\t", accept, " 05", accept, " 000000005", accept,
		" "+strings.Repeat("0", 60)+"5", either,
		" +5", reject, " -5", reject, " +0", reject, " -0", reject, " 5.0", reject, " 5,0", reject, " 5x", reject, " x5", reject, " 0x5", reject,
		" 5h", reject, " 5e0", reject, " 0b101", reject, " 0o5", reject, " 0_5", reject, " 5l", reject, " NaN", reject, " Infinity", reject,
		" 5 5", reject, " 5\t5", reject, " 5;q=1", reject, ` "5"`, reject, " '5'", reject, " (5)", reject, " five", reject, " 5%", reject, " %35", reject,
		"", reject, " ", reject, "\t", reject, " \v5", reject, " 5\v", reject, " \f5", reject, " 5\x00", reject, " \x005", reject, " 5\x00x", reject,
		" 5\x85", reject, " \xa05", reject, " \xef\xbc\x95", reject, " 5\r", strict, " \r5", strict, " 5\x7f", reject, " 5\x1a", reject,
		" 5,5", strict, " 5, 5", strict, " 5 , 5", strict, " 5,", strict, " ,5", strict, " 5,6", reject, " 6,5", reject, " 5, +5", reject, " 5,x", reject,
		" 4294967301", either, " 9223372036854775807", either, " 9223372036854775808", reject, " 18446744073709551616", reject, " 18446744073709551621", reject,
		" 36893488147419103237", reject, " "+strings.Repeat("9", 40), reject, " "+strings.Repeat("9", 400), reject, " 13", either, " 12582913", either)
	for _, m := range []string{"GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH"} {
		all = append(all, entry{name: "body of " + m, rfc: sumRFC, must: accept, raw: m + " /p HTTP/1.1\r\n" + hostLine + "Content-Length: 5\r\n\r\nabcde"})
	}
	return append(all,
		entry{name: "no length, no body", rfc: sumRFC, must: accept, raw: post("", "")},
		entry{name: "no length, bytes behind", rfc: sumRFC, must: accept, raw: post("", smuggled)},
		entry{name: "length 0, bytes behind", rfc: sumRFC, must: accept, raw: post("Content-Length: 0\r\n", smuggled)},
		entry{name: "length of a request behind", rfc: sumRFC, must: accept, raw: post(fmt.Sprintf("Content-Length: %d\r\n", len(smuggled)), smuggled)},
		entry{name: "ends before its length", rfc: "§8", must: reject, raw: post("Content-Length: 9\r\n", "abcde"), alone: true},
		entry{name: "in HTTP/1.0", rfc: sumRFC, must: accept, raw: "POST /p HTTP/1.0\r\n" + hostLine + "Content-Length: 5\r\n\r\nabcde"},
	)
}

// twoLengthCases have two fields. The body is a request, so that a server which takes
// the other length shows it.
func twoLengthCases() []entry {
	n := fmt.Sprint(len(smuggled))
	long := fmt.Sprint(len(smuggled) + 3)
	pairs := [][2]string{
		{n, long}, {long, n}, {"0", n}, {n, "0"}, {"0", "1"}, {n, "+" + n}, {"+" + n, n}, {n, ""}, {"", n}, {n, n + "x"}, {"x" + n, n},
		{n, n + "," + long}, {n, "-1"}, {n, "0x" + n}, {n, "1844674407370955" + n}, {n, "\x00"},
	}
	var all []entry
	for _, p := range pairs {
		for _, between := range []string{"", "X-A: b\r\n"} {
			all = append(all, entry{name: quoted(p[0]) + " and " + quoted(p[1]) + apart(between), rfc: sumRFC, must: reject,
				raw: post("Content-Length: "+p[0]+"\r\n"+between+"content-length: "+p[1]+"\r\n", smuggled)})
		}
	}
	same := post("Content-Length: "+n+"\r\nContent-Length: "+n+"\r\n", smuggled)
	return append(all,
		entry{name: "the same twice", rfc: sumRFC, must: either, raw: same},
		entry{name: "the same three times", rfc: sumRFC, must: either, raw: post(strings.Repeat("Content-Length: "+n+"\r\n", 3), smuggled)},
		entry{name: "the same, one with a zero before", rfc: sumRFC, must: either, raw: post("Content-Length: "+n+"\r\nContent-Length: 0"+n+"\r\n", smuggled)},
		entry{name: "two equal and another", rfc: sumRFC, must: reject, raw: post("Content-Length: "+n+"\r\nContent-Length: "+n+"\r\nContent-Length: 0\r\n", smuggled)},
	)
}

func apart(between string) string {
	if between == "" {
		return ""
	}
	return ", apart"
}

func codingCases() []entry {
	raw := func(v string) string { return post("Transfer-Encoding:"+v+"\r\n", hello) }
	all := values(named("coding"), codingRFC, raw,
		" chunked", accept, "chunked", accept, " Chunked", accept, " CHUNKED", accept, " cHuNkEd", accept, "   chunked", accept, "\tchunked", accept,
		" chunked ", accept, " chunked\t", accept,
		" xchunked", reject, " chunkedx", reject, " chunked-x", reject, " x-chunked", reject, ` "chunked"`, reject, " 'chunked'", reject, " (chunked)", reject,
		" chunked;q=1", strict, " chunked; a=b", strict, " chunked;", strict, " chunked ;a", strict,
		" chunked,", strict, " ,chunked", strict, " , chunked ,", strict, " chunked, chunked", reject, " chunked,chunked", reject,
		" identity", reject, " chunked, identity", reject, " chunked,identity", reject, " identity, chunked", strict, " gzip, chunked", strict, " gzip,chunked", strict,
		" gzip", reject, " chunked, gzip", reject, " deflate, chunked", strict, " compress, gzip, chunked", strict, " x, chunked", strict, " chunked, x", reject,
		" \vchunked", reject, " chunked\v", reject, " \fchunked", reject, " \x00chunked", reject, " chunked\x00", reject, " chun\x00ked", reject,
		" chun ked", reject, " chunked chunked", reject, " chunked x", reject, " x chunked", reject, "", reject, " ", reject,
		" \xa0chunked", reject, " chunked\xa0", reject, " chun\xe2\x84\xaaed", reject, " chunked\r", strict, " \rchunked", strict, " @chunked", reject,
		" chunked/1", reject, " chunked=1", reject, " chunked\x7f", reject, " chunke", reject, " hunked", reject, " chunkedchunked", reject, " trailers", reject)
	for _, m := range []string{"GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH"} {
		all = append(all, entry{name: "chunks of " + m, rfc: sumRFC, must: accept, raw: m + " /p HTTP/1.1\r\n" + hostLine + chunked + "\r\n" + hello})
	}
	for _, connection := range []string{"", "Connection: keep-alive\r\n", "Connection: close\r\n"} {
		all = append(all, entry{name: "in HTTP/1.0 " + quoted(connection), rfc: codingRFC, must: strict,
			raw: "POST /p HTTP/1.0\r\n" + hostLine + connection + chunked + "\r\n0\r\n\r\n" + smuggled})
	}
	return append(all, entry{name: "TE is not Transfer-Encoding", rfc: "RFC 9110 §10.1.4", must: accept, raw: get("TE: chunked\r\n")})
}

func twoCodingCases() []entry {
	var all []entry
	for _, p := range []struct {
		first, second string
		must          must
	}{
		{"chunked", "chunked", reject}, {"chunked", "identity", reject}, {"identity", "chunked", strict}, {"chunked", "", strict}, {"", "chunked", strict},
		{"gzip", "chunked", strict}, {"chunked", "gzip", reject}, {"chunked", "x", reject}, {"x", "chunked", strict}, {"chunked", "xchunked", reject},
		{"xchunked", "chunked", strict}, {"chunked", "\x00", reject}, {"chunked", "chunked\x00", reject}, {"chunked", "\vchunked", reject},
	} {
		for _, between := range []string{"", "X-A: b\r\n"} {
			all = append(all, entry{name: quoted(p.first) + " and " + quoted(p.second) + apart(between), rfc: codingRFC, must: p.must,
				raw: post("Transfer-Encoding: "+p.first+"\r\n"+between+"transfer-encoding: "+p.second+"\r\n", "0\r\n\r\n"+smuggled)})
		}
	}
	return all
}

// bothCases cross lengths with codings in both orders. The two readings of the body
// differ by a request.
func bothCases() []entry {
	body := "0\r\n\r\n" + smuggled
	codings := []struct {
		text string
		must must
	}{
		{"chunked", strict}, {"Chunked", strict}, {" chunked\t", strict}, {"chunked,", strict}, {"gzip, chunked", strict}, {"xchunked", reject}, {"identity", reject},
		{"chunked, identity", reject}, {"", reject}, {"\vchunked", reject}, {"chunked\x00", reject},
	}
	var all []entry
	for _, length := range []string{"0", "5", fmt.Sprint(len(body)), "4x", ""} {
		for _, c := range codings {
			l, e := "Content-Length: "+length+"\r\n", "Transfer-Encoding: "+c.text+"\r\n"
			must := c.must
			if length == "4x" || length == "" {
				must = reject
			}
			all = append(all,
				entry{name: "length " + quoted(length) + ", coding " + quoted(c.text), rfc: codingRFC, must: must, raw: post(l+e, body)},
				entry{name: "coding " + quoted(c.text) + ", length " + quoted(length), rfc: codingRFC, must: must, raw: post(e+l, body)})
		}
	}
	return append(all,
		entry{name: "in HTTP/1.0", rfc: codingRFC, must: strict, raw: "POST /p HTTP/1.0\r\n" + hostLine + "Content-Length: 5\r\n" + chunked + "\r\n" + body},
		entry{name: "odd case of names", rfc: codingRFC, must: strict, raw: post("cOnTeNt-LeNgTh: 5\r\ntRaNsFeR-eNcOdInG: chunked\r\n", body)},
		entry{name: "apart", rfc: codingRFC, must: strict, raw: post("Content-Length: 5\r\nX-A: b\r\nX-C: d\r\n"+chunked, body)},
		entry{name: "of GET", rfc: codingRFC, must: strict, raw: get("Content-Length: 5\r\n"+chunked) + body},
	)
}

// nearNameCases are names that only a careless reader takes for those that frame. The
// body is a request behind an end of chunks: who believes the name swallows it.
func nearNameCases() []entry {
	var all []entry
	body := smuggled
	for _, n := range []struct {
		name string
		must must
	}{
		{"Content-Length ", reject}, {"Content-Length\t", reject}, {" Content-Length", strict}, {"\tContent-Length", strict}, {"Content-Length\x00", reject},
		{"\x00Content-Length", reject}, {"Content-Length\v", reject}, {"Content Length", reject}, {"Content\xe2\x80\x90Length", reject}, {"Content-Length\xa0", reject},
		{"Content_Length", either}, {"ContentLength", accept}, {"Content-Lengt", accept}, {"Content-Lengthh", accept}, {"X-Content-Length", accept}, {"Content--Length", accept},
		{"Content-Length\r", reject}, {"Content-Length;x", reject}, {"Content-Length,Content-Length", reject}, {"\"Content-Length\"", reject},
	} {
		all = append(all, entry{name: quoted(n.name), rfc: "§5.1", must: n.must, raw: post(n.name+": "+fmt.Sprint(len(body))+"\r\n", body)})
	}
	for _, n := range []struct {
		name string
		must must
	}{
		{"Transfer-Encoding ", reject}, {"Transfer-Encoding\t", reject}, {" Transfer-Encoding", strict}, {"\tTransfer-Encoding", strict}, {"Transfer-Encoding\x00", reject},
		{"\x00Transfer-Encoding", reject}, {"Transfer-Encoding\v", reject}, {"Transfer Encoding", reject}, {"Transfer\xe2\x80\x90Encoding", reject},
		{"Transfer_Encoding", either}, {"TransferEncoding", accept}, {"Transfer-Encodin", accept}, {"Transfer-Encodings", accept}, {"X-Transfer-Encoding", accept},
		{"Transfer-Encoding\r", reject}, {"X: y\rTransfer-Encoding", strict}, {"X: y\nTransfer-Encoding", strict},
	} {
		all = append(all,
			entry{name: quoted(n.name), rfc: "§5.1", must: n.must, raw: post(n.name+": chunked\r\n", body)},
			entry{name: quoted(n.name) + " beside a length", rfc: "§5.1", must: n.must, raw: post(fmt.Sprintf("Content-Length: %d\r\n", len(body))+n.name+": chunked\r\n", body)})
	}
	return all
}
