package channels_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/channels"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 90, channels.Schema()) }

func TestCreate(t *testing.T) {
	each(t, func(x *fixture) {
		r := x.alice.Do("POST", collection, sample()).Want(201)
		id := r.Text("id")
		x.touched(id)
		x.has(r, map[string]string{
			"name": "vpc_001", "type": "2", "member_type": "instance", "port": "15565", "balance_strategy": "1",
			"create_time": "2026-01-02T03:04:05Z", "status": "1",
		})
		if !ids.Valid(id) || r.Has("vpc_health_config") || r.Has("vpc_instances") {
			t.Errorf("created: %s", r.Body)
		}
		shown := x.alice.Do("GET", collection+"/"+id, nil).Want(200)
		x.has(shown, map[string]string{
			"id": id, "name": "vpc_001", "vpc_health_config.protocol": "http", "vpc_health_config.path": "/hc",
			"vpc_health_config.port": "15563", "vpc_health_config.threshold_normal": "5", "vpc_health_config.threshold_abnormal": "5",
			"vpc_health_config.time_out": "30", "vpc_health_config.time_interval": "200", "vpc_health_config.http_code": "205",
			"vpc_health_config.vpc_id": id, "vpc_health_config.create_time": "2026-01-02T03:04:05Z",
			"vpc_instances.0.instance_id": "instance01", "vpc_instances.0.instance_name": "name_of_instance01",
			"vpc_instances.0.host": "10.0.0.1", "vpc_instances.0.weight": "10", "vpc_instances.0.vpc_id": id,
			"vpc_instances.0.status": "1", "vpc_instances.0.create_time": "2026-01-02T03:04:05Z",
		})
		if !ids.Valid(shown.Text("vpc_health_config.id")) || !ids.Valid(shown.Text("vpc_instances.0.id")) || shown.Has("vpc_instances.1") {
			t.Errorf("shown: %s", shown.Body)
		}
		want := definition.Channel{
			ID: id, Name: "vpc_001", ProjectID: "p1", Port: 15565, Balance: 1,
			Check: &definition.Health{
				Protocol: "http", Path: "/hc", Port: 15563, Normal: 5, Abnormal: 5, Timeout: 30, Interval: 200, Codes: "205",
			},
			Members: []definition.Member{{ID: shown.Text("vpc_instances.0.id"), Host: "10.0.0.1", Weight: 10}},
		}
		if got := x.published(id); !reflect.DeepEqual(got, want) {
			t.Errorf("published %+v, want %+v", got, want)
		}
	})
}

func TestDefaults(t *testing.T) {
	each(t, func(x *fixture) {
		d := with(sample(), "member_type", nil, "balance_strategy", nil, "vpc_instances", nil,
			"check.protocol", "TCP", "check.port", nil, "check.path", "not a path", "check.http_code", "x")
		id := x.create(d)
		r := x.alice.Do("GET", collection+"/"+id, nil).Want(200)
		x.has(r, map[string]string{
			"member_type": "instance", "balance_strategy": "1", "vpc_health_config.protocol": "tcp", "vpc_health_config.path": "",
			"vpc_health_config.http_code": "", "vpc_health_config.port": "15565",
		})
		if members := r.Get("vpc_instances").([]any); len(members) != 0 {
			t.Errorf("members: %s", r.Body)
		}
		if ch := x.published(id); ch.Check.Port != 0 || len(ch.Members) != 0 {
			t.Errorf("published %+v", ch)
		}
		// The check follows the port of the channel.
		x.alice.Do("PUT", collection+"/"+id, with(d, "port", 99, "vpc_instances", list())).Want(200)
		x.has(x.alice.Do("GET", collection+"/"+id, nil), map[string]string{"port": "99", "vpc_health_config.port": "99"})

		// Words are taken in any case; ecs is what newer clients say.
		x.has(x.alice.Do("POST", collection, with(sample(), "name", "Kanal-二", "member_type", "ECS", "check.protocol", "Https")).Want(201),
			map[string]string{"name": "Kanal-二", "member_type": "instance"})
		x.has(x.alice.Do("POST", collection, with(sample(), "name", "hosts", "member_type", "IP", "vpc_instances", nil)).Want(201),
			map[string]string{"member_type": "ip"})
	})
}

