package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// member is a server of a channel. It answers calls with its address, and checks
// at /hc with a status.
type member struct {
	host   string
	health atomic.Int32 // status of checks; 200 at first
	broken atomic.Bool  // calls are read, and their connections closed
	calls  atomic.Int32
	checks atomic.Int32

	mu   sync.Mutex
	last *http.Request
	body string
}

func (m *member) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if r.URL.Path == "/hc" {
		m.checks.Add(1)
		m.mu.Lock()
		m.last = r
		m.mu.Unlock()
		w.WriteHeader(int(m.health.Load()))
		return
	}
	if m.broken.Load() {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		return // the caller's doing
	}
	m.calls.Add(1)
	m.mu.Lock()
	m.last, m.body = r, string(body)
	m.mu.Unlock()
	io.WriteString(w, m.host)
}

func (m *member) seen() *http.Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// newMembers are n servers on 127.0.0.1, 127.0.0.2 and so on with one port, which is all
// that a channel has.
func newMembers(t testing.TB, n int) (port int, all []*member) {
	t.Helper()
	var listeners []net.Listener
	for try := 0; len(listeners) < n; try++ {
		if try == 100 {
			t.Fatal("no port is free on all of the addresses")
		}
		port, listeners = 0, nil
		for i := range n {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:%d", i+1, port))
			if err != nil {
				break // somebody else has the port there
			}
			port = l.Addr().(*net.TCPAddr).Port
			listeners = append(listeners, l)
		}
		if len(listeners) < n {
			for _, l := range listeners {
				l.Close()
			}
		}
	}
	for i, l := range listeners {
		m := &member{host: fmt.Sprintf("127.0.0.%d", i+1)}
		m.health.Store(200)
		s := httptest.NewUnstartedServer(m)
		s.Listener.Close()
		s.Listener, s.Config.ErrorLog = l, log.New(io.Discard, "", 0)
		s.Start()
		t.Cleanup(s.Close)
		all = append(all, m)
	}
	return port, all
}

// weighted are members of a channel by host, with their weights.
func weighted(weights ...int) list {
	out := list{}
	for i, w := range weights {
		out = append(out, object{"host": fmt.Sprintf("127.0.0.%d", i+1), "weight": w})
	}
	return out
}

// checkedBy is a health check over http at /hc every five seconds; two results in a
// row decide.
func checkedBy(port int) object {
	return object{
		"protocol": "http", "path": "/hc", "http_code": "200-299", "port": port,
		"threshold_normal": 2, "threshold_abnormal": 2, "time_interval": 5, "time_out": 2,
	}
}

// statuses are those of a channel and, by host, of its members.
func (m *manager) statuses(id string) string {
	m.t.Helper()
	shown := m.get("vpc-channels/" + id)
	var of []string
	for i := range 9 {
		at := "vpc_instances." + strconv.Itoa(i)
		if shown.value(at) == nil {
			break
		}
		of = append(of, shown.text(at+".host")+"="+shown.text(at+".status"))
	}
	slices.Sort(of)
	return shown.text("status") + " " + strings.Join(of, " ")
}

