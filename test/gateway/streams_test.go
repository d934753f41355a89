package gateway_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// message is one of gRPC's: a flag, a length, the bytes.
func message(text string) string {
	return string(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(text)))) + text
}

// readMessage reads one.
func readMessage(r io.Reader) (string, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return "", err
	}
	text := make([]byte, binary.BigEndian.Uint32(head[1:]))
	_, err := io.ReadFull(r, text)
	return string(text), err
}

// talker is a gRPC service without its library: what is said comes back message by
// message, "fail" ends the call with status 5, the end of the request with 0. A
// call without messages is answered with a head alone.
func talker(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/grpc")
	if r.ProtoMajor != 2 || r.Header.Get("Te") != "trailers" || r.Header.Get("Content-Type") != "application/grpc" {
		http.Error(w, "this is no gRPC: "+r.Proto, http.StatusUnsupportedMediaType)
		return
	}
	rc := http.NewResponseController(w)
	for said := false; ; said = true {
		text, err := readMessage(r.Body)
		switch {
		case err == io.EOF && !said:
			w.Header().Set("Grpc-Status", "12")
			return
		case err == io.EOF:
			w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
			return
		case err != nil || text == "fail":
			w.Header().Set(http.TrailerPrefix+"Grpc-Status", "5")
			w.Header().Set(http.TrailerPrefix+"Grpc-Message", "not found")
			return
		}
		if text == "break" {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, message("you said "+text))
		rc.Flush()
	}
}

// TestGRPC: unary calls, conversations in both directions at once, statuses in
// trailers and in heads, broken calls; to a backend with and without TLS.
func TestGRPC(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("grpc")
	own.published(g, web("/h2c", speaking(t, false, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }, talker)))
	own.published(g, webTLS("/h2", speaking(t, true, func(p *http.Protocols) { p.SetHTTP2(true); p.SetHTTP1(true) }, talker)))
	old := echo(t)
	own.published(g, web("/old", old.address))
	grpc := func(path string, body io.Reader) *http.Response {
		t.Helper()
		r := g.request(h2, "POST "+path, header("Content-Type", "application/grpc"), header("Te", "trailers"))
		r.Body, r.ContentLength = io.NopCloser(body), -1
		response, err := p.callers[h2].Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		return response
	}
	for _, path := range []string{"/h2c", "/h2"} {
		unary := grpc(path, strings.NewReader(message("hello")))
		if text, err := readMessage(unary.Body); text != "you said hello" || err != nil || unary.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %q, %v, %d %v", path, text, err, unary.StatusCode, unary.Header)
		}
		if rest, err := io.ReadAll(unary.Body); len(rest) != 0 || err != nil || unary.Trailer.Get("Grpc-Status") != "0" {
			t.Errorf("%s: %q, %v, trailers %v", path, rest, err, unary.Trailer)
		}

		silent, say := io.Pipe()
		go io.WriteString(say, message("1"))
		talk := grpc(path, silent)
		for i := range 5 {
			if text, err := readMessage(talk.Body); text != fmt.Sprint("you said ", i+1) || err != nil {
				t.Fatalf("%s: %q, %v", path, text, err)
			}
			io.WriteString(say, message(fmt.Sprint(i+2))) // only now
		}
		readMessage(talk.Body)
		io.WriteString(say, message("fail"))
		if _, err := readMessage(talk.Body); err != io.EOF || talk.Trailer.Get("Grpc-Status") != "5" || talk.Trailer.Get("Grpc-Message") != "not found" {
			t.Errorf("%s: %v, trailers %v", path, err, talk.Trailer)
		}
		say.Close()

		bare := grpc(path, strings.NewReader(""))
		if rest, err := io.ReadAll(bare.Body); len(rest) != 0 || err != nil || bare.Header.Get("Grpc-Status") != "12" {
			t.Errorf("%s: %q, %v, %v", path, rest, err, bare.Header)
		}

		broken := grpc(path, strings.NewReader(message("1")+message("break")))
		readMessage(broken.Body)
		if rest, err := io.ReadAll(broken.Body); err == nil {
			t.Errorf("%s: a broken call looks whole: %q, trailers %v", path, rest, broken.Trailer)
		}
	}
	refused := grpc("/old", strings.NewReader(message("hello")))
	if body, err := io.ReadAll(refused.Body); refused.StatusCode != 502 || err != nil || !strings.Contains(string(body), "it does not speak HTTP/2, which gRPC needs") {
		t.Errorf("a backend without HTTP/2: %d %s, %v", refused.StatusCode, body, err)
	}
}

