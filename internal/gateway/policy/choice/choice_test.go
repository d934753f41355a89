package choice_test

import (
	"net/netip"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/choice"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
)

var api = &definition.API{Path: "/", Params: []definition.Param{
	{Name: "v", In: "QUERY", Type: "STRING"},
	{Name: "X-Tier", In: "HEADER", Type: "STRING", Default: func() *string { s := "basic"; return &s }()},
}}

func TestHold(t *testing.T) {
	exact := definition.Condition{Origin: "param", Type: "exact", Value: "1", Param: "v", ParamIn: "QUERY"}
	enum := definition.Condition{Origin: "param", Type: "enum", Value: "1, 2", Param: "v", ParamIn: "QUERY"}
	pattern := definition.Condition{Origin: "param", Type: "pattern", Value: "[0-5]", Param: "v", ParamIn: "QUERY"}
	alternatives := definition.Condition{Origin: "param", Type: "pattern", Value: "a|b", Param: "v", ParamIn: "QUERY"}
	tier := definition.Condition{Origin: "param", Type: "exact", Value: "basic", Param: "x-tier", ParamIn: "HEADER"}
	source := definition.Condition{Origin: "source", Value: "10.0.0.0/8, 203.0.113.9"}
	v6 := definition.Condition{Origin: "source", Value: "2001:db8::/32"}

	tests := []struct {
		name   string
		effect string
		conds  []definition.Condition
		query  string
		peer   string
		want   bool
	}{
		{"exact", "ALL", []definition.Condition{exact}, "v=1", "", true},
		{"exact other", "ALL", []definition.Condition{exact}, "v=11", "", false},
		{"absent", "ALL", []definition.Condition{exact}, "", "", false},
		{"first value decides", "ALL", []definition.Condition{exact}, "v=2&v=1", "", false},
		{"enum", "ALL", []definition.Condition{enum}, "v=2", "", true},
		{"enum other", "ALL", []definition.Condition{enum}, "v=3", "", false},
		{"pattern", "ALL", []definition.Condition{pattern}, "v=5", "", true},
		{"pattern is anchored", "ALL", []definition.Condition{pattern}, "v=15", "", false},
		{"pattern and a line break", "ALL", []definition.Condition{pattern}, "v=5%0A", "", false},
		{"anchors hold for each alternative", "ALL", []definition.Condition{alternatives}, "v=ax", "", false},
		{"default", "ALL", []definition.Condition{tier}, "", "", true},
		{"address", "ALL", []definition.Condition{source}, "", "203.0.113.9", true},
		{"network", "ALL", []definition.Condition{source}, "", "10.1.2.3", true},
		{"mapped address", "ALL", []definition.Condition{source}, "", "::ffff:10.1.2.3", true},
		{"other address", "ALL", []definition.Condition{source}, "", "11.1.2.3", false},
		{"v6", "ALL", []definition.Condition{v6}, "", "2001:db8::1", true},
		{"v6 and v4 peer", "ALL", []definition.Condition{v6}, "", "10.0.0.1", false},
		{"all of two", "ALL", []definition.Condition{exact, source}, "v=1", "10.0.0.1", true},
		{"all, one fails", "ALL", []definition.Condition{exact, source}, "v=1", "11.0.0.1", false},
		{"any of two", "ANY", []definition.Condition{exact, source}, "v=2", "10.0.0.1", true},
		{"any, none", "ANY", []definition.Condition{exact, source}, "v=2", "11.0.0.1", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := parameter.Compile(api)
			if err != nil {
				t.Fatal(err)
			}
			k, err := choice.New(test.effect, test.conds, set)
			if err != nil {
				t.Fatal(err)
			}
			c := gatewaytest.Prepared(t, "GET /?"+test.query)
			if test.peer != "" {
				c.Request.Client = netip.MustParseAddr(test.peer).Unmap() // as package gateway has it
			}
			if got := k.Hold(c); got != test.want {
				t.Errorf("Hold = %v", got)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	param := definition.Condition{Origin: "param", Type: "exact", Value: "1", Param: "v", ParamIn: "QUERY"}
	with := func(change func(*definition.Condition)) []definition.Condition {
		d := param
		change(&d)
		return []definition.Condition{d}
	}
	tests := []struct {
		name, effect string
		conds        []definition.Condition
	}{
		{"no conditions", "ALL", nil},
		{"effect", "SOME", []definition.Condition{param}},
		{"origin", "ALL", with(func(d *definition.Condition) { d.Origin = "system" })},
		{"undeclared", "ALL", with(func(d *definition.Condition) { d.Param = "w" })},
		{"other location", "ALL", with(func(d *definition.Condition) { d.ParamIn = "HEADER" })},
		{"type", "ALL", with(func(d *definition.Condition) { d.Type = "glob" })},
		{"pattern", "ALL", with(func(d *definition.Condition) { d.Type, d.Value = "pattern", "(" })},
		{"pattern that leaves its group", "ALL", with(func(d *definition.Condition) { d.Type, d.Value = "pattern", "a)|(b" })},
		{"address", "ALL", with(func(d *definition.Condition) { d.Origin, d.Value = "source", "10.0.0.1/33" })},
		{"empty address", "ALL", with(func(d *definition.Condition) { d.Origin, d.Value = "source", "10.0.0.1," })},
	}
	for _, test := range tests {
		set, err := parameter.Compile(api)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := choice.New(test.effect, test.conds, set); err == nil {
			t.Errorf("%s: accepted", test.name)
		}
	}
}