// TestChannelBalance: the four strategies as callers see them.
func TestChannelBalance(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	port, _ := newMembers(t, 3)
	g := own.group("orders")
	for strategy, path := range map[int]string{1: "/turns", 2: "/least", 3: "/source", 4: "/uri"} {
		id := own.channel(port, nil, "balance_strategy", strategy, "vpc_instances", weighted(1, 2, 3))
		own.published(g, toChannel(path, id), "match_mode", "SWA")
	}
	count := func(kind protocol, n int, call func(i int) string) map[string]int {
		got := map[string]int{}
		for i := range n {
			got[g.call(kind, call(i)).want(200, "127.0.0.").body]++
		}
		return got
	}
	same := func(path string) func(int) string { return func(int) string { return "GET " + path } }
	for _, kind := range []protocol{http1, https, h2} {
		for _, path := range []string{"/turns", "/least"} {
			if got := count(kind, 30, same(path)); got["127.0.0.1"] != 5 || got["127.0.0.2"] != 10 || got["127.0.0.3"] != 15 {
				t.Errorf("%s with weights 1, 2, 3: %v", path, got)
			}
		}
		if got := count(kind, 20, func(i int) string { return fmt.Sprint("GET /source/", i) }); len(got) != 1 {
			t.Errorf("one caller: %v", got)
		}
		if got := count(kind, 20, same("/uri/7?a=b")); len(got) != 1 {
			t.Errorf("one URI: %v", got)
		}
	}
	if got := count(http1, 120, func(i int) string { return fmt.Sprint("GET /uri/", i) }); got["127.0.0.1"] == 0 || got["127.0.0.3"] <= got["127.0.0.1"] {
		t.Errorf("120 URIs with weights 1, 2, 3: %v", got)
	}
}

// TestChannelHost: vpc_proxy_host is what a member sees as Host, else the caller's
// own word; over TLS the member's certificate has to be for it. A channel may have
// IPv6 members.
func TestChannelHost(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("orders")
	b := echo(t)
	id := own.channel(b.port, []string{b.host})
	named := toChannel("/named", id)
	named["backend_api"].(object)["vpc_info"] = object{"vpc_id": id, "vpc_proxy_host": "in.example.com:8443"}
	own.published(g, named)
	own.published(g, toChannel("/plain", id))
	g.http("GET /named").want(200, "/backend")
	if got := b.last(t).host; got != "in.example.com:8443" {
		t.Errorf("Host %q, want the proxy host", got)
	}
	g.https("GET /plain").want(200, "/backend")
	if got := b.last(t).host; got != g.host {
		t.Errorf("Host %q, want the caller's %q", got, g.host)
	}

	// A policy backend may be a channel as well.
	own.published(g, web("/policy", "127.0.0.1:9"), "policy_https", list{object{
		"name": "inside", "effect_mode": "ANY", "conditions": list{object{"condition_origin": "source", "condition_value": "127.0.0.0/8"}},
		"req_protocol": "HTTP", "req_method": "ANY", "req_uri": "/inside", "timeout": 5000, "vpc_status": 1,
		"vpc_info": object{"vpc_id": id, "vpc_proxy_host": "policy.example.com"},
	}})
	g.http("PUT /policy", body("x")).want(200, "PUT /inside x")
	if got := b.last(t).host; got != "policy.example.com" {
		t.Errorf("Host %q, want that of the policy backend", got)
	}

	// Its certificate is for example.com, as well as for its address.
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) }))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes
	secure.StartTLS()
	t.Cleanup(secure.Close)
	port := secure.Listener.Addr().(*net.TCPAddr).Port
	id = own.channel(port, []string{"127.0.0.1"})
	for name, want := range map[string]int{"example.com": 200, "other.test": 502, "": 502} {
		d := toChannel("/tls"+name, id)
		d["backend_api"] = with(d["backend_api"].(object), "req_protocol", "HTTPS", "vpc_info", object{"vpc_id": id, "vpc_proxy_host": name})
		own.published(g, d)
		if r := g.http("GET /tls" + name); want == 200 {
			r.want(200, "example.com")
		} else {
			r.fault(502, "APIG.0201", "Backend unavailable")
		}
	}

	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Fatalf("these tests need IPv6 on the loopback interface: %v", err)
	}
	six := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "six") }))
	six.Listener.Close()
	six.Listener = l
	six.Start()
	t.Cleanup(six.Close)
	own.published(g, toChannel("/six", own.channel(l.Addr().(*net.TCPAddr).Port, []string{"::1"})))
	g.http("GET /six").want(200, "six")
}

