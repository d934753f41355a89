package domains_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/lintel-gateway/lintel/internal/manage/domains"
)

// serveDNS answers CNAME records on a socket of loopback; "mute." gets no answer
// and "broken." a failure.
func serveDNS(t *testing.T, cnames map[string]string) (address string) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { c.Close(); <-done })
	go func() {
		defer close(done)
		packet := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			name := m.Questions[0].Name
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			switch target, ok := cnames[name.String()]; {
			case strings.HasPrefix(name.String(), "mute."):
				continue
			case strings.HasPrefix(name.String(), "broken."):
				m.RCode = dnsmessage.RCodeServerFailure
			case !ok:
				m.RCode = dnsmessage.RCodeNameError
			default:
				m.Answers = answers(name, target, m.Questions[0].Type)
			}
			if packed, err := m.Pack(); err == nil {
				c.WriteTo(packed, from)
			}
		}
	}()
	return c.LocalAddr().String()
}

// answers are an alias and, where it is asked for, the address behind it; an
// alias to the name itself is the address alone.
func answers(name dnsmessage.Name, target string, asked dnsmessage.Type) []dnsmessage.Resource {
	alias := dnsmessage.MustNewName(target)
	header := func(n dnsmessage.Name, t dnsmessage.Type) dnsmessage.ResourceHeader {
		return dnsmessage.ResourceHeader{Name: n, Type: t, Class: dnsmessage.ClassINET, TTL: 60}
	}
	var list []dnsmessage.Resource
	if alias != name {
		list = append(list, dnsmessage.Resource{Header: header(name, dnsmessage.TypeCNAME), Body: &dnsmessage.CNAMEResource{CNAME: alias}})
	}
	if asked == dnsmessage.TypeA && !strings.HasPrefix(target, "bare.") {
		list = append(list, dnsmessage.Resource{Header: header(alias, dnsmessage.TypeA), Body: &dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}}})
	}
	return list
}

func TestLookup(t *testing.T) {
	lookup := domains.NewLookup(serveDNS(t, map[string]string{
		"alias.example.org.": "one.gw.example.com.", "plain.example.org.": "plain.example.org.", "dangling.example.org.": "bare.gw.example.com.",
	}))
	for host, want := range map[string]string{
		"alias.example.org": "one.gw.example.com.", "plain.example.org": "plain.example.org.", "dangling.example.org": "bare.gw.example.com.",
	} {
		if got, err := lookup(t.Context(), host); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", host, got, err, want)
		}
	}
	for host, is := range map[string]func(*net.DNSError) bool{
		"absent.example.org": func(e *net.DNSError) bool { return e.IsNotFound },
		"broken.example.org": func(e *net.DNSError) bool { return !e.IsNotFound && !e.IsTimeout },
		"mute.example.org":   func(e *net.DNSError) bool { return e.IsTimeout },
	} {
		patience := 10 * time.Second
		if strings.HasPrefix(host, "mute.") {
			patience = 200 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err := lookup(ctx, host)
		cancel()
		var fault *net.DNSError
		if !errors.As(err, &fault) || !is(fault) {
			t.Errorf("%s: %v", host, err)
		}
	}
	// The system's resolver has nothing to say about onions (RFC 7686).
	if _, err := domains.NewLookup("")(t.Context(), "a.onion"); err == nil {
		t.Error("an onion has a name in DNS")
	}
}
