package snapshot

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
)

func sample() definition.API {
	text, low := "默认 \"x\" \\ \x01", int64(-3)
	return definition.API{
		ID: "0123456789abcdef0123456789abcdef", Name: "API \"名\" \u2028", GroupID: "fedcba9876543210fedcba9876543210", EnvID: "DEFAULT_ENVIRONMENT_RELEASE_ID", EnvName: "RELEASE",
		Method: "GET", Path: "/v1/{id}/things", Match: definition.MatchNormal, Auth: definition.AuthApp,
		Params:  []definition.Param{{Name: "id", In: "PATH", Default: &text, MinNum: &low, Enum: []string{"id", "path", "GET", ""}}},
		Backend: definition.Backend{Kind: "HTTP", HTTP: &definition.HTTPBackend{Path: "/\x7f{id}", Method: "GET", TimeoutMS: 5}, Mock: &definition.MockBackend{Content: "{\"path\":\"/wrong\"}"}},
	}
}

// TestPackedIsTheBody: what comes out is what went in, byte for byte, also where
// the text of a definition looks like its syntax.
func TestPackedIsTheBody(t *testing.T) {
	body, err := definition.Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	p, err := pack(body)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.body(); !bytes.Equal(got, body) {
		t.Errorf("unpacked\n%s\nwant\n%s", got, body)
	}
	if 3*len(p) > 2*len(body) {
		t.Errorf("%d bytes became %d", len(body), len(p))
	}
	h, ok := p.head(wholeHead)
	d := sample()
	if !ok || h != headOf(&d) {
		t.Errorf("the head is %q, %t", h, ok)
	}
}

func TestHeadIsThatOfTheObject(t *testing.T) {
	for body, want := range map[string]string{
		`{"backend":{"method":"PUT","http":[{"path":"/in"}]},"method":"GET","path":"/p","match":"SWA"}`: "GET /p SWA",
		"{\n \"method\": \"GET\",\t\"path\":\"/p\" , \"match\":\"SWA\"}":                                "GET /p SWA",
		`{"method":"GET","path":"/\u0070","match":"SWA"}`:                                               "", // encoding/json knows escapes
		`{"method":"GET","path":"/ü","match":"SWA"}`:                                                    "",
		`{"method":"GET","path":7,"match":"SWA"}`:                                                       "",
		`{"method":"GET","match":"SWA"}`:                                                                "",
		`{"Method":"GET","path":"/p","match":"SWA"}`:                                                    "",
	} {
		p, err := pack([]byte(body))
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		got := ""
		if h, ok := p.head(routeOfHead); ok {
			got = h[headMethod] + " " + h[headPath] + " " + h[headMatch]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// FuzzPacked: whatever is an object of JSON comes out as it was, but for white
// space, and what is none is refused or comes out as something that is none either.
func FuzzPacked(f *testing.F) {
	body, err := definition.Encode(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(body))
	f.Add(`{"id":"x","path":"` + strings.Repeat("a", 32) + `"}`)
	f.Add("{\"a\":\"\\\\\",\"id\":\"\x80\"}")
	f.Add(`{"method""GET"}`)
	f.Add("{\x00\x1f}")
	f.Fuzz(func(t *testing.T, body string) {
		p, err := pack([]byte(body))
		good := json.Valid([]byte(body)) && strings.HasPrefix(body, "{")
		if err != nil {
			if good {
				t.Fatalf("%q was refused: %v", body, err)
			}
			return
		}
		p.head(wholeHead)
		got := p.body()
		if good != json.Valid(got) {
			t.Fatalf("%q came out as %q", body, got)
		}
		if good {
			var want bytes.Buffer
			if err := json.Compact(&want, []byte(body)); err != nil {
				t.Fatal(err)
			}
			var have bytes.Buffer
			if err := json.Compact(&have, got); err != nil || !bytes.Equal(want.Bytes(), have.Bytes()) {
				t.Fatalf("%q came out as %q", body, got)
			}
		}
	})
}
