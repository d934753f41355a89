package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/bench/forge"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

// TestEveryRouteOfASetIsFound: what the load calls is what the set serves, each API
// once, and the hit route is among those of every size.
func TestEveryRouteOfASetIsFound(t *testing.T) {
	for _, apis := range []int{1, forge.Count, forge.Count + 2*otherGroups + 7} {
		s := routeSet{apis: apis, backend: "127.0.0.1:9"}
		builders, groups, served := map[string]*route.Builder[string]{}, map[string]string{}, 0
		err := s.batches(func(list []definition.Record) error {
			for _, r := range list {
				switch r.Kind {
				case definition.KindGroup:
					var g definition.Group
					if err := json.Unmarshal(r.Body, &g); err != nil {
						return err
					}
					groups[g.Hosts[0]] = g.ID
				case definition.KindAPI:
					var d definition.API
					if err := json.Unmarshal(r.Body, &d); err != nil {
						return err
					}
					if builders[d.GroupID] == nil {
						builders[d.GroupID] = route.NewBuilder[string]()
					}
					if err := builders[d.GroupID].Add(route.Entry[string]{Method: d.Method, Path: d.Path, Match: d.Match, Value: d.ID}); err != nil {
						return err
					}
					served++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if served != apis || len(groups) != s.groups() {
			t.Errorf("%d APIs in %d groups, want %d in %d", served, len(groups), apis, s.groups())
		}
		found := func(host, method, path string) string {
			return builders[groups[host]].Table().Lookup(method, path, nil).Value
		}
		hit := (&size{set: s}).hit()
		if got := found(hit.Host, hit.Method, hit.Path); got != idOf("api", 0) {
			t.Errorf("%d APIs: %s %s leads to %q", apis, hit.Method, hit.Path, got)
		}
		for n := range apis {
			group, method, template := s.route(n)
			if got := found(hostOf(group), method, strings.NewReplacer("{", "", "}", "").Replace(template)); got != idOf("api", n) {
				t.Fatalf("%d APIs: number %d, %s %s, leads to %q", apis, n, method, template, got)
			}
		}
	}
}

func TestScriptsSpellTheRequests(t *testing.T) {
	s := routeSet{apis: forge.Count + otherGroups}
	if want := `return "GET /repos/" .. n .. "/" .. n .. "/issues/" .. n .. "/comments/" .. n .. " HTTP/1.1\r\nHost: " .. "g0.routes.example.com" .. "\r\n\r\n"`; !strings.Contains(s.hitScript(), want) {
		t.Errorf("%s\nlacks %s", s.hitScript(), want)
	}
	text := s.anyScript()
	if got := strings.Count(text, "function(n)"); got != forge.Count {
		t.Errorf("%d routes of the description are called", got)
	}
	for _, want := range []string{`return "POST /repos/" .. n .. "/" .. n .. "/forks HTTP/1.1\r\nHost: " .. "g0.routes.example.com" .. "\r\nContent-Length: 0\r\n\r\n"`,
		fmt.Sprintf("random(0, %d)", s.apis-1), "if n < 609 then", "n % 1000"} {
		if !strings.Contains(text, want) {
			t.Errorf("the script lacks %s", want)
		}
	}
}

func TestRatiosOfRoutesAreMadeInsideARound(t *testing.T) {
	var all []routed
	for round, rate := range []float64{1000, 100, 500} {
		all = append(all, routed{APIs: 1, Called: oneRoute, Round: round, load: load{Rate: rate}, Kept: 1},
			routed{APIs: 609, Called: oneRoute, Round: round, load: load{Rate: rate * 0.98}, Kept: 0.98},
			routed{APIs: 100_000, Called: oneRoute, Round: round, load: load{Rate: rate * 0.98}, Kept: 0.98})
	}
	var out bytes.Buffer
	printRouted(&out, all)
	var rows []string
	for line := range strings.Lines(out.String()) {
		rows = append(rows, strings.Join(strings.Fields(line), " "))
	}
	for _, want := range []string{"1 one 500 0 100.0 0", "609 one 490 0 98.0 99 not met 0", "100000 one 490 0 98.0 97 met 0"} {
		if !strings.Contains(strings.Join(rows, "\n"), want) {
			t.Errorf("no row %q in\n%s", want, out.String())
		}
	}
}

func TestSizesBeginWithOne(t *testing.T) {
	if list, err := parseSizes("1,609,100000"); err != nil || len(list) != 3 || list[2] != 100_000 {
		t.Errorf("%v, %v", list, err)
	}
	for _, text := range []string{"", "609", "1,0", "1,x", "1,700"} {
		if list, err := parseSizes(text); err == nil {
			t.Errorf("%q: %v", text, list)
		}
	}
}
