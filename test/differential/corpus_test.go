package differential_test

import (
	"fmt"
	"strings"
	"testing"
)

// entry is one case of the corpus of requests. Every raw is followed by a request for
// /next when it is sent, unless it is alone.
type entry struct {
	family, name string
	rfc          string // the paragraph that decides; of RFC 9112 where no RFC is named
	must         must
	raw          string
	alone        bool
	gap          bool // an empty line stands before the next message, which a server may refuse
	at           int  // which of its messages must is about
}

// must is what a server has to do with a message.
type must uint8

const (
	// either: the RFC allows both, and so do we.
	either must = iota
	accept
	// reject: the message is invalid, and a server that forwards it helps whoever
	// smuggles.
	reject
	// strict: the RFC lets a recipient be lenient, and our edges may not be: a
	// leniency is a second reading of the same bytes.
	strict
)

func (m must) String() string { return [...]string{"either", "accept", "refuse", "strict"}[m] }

const (
	site     = "a.example"
	hostLine = "Host: a.example\r\n"
	next     = "GET /next HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
	smuggled = "GET /smug HTTP/1.1\r\nHost: a.example\r\n\r\n"
	chunked  = "Transfer-Encoding: chunked\r\n"
	hello    = "5\r\nhello\r\n0\r\n\r\n"
)

func get(fields string) string { return "GET /p HTTP/1.1\r\n" + hostLine + fields + "\r\n" }

func post(fields, body string) string {
	return "POST /p HTTP/1.1\r\n" + hostLine + fields + "\r\n" + body
}

// requests is the corpus, family by family.
func requests() []entry {
	var all []entry
	for _, f := range []struct {
		name string
		make func() []entry
	}{
		{"length", lengthCases}, {"two lengths", twoLengthCases}, {"coding", codingCases}, {"two codings", twoCodingCases}, {"length and coding", bothCases},
		{"near names", nearNameCases}, {"chunk sizes", chunkSizeCases}, {"chunks", chunkCases}, {"trailers", trailerCases},
		{"lines", lineCases}, {"methods", methodCases}, {"targets", targetCases}, {"versions", versionCases},
		{"names", nameCases}, {"values", valueCases}, {"host", hostCases}, {"absolute form", absoluteCases},
		{"connection", connectionCases}, {"expect", expectCases}, {"upgrade", upgradeCases}, {"limits", limitCases}, {"pipelines", pipelineCases},
	} {
		for _, e := range f.make() {
			e.family = f.name
			all = append(all, e)
		}
	}
	return all
}

func TestCorpusNames(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range requests() {
		id := e.family + ": " + e.name
		if seen[id] || e.name == "" || e.rfc == "" || strings.ContainsAny(e.name, "\r\n\t") {
			t.Errorf("%q: names are unique, on one line, and every case names its paragraph", id)
		}
		seen[id] = true
	}
	if len(smuggled) != 39 || len(poison) != 62 {
		t.Error("the cases announce 39 bytes, hexadecimal 27, for a request in a body, and 62 for an answer")
	}
	if len(seen) < 300 {
		t.Errorf("%d cases: the corpus has shrunk", len(seen))
	}
	for _, a := range answers() {
		id := "answer " + a.family + ": " + a.name
		if seen[id] || a.name == "" || a.rfc == "" || strings.ContainsAny(a.name, "\r\n\t") {
			t.Errorf("%q: names are unique, on one line, and every case names its paragraph", id)
		}
		seen[id] = true
	}
}

// values makes one case of each value: text, and what must become of it.
func values(name func(string) string, rfc string, raw func(value string) string, all ...any) []entry {
	var out []entry
	for i := 0; i < len(all); i += 2 {
		v := all[i].(string)
		out = append(out, entry{name: name(quoted(v)), rfc: rfc, must: all[i+1].(must), raw: raw(v)})
	}
	return out
}

// quoted shortens what is long, of which only the size matters.
func quoted(v string) string {
	if len(v) > 100 {
		return fmt.Sprintf("%+q… of %d bytes", v[:20], len(v))
	}
	return fmt.Sprintf("%+q", v)
}

func named(prefix string) func(string) string {
	return func(v string) string { return prefix + " " + v }
}