// TestChannelRefusals: who is not there, and who may not be reached.
func TestChannelRefusals(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("orders")
	own.published(g, toChannel("/empty", own.channel(80, nil)))
	g.http("GET /empty").fault(502, "APIG.0610", "No backend available.")
	g.h2("GET /empty").fault(502, "APIG.0610", "No backend available.")
	// A channel reaches private addresses, and never that of the cloud's metadata.
	own.published(g, toChannel("/denied", own.channel(80, []string{"169.254.169.254"})))
	g.http("GET /denied").fault(403, "APIG.0404", "")
	// Its members come and go without a publication.
	b := echo(t)
	id := own.channel(b.port, nil)
	own.published(g, toChannel("/later", id))
	g.http("GET /later").fault(502, "APIG.0610", "")
	own.post("vpc-channels/"+id+"/members", object{"vpc_instances": list{object{"host": b.host, "weight": 1}}})
	g.http("GET /later").want(200, "/backend")
	own.remove("vpc-channels/" + id + "/members/" + own.get("vpc-channels/"+id+"/members").text("vpc_instances.0.id"))
	g.http("GET /later").fault(502, "APIG.0610", "")
}

// TestChannelHealth: a member whose checks fail gets no calls and is shown as
// abnormal, until they succeed again; when none is left calls are refused.
func TestChannelHealth(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	port, all := newMembers(t, 3)
	g := own.group("orders")
	id := own.channel(port, nil, "vpc_instances", weighted(10, 10), "vpc_health_config", checkedBy(port))
	dead := own.channel(port, []string{"127.0.0.3"}, "vpc_health_config", checkedBy(port))
	api := own.published(g, toChannel("/two", id))
	own.published(g, toChannel("/dead", dead))
	all[1].health.Store(503)
	all[2].health.Store(302)

	// New members are normal.
	if got := own.statuses(id); got != "1 127.0.0.1=1 127.0.0.2=1" {
		t.Errorf("statuses %s", got)
	}
	eventually(t, "the failing members are abnormal", func() bool {
		return own.statuses(id) == "1 127.0.0.1=1 127.0.0.2=2" && own.statuses(dead) == "2 127.0.0.3=2"
	})
	for channel, want := range map[string]string{id: "1", dead: "2"} {
		if got := own.get("vpc-channels?id=" + channel).text("vpcs.0.status"); got != want {
			t.Errorf("in the list a channel has the status %s, want %s", got, want)
		}
	}
	before := all[1].calls.Load()
	for range 10 {
		g.http("GET /two").want(200, "127.0.0.1")
	}
	if got := all[1].calls.Load(); got != before {
		t.Errorf("an abnormal member got %d calls", got-before)
	}
	g.http("GET /dead").fault(502, "APIG.0610", "No backend available.")
	own.debug(api.id, "DEVELOPER", "/two").want(t, "200", "127.0.0.1").says(t, "member 127.0.0.1:"+strconv.Itoa(port)+" chosen by weighted round robin; 1 of 2 are well")

	check := all[1].seen()
	if check.UserAgent() != "lintel-health-check" || check.Host != "127.0.0.2:"+strconv.Itoa(port) || check.Method != "GET" {
		t.Errorf("checked with %s, Host %s, User-Agent %s", check.Method, check.Host, check.UserAgent())
	}
	all[0].health.Store(500)
	all[1].health.Store(204)
	eventually(t, "the members have changed places", func() bool { return own.statuses(id) == "1 127.0.0.1=2 127.0.0.2=1" })
	g.http("GET /two").want(200, "127.0.0.2")
	// Editing the channel does not make anybody well.
	own.put("vpc-channels/"+id, object{
		"name": unique("channel"), "type": 2, "member_type": "ip", "port": port, "balance_strategy": 3,
		"vpc_instances": weighted(100, 1), "vpc_health_config": checkedBy(port),
	})
	for range 5 {
		g.http("GET /two").want(200, "127.0.0.2")
	}
}

