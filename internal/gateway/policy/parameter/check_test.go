package parameter_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
	"github.com/lintel-gateway/lintel/internal/message"
)

func ptr[T any](v T) *T { return &v }

func TestCheck(t *testing.T) {
	age := definition.Param{Name: "age", In: "QUERY", Type: "NUMBER", Check: true, MinNum: ptr(int64(1)), MaxNum: ptr(int64(99))}
	city := definition.Param{Name: "city", In: "QUERY", Type: "STRING", Check: true, MinSize: ptr(2), MaxSize: ptr(4)}
	kind := definition.Param{Name: "X-Kind", In: "HEADER", Type: "STRING", Check: true, Enum: []string{"a", "b c"}}
	id := definition.Param{Name: "id", In: "PATH", Type: "NUMBER", Check: true, Required: true, MinNum: ptr(int64(10))}
	must := definition.Param{Name: "must", In: "QUERY", Type: "STRING", Required: true, Default: ptr("d")}
	free := definition.Param{Name: "free", In: "QUERY", Type: "NUMBER", MaxNum: ptr(int64(1))}
	code := definition.Param{Name: "code", In: "QUERY", Type: "NUMBER", Check: true, Enum: []string{"1", "2"}}

	tests := []struct {
		param  definition.Param
		call   string
		header string
		want   string // "" passes
	}{
		{age, "GET /", "", ""},
		{age, "GET /?age=1", "", ""},
		{age, "GET /?age=99", "", ""},
		{age, "GET /?age=42.5", "", ""},
		{age, "GET /?age=0", "", "parameter age must be 1 to 99"},
		{age, "GET /?age=100", "", "parameter age must be 1 to 99"},
		{age, "GET /?age=99.5", "", "parameter age must be 1 to 99"},
		{age, "GET /?age=1e400", "", "parameter age is not a number"},
		{age, "GET /?age=", "", "parameter age is not a number"},
		{age, "GET /?age=NaN", "", "parameter age is not a number"},
		{age, "GET /?age=0x10", "", "parameter age is not a number"},
		{age, "GET /?age=Infinity", "", "parameter age is not a number"},
		{age, "GET /?age=5&age=500", "", "parameter age must be 1 to 99"},
		{age, "GET /?AGE=500", "", ""}, // another parameter: query names have a case
		{city, "GET /?city=北京", "", ""},
		{city, "GET /?city=%E5%8C%97%E4%BA%AC", "", ""},
		{city, "GET /?city=%E5%8C%97", "", "parameter city must have 2 to 4 characters"},
		{city, "GET /?city=abcde", "", "parameter city must have 2 to 4 characters"},
		{kind, "GET /", "X-Kind: a", ""},
		{kind, "GET /", "x-kind: b c", ""},
		{kind, "GET /", "x-KIND: c", "parameter X-Kind is not one of the allowed values"},
		{id, "GET /10", "", ""},
		{id, "GET /9", "", "parameter id must be at least 10"},
		{must, "GET /?must=", "", ""},
		{must, "GET /?other=1", "", "parameter must is missing"},
		{free, "GET /?free=abc", "", ""}, // valid_enable = 2
		{code, "GET /?code=2", "", ""},
		{code, "GET /?code=02", "", "parameter code is not one of the allowed values"},
	}
	for _, test := range tests {
		api := &definition.API{Path: "/", Params: []definition.Param{test.param}}
		if test.param.In == "PATH" {
			api.Path = "/{id}"
		}
		set, err := parameter.Compile(api)
		if err != nil {
			t.Fatal(err)
		}
		check, err := parameter.NewCheck(set)
		if err != nil {
			t.Fatal(err)
		}
		fields := []string{"Accept: */*"}
		if test.header != "" {
			fields = append(fields, test.header)
		}
		c := gatewaytest.Prepared(t, test.call, fields...)
		if test.param.In == "PATH" {
			c.Target.PathParams = append(c.Target.PathParams, message.Field{Name: "id", Value: c.Request.Path[1:]})
		}
		got := ""
		if check != nil {
			if f := check.Apply(c); f != nil {
				got = strings.TrimPrefix(f.Message, "API request error: ")
				if f.Code != "APIG.0201" || f.Status != 400 {
					t.Errorf("%s: %s %d", test.call, f.Code, f.Status)
				}
			}
		}
		if got != test.want {
			t.Errorf("%s %s: %q, want %q", test.call, test.header, got, test.want)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	tests := []struct {
		name, path string
		params     []definition.Param
	}{
		{"no such variable", "/a", []definition.Param{{Name: "id", In: "PATH"}}},
		{"location", "/", []definition.Param{{Name: "id", In: "BODY"}}},
		{"twice", "/", []definition.Param{{Name: "a", In: "QUERY"}, {Name: "a", In: "QUERY"}}},
		{"twice ignoring case", "/", []definition.Param{{Name: "A", In: "HEADER"}, {Name: "a", In: "HEADER"}}},
		{"partial segment", "/a{id}", nil},
		{"variable twice", "/{a}/{a}", nil},
		{"empty variable", "/{}", nil},
		{"type", "/", []definition.Param{{Name: "a", In: "QUERY", Type: "DATE", Check: true}}},
		{"range", "/", []definition.Param{{Name: "a", In: "QUERY", Type: "NUMBER", Check: true, MinNum: ptr(int64(2)), MaxNum: ptr(int64(1))}}},
	}
	for _, test := range tests {
		set, err := parameter.Compile(&definition.API{Path: test.path, Params: test.params})
		if err == nil {
			_, err = parameter.NewCheck(set)
		}
		if err == nil {
			t.Errorf("%s: accepted", test.name)
		}
	}
}

func TestNoPolicyWithoutDemands(t *testing.T) {
	set, err := parameter.Compile(&definition.API{Path: "/", Params: []definition.Param{{Name: "a", In: "QUERY", Type: "STRING"}}})
	if err != nil {
		t.Fatal(err)
	}
	if check, err := parameter.NewCheck(set); check != nil || err != nil {
		t.Fatalf("%v, %v", check, err)
	}
}
