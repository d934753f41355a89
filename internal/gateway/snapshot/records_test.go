package snapshot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/message"
)

// release is the environment of most records.
const release = "RELEASE"

// world is a snapshot with stand-ins for plan building and for the sealer.
type world struct {
	*snapshot.Snapshot
	callers *callers.Callers
}

func newWorld() world {
	c := callers.New()
	open := func(purpose, id string, sealed []byte) ([]byte, error) {
		plain, ok := strings.CutPrefix(string(sealed), purpose+"/"+id+"/")
		if !ok {
			return nil, errors.New("sealed for something else")
		}
		return []byte(plain), nil
	}
	return world{callers: c, Snapshot: snapshot.New(snapshot.Options{
		Callers: c, Beside: beside.New(beside.Options{Open: open, Functions: functions.New(nil), Channels: channel.New(channel.Options{}), Clock: clock.System}), Open: open,
		Build: func(d *definition.API) (*plan.Plan, error) {
			if d.Name == "unbuildable" {
				return nil, errors.New("the backend address is missing")
			}
			return &plan.Plan{Target: call.Target{
				APIID: d.ID, GroupID: d.GroupID, EnvID: d.EnvID, VersionID: d.VersionID,
			}}, nil
		},
	})}
}

// ask says which API answers, in which version, or why none does.
func (w world) ask(host, env, method, path string) string {
	g := w.Group(host)
	if g == nil {
		return "no host"
	}
	c := &call.Call{Request: call.Request{Method: method, Path: path}}
	p, outcome := g.Lookup(env, c)
	switch outcome {
	case snapshot.NoEnvironment:
		return "no environment"
	case snapshot.NoPath:
		return "no path"
	case snapshot.NoMethod:
		return "no method"
	}
	if p.Target.APIID != c.Target.APIID {
		return "another plan than target"
	}
	return c.Target.APIID + "@" + c.Target.VersionID
}

// record encodes body; nil deletes. body may be text that is no JSON.
func record(revision uint64, kind definition.Kind, id string, body any) definition.Record {
	r := definition.Record{Key: definition.Key{Kind: kind, ID: id}, Revision: revision}
	switch body := body.(type) {
	case nil:
	case string:
		r.Body = []byte(body)
	default:
		encoded, err := definition.Encode(body)
		if err != nil {
			panic(err)
		}
		r.Body = encoded
	}
	return r
}

// api publishes "METHOD path" (SWA when the path ends in "*") in environment
// RELEASE; its version is its revision.
func api(revision uint64, id, group, route string) definition.Record {
	return apiIn(revision, id, group, release, route)
}

func apiIn(revision uint64, id, group, env, route string) definition.Record {
	method, path, _ := strings.Cut(route, " ")
	match := definition.MatchNormal
	if prefix, ok := strings.CutSuffix(path, "*"); ok {
		path, match = prefix, definition.MatchPrefix
	}
	return record(revision, definition.KindAPI, id+"/"+env, definition.API{
		ID: id, GroupID: group, EnvID: env, EnvName: env, VersionID: fmt.Sprint(revision),
		Method: method, Path: path, Match: match,
	})
}

func unpublish(revision uint64, id string) definition.Record {
	return record(revision, definition.KindAPI, id+"/"+release, nil)
}

func unbuildable(revision uint64, id, group string) definition.Record {
	return record(revision, definition.KindAPI, id+"/"+release, definition.API{
		ID: id, Name: "unbuildable", GroupID: group, EnvID: release, EnvName: release,
		Method: "GET", Path: "/x", Match: definition.MatchNormal,
	})
}

func group(revision uint64, id string, hosts ...string) definition.Record {
	return record(revision, definition.KindGroup, id, definition.Group{ID: id, Hosts: hosts})
}

func app(revision uint64, id, key string, codes ...string) definition.Record {
	d := definition.App{ID: id, Key: key, Secret: []byte("app-secret/" + id + "/s")}
	for _, code := range codes {
		d.Codes = append(d.Codes, []byte("app-code/"+id+"/"+code))
	}
	return record(revision, definition.KindApp, id, d)
}

func grant(revision uint64, id, appID, apiID string) definition.Record {
	return record(revision, definition.KindGrant, id, definition.Grant{ID: id, AppID: appID, APIID: apiID, EnvID: release})
}

// broken lists the keys and revisions of broken records.
func (w world) broken() string {
	var list []string
	for _, b := range w.Broken() {
		list = append(list, fmt.Sprintf("%s@%d", b.Key, b.Revision))
	}
	return strings.Join(list, " ")
}

func mustApply(t testing.TB, w world, records ...definition.Record) {
	t.Helper()
	if err := w.Apply(records); err != nil {
		t.Fatal(err)
	}
}

func fields(n int) message.Fields { return make(message.Fields, 0, n) }

func unmarshal(r definition.Record, into any) {
	if err := json.Unmarshal(r.Body, into); err != nil {
		panic(err)
	}
}