// says fails unless the log of a debugged call has a part.
func (d debugged) says(t testing.TB, part string) {
	t.Helper()
	if !strings.Contains(d.log, part) {
		t.Errorf("no %q in the log:\n%s", part, d.log)
	}
}

// TestChannelEjection: five calls in a row that a member spoils put it out, long
// before its checks see it (they only ask for a connection); ten seconds later one
// call tries it.
func TestChannelEjection(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	port, all := newMembers(t, 3)
	g := own.group("orders")
	id := own.channel(port, nil, "vpc_instances", weighted(1, 1, 1))
	own.published(g, toChannel("/three", id))
	all[0].broken.Store(true)
	failed := 0
	for range 60 {
		// What was sent is not repeated: the callers see each of the five.
		if r := g.http("POST /three", body("x")); r.status != 200 {
			r.fault(502, "APIG.0201", "Backend unavailable.")
			failed++
		}
	}
	if failed != 5 {
		t.Errorf("%d of 60 calls failed, want five", failed)
	}
	if got := own.statuses(id); got != "1 127.0.0.1=2 127.0.0.2=1 127.0.0.3=1" {
		t.Errorf("statuses %s", got)
	}
	all[0].broken.Store(false)
	began := time.Now()
	eventually(t, "the member is tried and comes back", func() bool {
		g.http("GET /three").want(200, "")
		return all[0].calls.Load() > 0
	})
	if took := time.Since(began); took < 8*time.Second {
		t.Errorf("back after %v, want ten seconds", took)
	}
	if got := own.statuses(id); got != "1 127.0.0.1=1 127.0.0.2=1 127.0.0.3=1" {
		t.Errorf("statuses %s", got)
	}

	// When all of them are broken, half stays and gives its own faults.
	for _, m := range all {
		m.broken.Store(true)
	}
	for range 60 {
		g.http("GET /three").fault(502, "APIG.0201", "Backend unavailable.")
	}
	if got := own.statuses(id); strings.Count(got, "=2") != 1 || !strings.HasPrefix(got, "1 ") {
		t.Errorf("statuses %s, want one of three out", got)
	}
}

// TestChannelRetry: callers do not notice a member that nobody listens for, and no
// call is made twice.
func TestChannelRetry(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	port, all := newMembers(t, 2)
	g := own.group("orders")
	for _, strategy := range []int{1, 2, 3, 4} {
		path := "/" + strconv.Itoa(strategy)
		own.published(g, toChannel(path, own.channel(port, []string{"127.0.0.1", "127.0.0.2", "127.0.0.77"}, "balance_strategy", strategy)))
		before := all[0].calls.Load() + all[1].calls.Load()
		for i := range 20 {
			g.http(fmt.Sprintf("POST %s?%d", path, i), body("five apples")).want(200, "127.0.0.")
		}
		if got := all[0].calls.Load() + all[1].calls.Load() - before; got != 20 {
			t.Errorf("strategy %d: 20 calls reached the members %d times", strategy, got)
		}
	}
	all[0].mu.Lock()
	defer all[0].mu.Unlock()
	if all[0].body != "five apples" {
		t.Errorf("the body came as %q", all[0].body)
	}
	// One member alone, and nobody there: its fault is the answer.
	own.published(g, toChannel("/alone", own.channel(port, []string{"127.0.0.77"})))
	g.http("GET /alone").fault(502, "APIG.0201", "Backend unavailable.")
}

