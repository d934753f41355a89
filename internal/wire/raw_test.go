package wire_test

import (
	"bytes"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// echoes are operations on documents of other languages.
func echoes() []wire.Route {
	return []wire.Route{
		{
			Method: "POST", Pattern: "/v1.0/echo", Action: "t:echo:create", Access: wire.Project,
			MaxBody: 1 << 10, TooLarge: apig.E3603,
			Handle: wire.Body(func(_ *wire.Request, in *wire.Raw) (*wire.File, error) {
				return &wire.File{Type: wire.YAML, Body: *in}, nil
			}),
		},
		{
			Method: "GET", Pattern: "/v1.0/echo", Action: "t:echo:get", Access: wire.Project, Status: 200,
			Handle: wire.Get(func(*wire.Request) (*wire.File, error) {
				return &wire.File{Type: wire.JSON, Body: []byte(`{ "as": "it is" }`)}, nil
			}),
		},
	}
}

func TestRawBodies(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(echoes())).As(member)
	for _, body := range []string{"a: [1,\n", `{"a":1,"a":2}`, "\xff\x00", "null"} {
		r := c.Do("POST", "/v1.0/echo", body).Want(200)
		if string(r.Body) != body || r.Header.Get("Content-Type") != wire.YAML {
			t.Errorf("%q came back as %q, %s", body, r.Body, r.Header.Get("Content-Type"))
		}
	}
	if r := c.Do("GET", "/v1.0/echo", nil).Want(200); string(r.Body) != `{ "as": "it is" }` {
		t.Errorf("body %s", r.Body)
	}
	if r := c.Do("HEAD", "/v1.0/echo", nil).Want(200); r.Header.Get("Content-Length") != "17" {
		t.Errorf("length %s", r.Header.Get("Content-Length"))
	}
}

func TestRawBodiesHaveLimits(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(echoes())).As(member)
	c.Do("POST", "/v1.0/echo", bytes.NewReader(make([]byte, 1<<10+1))).Refused(400, "APIG.3603")
	c.Do("POST", "/v1.0/echo", struct{ *bytes.Reader }{bytes.NewReader(make([]byte, 1<<10+1))}).Refused(400, "APIG.3603")
	wiretest.Serve(t, apig.Dialect(echoes())).Do("POST", "/v1.0/echo", unread{t}).Refused(401, "APIG.1000")
}

func TestRawBodiesInTheDocument(t *testing.T) {
	r := wiretest.Serve(t, apig.Dialect(echoes())).Do("GET", "/openapi/apigw.json", nil).Want(200)
	paths := r.Get("paths").(map[string]any)
	post := paths["/v1.0/echo"].(map[string]any)["post"].(map[string]any)
	if content := post["requestBody"].(map[string]any)["content"].(map[string]any); content["*/*"] == nil || len(content) != 1 {
		t.Errorf("the request body is %v", content)
	}
	answer := post["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)
	if answer[wire.JSON] == nil || answer[wire.YAML] == nil {
		t.Errorf("the answer is %v", answer)
	}
	if refusals := post["responses"].(map[string]any); refusals["413"] != nil {
		t.Error("413 is declared beside the refusal of the route")
	}
}
