package http1_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// FuzzRequest: net/http reads whatever we accept, and finds the same requests with the
// same bodies and ends. What we refuse is free: we are stricter.
func FuzzRequest(f *testing.F) {
	for _, text := range append(texts(acceptedRequests), refusedTexts(refusedRequests)...) {
		f.Add(text + "GET /next HTTP/1.1\r\nHost: b\r\n\r\n")
	}
	f.Fuzz(sameRequests)
}

// FuzzBody is FuzzRequest behind a head that is right.
func FuzzBody(f *testing.F) {
	for _, text := range append(texts(acceptedChunks), refusedTexts(refusedChunks)...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, body string) { sameRequests(t, chunkedHead+body) })
}

// FuzzSplit: how the bytes are cut into pieces changes nothing.
func FuzzSplit(f *testing.F) {
	for _, text := range append(texts(acceptedRequests), refusedTexts(refusedRequests)...) {
		f.Add(text+text, []byte{1, 7, 30})
	}
	for _, text := range append(texts(acceptedChunks), refusedTexts(refusedChunks)...) {
		f.Add(chunkedHead+text, []byte{60, 1, 1})
	}
	f.Fuzz(func(t *testing.T, text string, cuts []byte) {
		whole := said(readRequests(sends(text)))
		var pieces []string
		for rest, i := text, 0; rest != ""; i++ {
			n := len(rest)
			if len(cuts) > 0 {
				n = min(n, 1+int(cuts[i%len(cuts)]))
			}
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		if split := said(readRequests(sends(pieces...))); split != whole {
			t.Errorf("in pieces of %v:\n%s\nwhole:\n%s", cuts, split, whole)
		}
	})
}

// oracle reads a message with net/http and knows how much it has used.
type oracle struct {
	*bufio.Reader
	text *strings.Reader
}

func newOracle(text string) *oracle {
	r := strings.NewReader(text)
	return &oracle{bufio.NewReaderSize(r, 64<<10), r}
}

func (o *oracle) rest() int { return o.Buffered() + o.text.Len() }

func sameRequests(t *testing.T, text string) {
	c := sends(text)
	ours, err := readRequests(c)
	o := newOracle(text)
	for i, r := range ours {
		if i > 0 {
			if p, _ := o.Peek(2); string(p) == "\r\n" {
				o.Discard(2) // net/http does so in its server and not in ReadRequest
			}
		}
		if r.More {
			// Refused by whoever counts fields (494): those beyond were not looked at, and
			// net/http may find fault with one. Nothing may be read behind it.
			if !r.Close || r.Length >= 0 || r.Chunked || i != len(ours)-1 {
				t.Errorf("request %d has more fields than were asked for, and not the last word: %+v", i, r)
			}
			return
		}
		end := o.rest()
		theirs, fault := http.ReadRequest(o.Reader)
		if aboutTarget(fault) {
			// What a target may be is not this package's to judge.
			text = strings.Replace(text[len(text)-end:], " "+r.Target+" ", " / ", 1)
			o = newOracle(text)
			theirs, fault = http.ReadRequest(o.Reader)
			r.Target = "/"
		}
		if fault != nil {
			t.Fatalf("request %d: we read %+v, net/http refuses: %v", i, r, fault)
		}
		body, fault := io.ReadAll(theirs.Body)
		if !r.ended {
			unended(t, r.body, err, string(body), fault)
			return
		}
		if fault != nil {
			t.Fatalf("request %d: we read a body of %d bytes, net/http says %v", i, len(r.body), fault)
		}
		if got, want := seen(r), seenBy(theirs, string(body)); got != want {
			t.Errorf("request %d: ours\n%s\nnet/http's\n%s", i, got, want)
		}
		if !r.Close && theirs.Close {
			t.Errorf("request %d: net/http closes the connection, we do not", i)
		}
		compareFields(t, r.fields, theirs.Header, "Host")
		if got, want := r.rest, o.rest(); got != want {
			t.Fatalf("request %d: we leave %d bytes, net/http %d", i, got, want)
		}
	}
}

// unended compares bodies that have no end for us.
func unended(t *testing.T, ours string, err error, theirs string, fault error) {
	t.Helper()
	if _, refused := err.(*http1.Refusal); !refused && fault == nil {
		t.Errorf("net/http reads a body of %d bytes to its end, we do not: %v", len(theirs), err)
	}
	if !strings.HasPrefix(theirs, ours) {
		t.Errorf("we read %q, net/http %q", ours, theirs)
	}
}

func aboutTarget(err error) bool {
	var u *url.Error
	return errors.As(err, &u) || err != nil && strings.Contains(err.Error(), "malformed HTTP request")
}

func seen(r request) string {
	return fmt.Sprintf("%s %s %s 1.%d %q", r.Method, r.Target, strings.ToLower(r.Host), r.Minor, r.body)
}

func seenBy(r *http.Request, body string) string {
	return fmt.Sprintf("%s %s %s 1.%d %q", r.Method, r.RequestURI, strings.ToLower(r.Host), r.ProtoMinor, body)
}

// compareFields compares all fields but those that net/http takes out or puts in.
func compareFields(t *testing.T, fields message.Fields, theirs http.Header, besides ...string) {
	t.Helper()
	ours := http.Header{}
	for _, f := range fields {
		name := textproto.CanonicalMIMEHeaderKey(f.Name)
		if name == "Content-Length" && ours[name] != nil {
			continue // the same one twice
		}
		ours[name] = append(ours[name], f.Value)
	}
	for _, name := range slices.Concat([]string{"Transfer-Encoding", "Trailer", "Cache-Control"}, besides) {
		delete(ours, name)
		delete(theirs, name)
	}
	if len(ours) > 0 && !reflect.DeepEqual(ours, theirs) || len(ours) == 0 && len(theirs) > 0 {
		t.Errorf("our fields\n%q\nnet/http's\n%q", ours, theirs)
	}
}

// FuzzResponse is FuzzRequest for responses to a method.
func FuzzResponse(f *testing.F) {
	for _, text := range append(texts(acceptedResponses), refusedTexts(refusedResponses)...) {
		f.Add(text, "GET")
		f.Add(text, "HEAD")
	}
	f.Fuzz(sameResponse)
}

func sameResponse(t *testing.T, text, method string) {
	c := sends(text)
	var h http1.Response
	fields, err := c.ReadResponse(&h, nil, method, mostFields, headLimit)
	if err != nil {
		return
	}
	fields = cloned(fields)
	var b http1.Body
	b.Response(c, &h)
	ours, err := io.ReadAll(&b)

	o := newOracle(text)
	var theirs *http.Response
	for theirs == nil || theirs.StatusCode < 200 && theirs.StatusCode != 101 {
		var fault error
		if theirs, fault = http.ReadResponse(o.Reader, &http.Request{Method: method}); fault != nil {
			t.Fatalf("we read %+v, net/http refuses: %v", h, fault)
		}
	}
	if theirs.StatusCode != h.Status || theirs.ProtoMinor != h.Minor {
		t.Fatalf("we read %+v, net/http %s", h, theirs.Status)
	}
	compareFields(t, fields, theirs.Header, "Connection")
	if h.Status == 101 {
		if left(c) != o.rest() {
			t.Errorf("we leave %d bytes, net/http %d", left(c), o.rest())
		}
		return // net/http takes what follows for the body
	}
	body, fault := io.ReadAll(theirs.Body)
	if err != nil {
		unended(t, string(ours), err, string(body), fault)
		return
	}
	if fault != nil {
		t.Fatalf("we read a body of %d bytes, net/http says %v", len(ours), fault)
	}
	if string(ours) != string(body) || left(c) != o.rest() {
		t.Errorf("we read %q and leave %d bytes, net/http %q and %d", ours, left(c), body, o.rest())
	}
	if !h.Close && theirs.Close {
		t.Error("net/http closes the connection, we do not")
	}
}
