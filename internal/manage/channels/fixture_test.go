package channels_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/channels"
	"github.com/lintel-gateway/lintel/internal/manage/servers"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// neighbours stands in for the areas whose tables these ones read.
var neighbours = fstest.MapFS{
	"0010_projects.sql": {Data: []byte("-- +goose Up\nCREATE TABLE identity_projects (id TEXT PRIMARY KEY);\n" +
		"INSERT INTO identity_projects VALUES ('p1'), ('p2');\n")},
	"0011_uses.sql": {Data: []byte("-- +goose Up\nCREATE TABLE api_uses (api_id TEXT, env_id TEXT, kind TEXT, ref TEXT);\n")},
}

const collection = "/v1.0/apigw/vpc-channels"

type object = map[string]any

// fixture is the area beside the instance directory. Project p1 has the servers
// instance01 to instance03, 10.0.0.1 to 10.0.0.3; p2 has foreign01. A project
// may have 4 channels with 4 members each.
type fixture struct {
	*testing.T
	db    *store.DB
	area  *channels.Area
	clock *clock.Fake
	touch []string
	alice *wiretest.Client // p1
	bob   *wiretest.Client // p2
	admin *wiretest.Client // p0
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	schemas := []fs.FS{channels.Schema(), servers.Schema(), entitlement.Schema(), neighbours}
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		x := &fixture{T: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		limits, err := quota.Default().With(map[quota.Item]int{quota.Channels: 4, quota.Members: 4})
		if err != nil {
			t.Fatal(err)
		}
		x.area = channels.New(channels.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: entitlement.New(limits)})
		directory := servers.New(servers.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now})
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			for _, t := range touched {
				x.touch = append(x.touch, t.Kind+"/"+t.ID)
			}
			return nil, nil
		})
		client := wiretest.Serve(t, apig.Dialect(slices.Concat(x.area.Routes(), directory.Routes())))
		x.alice = client.As("project=p1;roles=member")
		x.bob = client.As("project=p2;roles=member")
		x.admin = client.As("project=p0;roles=admin")
		for i := range 3 {
			x.server(fmt.Sprintf("instance0%d", i+1), fmt.Sprintf("10.0.0.%d", i+1))
		}
		x.bob.Do("PUT", "/v1/p2/servers/foreign01", serverAt("10.9.9.9")).Want(200)
		x.touch = nil
		f(x)
	})
}

func serverAt(address string) object {
	return object{"server": object{"name": "a server", "accessIPv4": address}}
}

// server enters a server of p1.
func (x *fixture) server(id, address string) {
	x.Helper()
	x.alice.Do("PUT", "/v1/p1/servers/"+id, serverAt(address)).Want(200)
}

// sample is the request of reference 4.17.2.
func sample() object {
	return object{
		"balance_strategy": 1, "name": "vpc_001", "port": 15565, "type": 2, "member_type": "instance",
		"vpc_health_config": object{
			"http_code": "205", "path": "/hc", "port": 15563, "protocol": "http", "threshold_abnormal": 5, "threshold_normal": 5,
			"time_interval": 200, "time_out": 30,
		},
		"vpc_instances": []any{member("instance01")},
	}
}

func member(id string) object {
	return object{"instance_id": id, "instance_name": "name_of_" + id, "weight": 10}
}

func host(address string) object { return object{"host": address, "weight": 10} }

func list(members ...any) []any { return append([]any{}, members...) }

// with is a copy of a body with other fields; nil takes one out. A key that
// begins with "check." is one of the health check's.
func with(d object, pairs ...any) object {
	out := object{}
	for k, v := range d {
		out[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		name := pairs[i].(string)
		if len(name) > 6 && name[:6] == "check." {
			out["vpc_health_config"] = with(out["vpc_health_config"].(object), name[6:], pairs[i+1])
		} else if pairs[i+1] == nil {
			delete(out, name)
		} else {
			out[name] = pairs[i+1]
		}
	}
	return out
}

// create makes a channel and forgets what that touched.
func (x *fixture) create(d object) (id string) {
	x.Helper()
	id = x.alice.Do("POST", collection, d).Want(201).Text("id")
	x.clock.Advance(time.Second)
	x.touch = nil
	return id
}

// touched fails unless the writes since the last call touched exactly these
// channels.
func (x *fixture) touched(ids ...string) {
	x.Helper()
	var want []string
	for _, id := range ids {
		want = append(want, "channel/"+id)
	}
	if !slices.Equal(x.touch, want) {
		x.Errorf("touched %v, want %v", x.touch, want)
	}
	x.touch = nil
}

// published is what gateways hear of a channel; the test ends when it is gone.
func (x *fixture) published(id string) definition.Channel {
	x.Helper()
	v, err := x.area.Contribute(x.Context(), x.db, id)
	if err != nil {
		x.Fatal(err)
	}
	ch, ok := v.(definition.Channel)
	if !ok {
		x.Fatalf("channel %s is published as %v", id, v)
	}
	return ch
}

// hosts are the addresses that gateways call, in the order of their names.
func (x *fixture) hosts(id string) (out []string) {
	x.Helper()
	for _, m := range x.published(id).Members {
		out = append(out, m.Host)
	}
	slices.Sort(out)
	return out
}

func (x *fixture) exec(statement string) {
	x.Helper()
	if err := x.db.Write(x.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(x.Context(), statement)
		return err
	}); err != nil {
		x.Fatal(err)
	}
}

// has checks fields of an answer, as texts.
func (x *fixture) has(r *wiretest.Response, want map[string]string) {
	x.Helper()
	for path, text := range want {
		if got := r.Text(path); got != text {
			x.Errorf("%s: %s is %q, want %q", r.Call, path, got, text)
		}
	}
}
