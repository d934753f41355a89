package gateway_test

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/ids"
)

// What the making methods take beside their names is a document or pairs of
// further fields; nil takes a field out. Names are made unique where the caller
// gives none.

// with is a copy of a document with other fields; nil takes one out.
func with(d object, pairs ...any) object {
	out := maps.Clone(d)
	for i := 0; i+1 < len(pairs); i += 2 {
		if key := pairs[i].(string); pairs[i+1] == nil {
			delete(out, key)
		} else {
			out[key] = pairs[i+1]
		}
	}
	return out
}

// unique is a name that nothing has yet.
func unique(prefix string) string { return prefix + "_" + ids.Random().New()[:12] }

// group is an API group and the way to call it.
type group struct {
	*caller
	id string
}

// group makes a group; its caller uses the group's own host name.
func (m *manager) group(name string) *group {
	m.t.Helper()
	made := m.post("api-groups", object{"name": name})
	return &group{m.p.caller(m.t, made.text("sl_domain")), made.text("id")}
}

// on is the group reporting to a subtest.
func (g *group) on(t testing.TB) *group { return &group{g.caller.on(t), g.id} }

// mock is the document of an API for GET that answers by itself; a group and a
// name are added when it is made.
func mock(path, content string) object {
	return object{
		"type": 1, "req_protocol": "BOTH", "req_method": "GET", "req_uri": path,
		"auth_type": "NONE", "backend_type": "MOCK", "mock_info": object{"result_content": content},
	}
}

// web is the document of an API for any method whose backend at address
// (host:port) is called with the same method at /backend.
func web(path, address string) object {
	d := with(mock(path, ""), "mock_info", nil, "req_method", "ANY", "backend_type", "HTTP")
	d["backend_api"] = object{
		"url_domain": address, "req_protocol": "HTTP", "req_method": "ANY", "req_uri": "/backend", "timeout": 5000,
	}
	return d
}

// toChannel is the document of an API whose backend is a channel.
func toChannel(path, channel string) object {
	d := web(path, "")
	d["backend_api"] = object{
		"vpc_status": 1, "vpc_info": object{"vpc_id": channel},
		"req_protocol": "HTTP", "req_method": "ANY", "req_uri": "/backend", "timeout": 5000,
	}
	return d
}

// toFunction is the document of an API whose backend is a function.
func toFunction(path, urn, invocation string) object {
	d := with(mock(path, ""), "mock_info", nil, "req_method", "ANY", "backend_type", "FUNCTION")
	d["func_info"] = object{"function_urn": urn, "invocation_type": invocation, "timeout": 5000}
	return d
}

// api makes a draft and answers its id.
func (m *manager) api(g *group, document object, pairs ...any) string {
	m.t.Helper()
	return m.post("apis", with(with(document, "group_id", g.id, "name", unique("api")), pairs...)).text("id")
}

// update gives an API another document.
func (m *manager) update(api string, g *group, document object, pairs ...any) {
	m.t.Helper()
	name := m.get("apis/" + api).text("name")
	m.put("apis/"+api, with(with(document, "group_id", g.id, "name", name), pairs...))
}

// publish publishes an API in RELEASE and answers the id of the publication,
// which policies are bound to.
func (m *manager) publish(api string) string {
	m.t.Helper()
	return m.publishIn(api, releaseEnv)
}

func (m *manager) publishIn(api, env string) string {
	m.t.Helper()
	return m.post("apis/publish/"+api, object{"env_id": env}).text("publish_id")
}

// published is an API that was made and published in RELEASE.
type published struct{ id, publication string }

// published makes an API and publishes it in RELEASE.
func (m *manager) published(g *group, document object, pairs ...any) published {
	m.t.Helper()
	id := m.api(g, document, pairs...)
	return published{id, m.publish(id)}
}

// env makes an environment.
func (m *manager) env(name string) string {
	m.t.Helper()
	return m.post("envs", object{"name": name}).text("id")
}

// variable gives a variable of a group a value in an environment.
func (m *manager) variable(g *group, env, name, value string) {
	m.t.Helper()
	m.post("env-variables", object{"group_id": g.id, "env_id": env, "variable_name": name, "variable_value": value})
}

// client is an app, or a user's access key: a pair that signs.
type client struct{ id, key, secret string }

// app makes an app.
func (m *manager) app(name string) client {
	m.t.Helper()
	a := m.post("apps", object{"name": name})
	return client{a.text("id"), a.text("app_key"), a.text("app_secret")}
}

// appCode makes an AppCode of an app.
func (m *manager) appCode(a client) string {
	m.t.Helper()
	return m.put("apps/"+a.id+"/app-codes", nil).text("app_code")
}

// accessKey makes an access key of the user.
func (m *manager) accessKey() client {
	m.t.Helper()
	made := m.post("/v3.0/OS-CREDENTIAL/credentials", object{"credential": object{"description": "test"}})
	return client{m.user, made.text("credential.access"), made.text("credential.secret")}
}

