package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/lintel-gateway/lintel/bench/forge"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/state"
)

// routeSet is what one gateway of the comparison of numbers of routes serves: the
// route that is hit, then the rest of a description of 609, then as many others in
// a thousand groups.
type routeSet struct {
	apis    int
	backend string // address
}

// hitRoute is the one that is called with a changing parameter. Its neighbours are
// most of the description.
const hitRoute = "GET /repos/{owner}/{repo}/issues/{issue}/comments/{id}"

// described are the routes of the first group, the hit one first.
var described = func() []string {
	list := []string{hitRoute}
	for _, r := range forge.Routes() {
		if r != hitRoute {
			list = append(list, r)
		}
	}
	return list
}()

// otherGroups is over how many groups the APIs beyond the description are spread.
const otherGroups = 1000

// route is where the n-th API is found.
func (s routeSet) route(n int) (group int, method, template string) {
	if n < len(described) {
		method, template = forge.Split(described[n])
		return 0, method, template
	}
	n -= len(described)
	group, n = n%otherGroups, n/otherGroups
	return group, "GET", fmt.Sprintf("/v1/service-%d/resource-%d/{id}", n/10, n%10)
}

func hostOf(group int) string { return fmt.Sprintf("g%d.routes.example.com", group) }

// idOf makes an identity as management makes them.
func idOf(kind string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, n))
	return hex.EncodeToString(sum[:16])
}

// api is the n-th API as publication records it: anybody may call it, and its
// parameters are mapped into the path of the backend.
func (s routeSet) api(n int) definition.API {
	group, method, template := s.route(n)
	d := definition.API{
		ID: idOf("api", n), Name: fmt.Sprintf("api_%d", n), GroupID: idOf("group", group), ProjectID: idOf("project", 0),
		EnvID: releaseEnv, EnvName: "RELEASE", PublishID: idOf("publish", n), VersionID: idOf("version", n),
		Method: method, Path: template, Match: definition.MatchNormal, Protocol: definition.ProtocolBoth, Auth: definition.AuthNone,
		Backend: definition.Backend{Kind: definition.BackendHTTP,
			HTTP: &definition.HTTPBackend{Scheme: "http", Address: s.backend, Method: "GET", TimeoutMS: 60000}},
	}
	path := "/orders"
	for _, v := range forge.Variables(template) {
		path += "/{" + v + "}"
		d.Params = append(d.Params, definition.Param{Name: v, In: definition.InPath, Type: definition.TypeString, Required: true})
		d.Backend.Mappings = append(d.Backend.Mappings,
			definition.Mapping{Name: v, In: definition.InPath, Origin: definition.OriginRequest, Value: v, From: definition.InPath})
	}
	d.Backend.HTTP.Path = path
	return d
}

// groups is how many the set has.
func (s routeSet) groups() int { return max(1, min(otherGroups, s.apis-len(described))) }

// batches calls take with the records of the set, some at a time.
func (s routeSet) batches(take func([]definition.Record) error) error {
	var list []definition.Record
	revision := uint64(0)
	add := func(kind definition.Kind, id string, v any) error {
		revision++
		body, err := definition.Encode(v)
		if err != nil {
			return err
		}
		list = append(list, definition.Record{Key: definition.Key{Kind: kind, ID: id}, Revision: revision, Body: body})
		if len(list) < 1000 {
			return nil
		}
		err = take(list)
		list = nil
		return err
	}
	for g := range s.groups() {
		if err := add(definition.KindGroup, idOf("group", g), definition.Group{ID: idOf("group", g), ProjectID: idOf("project", 0), Hosts: []string{hostOf(g)}}); err != nil {
			return err
		}
	}
	for n := range s.apis {
		d := s.api(n)
		if err := add(definition.KindAPI, d.ID+"/"+d.EnvID, d); err != nil {
			return err
		}
	}
	return take(list)
}

// write makes the state file of a gateway that serves the set.
func (s routeSet) write(data string) error {
	log, err := state.Open(filepath.Join(data, "gateway"))
	if err != nil {
		return err
	}
	if _, err = log.Load(func([]definition.Record) {}); err == nil {
		err = s.batches(log.Append)
	}
	return errors.Join(err, log.Close())
}

// hitScript makes wrk call the hit route with another parameter each time.
func (s routeSet) hitScript() string {
	_, template := forge.Split(hitRoute)
	return "local n = 0\nrequest = function()\n  n = n + 1\n  return " + luaRequest("GET", `"`+hostOf(0)+`"`, template, "n") + "\nend\n"
}

// anyScript makes wrk call all routes of the set, each equally likely. That it knows
// them as route does shows in the run: no other path is answered with 200.
func (s routeSet) anyScript() string {
	var b strings.Builder
	b.WriteString("local described = {\n")
	for _, r := range described[:min(s.apis, len(described))] {
		method, template := forge.Split(r)
		b.WriteString("  function(n) return " + luaRequest(method, `"`+hostOf(0)+`"`, template, "n") + " end,\n")
	}
	fmt.Fprintf(&b, `}
math.randomseed(1)
local random, floor = math.random, math.floor
request = function()
  local n = random(0, %d)
  if n < %d then return described[n + 1](n) end
  n = n - %[2]d
  local group = n %% %d
  n = floor(n / %[3]d)
  return "GET /v1/service-" .. floor(n / 10) .. "/resource-" .. n %% 10 .. "/" .. n .. " HTTP/1.1\r\nHost: g" .. group .. ".routes.example.com\r\n\r\n"
end
`, s.apis-1, len(described), otherGroups)
	return b.String()
}

// luaRequest is an expression of Lua for a request whose variables are all number.
func luaRequest(method, host, template, number string) string {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimPrefix(template, "/"), "/") {
		if strings.HasPrefix(part, "{") {
			parts = append(parts, `/" .. `+number+` .. "`)
			continue
		}
		parts = append(parts, "/"+part)
	}
	length := ""
	if method != "GET" {
		length = `Content-Length: 0\r\n`
	}
	return `"` + method + " " + strings.Join(parts, "") + ` HTTP/1.1\r\nHost: " .. ` + host + ` .. "\r\n` + length + `\r\n"`
}