// TestMalformedClientNeverEjectsABackend: whatever callers do to their own requests
// (drill 12), no member is blamed for it.
func TestMalformedClientNeverEjectsABackend(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	port, all := newMembers(t, 2)
	g := own.group("orders")
	id := own.channel(port, nil, "vpc_instances", weighted(1, 1))
	own.published(g, toChannel("/two", id))
	mapped := with(toChannel("/mapped", id),
		"req_params", list{object{"name": "v", "location": "QUERY", "type": "STRING"}},
		"backend_params", list{object{"name": "X-V", "location": "HEADER", "origin": "REQUEST", "value": "v"}})
	own.published(g, mapped)
	slow := toChannel("/slow", id)
	slow["backend_api"].(object)["timeout"] = 300
	own.published(g, slow)

	head := func(line string, fields ...string) string {
		return line + " HTTP/1.1\r\nHost: " + g.host + "\r\n" + strings.Join(append(fields, ""), "\r\n") + "\r\n"
	}
	chunked := func(chunks string) string { return head("POST /two", "Transfer-Encoding: chunked") + chunks }
	bad := map[string]struct {
		sent string
		wait bool // for an answer; else the caller leaves at once, or after it has kept the API's time-out waiting
	}{
		"bad chunk size":           {chunked("5\r\nhello\r\nzz\r\n"), true},
		"chunk without its end":    {chunked("5\r\nhello there\r\n"), true},
		"negative chunk":           {chunked("-1\r\n"), true},
		"half a chunk":             {chunked("ff\r\nhello"), false},
		"half a body":              {head("POST /two", "Content-Length: 100") + "half", false},
		"slow body":                {head("POST /slow", "Content-Length: 100") + "half", false},
		"slow chunks":              {strings.Replace(chunked("5\r\nhello\r\n"), "/two", "/slow", 1), false},
		"no body":                  {head("POST /two", "Content-Length: 100"), false},
		"half a head":              {"GET /two HTTP/1.1\r\nHost: " + g.host + "\r\nX-A: b", false},
		"gone before the answer":   {head("GET /two"), false},
		"two lengths":              {head("POST /two", "Content-Length: 1", "Content-Length: 2") + "xx", true},
		"length and chunks":        {head("POST /two", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n", true},
		"a control character":      {head("GET /two", "X-A: a\x01b"), true},
		"a name with a space":      {head("GET /two", "X A: b"), true},
		"a port that is none":      {strings.Replace(head("GET /two"), g.host, g.host+":99999999", 1), true},
		"a port in words":          {strings.Replace(head("GET /two"), g.host, g.host+":http", 1), true},
		"a bad trailer":            {chunked("5\r\nhello\r\n0\r\nContent-Length: 5\r\nX A: b\r\n\r\n"), true},
		"an odd expectation":       {head("POST /two", "Content-Length: 5", "Expect: the-unexpected") + "hello", true},
		"a connection of its own":  {head("GET /two", "Connection: close, X-A, Host", "X-A: b"), true},
		"bytes above ASCII":        {head("GET /two?a=\xff\xfe", "X-A: \xff\xfe"), true},
		"a query with controls":    {head("GET /two?a=\x7f"), true},
		"a WebSocket that is none": {head("GET /two", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 99"), true},
	}
	t.Run("callers", func(t *testing.T) {
		for name, b := range bad {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				q := p.on(t)
				for range 12 {
					conn := q.dial(http1, g.host)
					if _, err := io.WriteString(conn, b.sent); err != nil {
						t.Fatal(err)
					}
					if b.wait {
						// Any answer will do but one that blames the backend.
						r, err := http.ReadResponse(bufio.NewReader(conn), nil)
						if err == nil {
							if r.StatusCode == 502 || r.StatusCode == 504 {
								t.Errorf("answered with %d", r.StatusCode)
							}
							r.Body.Close()
						}
					}
					if strings.HasPrefix(name, "slow") {
						time.Sleep(600 * time.Millisecond)
					}
					conn.Close()
				}
			})
		}
	})
	if got := own.statuses(id); got != "1 127.0.0.1=1 127.0.0.2=1" {
		t.Errorf("statuses %s", got)
	}
	before := [2]int32{all[0].calls.Load(), all[1].calls.Load()}
	for range 20 {
		g.http("GET /two").want(200, "127.0.0.")
	}
	for i, m := range all {
		if got := m.calls.Load() - before[i]; got != 10 {
			t.Errorf("%s got %d of 20 calls afterwards", m.host, got)
		}
	}
}
