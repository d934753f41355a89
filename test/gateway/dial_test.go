package gateway_test

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/config"
	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

// only opens nothing but the addresses it is given.
func only(allow ...string) func(*config.Config) {
	return func(c *config.Config) {
		c.Gateway.BackendAllow = nil
		for _, a := range allow {
			c.Gateway.BackendAllow = append(c.Gateway.BackendAllow, netip.MustParsePrefix(a))
		}
	}
}

// TestDeniedAddresses is drill 20: whatever form an address has, and whatever
// name leads there, this machine is not reached, over no protocol.
func TestDeniedAddresses(t *testing.T) {
	t.Parallel()
	b := listening(t, "127.0.0.1:0")
	names := &zone{}
	names.always("loopback.test.", "127.0.0.1", "::1")
	names.always("metadata.test.", "169.254.169.254")
	names.always("private.test.", "10.0.0.1", "192.168.0.1", "fd00::1")
	names.always("carried.test.", "64:ff9b::7f00:1", "2002:7f00:1::1", "100.64.0.1")
	server := names.serve(t)
	p := start(t, only(), func(c *config.Config) { c.Gateway.BackendResolver = server })
	own := p.admin
	g := own.group("denied")
	hosts := []string{
		"127.0.0.1", "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "169.254.169.254", "[fd00::1]", "[fe80::1]",
		"100.64.0.1", "10.0.0.1", "192.168.0.1", "172.16.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]", "[fd00:ec2::254]",
		"2130706433", "017700000001", "0177.0.0.1", "127.1", "0x7f000001", "0x7f.0.0.1", "localhost", "db.localhost",
		"loopback.test", "LOOPBACK.test", "metadata.test", "private.test", "carried.test",
	}
	for _, host := range hosts {
		t.Run(host, func(t *testing.T) {
			own := own.on(t)
			g := g.on(t)
			path := "/" + strings.NewReplacer("[", "", "]", "", ":", "-", ".", "_").Replace(host)
			made := own.do("POST apis", with(web(path, host+":"+b.port), "group_id", g.id, "name", unique("api"))).want(201)
			warned := made.value("warnings") != nil
			if isName := strings.HasSuffix(host, ".test"); warned == isName {
				t.Errorf("warnings: %v", made.value("warnings"))
			}
			own.publish(made.text("id"))
			g.http("GET "+path).fault(403, "APIG.0404", "Access to the backend IP address has been denied")
			g.h2("POST "+path, body("five apples")).fault(403, "APIG.0404", "")
		})
	}
	// Where the backend has TLS or is behind a debugged call.
	secret := own.api(g, with(web("/secret", ""), "backend_api", object{
		"url_domain": "127.0.0.1:" + b.port, "req_protocol": "HTTPS", "req_method": "ANY", "req_uri": "/", "timeout": 5000,
	}))
	own.publish(secret)
	g.http("GET /secret").fault(403, "APIG.0404", "")
	debugged := own.post("apis/debug/"+secret, object{"mode": "DEVELOPER", "scheme": "HTTP", "method": "GET", "path": "/secret"})
	if text := debugged.text("response"); !strings.Contains(text, "APIG.0404") {
		t.Errorf("debugged: %s", text)
	}
	if text := debugged.text("log"); !strings.Contains(text, "127.0.0.1 is a loopback address") {
		t.Errorf("the owner is not told why: %s", text)
	}
	b.unreached(t)
}

// TestADeniedFunctionTarget: functions behind a URL are called by management and
// by gateways; neither reaches this machine, nor follows there.
func TestADeniedFunctionTarget(t *testing.T) {
	t.Parallel()
	b := listening(t, "127.0.0.1:0")
	names := &zone{}
	names.always("loopback.test.", "127.0.0.1")
	server := names.serve(t)
	p := start(t, only(), func(c *config.Config) { c.Gateway.BackendResolver = server })
	own := p.admin
	g := own.group("denied")
	for name, target := range map[string]string{
		"address": "http://127.0.0.1:" + b.port + "/", "name": "http://loopback.test:" + b.port + "/", "number": "https://2130706433:" + b.port + "/",
	} {
		urn := own.functionAt(target)
		warnings, _ := own.get("/v2/" + own.project + "/fgs/functions/" + urn + "/config").value("warnings").(list)
		if warned := len(warnings) == 1 && strings.HasPrefix(warnings[0].(string), "http_target: "); warned != (name != "name") {
			t.Errorf("%s: warnings %v", name, warnings)
		}
		invoked := own.post("/v2/"+own.project+"/fgs/functions/"+urn+"/invocations", object{})
		if text := invoked.text("result"); !strings.Contains(text, "at an address that functions must not reach") {
			t.Errorf("%s: management invoked it: %s", name, text)
		}
		own.published(g, toFunction("/"+name, urn, "sync"))
		g.http("GET /"+name).fault(403, "APIG.0404", "")
	}
	own.published(g, toFunction("/wasm", own.function(functiontest.Says(`{"statusCode":200,"headers":{},"body":"inside","isBase64Encoded":false}`, "")), "sync"))
	g.http("GET /wasm").want(200, "inside")
	b.unreached(t)
}

