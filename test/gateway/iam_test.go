package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestIAM: who may call an API under IAM, and what becomes of the credential.
func TestIAM(t *testing.T) {
	t.Parallel()
	p := start(t)
	own, other := p.admin, p.tenant("shop")
	b := echo(t)
	g := own.group("iam")
	own.published(g, web("/orders", b.address), "auth_type", "IAM")
	key, theirs, app, jwt := own.accessKey(), other.accessKey(), own.app("consumer"), p.tenant("kiosk").jwt()
	const bad = "Incorrect IAM authentication information"

	for name, kind := range protocols {
		t.Run("admitted over "+name, func(t *testing.T) {
			g := g.on(t)
			for who, o := range map[string][]option{
				"a token":                       {token(own)},
				"a token of another project":    {token(other)},
				"a token as bearer":             {header("Authorization", "Bearer "+own.token)},
				"a token of the third dialect":  {header("Authorization", "bearer "+jwt)},
				"an access key":                 {key.signs()},
				"an access key of another user": {theirs.signs()},
				"a signed body":                 {body("five apples"), key.signs()},
				"an unsigned body":              {body("five apples"), header("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"), key.signs()},
			} {
				g.call(kind, "POST /orders?a=1", o...).want(200, "")
				sent := b.last(t)
				for _, name := range []string{"X-Auth-Token", "Authorization", "X-Sdk-Date", "X-Sdk-Content-Sha256"} {
					if v := sent.header.Get(name); v != "" {
						t.Errorf("%s: %s reached the backend", who, name)
					}
				}
			}
		})
		t.Run("refused over "+name, func(t *testing.T) {
			g := g.on(t)
			before := b.count()
			for _, test := range []struct {
				o      []option
				detail string
			}{
				{nil, bad + "."},
				{[]option{header("X-Auth-Token", "x")}, bad + ": decrypt token fail"},
				{[]option{header("X-Auth-Token", own.token+"A")}, bad + ": decrypt token fail"},
				{[]option{token(own), key.signs()}, bad + ": more than one credential"},
				{[]option{token(own), appCode("x")}, bad + ": more than one credential"},
				{[]option{appCode("x")}, bad + "."},
				{[]option{header("X-Security-Token", "x"), key.signs()}, bad + ": temporary access keys (X-Security-Token) are not supported"},
				{[]option{app.signs()}, bad + ": verify aksk signature fail, canonicalRequest:GET|/orders/||"},
				{[]option{header("Authorization", "SDK-HMAC-SHA256 Access=x")}, bad + ": "},
				{[]option{header("Authorization", "Bearer x")}, bad + ": decrypt token fail"},
				{[]option{header("Authorization", "Basic x")}, bad + "."},
			} {
				if r := g.call(kind, "GET /orders", test.o...).fault(401, "APIG.0301", test.detail); r.status == 200 {
					t.Fatalf("admitted: want %s", test.detail)
				}
			}
			if n := b.count(); n != before {
				t.Errorf("%d refused calls reached the backend", n-before)
			}
		})
	}

	t.Run("the user in the access record", func(t *testing.T) {
		g := g.on(t)
		g.http("GET /orders?recorded", theirs.signs()).want(200, "")
		id := g.http("GET /orders?recorded", token(other)).want(200, "").header.Get("X-Request-Id")
		record := p.on(t).accessRecord(id)
		if record["user_id"] != other.user || record["app_id"] != "" {
			t.Errorf("user_id %v, app_id %v; the caller was %s", record["user_id"], record["app_id"], other.user)
		}
	})

	t.Run("a revoked token", func(t *testing.T) {
		g := g.on(t)
		m := p.on(t).logIn(other.name, "battery staple", object{"project": object{"id": other.project}})
		g.http("GET /orders", token(m)).want(200, "")
		m.do("DELETE /v3/auth/tokens", nil, "X-Subject-Token", m.token).want(204)
		g.http("GET /orders", token(m)).fault(401, "APIG.0301", "the token was revoked")
	})
	t.Run("an access key switched off", func(t *testing.T) {
		g, m := g.on(t), other.on(t)
		k := m.accessKey()
		g.http("GET /orders", k.signs()).want(200, "")
		m.put("/v3.0/OS-CREDENTIAL/credentials/"+k.key, object{"credential": object{"status": "inactive"}})
		g.http("GET /orders", k.signs()).fault(401, "APIG.0301", "verify aksk signature fail")
	})
	t.Run("an EC2 key", func(t *testing.T) {
		g, m := g.on(t), other.on(t)
		keys := "/v3/users/" + other.user + "/credentials/OS-EC2"
		made := m.do("POST "+keys, object{"tenant_id": other.project}).want(201)
		k := client{key: made.text("credential.access"), secret: made.text("credential.secret")}
		g.http("GET /orders", k.signs()).want(200, "")
		m.do("DELETE "+keys+"/"+k.key, nil).want(204)
		g.http("GET /orders", k.signs()).fault(401, "APIG.0301", "verify aksk signature fail")
	})
	t.Run("a disabled user", func(t *testing.T) {
		g, m := g.on(t), p.on(t).tenant(unique("closing"))
		k := m.accessKey()
		g.http("GET /orders", k.signs()).want(200, "")
		if err := p.people().EnableUser(t.Context(), m.user, false); err != nil {
			t.Fatal(err)
		}
		// People are made behind the platform's back here: it reads what other
		// nodes changed every two seconds.
		eventually(t, "the key of a disabled user is refused", func() bool {
			return g.http("GET /orders", k.signs()).status == 401
		})
		g.http("GET /orders", k.signs()).fault(401, "APIG.0301", "verify aksk signature fail")
		eventually(t, "the token of a disabled user is refused", func() bool {
			return g.http("GET /orders", token(m)).status == 401
		})
	})
	t.Run("a token without a project", func(t *testing.T) {
		g := g.on(t)
		a := own.on(t).do("POST /v3/auth/tokens?nocatalog", object{"auth": object{
			"scope": "unscoped",
			"identity": object{
				"methods":  list{"password"},
				"password": object{"user": object{"id": other.user, "password": "battery staple"}},
			},
		}}).want(201)
		if project := a.value("token.project"); project != nil {
			t.Fatalf("the token has the project %v", project)
		}
		g.http("GET /orders", header("X-Auth-Token", a.header.Get("X-Subject-Token"))).want(200, "")
	})
}

