package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/bench/forge"
	"github.com/lintel-gateway/lintel/internal/definition"
)

const (
	releaseID = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	release   = "RELEASE"
	// apps is how many applications call the APIs: a few large ones do in life.
	apps = 100
)

// id makes an identity as management makes them, 32 hex digits, of a kind and a
// number. They must not compress better than real ones.
func id(kind string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, n))
	return hex.EncodeToString(sum[:16])
}

// set is a part of the installation under one group or more, whose calls are
// measured together.
type set struct {
	name   string
	first  int // number of its first API over all sets
	routes []string
	apis   int
	groups int
}

// group and host of an API of the set, by its number within the set.
func (s *set) group(n int) string { return id("group "+s.name, n%s.groups) }
func (s *set) host(n int) string  { return string(s.appendHost(nil, n)) }

func (s *set) appendHost(dst []byte, n int) []byte {
	dst = strconv.AppendInt(append(dst, 'g'), int64(n%s.groups), 10)
	return append(append(append(dst, '.'), s.name...), ".example.com"...)
}

// method and template of the n-th API of the set.
func (s *set) route(n int) (method, path string) {
	if s.routes != nil {
		return forge.Split(s.routes[n])
	}
	method, resource := s.appendResource(nil, n)
	return method, string(resource) + "/{id}"
}

// appendResource appends what is before the variable of the n-th API of a made-up set.
func (s *set) appendResource(dst []byte, n int) (method string, _ []byte) {
	n /= s.groups
	dst = strconv.AppendInt(append(dst, "/v1/service-"...), int64(n/40), 10)
	dst = strconv.AppendInt(append(dst, "/resource-"...), int64(n/4%10), 10)
	return methods[n%len(methods)], dst
}

var methods = [...]string{"GET", "POST", "PUT", "DELETE"}

// appendPath appends the path of a call of the n-th API, without making anything else
// in memory.
func (s *set) appendPath(dst []byte, n int) (method string, _ []byte) {
	const value = "value-1"
	if s.routes == nil {
		method, dst = s.appendResource(dst, n)
		return method, append(append(dst, '/'), value...)
	}
	method, path := forge.Split(s.routes[n])
	for {
		before, after, found := strings.Cut(path, "{")
		dst = append(dst, before...)
		if !found {
			return method, dst
		}
		_, path, _ = strings.Cut(after, "}")
		dst = append(dst, value...)
	}
}

// api is the n-th API of the set as publication records it: a path variable, a
// checked parameter of the query, a mapping of both, app authentication.
func (s *set) api(n int) definition.API {
	method, path := s.route(n)
	number := s.first + n
	one, hundred := int64(1), int64(100)
	d := definition.API{
		ID: id("api", number), Name: fmt.Sprintf("api_%s_%d", s.name, n), GroupID: s.group(n), ProjectID: id("project", 0),
		EnvID: releaseID, EnvName: release, PublishID: id("publish", number), VersionID: id("version", number),
		Method: method, Path: path, Match: definition.MatchNormal, Protocol: definition.ProtocolBoth, Auth: definition.AuthApp,
		Params: []definition.Param{{Name: "limit", In: definition.InQuery, Type: definition.TypeNumber, Check: true, MinNum: &one, MaxNum: &hundred}},
		Backend: definition.Backend{
			Kind: definition.BackendHTTP,
			HTTP: &definition.HTTPBackend{Scheme: "http", Address: fmt.Sprintf("service-%d.internal:8080", n%97), Method: method, TimeoutMS: 5000},
			Mappings: []definition.Mapping{
				{Name: "size", In: definition.InQuery, Origin: definition.OriginRequest, Value: "limit", From: definition.InQuery},
				{Name: "X-App", In: definition.InHeader, Origin: definition.OriginSystem, Value: "$context.appId"},
			},
		},
	}
	backend := "/internal"
	for _, v := range forge.Variables(path) {
		d.Params = append(d.Params, definition.Param{Name: v, In: definition.InPath, Type: definition.TypeString, Required: true})
		d.Backend.Mappings = append(d.Backend.Mappings,
			definition.Mapping{Name: v, In: definition.InPath, Origin: definition.OriginRequest, Value: v, From: definition.InPath})
		backend += "/{" + v + "}"
	}
	d.Backend.HTTP.Path = backend
	return d
}

// grant is what lets the n-th API of the set be called.
func (s *set) grant(n int) definition.Grant {
	number := s.first + n
	return definition.Grant{ID: id("grant", number), AppID: id("app", number%apps), APIID: id("api", number), EnvID: releaseID}
}

// records are the definitions of a set, from revision on.
func (s *set) records(from, to int, granted bool, revision uint64) ([]definition.Record, error) {
	var list []definition.Record
	for n := from; n < to; n++ {
		d := s.api(n)
		revision++
		r, err := entry(definition.KindAPI, d.ID+"/"+d.EnvID, d, revision)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
		if granted {
			g := s.grant(n)
			revision++
			if r, err = entry(definition.KindGrant, g.ID, g, revision); err != nil {
				return nil, err
			}
			list = append(list, r)
		}
	}
	return list, nil
}

// deletions are those of what records makes, from revision on.
func (s *set) deletions(from, to int, granted bool, revision uint64) []definition.Record {
	var list []definition.Record
	gone := func(kind definition.Kind, id string) {
		revision++
		list = append(list, definition.Record{Key: definition.Key{Kind: kind, ID: id}, Revision: revision})
	}
	for n := from; n < to; n++ {
		gone(definition.KindAPI, id("api", s.first+n)+"/"+releaseID)
		if granted {
			gone(definition.KindGrant, s.grant(n).ID)
		}
	}
	return list
}

// about are the groups of the set.
func (s *set) about(revision uint64) ([]definition.Record, error) {
	var list []definition.Record
	for g := range s.groups {
		revision++
		r, err := entry(definition.KindGroup, s.group(g), definition.Group{ID: s.group(g), ProjectID: id("project", 0), Hosts: []string{s.host(g)}}, revision)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// applications are the applications. Their secrets stand in the clear: here nothing
// is sealed, which costs one AES-GCM per application when it is loaded.
func applications(revision uint64) ([]definition.Record, error) {
	var list []definition.Record
	for n := range apps {
		revision++
		d := definition.App{ID: id("app", n), Name: fmt.Sprintf("app_%d", n), ProjectID: id("project", 0), Key: id("key", n), Secret: []byte(secret(n))}
		r, err := entry(definition.KindApp, d.ID, d, revision)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func secret(n int) string { return id("secret", n) }

func entry(kind definition.Kind, id string, v any, revision uint64) (definition.Record, error) {
	body, err := definition.Encode(v)
	return definition.Record{Key: definition.Key{Kind: kind, ID: id}, Revision: revision, Body: body}, err
}