// wrong are bodies with one fault each, for creating and replacing alike.
var wrong = []struct {
	name  string
	pairs []any
	code  string
	text  string
}{
	{"no name", []any{"name", nil}, "APIG.2001", "parameterName:name."},
	{"short name", []any{"name", "ab"}, "APIG.2005", "parameterName:name."},
	{"long name", []any{"name", strings.Repeat("通", 65)}, "APIG.2006", "parameterName:name."},
	{"digit first", []any{"name", "1abc"}, "APIG.2011", "parameterName:name."},
	{"hyphen first", []any{"name", "-abc"}, "APIG.2011", "parameterName:name."},
	{"control character", []any{"name", "abc\n"}, "APIG.2011", "parameterName:name."},
	{"no type", []any{"type", nil}, "APIG.2001", "parameterName:type."},
	{"type 3", []any{"type", 3}, "APIG.2004", "parameterName:type. Please refer"},
	{"type in words", []any{"type", "builtin"}, "APIG.2011", "parameterName:type."},
	{"member type", []any{"member_type", "eip"}, "APIG.2011", "parameterName:member_type."},
	{"no port", []any{"port", nil}, "APIG.2001", "parameterName:port."},
	{"port 0", []any{"port", 0}, "APIG.2025", "Invalid port number,parameterName:port"},
	{"port 65536", []any{"port", 65536}, "APIG.2025", "parameterName:port"},
	{"balance 0", []any{"balance_strategy", 0}, "APIG.2004", "parameterName:balance_strategy."},
	{"balance 5", []any{"balance_strategy", 5}, "APIG.2004", "parameterName:balance_strategy."},
	{"no health check", []any{"vpc_health_config", nil}, "APIG.2001", "parameterName:vpc_health_config."},
	{"no protocol", []any{"check.protocol", nil}, "APIG.2001", "vpc_health_config.protocol"},
	{"protocol", []any{"check.protocol", "udp"}, "APIG.2011", "vpc_health_config.protocol"},
	{"no path", []any{"check.path", nil}, "APIG.2001", "vpc_health_config.path"},
	{"relative path", []any{"check.path", "hc"}, "APIG.2011", "vpc_health_config.path"},
	{"dots in the path", []any{"check.path", "/a/../b"}, "APIG.2011", "vpc_health_config.path"},
	{"blank in the path", []any{"check.path", "/a b"}, "APIG.2011", "vpc_health_config.path"},
	{"line break in the query", []any{"check.path", "/a?b\r\nX: y"}, "APIG.2011", "vpc_health_config.path"},
	{"long path", []any{"check.path", "/" + strings.Repeat("a", 512)}, "APIG.2006", "vpc_health_config.path"},
	{"check port", []any{"check.port", 70000}, "APIG.2025", "vpc_health_config.port"},
	{"no threshold", []any{"check.threshold_normal", nil}, "APIG.2001", "vpc_health_config.threshold_normal"},
	{"threshold 1", []any{"check.threshold_normal", 1}, "APIG.2002", "vpc_health_config.threshold_normal"},
	{"threshold 11", []any{"check.threshold_abnormal", 11}, "APIG.2003", "vpc_health_config.threshold_abnormal"},
	{"no time out", []any{"check.time_out", nil}, "APIG.2001", "vpc_health_config.time_out"},
	{"time out 1", []any{"check.time_out", 1}, "APIG.2002", "vpc_health_config.time_out"},
	{"time out 31", []any{"check.time_out", 31}, "APIG.2003", "vpc_health_config.time_out"},
	{"interval 4", []any{"check.time_interval", 4}, "APIG.2002", "vpc_health_config.time_interval"},
	{"interval 301", []any{"check.time_interval", 301}, "APIG.2003", "vpc_health_config.time_interval"},
	{"time out as long as the interval", []any{"check.time_out", 10, "check.time_interval", 10}, "APIG.2004", "vpc_health_config.time_out"},
	{"no codes", []any{"check.http_code", nil}, "APIG.2001", "vpc_health_config.http_code"},
	{"code 600", []any{"check.http_code", "200,600"}, "APIG.2004", "vpc_health_config.http_code"},
	{"long codes", []any{"check.http_code", strings.Repeat("200,", 16) + "200"}, "APIG.2006", "vpc_health_config.http_code"},
	{"codes", []any{"check.http_code", "2xx"}, "APIG.2011", "vpc_health_config.http_code"},
	{"member without id", []any{"vpc_instances", list(with(member("instance01"), "instance_id", nil, "host", "10.0.0.1"))}, "APIG.2001", "vpc_instances[0].instance_id"},
	{"member without name", []any{"vpc_instances", list(with(member("instance01"), "instance_name", nil))}, "APIG.2001", "vpc_instances[0].instance_name"},
	{"member with a long name", []any{"vpc_instances", list(with(member("instance01"), "instance_name", strings.Repeat("a", 65)))}, "APIG.2006", "vpc_instances[0].instance_name"},
	{"member with a blank", []any{"vpc_instances", list(member("instance02"), with(member("instance01"), "instance_name", "a b"))}, "APIG.2011", "vpc_instances[1].instance_name"},
	{"member without weight", []any{"vpc_instances", list(with(member("instance01"), "weight", nil))}, "APIG.2001", "vpc_instances[0].weight"},
	{"weight 0", []any{"vpc_instances", list(with(member("instance01"), "weight", 0))}, "APIG.2002", "vpc_instances[0].weight"},
	{"weight 101", []any{"vpc_instances", list(with(member("instance01"), "weight", 101))}, "APIG.2003", "vpc_instances[0].weight"},
	{"weight 1.5", []any{"vpc_instances", list(with(member("instance01"), "weight", 1.5))}, "APIG.2011", "weight"},
	{"member twice", []any{"vpc_instances", list(member("instance01"), member("instance01"))}, "APIG.3306", "instance_id:instance01"},
	{"no host", []any{"member_type", "ip", "vpc_instances", list(member("instance01"))}, "APIG.2001", "vpc_instances[0].host"},
	{"bad address", []any{"member_type", "ip", "vpc_instances", list(host("10.0.0.300"))}, "APIG.2015", "Invalid IP address,parameterName:vpc_instances[0].host"},
	{"address with a port", []any{"member_type", "ip", "vpc_instances", list(host("10.0.0.3:80"))}, "APIG.2015", "vpc_instances[0].host"},
	{"address with a zone", []any{"member_type", "ip", "vpc_instances", list(host("fe80::1%eth0"))}, "APIG.2015", "vpc_instances[0].host"},
	{"bad host", []any{"member_type", "ip", "vpc_instances", list(host("a/b"))}, "APIG.2011", "vpc_instances[0].host"},
	{"long host", []any{"member_type", "ip", "vpc_instances", list(host(strings.Repeat("a.", 127)))}, "APIG.2006", "vpc_instances[0].host"},
	{"host twice", []any{"member_type", "ip", "vpc_instances", list(host("::ffff:10.0.0.1"), host("10.0.0.1"))}, "APIG.3306", "host:10.0.0.1"},
	{"1001 members", []any{"vpc_instances", slices.Repeat(list(member("instance01")), 1001)}, "APIG.2006", "parameterName:vpc_instances."},
}

func TestRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(with(sample(), "name", "before"))
		before := x.alice.Do("GET", collection+"/"+id, nil).Body
		for _, w := range wrong {
			for _, call := range [][2]string{{"POST", collection}, {"PUT", collection + "/" + id}} {
				x.Run(w.name+" by "+call[0], func(t *testing.T) {
					x.alice.For(t).Do(call[0], call[1], with(sample(), w.pairs...)).Refused(400, w.code, w.text)
				})
			}
		}
		x.alice.Do("POST", collection, with(sample(), "type", 1)).Refused(400, "APIG.1120")
		x.alice.Do("PUT", collection+"/"+id, with(sample(), "type", 1)).Refused(403, "APIG.3471")
		x.alice.Do("PUT", collection+"/"+id, with(sample(), "vpc_instances", nil)).Refused(400, "APIG.2001", "parameterName:vpc_instances.")
		for _, unknown := range []string{"instance99", "foreign01", "INSTANCE01", "' OR '1'='1", strings.Repeat("长", 1000)} {
			members := list(member("instance02"), with(member("instance01"), "instance_id", unknown))
			x.alice.Do("POST", collection, with(sample(), "vpc_instances", members)).Refused(404, "APIG.3092", "The ECS does not exist,id:")
			x.alice.Do("PUT", collection+"/"+id, with(sample(), "vpc_instances", members)).Refused(404, "APIG.3092")
			x.alice.Do("POST", collection+"/"+id+"/members", object{"vpc_instances": members}).Refused(404, "APIG.3092")
		}
		x.touched()
		if after := x.alice.Do("GET", collection+"/"+id, nil).Body; string(after) != string(before) {
			t.Errorf("refused writes left\n%s\nwas\n%s", after, before)
		}
		x.has(x.alice.Do("GET", collection, nil), map[string]string{"total": "1"})
	})
}

