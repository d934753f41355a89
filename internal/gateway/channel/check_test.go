package channel_test

import (
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sample is a channel with a health check over http.
func sample() *definition.Channel {
	return &definition.Channel{
		ID: "c", Name: "orders", Port: 8080, Balance: 1,
		Check:   &definition.Health{Protocol: "http", Path: "/hc", Normal: 2, Abnormal: 3, Timeout: 2, Interval: 5, Codes: "200-299"},
		Members: []definition.Member{{ID: "m", Host: "10.0.0.1", Weight: 1}},
	}
}

// TestCheckRefuses: a definition that cannot be served is refused with the object
// and the field, and is not put either.
func TestCheckRefuses(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*definition.Channel)
		want   string
	}{
		{"no id", func(d *definition.Channel) { d.ID = "" }, "id is empty"},
		{"port", func(d *definition.Channel) { d.Port = 0 }, "channel c: port 0"},
		{"large port", func(d *definition.Channel) { d.Port = 65536 }, "port 65536"},
		{"balance 0", func(d *definition.Channel) { d.Balance = 0 }, "balance 0"},
		{"balance 5", func(d *definition.Channel) { d.Balance = 5 }, "balance 5"},
		{"no host", func(d *definition.Channel) { d.Members[0].Host = "" }, `member m: host ""`},
		{"host with port", func(d *definition.Channel) { d.Members[0].Host = "a.test:80" }, "neither an address nor a name"},
		{"host with path", func(d *definition.Channel) { d.Members[0].Host = "a.test/x" }, "neither an address nor a name"},
		{"zone", func(d *definition.Channel) { d.Members[0].Host = "fe80::1%eth0" }, "neither an address nor a name"},
		{"line break", func(d *definition.Channel) { d.Members[0].Host = "a\r\nb" }, "neither an address nor a name"},
		{"weight", func(d *definition.Channel) { d.Members[0].Weight = -1 }, "weight -1"},
		{"heavy", func(d *definition.Channel) { d.Members[0].Weight = 101 }, "weight 101"},
		{"crowd", func(d *definition.Channel) { d.Members = make([]definition.Member, 1001) }, "1001 members"},
		{"protocol", func(d *definition.Channel) { d.Check.Protocol = "udp" }, `health check: protocol "udp"`},
		{"check port", func(d *definition.Channel) { d.Check.Port = 70000 }, "port 70000"},
		{"normal", func(d *definition.Channel) { d.Check.Normal = 1 }, "normal 1"},
		{"abnormal", func(d *definition.Channel) { d.Check.Abnormal = 11 }, "abnormal 11"},
		{"timeout", func(d *definition.Channel) { d.Check.Timeout = 1 }, "timeout 1 s"},
		{"interval", func(d *definition.Channel) { d.Check.Interval = 301 }, "interval 301 s"},
		{"overlap", func(d *definition.Channel) { d.Check.Timeout = 5 }, "not below the interval"},
		{"no path", func(d *definition.Channel) { d.Check.Path = "" }, `path ""`},
		{"relative path", func(d *definition.Channel) { d.Check.Path = "hc" }, `path "hc"`},
		{"request in the path", func(d *definition.Channel) { d.Check.Path = "/ HTTP/1.1\r\nX: y" }, "path"},
		{"no codes", func(d *definition.Channel) { d.Check.Codes = "" }, `codes ""`},
		{"codes", func(d *definition.Channel) { d.Check.Codes = "299-200" }, `codes "299-200"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sample()
			tc.change(d)
			s := channel.New(channel.Options{})
			defer s.Close()
			if err := s.Check(d); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
			s.Put(d)
			if _, known := s.Well(d.ID, ""); known {
				t.Error("it was put all the same")
			}
		})
	}
}

func TestCheckAccepts(t *testing.T) {
	s := channel.New(channel.Options{}) // not closed: a check starts nothing
	for _, change := range []func(*definition.Channel){
		func(*definition.Channel) {},
		func(d *definition.Channel) { d.Check = nil },
		func(d *definition.Channel) { d.Members = nil },
		func(d *definition.Channel) { d.Members[0].Weight = 0 },
		func(d *definition.Channel) { d.Members[0].Host = "2001:db8::1" },
		func(d *definition.Channel) { d.Members[0].Host = "back_end-1.Example.com" },
		func(d *definition.Channel) {
			*d.Check = definition.Health{Protocol: "tcp", Normal: 10, Abnormal: 10, Timeout: 30, Interval: 300}
		},
		func(d *definition.Channel) { d.Check.Protocol, d.Check.Path = "https", "/ready?deep=1" },
	} {
		d := sample()
		change(d)
		if err := s.Check(d); err != nil {
			t.Error(err)
		}
		if _, known := s.Well(d.ID, ""); known {
			t.Error("a check put the channel")
		}
	}
}

func TestCodes(t *testing.T) {
	for _, tc := range []struct {
		text    string
		in, out []int
	}{
		{"200", []int{200}, []int{199, 201, 0, -1, 600, 1000}},
		{"200,201", []int{200, 201}, []int{202}},
		{"200-299", []int{200, 250, 299}, []int{199, 300}},
		{"200,300-399", []int{200, 300, 399}, []int{201, 299, 400}},
		{"100-599", []int{100, 163, 164, 599}, []int{99, 600, 611, 999}},
	} {
		has, err := channel.Codes(tc.text)
		if err != nil {
			t.Errorf("%q: %v", tc.text, err)
			continue
		}
		for _, n := range tc.in {
			if !has(n) {
				t.Errorf("%d is not in %q", n, tc.text)
			}
		}
		for _, n := range tc.out {
			if has(n) {
				t.Errorf("%d is in %q", n, tc.text)
			}
		}
	}
	for _, text := range []string{"", ",", "200,", "20", "2000", "099", "600", "200-", "-200", "200-199", "200-299-300", "200 ", "2e2", "+20", "２００"} {
		if _, err := channel.Codes(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// FuzzCodes: what is taken means exactly the codes that a second reading of its
// text gives.
func FuzzCodes(f *testing.F) {
	for _, s := range []string{"200", "200,201", "200-299", "200,300-399", "100-599", "200,,", "200-100", "2-3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		has, err := channel.Codes(text)
		if err != nil {
			return
		}
		want := map[int]bool{}
		for part := range strings.SplitSeq(text, ",") {
			from, to, isRange := strings.Cut(part, "-")
			first, err := strconv.Atoi(from)
			last := first
			if err == nil && isRange {
				last, err = strconv.Atoi(to)
			}
			if err != nil || first < 100 || last > 599 || first > last {
				t.Fatalf("%q was taken, although it has %q", text, part)
			}
			for n := first; n <= last; n++ {
				want[n] = true
			}
		}
		for n := range 1000 {
			if has(n) != want[n] {
				t.Fatalf("%d in %q: %v, want %v", n, text, has(n), want[n])
			}
		}
	})
}
