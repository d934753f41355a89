package functions_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/message"
)

func TestVersions(t *testing.T) {
	f := functions.New(nil)
	for _, version := range []string{"latest", "v1"} {
		f.Put(&definition.Function{URN: "urn:f", Version: version, ProjectID: version})
	}
	for _, test := range []struct{ urn, version, want string }{
		{"urn:f", "", "latest"}, {"urn:f", "v1", "v1"}, {"urn:f:v1", "", "v1"}, {"urn:f:latest", "", "latest"},
		{"urn:f", "v2", ""}, {"urn:f:v2", "", ""}, {"urn:g", "", ""},
	} {
		got := f.Get(test.urn, test.version)
		if got == nil && test.want != "" || got != nil && got.Version != test.want {
			t.Errorf("%+v: %+v", test, got)
		}
	}
	f.Drop("urn:f:v1")
	if f.Get("urn:f", "v1") != nil || f.Get("urn:f", "") == nil {
		t.Error("dropped the wrong one")
	}
}

func TestEvent(t *testing.T) {
	c := gatewaytest.Prepared(t, "PUT /a%20b/c?x=1", "Host: shop.test")
	c.ID, c.Target.APIID, c.Target.EnvName = "id", "api", "DEV"
	e := functions.Event{
		Headers: message.Fields{{Name: "X-B", Value: "2"}, {Name: "X-A", Value: "1"}, {Name: "x-b", Value: "3"}, {Name: "Cookie", Value: "a=b"}, {Name: "COOKIE", Value: "c=d"}},
		Query:   message.Fields{{Name: "q", Value: "2"}, {Name: "Q", Value: "3"}, {Name: "q", Value: "1"}},
		Path:    message.Fields{{Name: "p", Value: "\"\\\x00\xff名"}},
		Body:    []byte{0, 255},
	}
	want := `{"body":"AP8=","requestContext":{"apiId":"api","requestId":"id","stage":"DEV","sourceIp":"` + gatewaytest.Peer + `"},` +
		`"queryStringParameters":{"Q":"3","q":"2,1"},"httpMethod":"PUT","pathParameters":{"p":"\"\\\u0000` + "\uFFFD名" + `"},` +
		`"headers":{"cookie":"a=b; c=d","host":"shop.test","x-a":"1","x-b":"2,3"},"path":"/a%20b/c","isBase64Encoded":true}`
	if got := string(e.Append(nil, c)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestManyFields: thousands of names in one query cost what sorting them costs.
func TestManyFields(t *testing.T) {
	var fields message.Fields
	for i := range 16_000 {
		fields = append(fields, message.Field{Name: fmt.Sprint(i % 8000), Value: "v"})
	}
	var got map[string]string
	if err := json.Unmarshal(functions.AppendFields(nil, fields), &got); err != nil || len(got) != 8000 || got["17"] != "v,v" {
		t.Errorf("%d fields, %v", len(got), err)
	}
}

func TestReadAnswer(t *testing.T) {
	a, err := functions.ReadAnswer([]byte(`{"statusCode":299,"headers":{"B":"2","A":" 1\t","Connection":"x, close","X":"3","TE":"4"},"body":"aGk=","isBase64Encoded":true,"x":[1]}`))
	if err != nil || a.Status != 299 || string(a.Body) != "hi" || gatewaytest.Lines(a.Headers) != "A: 1 | B: 2" {
		t.Errorf("%+v, %v", a, err)
	}
	many, long := map[string]string{}, map[string]string{"A": strings.Repeat("v", 32<<10)}
	for i := range 129 {
		many[fmt.Sprint("H", i)] = "v"
	}
	text := func(headers any) string {
		b, err := json.Marshal(map[string]any{"statusCode": 200, "headers": headers, "body": "", "isBase64Encoded": false})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	fat := map[string]string{}
	for i := range 5 {
		fat[fmt.Sprint("H", i)] = strings.Repeat("v", 30<<10)
	}
	for want, answer := range map[string]string{
		"not a JSON object":  "",
		"no member headers":  `{"statusCode":200}`,
		"there are 129":      text(many),
		"more than 32768":    text(long),
		"more than 131072":   text(fat),
		"not a field name":   text(map[string]string{"": "v"}),
		"control character":  text(map[string]string{"A": "\x7f"}),
		"stands twice":       `{"statusCode":200,"headers":{"A":"1","A":"2"},"body":"","isBase64Encoded":false}`,
		`"a" stands twice`:   text(map[string]string{"A": "1", "a": "2"}),
		"not a string":       text(map[string]any{"A": []string{"1"}}),
		"statusCode 200.0":   `{"statusCode":200.0,"headers":{},"body":"","isBase64Encoded":false}`,
		"neither true nor":   `{"statusCode":200,"headers":{},"body":"","isBase64Encoded":1}`,
		"body is not a":      `{"statusCode":200,"headers":{},"body":1,"isBase64Encoded":true}`,
		"not Base64":         `{"statusCode":200,"headers":{},"body":"a-_","isBase64Encoded":true}`,
		"something stands":   text(nil)[:0] + `{"statusCode":200,"headers":{},"body":"","isBase64Encoded":false}1`,
		"headers: it is not": text(nil),
	} {
		if _, err := functions.ReadAnswer([]byte(answer)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.100s: %v, want …%s…", answer, err, want)
		}
	}
}

// FuzzReadAnswer: whatever a function answers, what is made of it can be
// written as one HTTP message.
func FuzzReadAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"statusCode":200,"headers":{"A":"1"},"body":"aGk=","isBase64Encoded":true}`,
		`{"statusCode":200,"headers":{"A":"1\r\nB: 2"},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":200,"headers":{"Connection":"A","A":"b"},"body":"\ud800","isBase64Encoded":false}`, `[]`, `{"a":{"a":{}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := functions.ReadAnswer(data)
		if err != nil {
			return
		}
		if a.Status < 200 || a.Status > 599 {
			t.Fatalf("status %d", a.Status)
		}
		for i, h := range a.Headers {
			if h.Name == "" || strings.ContainsAny(h.Name, ": \r\n\x00") || strings.ContainsAny(h.Value, "\r\n\x00") {
				t.Fatalf("%q: %q", h.Name, h.Value)
			}
			if strings.EqualFold(h.Name, "Transfer-Encoding") || strings.EqualFold(h.Name, "Content-Length") || strings.EqualFold(h.Name, "Connection") {
				t.Fatalf("%q passed", h.Name)
			}
			for _, other := range a.Headers[:i] {
				if strings.EqualFold(other.Name, h.Name) {
					t.Fatalf("%q twice", h.Name)
				}
			}
		}
	})
}

// FuzzAppendFields: whatever callers send, the event is one JSON object that
// holds each of their values.
func FuzzAppendFields(f *testing.F) {
	f.Add("a", "1", "b", "2")
	f.Add("a", "1", "a", "\"},{\"")
	f.Add("\xff", "\x00", "", "\u2028")
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string) {
		var got map[string]string
		text := functions.AppendFields(nil, message.Fields{{Name: n1, Value: v1}, {Name: n2, Value: v2}})
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		valid := func(s string) string { return string([]rune(s)) } // bytes that are no text become U+FFFD
		want := valid(v1)
		if valid(n1) == valid(n2) {
			want = valid(v1) + "," + valid(v2)
			if valid(n1) == "cookie" {
				want = valid(v1) + "; " + valid(v2)
			}
		}
		if got[valid(n1)] != want {
			t.Fatalf("%q, want %q", got[valid(n1)], want)
		}
	})
}