// TestMembersOfChannels may be in private networks, but not on this machine:
// neither calls nor health checks go there.
func TestMembersOfChannels(t *testing.T) {
	t.Parallel()
	b := listening(t, "127.0.0.1:0")
	own := start(t, only("127.0.0.2/32")).admin
	g := own.group("channels")
	closed := own.channel(b.number, []string{"127.0.0.1"}, "vpc_health_config", object{
		"protocol": "tcp", "port": b.number, "threshold_normal": 2, "threshold_abnormal": 2, "time_interval": 5, "time_out": 2,
	})
	shown := own.get("vpc-channels/" + closed)
	if w := shown.text("warnings.0"); !strings.Contains(w, shown.text("vpc_instances.0.id")) || !strings.Contains(w, "127.0.0.1 is a loopback address") {
		t.Errorf("warning %q", w)
	}
	own.published(g, toChannel("/closed", closed))
	open := recorderAt(t, "127.0.0.2:0")
	opened := own.channel(open.port, []string{"127.0.0.2", "10.0.0.1"}, "balance_strategy", 3)
	if w := own.get("vpc-channels/" + opened).value("warnings"); w != nil {
		t.Errorf("members that may be reached have warnings: %v", w)
	}
	own.published(g, toChannel("/open", own.channel(open.port, []string{"127.0.0.2"})))
	g.http("GET /closed").fault(403, "APIG.0404", "")
	g.http("GET /open").want(200, "GET /backend")
	// Two checks, five seconds apart at the least, find the member abnormal: they
	// were made, and they were refused, although somebody listens there.
	eventually(t, "the member is abnormal", func() bool {
		return own.get("vpc-channels/"+closed).text("vpc_instances.0.status") != "1"
	})
	g.http("GET /closed").fault(502, "APIG.0610", "")
	b.unreached(t)
}

// TestBackendAllowAndNames: what is opened is reached, by address and by name,
// and the rest of an answer with several addresses is not.
func TestBackendAllowAndNames(t *testing.T) {
	t.Parallel()
	b := recorderAt(t, "127.0.0.2:0")
	names := &zone{}
	names.always("good.test.", "127.0.0.1", "127.0.0.2")
	names.always("closed.test.", "127.0.0.2", "127.0.0.1")
	names.fails("broken.test.")
	trap := listening(t, "127.0.0.1:0")
	server := names.serve(t)
	p := start(t, only("127.0.0.2/32"), func(c *config.Config) { c.Gateway.BackendResolver = server })
	own := p.admin
	g := own.group("names")
	_, port, err := net.SplitHostPort(b.address)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.2", "good.test", "GOOD.TEST"} {
		api := own.do("POST apis", with(web("/"+host, host+":"+port), "group_id", g.id, "name", unique("api"))).want(201)
		if w := api.value("warnings"); w != nil {
			t.Errorf("%s: warnings %v", host, w)
		}
		own.publish(api.text("id"))
		g.http("GET /"+host).want(200, "GET /backend")
	}
	if n := names.asked("good.test."); n != 2 { // A and AAAA, once
		t.Errorf("DNS was asked %d times about good.test, want 2", n)
	}
	for path, want := range map[string]struct {
		host, code string
		status     int
	}{
		// The port is open on the denied address only.
		"/closed": {"closed.test:" + trap.port, "APIG.0201", 502},
		"/absent": {"absent.test", "APIG.0605", 500},
		"/broken": {"broken.test", "APIG.0605", 500},
	} {
		own.published(g, web(path, want.host))
		r := g.http("GET " + path)
		if r.status != want.status || !strings.Contains(r.body, want.code) {
			t.Errorf("%s: %d %s, want %d %s", path, r.status, r.body, want.status, want.code)
		}
	}
	trap.unreached(t)
}

// TestRebinding: DNS says something else every time it is asked. Each call goes
// where the last answer that was judged leads, or nowhere.
func TestRebinding(t *testing.T) {
	t.Parallel()
	b := recorderAt(t, "127.0.0.2:0")
	_, port, err := net.SplitHostPort(b.address)
	if err != nil {
		t.Fatal(err)
	}
	trap := listening(t, net.JoinHostPort("127.0.0.1", port))
	names := &zone{}
	hosts := []string{"a.rebind.test", "b.rebind.test", "c.rebind.test", "d.rebind.test"}
	for i, host := range hosts {
		answers := []string{"127.0.0.2", "127.0.0.1"}
		names.inTurn(host+".", answers[i%2], answers[(i+1)%2])
	}
	server := names.serve(t)
	p := start(t, only("127.0.0.2/32"), func(c *config.Config) { c.Gateway.BackendResolver = server })
	own := p.admin
	g := own.group("rebinding")
	passed, denied := 0, 0
	for _, host := range hosts {
		path := "/" + host
		own.published(g, web(path, host+":"+port))
		for range 5 {
			switch r := g.http("GET " + path); {
			case r.status == 200:
				passed++
			case r.status == 403 && strings.Contains(r.body, "APIG.0404"):
				denied++
			default:
				t.Errorf("%s: %d %s", host, r.status, r.body)
			}
		}
	}
	if passed == 0 || denied == 0 {
		t.Errorf("%d calls passed and %d were denied: the names did not rebind", passed, denied)
	}
	trap.unreached(t)
}
