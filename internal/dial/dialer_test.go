package dial_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/dial"
)

// open are rules under which tests reach 127.0.0.2 and nothing else of the
// machine.
func open() *dial.Rules {
	return dial.Public([]netip.Prefix{netip.MustParsePrefix("127.0.0.2/32"), netip.MustParsePrefix("127.0.0.3/32")})
}

// listener counts the connections that reach an address on the machine.
func listener(t *testing.T, address string) (port string, reached func() int) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
			accepted <- c
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, func() int { return len(accepted) }
}

// dialer asks d where names are.
func dialer(t *testing.T, rules *dial.Rules, d *dns) *dial.Dialer {
	t.Helper()
	r := dial.NewResolver(dial.ResolverOptions{Lookup: d.lookup})
	t.Cleanup(r.Close)
	return dial.New(rules, r)
}

func connects(t *testing.T, d *dial.Dialer, address string) error {
	t.Helper()
	conn, err := d.DialContext(t.Context(), "tcp", address)
	if err == nil {
		conn.Close()
	}
	return err
}

func isDenied(err error) bool {
	var denied *dial.Denied
	return errors.As(err, &denied)
}

func TestDeniedAddressesAreNotDialled(t *testing.T) {
	port, reached := listener(t, "127.0.0.1:0")
	loopback := &dns{answer: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	for _, rules := range []*dial.Rules{dial.Public(nil), dial.Channel(nil)} {
		d := dialer(t, rules, loopback)
		for _, host := range []string{
			"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "127.1", "2130706433", "0177.0.0.1",
			"0x7f000001", "127.0.0.1.", "[fe80::1%lo]", "[64:ff9b::7f00:1]", "localhost", "innocent.example.com", "innocent.example.com.",
		} {
			if err := connects(t, d, host+":"+port); !isDenied(err) {
				t.Errorf("%s: %v, want it denied", host, err)
			}
		}
	}
	if n := reached(); n != 0 {
		t.Errorf("%d connections reached the listener", n)
	}
	if err := connects(t, dialer(t, dial.Public(nil), loopback), "no port"); err == nil || isDenied(err) {
		t.Errorf("no port: %v", err)
	}
}

// TestTheHookAloneRefuses: even where the standard library looks a name up by
// itself, the address is judged before the first packet.
func TestTheHookAloneRefuses(t *testing.T) {
	port, reached := listener(t, "127.0.0.1:0")
	d := dial.Unresolved(dialer(t, dial.Channel(nil), &dns{}))
	if _, err := d.DialContext(t.Context(), "tcp", "localhost:"+port); !isDenied(err) {
		t.Errorf("%v, want it denied", err)
	}
	if n := reached(); n != 0 {
		t.Errorf("%d connections reached the listener", n)
	}
}

func TestTheFirstAddressThatAnswers(t *testing.T) {
	port, reached := listener(t, "127.0.0.2:0")
	denied, closed, good := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.3"), netip.MustParseAddr("127.0.0.2")
	names := &dns{}
	for _, test := range []struct {
		name   string
		answer []netip.Addr
		denied bool
		fails  bool
	}{
		{"good", []netip.Addr{good}, false, false},
		{"after a denied and a closed one", []netip.Addr{denied, closed, good}, false, false},
		{"mapped", []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.2")}, false, false},
		{"denied ones only", []netip.Addr{denied, denied}, true, true},
		{"closed and denied", []netip.Addr{closed, denied}, false, true},
	} {
		names.says(nil, test.answer...)
		before := reached()
		err := connects(t, dialer(t, open(), names), "backend.test:"+port)
		if isDenied(err) != test.denied || (err != nil) != test.fails {
			t.Errorf("%s: %v", test.name, err)
		}
		if !test.fails {
			for range 100 { // the other end accepts in its own time
				if reached() > before {
					break
				}
				time.Sleep(time.Millisecond)
			}
			if reached() != before+1 {
				t.Errorf("%s: %d connections, want 1", test.name, reached()-before)
			}
		}
	}
	names.says(absent)
	var fault *net.DNSError
	if err := connects(t, dialer(t, open(), names), "backend.test:"+port); !errors.As(err, &fault) || !fault.IsNotFound {
		t.Errorf("an absent name: %v", err)
	}
}

// TestASilentAddressCostsItsShare: an address that swallows packets does not keep
// the next one from being tried.
func TestASilentAddressCostsItsShare(t *testing.T) {
	t.Parallel()
	port, _ := listener(t, "127.0.0.2:0")
	silent(t, "127.0.0.3", port)
	d := dialer(t, open(), &dns{answer: []netip.Addr{netip.MustParseAddr("127.0.0.3"), netip.MustParseAddr("127.0.0.2")}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began := time.Now()
	conn, err := d.DialContext(ctx, "tcp", "backend.test:"+port)
	if err != nil {
		t.Fatalf("%v after %v", err, time.Since(began))
	}
	conn.Close()
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("connected after %v: the first address was not silent", took)
	}
}

// silent makes an address drop connections: its queue has one place, and that is
// taken.
func silent(t *testing.T, address, port string) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	var number int
	for _, digit := range port {
		number = number*10 + int(digit-'0')
	}
	addr := &syscall.SockaddrInet4{Port: number, Addr: netip.MustParseAddr(address).As4()}
	if err := errors.Join(syscall.Bind(fd, addr), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the kernel rounds the queue up
		conn, err := net.DialTimeout("tcp", address+":"+port, 50*time.Millisecond)
		if err == nil {
			t.Cleanup(func() { conn.Close() })
		}
	}
}

func TestErrorsNameTheRemedy(t *testing.T) {
	err := connects(t, dialer(t, dial.Public(nil), &dns{}), "10.0.0.1:80")
	if err == nil || !strings.Contains(err.Error(), "10.0.0.1 is a private address") || !strings.Contains(err.Error(), "--backend-allow") {
		t.Errorf("%v", err)
	}
}

// TestRebinding: a name that was harmless when it was first judged leads here
// once its answer has been forgotten. It is judged again.
func TestRebinding(t *testing.T) {
	port, reached := listener(t, "127.0.0.2:0")
	trapped, sprung := listener(t, "127.0.0.1:"+port)
	now := clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	names := &dns{answer: []netip.Addr{netip.MustParseAddr("127.0.0.2")}}
	r := dial.NewResolver(dial.ResolverOptions{Lookup: names.lookup, Clock: now.Now})
	t.Cleanup(r.Close)
	d := dial.New(open(), r)
	if err := connects(t, d, "rebind.test:"+trapped); err != nil {
		t.Fatal(err)
	}
	names.says(nil, netip.MustParseAddr("127.0.0.1"))
	if err := connects(t, d, "rebind.test:"+trapped); err != nil {
		t.Errorf("the answer is fresh: %v", err)
	}
	now.Advance(30 * time.Second)
	for range 3 { // on every reconnect
		if err := connects(t, d, "rebind.test:"+trapped); !isDenied(err) {
			t.Errorf("%v, want it denied", err)
		}
	}
	names.says(broken)
	now.Advance(30 * time.Second)
	if err := connects(t, d, "rebind.test:"+trapped); !isDenied(err) { // the last good answer was a bad one
		t.Errorf("while DNS fails: %v, want it denied", err)
	}
	if sprung() != 0 || reached() > 2 {
		t.Errorf("%d connections to the denied address, %d to the other", sprung(), reached())
	}
}
