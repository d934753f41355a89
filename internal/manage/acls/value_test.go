package acls_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/acls"
)

func TestLists(t *testing.T) {
	for _, tt := range []struct {
		name, entity, value string
		written, published  string // published entries are separated by blanks
		code, text          string
	}{
		{name: "the sample of 4.10.2", entity: "IP", value: "192.168.1.5,192.168.10.0/24,192.168.12.12-192.168.12.19",
			published: "192.168.1.5 192.168.10.0/24 192.168.12.12-192.168.12.19"},
		{name: "blanks", entity: "IP", value: " 10.0.0.1 , 10.0.0.5 - 10.0.0.9", written: "10.0.0.1,10.0.0.5-10.0.0.9",
			published: "10.0.0.1 10.0.0.5-10.0.0.9"},
		{name: "a block with a host in it", entity: "IP", value: "10.1.2.3/8", published: "10.0.0.0/8"},
		{name: "a range of one", entity: "IP", value: "10.0.0.1-10.0.0.1", published: "10.0.0.1-10.0.0.1"},
		{name: "everybody", entity: "IP", value: "0.0.0.0/0,::/0", published: "0.0.0.0/0 ::/0"},
		{name: "IPv6", entity: "IP", value: "2001:DB8::1,2001:db8:0:0::/48,fe80::1-FE80::ff",
			published: "2001:db8::1 2001:db8::/48 fe80::1-fe80::ff"},
		{name: "IPv4 in IPv6", entity: "IP", value: "::ffff:10.0.0.1,::ffff:10.1.0.0/112", published: "10.0.0.1 10.1.0.0/16"},
		{name: "overlaps", entity: "IP", value: "10.0.0.1,10.0.0.0/8", published: "10.0.0.1 10.0.0.0/8"},

		{name: "nothing", entity: "IP", value: "", code: "APIG.2001"},
		{name: "a blank", entity: "IP", value: " ", code: "APIG.2015", text: "entry 1"},
		{name: "a name", entity: "IP", value: "10.0.0.1,example.com", code: "APIG.2015", text: `entry 2, "example.com"`},
		{name: "no entry at the end", entity: "IP", value: "10.0.0.1,", code: "APIG.2015", text: "entry 2"},
		{name: "another separator", entity: "IP", value: "10.0.0.1;10.0.0.2", code: "APIG.2015"},
		{name: "three numbers", entity: "IP", value: "10.0.1", code: "APIG.2015"},
		{name: "a number of 256", entity: "IP", value: "10.0.0.256", code: "APIG.2015"},
		{name: "a leading zero", entity: "IP", value: "10.0.0.01", code: "APIG.2015"},
		{name: "a zone", entity: "IP", value: "fe80::1%eth0", code: "APIG.2015"},
		{name: "a port", entity: "IP", value: "10.0.0.1:80", code: "APIG.2015"},
		{name: "33 bits", entity: "IP", value: "10.0.0.0/33", code: "APIG.2015"},
		{name: "minus bits", entity: "IP", value: "10.0.0.0/-1", code: "APIG.2015"},
		{name: "a mask", entity: "IP", value: "10.0.0.0/255.0.0.0", code: "APIG.2015"},
		{name: "an IPv4 block of too few bits", entity: "IP", value: "::ffff:10.0.0.0/90", code: "APIG.2015", text: "mixes"},
		{name: "a reversed range", entity: "IP", value: "10.0.0.9-10.0.0.5", code: "APIG.2015", text: "reversed"},
		{name: "a range of families", entity: "IP", value: "10.0.0.9-2001:db8::1", code: "APIG.2015", text: "IPv4 to IPv6"},
		{name: "a range of blocks", entity: "IP", value: "10.0.0.0/8-11.0.0.0/8", code: "APIG.2015"},
		{name: "a range of three", entity: "IP", value: "10.0.0.1-10.0.0.2-10.0.0.3", code: "APIG.2015"},
		{name: "a range without end", entity: "IP", value: "10.0.0.1-", code: "APIG.2015"},
		{name: "a line break", entity: "IP", value: "10.0.0.1\n", code: "APIG.2015", text: `\n`},
		{name: "the same address twice", entity: "IP", value: "10.0.0.1,10.0.0.1", code: "APIG.3306", text: "acl_value:10.0.0.1"},
		{name: "the same address in other words", entity: "IP", value: "2001:db8::1,2001:DB8:0::1", code: "APIG.3306"},
		{name: "the same block in other words", entity: "IP", value: "10.0.0.0/8,10.1.1.1/8", code: "APIG.3306"},
		{name: "a list of 64 KiB and a byte", entity: "IP", value: strings.Repeat("1", 1<<16+1), code: "APIG.2006"},

		{name: "the sample of 4.10.3", entity: "DOMAIN", value: "19asdfaf-adfadf", published: "19asdfaf-adfadf"},
		{name: "accounts", entity: "DOMAIN", value: "Default , 租户", written: "Default,租户", published: "Default 租户"},
		{name: "1024 characters", entity: "DOMAIN", value: accounts(1024)},
		{name: "1025 characters", entity: "DOMAIN", value: accounts(1025), code: "APIG.2006"},
		{name: "no name", entity: "DOMAIN", value: "a,,b", code: "APIG.2011", text: "entry 2"},
		{name: "a long name", entity: "DOMAIN", value: strings.Repeat("租", 65), code: "APIG.2011", text: "64"},
		{name: "a control character", entity: "DOMAIN", value: "a\tb", code: "APIG.2011", text: "control"},
		{name: "the same account twice", entity: "DOMAIN", value: "a,b,a", code: "APIG.2011", text: "entry 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			written, published, err := acls.Parse(tt.entity, tt.value)
			if tt.code != "" {
				if err == nil || !strings.Contains(err.Error(), tt.code) || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("%v, want %s with %q", err, tt.code, tt.text)
				}
				return
			}
			if tt.written == "" {
				tt.written = tt.value
			}
			if err != nil || written != tt.written {
				t.Errorf("%q, %v, want %q", written, err, tt.written)
			}
			if got := strings.Join(published, " "); tt.published != "" && got != tt.published {
				t.Errorf("published %q, want %q", got, tt.published)
			}
		})
	}
}

