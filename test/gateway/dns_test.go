package gateway_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// zone is what a DNS server of a test knows. Names are lower case and end in a
// dot; answers may be forgotten at once (TTL 0).
type zone struct {
	mu      sync.Mutex
	answers map[string][][]netip.Addr // in turn, the last again and again unless turning
	turning map[string]bool
	broken  map[string]bool
	counts  map[string]int // questions
	turn    map[string]int // questions for A
}

// always answers a name with all of the addresses.
func (z *zone) always(name string, addrs ...string) { z.set(name, false, parsed(addrs)) }

// inTurn answers each question with the next of the addresses.
func (z *zone) inTurn(name string, addrs ...string) {
	var turns [][]netip.Addr
	for _, a := range parsed(addrs) {
		turns = append(turns, []netip.Addr{a})
	}
	z.set(name, true, turns...)
}

// fails answers SERVFAIL.
func (z *zone) fails(name string) {
	z.set(name, false)
	z.mu.Lock()
	defer z.mu.Unlock()
	z.broken[name] = true
}

func (z *zone) set(name string, turning bool, turns ...[]netip.Addr) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.answers == nil {
		z.answers, z.turning, z.broken = map[string][][]netip.Addr{}, map[string]bool{}, map[string]bool{}
		z.counts, z.turn = map[string]int{}, map[string]int{}
	}
	z.answers[name], z.turning[name] = turns, turning
}

// asked is how many questions came about a name.
func (z *zone) asked(name string) int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.counts[name]
}

func parsed(list []string) []netip.Addr {
	out := make([]netip.Addr, len(list))
	for i, a := range list {
		out[i] = netip.MustParseAddr(a)
	}
	return out
}

// serve answers over UDP until the test ends.
func (z *zone) serve(t *testing.T) (address string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if reply, ok := z.reply(buffer[:n]); ok {
				_, _ = conn.WriteTo(reply, from) // who asked asks again
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return conn.LocalAddr().String()
}

func (z *zone) reply(packet []byte) ([]byte, bool) {
	var m dnsmessage.Message
	if err := m.Unpack(packet); err != nil || len(m.Questions) != 1 {
		return nil, false
	}
	q := m.Questions[0]
	name := strings.ToLower(q.Name.String())
	m.Header = dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionDesired: m.RecursionDesired, RecursionAvailable: true}
	m.Answers, m.Authorities, m.Additionals = nil, nil, nil
	z.mu.Lock()
	turns, known := z.answers[name]
	broken := z.broken[name]
	if z.counts != nil {
		z.counts[name]++
	}
	if len(turns) > 0 {
		at := 0
		if z.turning[name] && q.Type == dnsmessage.TypeA {
			at = z.turn[name] % len(turns)
			z.turn[name]++
		}
		m.Answers = records(q, turns[at])
	}
	z.mu.Unlock()
	switch {
	case broken:
		m.RCode, m.Answers = dnsmessage.RCodeServerFailure, nil
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	}
	reply, err := m.Pack()
	return reply, err == nil
}

func records(q dnsmessage.Question, addrs []netip.Addr) (out []dnsmessage.Resource) {
	for _, a := range addrs {
		var body dnsmessage.ResourceBody
		switch {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			body = &dnsmessage.AResource{A: a.As4()}
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			body = &dnsmessage.AAAAResource{AAAA: a.As16()}
		default:
			continue
		}
		out = append(out, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: body})
	}
	return out
}

// trap is a listener that nothing may reach.
type trap struct {
	port   string
	number int

	mu  sync.Mutex
	hit []string
}

func listening(t *testing.T, address string) *trap {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	b := &trap{}
	if _, b.port, err = net.SplitHostPort(l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if b.number, err = strconv.Atoi(b.port); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.mu.Lock()
			b.hit = append(b.hit, c.RemoteAddr().String())
			b.mu.Unlock()
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return b
}

// unreached fails the test if a connection came. The kernel completes them
// before anybody accepts, so one of the test's own makes sure that all before it
// were counted.
func (b *trap) unreached(t *testing.T) {
	t.Helper()
	own, err := net.Dial("tcp", "127.0.0.1:"+b.port)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	var hits []string
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		b.mu.Lock()
		hits = append(hits[:0], b.hit...)
		b.mu.Unlock()
		if len(hits) > 0 && hits[len(hits)-1] == own.LocalAddr().String() || time.Now().After(end) {
			break
		}
	}
	if len(hits) != 1 {
		t.Errorf("%d connections reached what nothing may reach, want that of the test alone", len(hits))
	}
}

// recorderAt is echo at an address of one's choice.
func recorderAt(t *testing.T, address string) *recorder {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	b := &recorder{address: l.Addr().String()}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.seen = append(b.seen, arrived{r.Method, r.RequestURI, r.Host, r.Proto, r.Header.Clone(), ""})
		b.mu.Unlock()
		_, _ = w.Write([]byte(r.Method + " " + r.RequestURI))
	}))
	server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	b.url = server.URL
	at := netip.MustParseAddrPort(b.address)
	b.host, b.port = at.Addr().String(), int(at.Port())
	return b
}
