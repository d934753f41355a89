package gateway_test

import (
	"fmt"
	"strings"
	"testing"
)

// protocols are the ways to call, by name.
var protocols = map[string]protocol{"HTTP": http1, "HTTPS": https, "h2": h2}

// TestAddressLists: a list of addresses decides over the TCP peer, over every
// protocol, before authentication, and from the moment it is bound or changed.
func TestAddressLists(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("acl")
	const denied = "The IP address is not authorized to access the API."
	for _, test := range []struct {
		name, kind, value string
		admitted          bool
	}{
		{"permitted by address", "PERMIT", "127.0.0.1", true},
		{"permitted by block", "PERMIT", "10.0.0.1,127.0.0.0/8", true},
		{"permitted by range", "PERMIT", "::1,126.255.255.255-127.0.0.1", true},
		{"not permitted", "PERMIT", "127.0.0.2,10.0.0.0/8,::/0", false},
		{"denied by address", "DENY", "127.0.0.1", false},
		{"denied by block", "DENY", "0.0.0.0/0", false},
		{"denied by range", "DENY", "127.0.0.0-127.0.0.255", false},
		{"not denied", "DENY", "127.0.0.2,::/0", true},
		{"a hundred entries, the last one fits", "PERMIT", hundred("127.0.0.1"), true},
		{"a hundred entries, none fits", "PERMIT", hundred("127.0.0.2"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, own := g.on(t), own.on(t)
			path := "/" + unique("a")
			api := own.published(g, mock(path, "come in"))
			g.http("GET "+path).want(200, "come in")
			own.acl(api, test.kind, "IP", test.value)
			for name, kind := range protocols {
				r := g.call(kind, "GET "+path, header("X-Forwarded-For", "127.0.0.2, 192.0.2.1"), header("X-Real-Ip", "192.0.2.1"))
				if test.admitted {
					r.want(200, "come in")
				} else {
					r.fault(403, "APIG.0402", denied)
				}
				if t.Failed() {
					t.Fatalf("over %s", name)
				}
			}
		})
	}

	t.Run("before authentication", func(t *testing.T) {
		g, own := g.on(t), own.on(t)
		api := own.published(g, mock("/app", "come in"), "auth_type", "APP")
		g.http("GET /app").fault(401, "APIG.0303", "")
		own.acl(api, "DENY", "IP", "127.0.0.1")
		g.http("GET /app").fault(403, "APIG.0402", denied)
	})
	t.Run("changed and unbound", func(t *testing.T) {
		g, own := g.on(t), own.on(t)
		api := own.published(g, mock("/live", "come in"))
		id := own.acl(api, "DENY", "IP", "127.0.0.1")
		g.http("GET /live").fault(403, "APIG.0402", denied)
		own.put("acls/"+id, object{"acl_value": "127.0.0.2"})
		g.http("GET /live").want(200, "come in")
		own.put("acls/"+id, object{"acl_type": "PERMIT"})
		g.http("GET /live").fault(403, "APIG.0402", denied)
		own.remove("acl-bindings/" + own.get("acl-bindings/binded-acls?api_id="+api.id).text("acls.0.bind_id"))
		g.http("GET /live").want(200, "come in")
	})
	t.Run("in one environment", func(t *testing.T) {
		g, own := g.on(t), own.on(t)
		stage := unique("stage")
		env := own.env(stage)
		api := own.published(g, mock("/staged", "come in"))
		own.publishIn(api.id, env)
		own.acl(api, "DENY", "IP", "127.0.0.1")
		g.http("GET /staged").fault(403, "APIG.0402", denied)
		g.http("GET /staged", header("X-Stage", stage)).want(200, "come in")
	})
}

func hundred(last string) string {
	var b strings.Builder
	for i := range 99 {
		fmt.Fprintf(&b, "10.%d.0.0/24,", i)
	}
	return b.String() + last
}

// TestAccountLists: a list of accounts decides over the account of an IAM user,
// and over nothing else.
func TestAccountLists(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("acl")
	key := own.accessKey()
	const denied = "The IAM user is not authorized to access the API."
	for _, test := range []struct {
		name, kind, value string
		admitted          bool
	}{
		{"permitted", "PERMIT", "other,Default", true},
		{"not permitted", "PERMIT", "other", false},
		{"another case", "PERMIT", "default", false},
		{"denied", "DENY", "Default", false},
		{"not denied", "DENY", "other", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, own := g.on(t), own.on(t)
			path := "/" + unique("a")
			api := own.published(g, mock(path, "come in"), "auth_type", "IAM")
			own.acl(api, test.kind, "DOMAIN", test.value)
			for name, kind := range protocols {
				for _, credential := range []option{token(own), key.signs()} {
					r := g.call(kind, "GET "+path, credential)
					if test.admitted {
						r.want(200, "come in")
					} else {
						r.fault(403, "APIG.0302", denied)
					}
				}
				g.call(kind, "GET "+path).fault(401, "APIG.0301", "") // nobody is told that there is a list
				if t.Failed() {
					t.Fatalf("over %s", name)
				}
			}
		})
	}

	t.Run("without effect but under IAM", func(t *testing.T) {
		g, own := g.on(t), own.on(t)
		app := own.app("consumer")
		signed := own.published(g, mock("/app", "come in"), "auth_type", "APP")
		own.grant(signed, app)
		own.acl(signed, "DENY", "DOMAIN", "Default")
		g.http("GET /app", app.signs()).want(200, "come in")
		open := own.published(g, mock("/none", "come in"))
		own.acl(open, "PERMIT", "DOMAIN", "other")
		g.http("GET /none").want(200, "come in")
	})
	t.Run("both kinds must admit", func(t *testing.T) {
		g, own := g.on(t), own.on(t)
		api := own.published(g, mock("/both", "come in"), "auth_type", "IAM")
		own.acl(api, "PERMIT", "DOMAIN", "Default")
		id := own.acl(api, "PERMIT", "IP", "127.0.0.1")
		g.http("GET /both", token(own)).want(200, "come in")
		own.put("acls/"+id, object{"acl_value": "127.0.0.2"})
		g.http("GET /both", token(own)).fault(403, "APIG.0402", "")
	})
}