// TestHTTP2Backend: a backend with TLS is spoken to in HTTP/2 when it offers that, over
// one connection.
func TestHTTP2Backend(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("modern")
	report := func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto+" "+r.RemoteAddr) }
	both := speaking(t, true, func(p *http.Protocols) { p.SetHTTP2(true); p.SetHTTP1(true) }, report)
	old := speaking(t, true, func(p *http.Protocols) { p.SetHTTP1(true) }, report)
	p.admin.published(g, webTLS("/both", both))
	p.admin.published(g, webTLS("/old", old))
	first := g.http("GET /both").want(200, "HTTP/2.0 ").body
	for _, kind := range []protocol{http1, https, h2} {
		if again := g.call(kind, "GET /both").body; again != first {
			t.Errorf("%q, then %q", first, again)
		}
		g.call(kind, "GET /old").want(200, "HTTP/1.1 ")
	}
}

// TestEvents: server-sent events arrive one by one, in every protocol, and the end of
// the caller is the end of the backend's work.
func TestEvents(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("events")
	next, gone := make(chan string), make(chan struct{}, 8)
	address := speaking(t, false, func(p *http.Protocols) { p.SetHTTP1(true) }, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		rc := http.NewResponseController(w)
		rc.Flush()
		for {
			select {
			case event := <-next:
				fmt.Fprintf(w, "data: %s\n\n", event)
				rc.Flush()
			case <-r.Context().Done():
				gone <- struct{}{}
				return
			}
		}
	})
	p.admin.published(g, web("/events", address))
	for _, kind := range []protocol{http1, https, h2} {
		ctx, leave := context.WithCancel(t.Context())
		response, err := p.callers[kind].Do(g.request(kind, "GET /events").WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
			t.Errorf("%+v", response)
		}
		lines := bufio.NewScanner(response.Body)
		for i := range 3 {
			event := fmt.Sprint("event ", i)
			next <- event
			if !lines.Scan() || lines.Text() != "data: "+event || !lines.Scan() {
				t.Fatalf("%v: %q, %v", kind, lines.Text(), lines.Err())
			}
		}
		leave()
		response.Body.Close()
		select {
		case <-gone:
		case <-time.After(patience):
			t.Fatal("the backend did not learn that its reader had left")
		}
	}
}

// TestUpload: a request body is passed on while it comes, not when it is whole, and the
// answer may begin before it ends.
func TestUpload(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("upload")
	arrived := make(chan string, 1)
	address := speaking(t, false, func(p *http.Protocols) { p.SetHTTP1(true) }, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		piece := make([]byte, 5)
		io.ReadFull(r.Body, piece)
		arrived <- string(piece)
		rest, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s, %v", rest, err)
	})
	p.admin.published(g, web("/upload", address))
	for _, kind := range []protocol{http1, https, h2} {
		body, say := io.Pipe()
		r := g.request(kind, "POST /upload")
		r.Body, r.ContentLength = body, -1
		go func() {
			io.WriteString(say, "first")
			if got := <-arrived; got != "first" {
				t.Errorf("%v: %q came first", kind, got)
			}
			io.WriteString(say, " second")
			say.Close()
		}()
		response, err := p.callers[kind].Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(response.Body)
		if response.Body.Close(); string(b) != " second, <nil>" || err != nil {
			t.Errorf("%v: %q, %v", kind, b, err)
		}
	}
}

// TestCallsItself: an API whose backend is the gateway itself goes round ten times
// and no more.
func TestCallsItself(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("circle")
	// The gateway's port is known only now; Host must name the group.
	_, port, err := net.SplitHostPort(p.GatewayAddr())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	channel := own.channel(n, []string{"127.0.0.1"})
	d := toChannel("/round", channel)
	d["backend_api"].(object)["req_uri"] = "/round"
	d["backend_api"].(object)["vpc_info"] = object{"vpc_id": channel, "vpc_proxy_host": g.host}
	api := own.published(g, d)
	own.throttle(api, object{"api_call_limits": 11})
	g.http("GET /round").want(500, `"error_code":"APIG.0612","error_msg":"An API cannot call itself."`)
	// One call of the caller's and ten of the gateway's own; the next was refused
	// before it was counted, so that the limit is used up now.
	g.http("GET /round").want(429, "APIG.0308")
	// Nobody else can make it go further.
	own.throttle(api, object{"api_call_limits": 1000})
	g.http("GET /round", header("X-Apig-Hops", "-5")).want(500, "APIG.0612")
	g.http("GET /round", header("X-Apig-Hops", "10")).fault(500, "APIG.0612", "")
}