// jwt makes a pair of keys in the third dialect and a token with it.
func (m *manager) jwt() string {
	m.t.Helper()
	const base = "/apis/ghippo.io/v1alpha1"
	pair := m.post(base+"/current-user/accesskeys", object{})
	return m.post(base+"/token", object{"ak": pair.text("ak"), "sk": pair.text("sk")}).text("token")
}

// grant lets apps call an API in RELEASE.
func (m *manager) grant(api published, apps ...client) {
	m.t.Helper()
	ids := list{}
	for _, a := range apps {
		ids = append(ids, a.id)
	}
	m.post("app-auths", object{"api_ids": list{api.id}, "app_ids": ids, "env_id": releaseEnv})
}

// throttle makes a throttling policy, binds it and answers its id.
func (m *manager) throttle(api published, policy object) string {
	m.t.Helper()
	id := m.post("throttles", with(object{"name": unique("throttle"), "time_interval": 1, "time_unit": "DAY"}, flat(policy)...)).text("id")
	m.post("throttle-bindings", object{"strategy_id": id, "publish_ids": list{api.publication}})
	return id
}

// special gives one app or project a limit of its own in a throttling policy; kind
// is APP or USER.
func (m *manager) special(throttle, kind, id string, limit int) {
	m.t.Helper()
	m.post("throttle-specials", object{"strategy_id": throttle, "instance_type": kind, "instance_id": id, "call_limits": limit})
}

// acl makes an access control policy, binds it and answers its id: kind is
// PERMIT or DENY, entity IP or DOMAIN.
func (m *manager) acl(api published, kind, entity, value string) string {
	m.t.Helper()
	id := m.post("acls", object{"acl_name": unique("acl"), "acl_type": kind, "entity_type": entity, "acl_value": value}).text("id")
	m.post("acl-bindings", object{"acl_id": id, "publish_ids": list{api.publication}})
	return id
}

// sign makes a signature key, binds it and answers its id.
func (m *manager) sign(api published, key, secret string) string {
	m.t.Helper()
	id := m.post("signs", object{"name": unique("sign"), "sign_key": key, "sign_secret": secret}).text("id")
	m.post("sign-bindings", object{"sign_id": id, "publish_ids": list{api.publication}})
	return id
}

// channel makes a channel with members by address (host, without port) and
// answers its id. Its health check asks for a TCP connection every 5 s; pairs
// change any field.
func (m *manager) channel(port int, hosts []string, pairs ...any) string {
	m.t.Helper()
	members := list{}
	for _, h := range hosts {
		members = append(members, object{"host": h, "weight": 10})
	}
	return m.post("vpc-channels", with(object{
		"name": unique("channel"), "type": 2, "member_type": "ip", "port": port, "balance_strategy": 1, "vpc_instances": members,
		"vpc_health_config": object{
			"protocol": "tcp", "port": port, "threshold_normal": 2, "threshold_abnormal": 2, "time_interval": 5, "time_out": 2,
		},
	}, pairs...)).text("id")
}

// function makes a function from a WASI module (function/functiontest has some)
// and answers its URN without version.
func (m *manager) function(module []byte, pairs ...any) string {
	m.t.Helper()
	return m.made(with(object{
		"func_name": unique("f"), "package": "default", "runtime": "wasi", "handler": "index.handler", "memory_size": 16, "timeout": 1,
		"code_type": "inline", "func_code": object{"file": base64.StdEncoding.EncodeToString(module)},
	}, pairs...))
}

// functionAt makes a function behind a URL and answers its URN.
func (m *manager) functionAt(url string) string {
	m.t.Helper()
	return m.made(object{"func_name": unique("f"), "runtime": "http", "memory_size": 128, "timeout": 3, "code_type": "http", "http_target": url})
}

func (m *manager) made(function object) string {
	m.t.Helper()
	urn := m.post("/v2/"+m.project+"/fgs/functions", function).text("func_urn")
	return strings.TrimSuffix(urn, ":latest")
}

// authorizer makes an authorizer (kind FRONTEND or BACKEND) with a function.
func (m *manager) authorizer(kind, urn string, pairs ...any) string {
	m.t.Helper()
	return m.post("authorizers", with(object{"name": unique("authorizer"), "type": kind, "authorizer_type": "FUNC", "authorizer_uri": urn}, pairs...)).text("id")
}

// response makes a group response from the body of 4.21 and answers its id.
func (m *manager) response(g *group, responses object) string {
	m.t.Helper()
	return m.post("api-groups/"+g.id+"/gateway-responses", object{"name": unique("r"), "responses": responses}).text("id")
}

func flat(d object) (pairs []any) {
	for k, v := range d {
		pairs = append(pairs, k, v)
	}
	return pairs
}
