package apig_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestCheck(t *testing.T) {
	domain := regexp.MustCompile(`^[a-z.]+$`)
	text := func(s string) func(*apig.Check) { return func(c *apig.Check) { c.Text("p", s, 5) } }
	name := func(s string) func(*apig.Check) { return func(c *apig.Check) { c.Name("p", s) } }
	match := func(s string, min int) func(*apig.Check) {
		return func(c *apig.Check) { c.Pattern("p", s, domain, min, 6) }
	}
	number := func(n int) func(*apig.Check) { return func(c *apig.Check) { c.Range("p", n, 1, 60000) } }
	enum := func(s string) func(*apig.Check) { return func(c *apig.Check) { c.Enum("p", &s, "NONE", "APP") } }
	tests := []struct {
		name  string
		check func(*apig.Check)
		want  *wire.Error
	}{
		{"name", name("abc"), nil},
		{"name of 64 Chinese characters", name(strings.Repeat("中", 64)), nil},
		{"name with digits", name("a_1"), nil},
		{"empty name", name(""), apig.E2001},
		{"short name", name("ab"), apig.E2005},
		{"short Chinese name", name("中文"), apig.E2005},
		{"long name", name(strings.Repeat("a", 65)), apig.E2006},
		{"name begins with a digit", name("1abc"), apig.E2011},
		{"name begins with _", name("_abc"), apig.E2011},
		{"name with a hyphen", name("a-bc"), apig.E2011},
		{"name with a blank", name("a bc"), apig.E2011},
		{"name with an accent", name("abé"), apig.E2011},
		{"name with full-width letters", name("ａbc"), apig.E2011},
		{"name with a line break", name("abc\n"), apig.E2011},
		{"text", text("中\n\t\r<"), nil},
		{"no text", text(""), nil},
		{"long text", text("123456"), apig.E2006},
		{"text with BEL", text("a\x07"), apig.E2011},
		{"text with DEL", text("a\x7f"), apig.E2011},
		{"text with C1", text("a\u0085"), apig.E2011},
		{"text with a lost character", text("a\ufffd"), apig.E2011},
		{"pattern", match("a.b", 1), nil},
		{"pattern, optional", match("", 0), nil},
		{"pattern, empty", match("", 1), apig.E2001},
		{"pattern, short", match("a", 2), apig.E2005},
		{"pattern, long", match("abcdefg", 2), apig.E2006},
		{"pattern, not matched", match("a/b", 1), apig.E2011},
		{"range, least", number(1), nil},
		{"range, greatest", number(60000), nil},
		{"range, below", number(0), apig.E2002},
		{"range, above", number(60001), apig.E2003},
		{"enum", enum("NONE"), nil},
		{"enum, empty", enum(""), apig.E2001},
		{"enum, unknown", enum("IAM"), apig.E2011},
		{"count", func(c *apig.Check) { c.Count("p", 3, 3) }, nil},
		{"count, above", func(c *apig.Check) { c.Count("p", 4, 3) }, apig.E2006},
		{"required", func(c *apig.Check) { c.Required("p", "") }, apig.E2001},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c apig.Check
			tt.check(&c)
			if tt.want == nil {
				if c.Err() != nil {
					t.Fatalf("refused: %v", c.Err())
				}
				return
			}
			if !errors.Is(c.Err(), tt.want) || !strings.Contains(c.Err().Error(), "parameterName:p.") {
				t.Fatalf("%v, want %s naming p", c.Err(), tt.want.Code)
			}
		})
	}
}

func TestCheckKeepsTheFirstFaultAndUpperCasesEnums(t *testing.T) {
	var c apig.Check
	auth, kind := "app", "x"
	c.Enum("auth_type", &auth, "NONE", "APP")
	c.Range("timeout", 0, 1, 2)
	c.Name("name", "")
	c.Enum("kind", &kind, "X")
	c.That(false, errors.New("later"))
	if !errors.Is(c.Err(), apig.E2002) || !strings.Contains(c.Err().Error(), "timeout") {
		t.Errorf("%v is not the first fault", c.Err())
	}
	if auth != "APP" || kind != "x" {
		t.Errorf("auth_type %q, kind %q; want APP and, after the fault, x", auth, kind)
	}
}