// TestAccessKeyLock: five wrong signatures in a row lock an access key, for calls
// and for management; unknown keys answer alike.
func TestAccessKeyLock(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("iam")
	own.published(g, mock("/locked", "come in"), "auth_type", "IAM")
	const mismatch, locked = "verify aksk signature fail", "Incorrect IAM authentication information: AK access failed to reach the limit,forbidden."
	fail := func(t *testing.T, k client, n int) {
		t.Helper()
		g := g.on(t)
		k.secret = "wrong"
		for range n {
			g.https("GET /locked", k.signs()).fault(401, "APIG.0301", mismatch)
		}
	}

	t.Run("a success ends the row", func(t *testing.T) {
		g, k := g.on(t), own.on(t).accessKey()
		for range 3 {
			fail(t, k, 4)
			g.http("GET /locked", k.signs()).want(200, "come in")
		}
		own.remove("/v3.0/OS-CREDENTIAL/credentials/" + k.key)
	})
	t.Run("five lock it, here and for management", func(t *testing.T) {
		g, k := g.on(t), own.on(t).accessKey()
		fail(t, k, 5)
		g.http("GET /locked", k.signs()).fault(401, "APIG.0301", locked)
		g.h2("GET /locked", k.signs()).fault(401, "APIG.0301", locked)
		g.http("GET /locked", token(own)).want(200, "come in") // the key is locked, not its owner
		if status, text := p.manageSigned(t, k); status != 401 || !strings.Contains(text, "APIG.1002") {
			t.Errorf("management: %d %s", status, text)
		}
	})
	t.Run("management locks it for calls", func(t *testing.T) {
		g, k := g.on(t), p.on(t).tenant(unique("shop")).accessKey()
		wrong := k
		wrong.secret = "wrong"
		for range 5 {
			if status, text := p.manageSigned(t, wrong); status != 401 {
				t.Fatalf("%d %s", status, text)
			}
		}
		g.http("GET /locked", k.signs()).fault(401, "APIG.0301", locked)
	})
	t.Run("an unknown key is locked alike", func(t *testing.T) {
		g, k := g.on(t), client{key: "UNKNOWNUNKNOWNUNKNOW", secret: "x"}
		fail(t, k, 5)
		g.http("GET /locked", k.signs()).fault(401, "APIG.0301", locked)
	})
	t.Run("what is malformed locks nothing", func(t *testing.T) {
		g, k := g.on(t), p.on(t).tenant(unique("shop")).accessKey()
		for range 10 {
			g.http("GET /locked", header("Authorization", "SDK-HMAC-SHA256 Access="+k.key+", Signature=0")).fault(401, "APIG.0301", "malformed")
			g.http("GET /locked", k.signs(), header("X-Sdk-Date", "20200101T000000Z")).fault(401, "APIG.0301", "signature expired")
			g.http("GET /locked", header("X-Security-Token", "x"), k.signs()).fault(401, "APIG.0301", "temporary access keys")
		}
		g.http("GET /locked", k.signs()).want(200, "come in")
	})
}

// manageSigned asks the management API with a signature.
func (p *platform) manageSigned(t *testing.T, k client) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", p.ManagementURL()+"/v1.0/apigw/api-groups", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.signs()(r); err != nil {
		t.Fatal(err)
	}
	response, err := p.management.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

// accessRecord waits for the access record of a call.
func (p *platform) accessRecord(requestID string) (record object) {
	p.t.Helper()
	eventually(p.t, "an access record of "+requestID, func() bool {
		log, err := os.ReadFile(p.config.AccessLog)
		if err != nil {
			p.t.Fatal(err)
		}
		for line := range strings.Lines(string(log)) {
			if strings.Contains(line, requestID) && strings.HasSuffix(line, "\n") {
				if err := json.Unmarshal([]byte(line), &record); err != nil {
					p.t.Fatalf("%v in %q", err, line)
				}
				return true
			}
		}
		return false
	})
	return record
}
