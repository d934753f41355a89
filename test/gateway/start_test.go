package gateway_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

// TestStart uses every part of the start-up that other tests build on.
func TestStart(t *testing.T) {
	t.Parallel()
	p := start(t)
	b := echo(t)
	for _, own := range []*manager{p.admin, p.tenant("shop")} {
		g := own.group("orders")
		api := own.published(g, web("/orders", b.address), "auth_type", "APP", "auth_opt", object{"app_code_auth_type": "HEADER"})
		app := own.app("consumer")
		g.http("GET /orders", app.signs()).fault(403, "APIG.0304", "")
		own.grant(api, app)
		g.http("POST /orders", body("five apples"), app.signs()).want(200, "POST /backend five apples")
		g.https("GET /orders", app.signs()).want(200, "GET /backend ")
		g.h2("GET /orders", appCode(own.appCode(app)), header("X-Colour", "blue")).want(200, "GET /backend ")
		if got := b.last(t).header.Get("X-Colour"); got != "blue" {
			t.Errorf("X-Colour reached the backend as %q", got)
		}
	}
	if n := b.count(); n != 6 {
		t.Errorf("%d calls reached the backend, want 6", n)
	}
	p.admin.do("GET apis/nothing", nil).refused(404, "APIG.3002", "nothing")
}

// TestMakers makes one of everything that make_test.go can make.
func TestMakers(t *testing.T) {
	t.Parallel()
	own := start(t).admin
	g := own.group("orders")
	env := own.env("STAGE")
	own.variable(g, env, "host", "127.0.0.1")
	api := own.published(g, mock("/mock", "hello"))
	own.publishIn(api.id, env)
	app := own.app("consumer")
	own.special(own.throttle(api, object{"api_call_limits": 1000}), "APP", app.id, 5)
	own.acl(api, "DENY", "IP", "192.0.2.1")
	own.sign(api, "sign_key_1", "sign_secret_0123456")
	channel := own.channel(8080, []string{"10.0.0.1", "10.0.0.2"}, "balance_strategy", 2)
	own.published(g, toChannel("/channel", channel))
	urn := own.function(functiontest.Says(`{"statusCode":200}`, ""))
	own.published(g, toFunction("/function", urn, "sync"))
	own.functionAt("http://127.0.0.1:9/")
	gate := own.authorizer("FRONTEND", urn)
	own.published(g, mock("/gated", "in"), "auth_type", "AUTHORIZER", "authorizer_id", gate)
	own.response(g, object{"THROTTLED": object{"status": 503, "body": `{"later":true}`}})
	own.update(api.id, g, mock("/mock", "hello again"))
	own.publish(api.id)
	g.http("GET /mock").want(200, "hello again")
	if k := own.accessKey(); k.key == "" || k.secret == "" {
		t.Error("an access key without a key or a secret")
	}
}