func TestUpdate(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(with(sample(), "vpc_instances", list(member("instance01"), member("instance02"))))
		x.alice.Do("DELETE", collection+"/"+id+"/members/instance02", nil).Want(204)
		x.touched(id)
		before := x.alice.Do("GET", collection+"/"+id, nil).Want(200)
		r := x.alice.Do("PUT", collection+"/"+id, with(sample(), "name", "renamed", "port", 80, "balance_strategy", 4,
			"check.path", "/ready?deep=1", "check.http_code", "201,202,210-299", "check.port", nil,
			"vpc_instances", list(with(member("instance01"), "weight", 20, "instance_name", "first"), member("instance03")))).Want(200)
		x.touched(id)
		x.has(r, map[string]string{"id": id, "name": "renamed", "port": "80", "balance_strategy": "4", "create_time": before.Text("create_time"), "status": "1"})
		after := x.alice.Do("GET", collection+"/"+id, nil).Want(200)
		x.has(after, map[string]string{
			"vpc_health_config.id": before.Text("vpc_health_config.id"), "vpc_health_config.path": "/ready?deep=1",
			"vpc_health_config.http_code": "201,202,210-299", "vpc_health_config.port": "80",
			"vpc_instances.0.instance_id": "instance03", // the newest first
			"vpc_instances.1.instance_id": "instance01", "vpc_instances.1.id": before.Text("vpc_instances.0.id"),
			"vpc_instances.1.create_time": before.Text("vpc_instances.0.create_time"), "vpc_instances.1.weight": "20",
			"vpc_instances.1.instance_name": "first",
		})
		if got := x.hosts(id); !slices.Equal(got, []string{"10.0.0.1", "10.0.0.3"}) {
			t.Errorf("gateways call %v", got)
		}

		// Hosts take the place of instances.
		x.alice.Do("PUT", collection+"/"+id, with(sample(), "name", "renamed", "member_type", "ip",
			"vpc_instances", list(host("Backend.Example.COM."), host("2001:DB8::1")))).Want(200)
		if got := x.hosts(id); !slices.Equal(got, []string{"2001:db8::1", "backend.example.com"}) {
			t.Errorf("gateways call %v", got)
		}
		list := x.alice.Do("GET", collection+"/"+id+"/members?name=backend", nil).Want(200)
		x.has(list, map[string]string{
			"total": "1", "vpc_instances.0.host": "backend.example.com", "vpc_instances.0.instance_id": "",
			"vpc_instances.0.instance_name": "backend.example.com", "vpc_instances.0.status": "1",
		})
	})
}

func TestNames(t *testing.T) {
	each(t, func(x *fixture) {
		first, second := x.create(sample()), x.create(with(sample(), "name", "second"))
		x.alice.Do("POST", collection, sample()).Refused(400, "APIG.3208", "The VPC channel name already exists, name:vpc_001")
		x.alice.Do("PUT", collection+"/"+second, sample()).Refused(400, "APIG.3208", "vpc_001")
		x.alice.Do("PUT", collection+"/"+first, sample()).Want(200) // its own
		x.bob.Do("POST", collection, with(sample(), "vpc_instances", nil)).Want(201)
	})
}

func TestDelete(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(sample())
		x.exec(`INSERT INTO api_uses VALUES ('a1', '', 'channel', '` + id + `'), ('a2', 'e1', 'function', 'x')`)
		x.alice.Do("DELETE", collection+"/"+id, nil).Refused(403, "APIG.3414", "The VPC channel is already being used by another API,id:"+id)
		x.touched()
		x.exec(`UPDATE api_uses SET env_id = 'e1' WHERE kind = 'channel'`) // the draft names it no more, a version does
		x.alice.Do("DELETE", collection+"/"+id, nil).Refused(403, "APIG.3414")
		x.exec(`DELETE FROM api_uses WHERE kind = 'channel'`)
		x.alice.Do("DELETE", collection+"/"+id, nil).Want(204)
		x.touched(id)
		if v, err := x.area.Contribute(t.Context(), x.db, id); v != nil || err != nil {
			t.Errorf("a deleted channel is published as %v, %v", v, err)
		}
		x.alice.Do("DELETE", collection+"/"+id, nil).Refused(404, "APIG.3023", "The VPC channel does not exist,id:"+id)
		x.create(sample()) // the name is free again
	})
}

func TestTenancy(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(sample())
		path := collection + "/" + id
		members := object{"vpc_instances": list(member("instance02"))}
		for _, call := range []struct {
			method, path string
			body         any
		}{
			{"GET", path, nil}, {"PUT", path, sample()}, {"DELETE", path, nil}, {"GET", path + "/members", nil},
			{"POST", path + "/members", members}, {"DELETE", path + "/members/instance01", nil},
		} {
			x.bob.Do(call.method, call.path, call.body).Refused(403, "APIG.1113")
			unknown := strings.Replace(call.path, id, "nothing", 1)
			x.alice.Do(call.method, unknown, call.body).Refused(404, "APIG.3023", "The VPC channel does not exist,id:nothing")
		}
		x.touched()
		// An administrator adds a server of the channel's project.
		x.has(x.admin.Do("POST", path+"/members", members).Want(201), map[string]string{"total": "2"})
		x.admin.Do("POST", path+"/members", object{"vpc_instances": list(member("foreign01"))}).Refused(404, "APIG.3092")
		x.touched(id)
	})
}
