package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// fullTemplate has every variable that management takes.
const fullTemplate = `{"code":"$context.error.code","text":"$context.error.message","type":"$context.error.type",` +
	`"id":"$context.requestId","api":"$context.apiId","name":"$context.apiName","app":"$context.appId","appName":"$context.appName",` +
	`"stage":"$context.stage","ip":"$context.sourceIp","path":"$context.reqPath","uri":"$context.reqUri","method":"$context.reqMethod",` +
	`"user":"$context.authorizer.frontend.user","backend":"$context.authorizer.backend.user"}`

// TestGroupResponses: the words of a group for the faults of its APIs.
func TestGroupResponses(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("orders")
	ownWords := own.response(g, object{"AUTH_HEADER_MISSING": object{"status": 499, "body": `"missing"`}, "AUTH_FAILURE": object{"status": 418, "body": fullTemplate}})
	api := own.published(g, web("/own", echo(t).address), "auth_type", "APP", "response_id", ownWords)
	own.published(g, web("/standard", echo(t).address), "auth_type", "APP")
	app := own.app("consumer")

	bad := client{app.id, app.key, "not the secret of this app"}
	r := g.https(`GET /own?a=<b>&"`, bad.signs()).want(418, "").has("Content-Type", "application/json").has("Server", "api-gateway")
	got := r.object()
	for name, want := range map[string]string{
		"code": "APIG.0303", "type": "AUTH_FAILURE", "id": r.header.Get("X-Request-Id"), "api": api.id, "app": "", "appName": "",
		"stage": "RELEASE", "ip": "127.0.0.1", "path": "/own", "method": "GET", "user": "", "backend": "",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if uri, _ := got["uri"].(string); len(uri) < len("/own?a=") || uri[:len("/own?a=")] != "/own?a=" {
		t.Errorf("uri is %q", uri)
	}
	// A type that the API's response does not set has the gateway's words.
	g.https("GET /own", app.signs()).fault(403, "APIG.0304", "")
	g.https("GET /standard", bad.signs()).fault(401, "APIG.0303", "")

	// The default response speaks for APIs that name none, and where no API is
	// found but the host leads to the group.
	base := "api-groups/" + g.id + "/gateway-responses"
	standing := own.get(base).text("responses.0.id")
	own.put(base+"/"+standing+"/NOT_FOUND", object{"status": 410, "body": `{"gone":"$context.reqPath","why":"$context.error.code"}`})
	own.put(base+"/"+standing+"/AUTH_FAILURE", object{"status": 200, "body": `["$context.error.type"]`})
	g.http("GET /nowhere/%3Cb%3E").want(410, `{"gone":"/nowhere/%3Cb%3E","why":"APIG.0101"}`)
	g.h2("GET /own", header("X-Stage", "NONE")).want(410, `"why":"APIG.0101"`)
	g.https("GET /standard", bad.signs()).want(200, `["AUTH_FAILURE"]`).has("Content-Type", "application/json")
	g.https("GET /own", bad.signs()).want(418, "APIG.0303")
	p.caller(t, "nobody."+domain).http("GET /own").fault(404, "APIG.0101", "")
	g.http("GET /..").fault(400, "APIG.0201", "dot segment") // found before the host is

	// A type that is reset, and a response that is gone, have the gateway's words.
	own.remove(base + "/" + standing + "/NOT_FOUND")
	g.http("GET /nowhere").fault(404, "APIG.0101", "")
	own.update(api.id, g, web("/own", echo(t).address), "auth_type", "APP")
	own.publish(api.id)
	own.remove(base + "/" + ownWords)
	g.https("GET /own", bad.signs()).want(200, `["AUTH_FAILURE"]`)

	// HEAD has no body, whoever words it.
	g.https("HEAD /own", bad.signs()).want(200, "")
}

// TestGroupResponseOfABackend: faults that a backend causes are worded, its own
// answers are not.
func TestGroupResponseOfABackend(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("orders")
	words := own.response(g, object{"BACKEND_UNAVAILABLE": object{"status": 503, "body": `{"down":"$context.apiName"}`}})
	b := backend(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "the backend's own words")
	})
	own.published(g, web("/up", b.address), "response_id", words)
	own.published(g, web("/down", "127.0.0.1:9"), "response_id", words, "name", "down_api")
	g.http("GET /up").want(502, "the backend's own words")
	g.http("GET /down").want(503, `{"down":"down_api"}`)
}

// object is the answer's JSON.
func (r *reply) object() object {
	r.t.Helper()
	var v object
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		r.t.Fatalf("%s: %.2000q is not JSON: %v", r.call, r.body, err)
	}
	return v
}