// accounts is a list of n characters.
func accounts(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "account%07d,", i)
	}
	return b.String()[:n-1] + "x"
}

// TestLongListsCostLittle: the longest list that is read, of the shortest
// entries, good but for the last.
func TestLongListsCostLittle(t *testing.T) {
	var b strings.Builder
	for i := 0; b.Len() < 1<<16-64; i++ {
		fmt.Fprintf(&b, "::%x,", i)
	}
	best := time.Hour // of three: other tests want the processor as well
	for range 3 {
		began := time.Now()
		if _, _, err := acls.Parse("IP", b.String()+"garbage"); err == nil {
			t.Fatal("accepted")
		}
		best = min(best, time.Since(began))
	}
	if best > 100*time.Millisecond {
		t.Errorf("took %s", best)
	}
}

// FuzzList: what is accepted is read again as itself, both as it is stored and
// as gateways get it, entry by entry.
func FuzzList(f *testing.F) {
	for _, value := range []string{
		"192.168.1.5,192.168.10.0/24,192.168.12.12-192.168.12.19", "2001:db8::1, fe80::/10", "::ffff:1.2.3.4-::ffff:1.2.3.5",
		"10.0.0.9-10.0.0.1", "a,b,,c", "租户,Default", "1.2.3.4/", "-", "%", "::ffff:0:0/96", "fe80::1%1",
	} {
		f.Add(true, value)
		f.Add(false, value)
	}
	f.Fuzz(func(t *testing.T, ip bool, value string) {
		entity := "DOMAIN"
		if ip {
			entity = "IP"
		}
		written, published, err := acls.Parse(entity, value)
		if err != nil {
			return
		}
		again, same, err := acls.Parse(entity, written)
		if err != nil || again != written || strings.Join(same, ",") != strings.Join(published, ",") {
			t.Errorf("%q is stored as %q and read as %q %q, %v", value, written, again, same, err)
		}
		canonical := strings.Join(published, ",")
		if again, same, err = acls.Parse(entity, canonical); err != nil || again != canonical || strings.Join(same, ",") != canonical {
			t.Errorf("%q is published as %q and read as %q %q, %v", value, canonical, again, same, err)
		}
		if body, err := definition.Encode(definition.ACL{Values: published}); err != nil || len(body) == 0 {
			t.Errorf("%q cannot be published: %v", value, err)
		}
	})
}
