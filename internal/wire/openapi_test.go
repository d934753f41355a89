package wire_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// page embeds, points, nests and lists, like the answers of the areas.
type page[T any] struct {
	counts
	Items  []T            `json:"items"`
	At     apig.Time      `json:"at"`
	Parent *page[T]       `json:"parent,omitempty"`
	Map    map[string]int `json:"map,omitempty"`
	Local  struct {
		Deep string `json:"deep"`
	} `json:"local"`
	Hidden string `json:"-"`
	hidden string
}

type counts struct {
	Total int `json:"total" doc:"Rows over all pages."`
	Size  int `json:"size"`
}

func documented() []wire.Route {
	return append(things(), wire.Route{
		Method: "GET", Pattern: "/v1.0/things", Action: "t:things:list", Summary: "Lists things.", Access: wire.Project,
		Query: []wire.Param{{Name: "page_size", Type: "integer", Doc: "Rows of a page."}, {Name: "name"}},
		Handle: wire.Get(func(*wire.Request) (*page[thing], error) {
			return &page[thing]{hidden: "x"}, nil
		}),
	})
}

func TestDocumentIsComplete(t *testing.T) {
	dialects := []*wire.Dialect{apig.Dialect(documented()), keystone.Dialect([]wire.Route{
		{Method: "GET", Pattern: "/{$}", Action: "identity:versions:list", Access: wire.Public, Status: 300, Handle: nothing()},
		{Method: "GET", Pattern: "/v3/users/{user_id}", Action: "identity:users:get", Access: wire.Authenticated, Handle: nothing()},
	})}
	c := wiretest.Serve(t, dialects...)
	for _, d := range dialects {
		t.Run(d.Name, func(t *testing.T) { checkDocument(t, d, c.For(t).Do("GET", "/openapi/"+d.Name+".json", nil).Want(200)) })
	}
}

func checkDocument(t *testing.T, d *wire.Dialect, r *wiretest.Response) {
	if v := r.Text("openapi"); v != "3.1.0" {
		t.Errorf("openapi is %s", v)
	}
	paths := r.Get("paths").(map[string]any)
	seen := map[string]bool{}
	operations := 0
	for path, methods := range paths {
		for method, v := range methods.(map[string]any) {
			operations++
			id := v.(map[string]any)["operationId"].(string)
			if seen[id] {
				t.Errorf("operationId %s exists twice", id)
			}
			seen[id] = true
			checkPathParameters(t, method+" "+path, path, v.(map[string]any))
		}
	}
	for _, route := range d.Routes {
		if !seen[route.Action] {
			t.Errorf("the document lacks %s", route.Action)
		}
	}
	if operations != len(d.Routes) {
		t.Errorf("%d operations for %d routes", operations, len(d.Routes))
	}
	eachRef(r.JSON(), func(ref string) {
		if !r.Has(strings.ReplaceAll(strings.TrimPrefix(ref, "#/"), "/", ".")) && r.Get("components.schemas").(map[string]any)[strings.TrimPrefix(ref, "#/components/schemas/")] == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	})
}

func checkPathParameters(t *testing.T, name, path string, operation map[string]any) {
	list, _ := operation["parameters"].([]any)
	for _, p := range list {
		p := p.(map[string]any)
		if p["in"] == "path" && !strings.Contains(path, "{"+p["name"].(string)+"}") {
			t.Errorf("%s: path parameter %v is not in the path", name, p["name"])
		}
	}
	if got := len(slices.DeleteFunc(slices.Clone(list), func(p any) bool { return p.(map[string]any)["in"] != "path" })); got != strings.Count(path, "{") {
		t.Errorf("%s: %d path parameters", name, got)
	}
}

func eachRef(v any, f func(string)) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			f(ref)
		}
		for _, child := range v {
			eachRef(child, f)
		}
	case []any:
		for _, child := range v {
			eachRef(child, f)
		}
	}
}

func TestDocumentDetails(t *testing.T) {
	raw, err := wire.OpenAPI(apig.Dialect(documented()), "https://api.example.com")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Servers []struct{ URL string }
		Paths   map[string]map[string]struct {
			Tags       []string
			Security   []map[string]any
			Parameters []map[string]any
			Responses  map[string]struct {
				Description string
				Content     map[string]any
			}
			RequestBody struct{ Required bool }
		}
		Components struct {
			Schemas         map[string]wire.Schema
			SecuritySchemes map[string]map[string]string
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	create, list, login := doc.Paths["/v1.0/things"]["post"], doc.Paths["/v1.0/things"]["get"], doc.Paths["/v1.0/login"]["post"]
	if doc.Servers[0].URL != "https://api.example.com" || create.Tags[0] != "things" {
		t.Errorf("server %v, tags %v", doc.Servers, create.Tags)
	}
	if len(create.Security) != 3 || login.Security == nil || len(login.Security) != 0 {
		t.Errorf("security: create %v, login %v", create.Security, login.Security)
	}
	if doc.Components.SecuritySchemes["token"]["name"] != "X-Auth-Token" || doc.Components.SecuritySchemes["signature"]["name"] != "Authorization" ||
		doc.Components.SecuritySchemes["bearer"]["scheme"] != "bearer" {
		t.Errorf("security schemes: %v", doc.Components.SecuritySchemes)
	}
	for status, codes := range map[string][]string{
		"400": {"APIG.3201", "APIG.2000"}, "401": {"APIG.1000", "APIG.1003"}, "403": {"APIG.3101", "APIC.7110"}, "413": {"APIG.2006"}, "500": {"APIG.9999"},
	} {
		for _, code := range codes {
			if !strings.Contains(create.Responses[status].Description, code) {
				t.Errorf("the %s of create lacks %s: %q", status, code, create.Responses[status].Description)
			}
		}
	}
	if r := doc.Paths["/v1.0/things/{id}"]["delete"].Responses["204"]; r.Description == "" || r.Content != nil {
		t.Errorf("delete: %+v", r)
	}
	if !create.RequestBody.Required || doc.Paths["/v1.0/mine"]["put"].RequestBody.Required {
		t.Error("required request bodies")
	}
	if len(list.Parameters) != 2 || list.Parameters[0]["in"] != "query" {
		t.Errorf("query parameters: %v", list.Parameters)
	}
	schemas := doc.Components.Schemas
	if _, ok := schemas["wire_test.thing_request"]["required"]; ok {
		t.Error("a request requires what only an answer always has")
	}
	wantThing := wire.Schema{
		"type": "object", "required": []any{"kind", "name", "size"},
		"properties": map[string]any{
			"name":  map[string]any{"type": "string", "description": "Name of the thing."},
			"kind":  map[string]any{"type": "string", "enum": []any{"A", "B"}},
			"size":  map[string]any{"type": "integer"},
			"parts": map[string]any{"type": []any{"array", "null"}, "items": map[string]any{"$ref": "#/components/schemas/wire_test.thing"}},
			"free":  map[string]any{},
		},
	}
	if got := schemas["wire_test.thing"]; !reflect.DeepEqual(got, wantThing) {
		t.Errorf("thing is %v\nwant %v", got, wantThing)
	}
	for name, s := range schemas {
		if !strings.HasPrefix(name, "wire_test.page_") {
			continue
		}
		p := s["properties"].(map[string]any)
		if len(p) != 7 || p["total"] == nil || p["at"].(map[string]any)["format"] != "date-time" || p["Hidden"] != nil {
			t.Errorf("%s is %v", name, p)
		}
		return
	}
	t.Errorf("no schema of the list: %v", schemas)
}
