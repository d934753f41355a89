package apig_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// catalogue is where a checkout beside the reference finds its error table.
const catalogue = "../../../../shared/spec/apigw-v1.0-errors.tsv"

func TestCatalogueHas232DistinctCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range apig.All() {
		if seen[e.Code] {
			t.Errorf("%s exists twice", e.Code)
		}
		seen[e.Code] = true
		if e.Message == "" || e.Status < 200 || e.Status > 599 {
			t.Errorf("%s: status %d, text %q", e.Code, e.Status, e.Message)
		}
	}
	if len(seen) != 232 {
		t.Errorf("%d codes, want 232", len(seen))
	}
}

func TestCatalogueIsTheReference(t *testing.T) {
	raw, err := os.ReadFile(filepath.FromSlash(catalogue))
	if os.IsNotExist(err) {
		t.Skip("the reference is not beside this checkout; the count is tested without it")
	}
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(raw)), "\n")[1:]
	all := apig.All()
	if len(rows) != len(all) {
		t.Fatalf("%d codes, the reference has %d", len(all), len(rows))
	}
	for i, row := range rows {
		if got := strconv.Itoa(all[i].Status) + "\t" + all[i].Code + "\t" + all[i].Message; got != row {
			t.Errorf("place %d: %q, the reference has %q", i, got, row)
		}
	}
}

func TestForms(t *testing.T) {
	const more = ". Please refer to the support documentation"
	tests := []struct {
		e      *wire.Error
		status int
		code   string
		text   string
	}{
		{apig.Missing("group_id"), 400, "APIG.2001", "The request parameters must be specified,parameterName:group_id" + more},
		{apig.TooSmall("timeout"), 400, "APIG.2002", "The parameter value is too small,parameterName:timeout" + more},
		{apig.TooLarge("timeout"), 400, "APIG.2003", "The parameter value is too large,parameterName:timeout" + more},
		{apig.TooShort("name"), 400, "APIG.2005", "The parameter is too short,parameterName:name" + more},
		{apig.TooLong("name"), 400, "APIG.2006", "The parameter is too long,parameterName:name" + more},
		{apig.Invalid("group_id"), 400, "APIG.2011", "Invalid parameter value,parameterName:group_id" + more},
		{apig.NoGroup("c77f"), 404, "APIG.3001", "API group c77f does not exist"},
		{apig.NoAPI("c77f"), 404, "APIG.3002", "API c77f does not exist"},
		{apig.NoEnv("c77f"), 404, "APIG.3003", "Environment c77f does not exist"},
		{apig.NoApp("c77f"), 404, "APIG.3004", "App c77f does not exist"},
		{apig.NoGrant("c77f"), 404, "APIG.3009", "The app authorization record does not exist,id:c77f"},
		{apig.NoVariable("c77f"), 404, "APIG.3011", "The environment variable does not exist, id: c77f"},
		{apig.NoPublication("c77f"), 404, "APIG.3015", "The API publication record does not exist,id:c77f"},
		{apig.NoVersion("c77f"), 404, "APIG.3022", "The API version does not exist,id:c77f"},
		{apig.NoAppCode("c77f"), 404, "APIG.3082", "The AppCode does not exist,id:c77f"},
		{apig.NoApp("a\nb\x1b[1m"), 404, "APIG.3004", "App a?b?[1m does not exist"},
		{apig.NoApp(strings.Repeat("中", 200)), 404, "APIG.3004", "App " + strings.Repeat("中", 128) + "… does not exist"},
	}
	for _, tt := range tests {
		if tt.e.Status != tt.status || tt.e.Code != tt.code || tt.e.Message != tt.text {
			t.Errorf("%d %s %q, want %d %s %q", tt.e.Status, tt.e.Code, tt.e.Message, tt.status, tt.code, tt.text)
		}
	}
}

func TestOwn(t *testing.T) {
	tests := []struct {
		actor   wire.Actor
		project string
		denied  bool
	}{
		{wire.Actor{ProjectID: "p", Roles: []string{"member"}}, "p", false},
		{wire.Actor{ProjectID: "p", Roles: []string{"reader"}}, "p", false},
		{wire.Actor{ProjectID: "p", Roles: []string{"member"}}, "q", true},
		{wire.Actor{ProjectID: "p", Roles: []string{"admin"}}, "q", false},
		{wire.Actor{Roles: []string{"member"}}, "", true},
	}
	for _, tt := range tests {
		err := apig.Own(&tt.actor, tt.project, apig.E1101)
		if errors.Is(err, apig.E1101) != tt.denied || (err == nil) == tt.denied {
			t.Errorf("%+v on a resource of %q: %v, want denied %v", tt.actor, tt.project, err, tt.denied)
		}
	}
}