func TestPaging(t *testing.T) {
	var page apig.Page
	var precise bool
	c := wiretest.Serve(t, apig.Dialect([]wire.Route{{
		Method: "GET", Pattern: "/v1.0/x", Action: "t:x:list", Access: wire.Public,
		Handle: wire.Done(func(r *wire.Request) (err error) {
			page, err = apig.Paging(r)
			precise = apig.Precise(r, "req_uri")
			return err
		}),
	}}))
	tests := []struct {
		query string
		want  apig.Page
		code  string
		param string
	}{
		{"", apig.Page{Limit: 20}, "", ""},
		{"page_size=&page_no=", apig.Page{Limit: 20}, "", ""},
		{"page_size=500&page_no=3", apig.Page{Limit: 500, Offset: 1000}, "", ""},
		{"page_size=0", apig.Page{Limit: 10000}, "", ""},
		{"page_size=0&page_no=2", apig.Page{Limit: 10000, Offset: 10000}, "", ""},
		{"page_no=2147483647&page_size=500", apig.Page{Limit: 500, Offset: 2147483646 * 500}, "", ""},
		{"page_size=501", apig.Page{}, "APIG.2003", "page_size"},
		{"page_size=-1", apig.Page{}, "APIG.2002", "page_size"},
		{"page_size=x", apig.Page{}, "APIG.2011", "page_size"},
		{"page_size=1.0", apig.Page{}, "APIG.2011", "page_size"},
		{"page_size=%2B1", apig.Page{}, "APIG.2011", "page_size"},
		{"page_size=1&page_size=2", apig.Page{}, "APIG.2011", "page_size"},
		{"page_no=0", apig.Page{}, "APIG.2002", "page_no"},
		{"page_no=-", apig.Page{}, "APIG.2011", "page_no"},
		{"page_no=99999999999999999999", apig.Page{}, "APIG.2003", "page_no"},
		{"page_no=-99999999999999999999", apig.Page{}, "APIG.2002", "page_no"},
		{"page_no=2147483648", apig.Page{}, "APIG.2003", "page_no"},
		{"limit=50&offset=7", apig.Page{Limit: 50, Offset: 7}, "", ""},
		{"limit=0&offset=-3", apig.Page{Limit: 20}, "", ""},
		{"limit=900", apig.Page{Limit: 500}, "", ""},
		{"limit=x", apig.Page{}, "APIG.2011", "limit"},
		{"offset=x", apig.Page{}, "APIG.2011", "offset"},
		{"limit=50&page_no=2", apig.Page{Limit: 20, Offset: 20}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			r := c.For(t).Do("GET", "/v1.0/x?"+tt.query, nil)
			if tt.code != "" {
				r.Refused(400, tt.code, "parameterName:"+tt.param+".")
				return
			}
			if r.Want(204); page != tt.want {
				t.Errorf("%+v, want %+v", page, tt.want)
			}
		})
	}
	for query, want := range map[string]bool{
		"": false, "precise_search=req_uri": true, "precise_search=name": false, "precise_search=name,%20req_uri": true, "precise_search=req_uri_": false,
	} {
		if c.Do("GET", "/v1.0/x?"+query, nil).Want(204); precise != want {
			t.Errorf("%q: precise is %v", query, precise)
		}
	}
}

func TestTime(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	tests := map[string]apig.Time{
		`"2020-01-19T11:48:56.576611Z"`: apig.Time(time.Date(2020, 1, 19, 19, 48, 56, 576611862, zone)),
		`"2020-01-19T11:48:56.5Z"`:      apig.Time(time.Date(2020, 1, 19, 11, 48, 56, 500000000, time.UTC)),
		`"2019-06-05T08:54:25Z"`:        apig.Time(time.Date(2019, 6, 5, 8, 54, 25, 0, time.UTC)),
		`null`:                          {},
	}
	for want, at := range tests {
		got, err := json.Marshal(at)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
		var back apig.Time
		if err := json.Unmarshal(got, &back); err != nil || !time.Time(back).Equal(time.Time(at).Truncate(time.Microsecond)) {
			t.Errorf("%s comes back as %v, %v", got, back, err)
		}
	}
	var at apig.Time
	for _, bad := range []string{`"yesterday"`, `1`, `{}`} {
		if err := json.Unmarshal([]byte(bad), &at); err == nil {
			t.Errorf("%s was taken as %v", bad, at)
		}
	}
}
