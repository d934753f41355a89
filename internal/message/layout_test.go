package message_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

func fieldsNamed(names ...string) (f message.Fields) {
	for _, n := range names {
		f = append(f, message.Field{Name: n})
	}
	return f
}

// TestLayout: names are the same only byte for byte, in order and in number.
func TestLayout(t *testing.T) {
	var l message.Layout
	if l.Same(nil) || l.Same(fieldsNamed("Host")) {
		t.Error("a layout that learned nothing knows a message")
	}
	text := []byte("Host")
	learned := fieldsNamed(string(text), "Accept", "X-A-Long-Name-Of-A-Field")
	l.Learn(learned)
	copy(text, "xxxx")
	for i, other := range []message.Fields{
		nil, fieldsNamed("Host"), fieldsNamed("Host", "Accept"), fieldsNamed("Accept", "Host", "X-A-Long-Name-Of-A-Field"),
		fieldsNamed("Host", "accept", "X-A-Long-Name-Of-A-Field"), fieldsNamed("Host", "Accept", "X-A-Long-Name-of-A-Field"),
		fieldsNamed("Host", "Accept", "X-A-Long-Name-Of-A-Field", "A"), fieldsNamed("HostA", "ccept", "X-A-Long-Name-Of-A-Field"),
	} {
		if l.Same(other) {
			t.Errorf("message %d is taken for the one that was learned", i)
		}
	}
	if !l.Same(learned) {
		t.Error("the message that was learned is not known")
	}
	l.Place("accept;host", append(l.Room(), message.Named{Begin: 0, End: 6, Field: 1}, message.Named{Begin: 7, End: 11, Field: 0}))
	if named := l.Placed("accept;host"); len(named) != 2 || named[1].Field != 0 || l.Placed("accept;hosT") != nil || l.Placed("accept") != nil {
		t.Errorf("placed %v", named)
	}
	l.Learn(learned)
	if l.Placed("accept;host") != nil {
		t.Error("places outlive the names that they are of")
	}
	l.Forget()
	l.Place("a", append(l.Room(), message.Named{}))
	if l.Same(learned) || l.Placed("a") != nil {
		t.Error("what was forgotten is known")
	}
	var none *message.Layout
	if none.Placed("a") != nil {
		t.Error("no layout knows places")
	}
}

// TestLayoutIsBounded: what is too much is not remembered, nor is half of it.
func TestLayoutIsBounded(t *testing.T) {
	var l message.Layout
	many := make(message.Fields, 129)
	long := fieldsNamed("Host", strings.Repeat("x", 4<<10))
	for _, f := range []message.Fields{many, long} {
		if l.Learn(f); l.Same(f) || l.Same(f[:1]) {
			t.Errorf("%d fields are remembered", len(f))
		}
	}
	l.Learn(fieldsNamed("Host"))
	list := strings.Repeat("h", 2<<10)
	if l.Place(list, append(l.Room(), message.Named{})); l.Placed(list) != nil {
		t.Error("a list of 2 KB is remembered")
	}
}

func TestAppendAddr(t *testing.T) {
	for _, s := range []string{"0.0.0.0", "255.255.255.255", "203.0.113.9", "1.22.100.99", "::", "2001:db8::1", "::ffff:10.0.0.1", "fe80::1%eth0"} {
		a := netip.MustParseAddr(s)
		if got := string(message.AppendAddr([]byte("x"), a)); got != "x"+a.String() {
			t.Errorf("%s: %s", s, got)
		}
	}
}

func TestAllVisible(t *testing.T) {
	for n := range 20 {
		for c := range 256 {
			text := []byte(strings.Repeat("a", n) + string(rune('b')) + "cc")
			text[n] = byte(c)
			if got, want := message.AllVisible(string(text)), c >= 0x20 && c != 0x7f; got != want {
				t.Fatalf("%q: %v", text, got)
			}
			if got, want := message.AllUnreserved(string(text)), message.Unreserved(byte(c)); got != want {
				t.Fatalf("%q: %v", text, got)
			}
		}
	}
}
