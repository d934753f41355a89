// Package gateway_test calls APIs over the wire: the whole platform in one
// process, as internal/app puts it together, on SQLite; everything is made
// through the management API, as its users make it, and backends are real
// servers on the loopback interface. One file per topic.
//
// How a test looks (the parts are in platform_, management_, make_, caller_ and
// backend_test.go):
//
//	func TestThrottleOfAnAPI(t *testing.T) {
//		t.Parallel()
//		p := start(t)                       // or start(t, func(c *config.Config) { c.Gateway.APIRate = 5 })
//		own := p.admin                      // or p.tenant("shop"): another project with a member of its own
//		b := echo(t)                        // a backend that notes and repeats what reached it
//		g := own.group("orders")
//		api := own.published(g, web("/orders", b.address), "auth_type", "APP")
//		app := own.app("consumer")
//		own.grant(api, app)
//		own.throttle(api, object{"api_call_limits": 2, "time_interval": 1, "time_unit": "DAY"})
//		g.http("GET /orders", app.signs()).want(200, "")
//		g.https("GET /orders", app.signs()).want(200, "")
//		g.http("GET /orders", app.signs()).fault(429, "APIG.0308", "")
//	}
//
// A platform takes about 0.2 s to start: one per test, shared by its subtests.
// What holds without the wire is tested beside the code.
package gateway_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	file := trustBackends()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) { os.Remove(file); os.Exit(code) }))
}
