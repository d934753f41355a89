package edge

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// proxyHeader makes a header of the PROXY protocol: what follows the fixed part
// is body.
func proxyHeader(command, family byte, body []byte) []byte {
	b := append([]byte(proxySignature), command, family)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(body))), body...)
}

// addresses is the address part for a caller, whose port is 4711.
func addresses(caller string, extensions ...byte) []byte {
	a := netip.MustParseAddr(caller)
	b := append(a.AsSlice(), netip.MustParseAddr(map[bool]string{true: "192.0.2.1", false: "2001:db8::1"}[a.Is4()]).AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, 4711)
	return append(binary.BigEndian.AppendUint16(b, 443), extensions...)
}

// checksummed puts the checksum of a header into its last four bytes.
func checksummed(h []byte) []byte {
	binary.BigEndian.PutUint32(h[len(h)-4:], crc32.Checksum(h, crc32.MakeTable(crc32.Castagnoli)))
	return h
}

func TestReadProxyHeader(t *testing.T) {
	crc := []byte{typeChecksum, 0, 4, 0, 0, 0, 0}
	wrong := checksummed(proxyHeader(0x21, familyTCP4, addresses("203.0.113.9", crc...)))
	wrong[len(wrong)-1] ^= 1
	for name, c := range map[string]struct {
		header []byte
		want   string // address, "own", or a part of the error
	}{
		"IPv4":                    {proxyHeader(0x21, familyTCP4, addresses("203.0.113.9")), "203.0.113.9:4711"},
		"IPv6":                    {proxyHeader(0x21, familyTCP6, addresses("2001:db8::9")), "[2001:db8::9]:4711"},
		"IPv4 in IPv6":            {proxyHeader(0x21, familyTCP6, append(netip.MustParseAddr("::ffff:203.0.113.9").AsSlice(), addresses("2001:db8::9")[16:]...)), "203.0.113.9:4711"},
		"extensions":              {proxyHeader(0x21, familyTCP4, addresses("203.0.113.9", 1, 0, 2, 'h', '2', 4, 0, 0)), "203.0.113.9:4711"},
		"checksum":                {checksummed(proxyHeader(0x21, familyTCP4, addresses("203.0.113.9", crc...))), "203.0.113.9:4711"},
		"local":                   {proxyHeader(0x20, 0, nil), "own"},
		"local with an address":   {proxyHeader(0x20, familyTCP4, addresses("203.0.113.9")), "own"},
		"longest":                 {proxyHeader(0x21, familyTCP4, addresses("203.0.113.9", append([]byte{4, 7, 0xf1}, make([]byte, 0x7f1)...)...)), "203.0.113.9:4711"},
		"wrong checksum":          {wrong, "checksum of the PROXY header is wrong"},
		"checksum of two bytes":   {proxyHeader(0x21, familyTCP4, addresses("203.0.113.9", typeChecksum, 0, 2, 0, 0)), "does not have four bytes"},
		"extension cut off":       {proxyHeader(0x21, familyTCP4, addresses("203.0.113.9", 1, 0)), "is cut off"},
		"extension too long":      {proxyHeader(0x21, familyTCP4, addresses("203.0.113.9", 1, 0, 9, 'h')), "longer than the header"},
		"addresses cut off":       {proxyHeader(0x21, familyTCP4, addresses("203.0.113.9")[:11]), "has 11 bytes for its addresses"},
		"IPv6 in twelve bytes":    {proxyHeader(0x21, familyTCP6, addresses("203.0.113.9")), "has 12 bytes for its addresses"},
		"unspecified caller":      {proxyHeader(0x21, familyTCP4, addresses("0.0.0.0")), "names the caller 0.0.0.0"},
		"unknown caller":          {proxyHeader(0x21, 0, nil), "family 0x00"},
		"datagrams":               {proxyHeader(0x21, 0x12, addresses("203.0.113.9")), "family 0x12"},
		"Unix socket":             {proxyHeader(0x21, 0x31, make([]byte, 216)), "family 0x31"},
		"unknown command":         {proxyHeader(0x22, familyTCP4, addresses("203.0.113.9")), "command 2"},
		"another version":         {proxyHeader(0x31, familyTCP4, addresses("203.0.113.9")), "version 3"},
		"too long":                {proxyHeader(0x21, familyTCP4, make([]byte, maxProxyHeader+1)), "announces 2049 bytes"},
		"version 1":               {[]byte("PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n"), errNoHeader.Error()},
		"HTTP":                    {[]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), errNoHeader.Error()},
		"TLS":                     {[]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00\x00\x00"), errNoHeader.Error()},
		"nothing":                 {nil, io.EOF.Error()},
		"fixed part cut off":      {[]byte(proxySignature), io.ErrUnexpectedEOF.Error()},
		"announced and not there": {proxyHeader(0x21, familyTCP4, addresses("203.0.113.9"))[:20], io.ErrUnexpectedEOF.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			const behind = "GET / HTTP/1.1\r\n"
			r := bytes.NewReader(c.header)
			if !strings.Contains(c.want, "EOF") {
				r = bytes.NewReader(append(c.header, behind...))
			}
			got, err := readProxyHeader(r)
			switch {
			case err != nil && !strings.Contains(err.Error(), c.want):
				t.Fatalf("%v, want %s", err, c.want)
			case err != nil && got.IsValid():
				t.Fatalf("%s beside %v", got, err)
			case err != nil:
				return
			case c.want == "own" && got.IsValid(), c.want != "own" && got.String() != c.want:
				t.Fatalf("%s, want %s", got, c.want)
			}
			if rest, _ := io.ReadAll(r); string(rest) != behind {
				t.Errorf("%q is left behind the header", rest)
			}
		})
	}
}

// FuzzReadProxyHeader: whatever is sent, reading ends, takes no byte beyond the
// header, and answers an address that is one.
func FuzzReadProxyHeader(f *testing.F) {
	f.Add(proxyHeader(0x21, familyTCP4, addresses("203.0.113.9", 1, 0, 1, 'x')))
	f.Add(checksummed(proxyHeader(0x21, familyTCP6, addresses("2001:db8::9", typeChecksum, 0, 4, 0, 0, 0, 0))))
	f.Add(proxyHeader(0x20, 0, nil))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		r := bytes.NewReader(sent)
		got, err := readProxyHeader(r)
		taken := len(sent) - r.Len()
		if err != nil {
			if got.IsValid() {
				t.Fatalf("%s beside %v", got, err)
			}
			return
		}
		if want := proxyFixed + int(binary.BigEndian.Uint16(sent[14:])); taken != want {
			t.Fatalf("took %d bytes, the header has %d", taken, want)
		}
		if local := sent[12] == 0x20; local == got.IsValid() || got.IsValid() && (got.Addr().IsUnspecified() || got.Addr().Is4In6()) {
			t.Fatalf("%s, %x", got, sent)
		}
	})
}

// TestGreeterWaitsNoLongerThanItMay: a trusted proxy that sends nothing.
func TestGreeterWaitsNoLongerThanItMay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	g := greeter{[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 50 * time.Millisecond}
	began := time.Now()
	if _, err := g.greet(t.Context(), server); err == nil {
		t.Fatal("passed without a header")
	}
	if took := time.Since(began); took < 50*time.Millisecond || took > 5*time.Second {
		t.Errorf("waited %v", took)
	}
}
