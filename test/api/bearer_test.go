package api_test

import (
	"regexp"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/bearer"
)

// bearerOf are the headers of a request with a token in Authorization.
func bearerOf(token string, more ...string) []string {
	return append([]string{"Authorization", "Bearer " + token}, more...)
}

// bearerScenario exchanges key pairs for tokens, calls every dialect with them,
// and ends them.
func bearerScenario(s *scenario) {
	own, other := s.tenants()
	const pairs, exchange = thirdBase + "/current-user/accesskeys", thirdBase + "/token"
	uuid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	made := s.do(own.member, "POST "+pairs, nil).want(200).has(fields{
		"ak": uuid, "sk": uuid, "enabled": true, "createdAt": millis, "lastUsedAt": "0",
	})
	ak, sk := made.text("ak"), made.text("sk")
	body := func(ak, sk string) object { return object{"ak": ak, "sk": sk} }
	jwt := regexp.MustCompile(`^[\w-]+\.[\w-]+\.[\w-]{342}$`)
	token := s.do(nobody, "POST "+exchange, body(ak, sk)).want(200).has(fields{"token": jwt}).text("token")
	named := s.do(own.member, "POST "+thirdBase+"/current-user/accesstoken", object{"name": "program"}).want(200).text("token")
	s.rows([]row{
		{name: "token by GET", as: nobody, call: "GET " + exchange + "?ak=" + ak + "&sk=" + sk + "&cycle=7", status: 200, fields: fields{"token": jwt}},
		{name: "wrong secret by GET", as: nobody, call: "GET " + exchange + "?ak=" + ak + "&sk=" + ak, status: 401, text: "not valid"},
		{name: "no secret", as: nobody, call: "GET " + exchange + "?ak=" + ak, status: 400, text: "ak and sk"},
		{name: "cycle of nothing", as: nobody, call: "GET " + exchange + "?ak=" + ak + "&sk=" + sk + "&cycle=0", status: 400, text: "cycle"},
		{name: "secret twice", as: nobody, call: "GET " + exchange + "?ak=" + ak + "&sk=x&sk=" + sk, status: 400, text: "sk is given more than once"},
		{name: "wrong secret", as: nobody, call: "POST " + exchange, body: body(ak, sk+"x"), status: 401, text: "not valid"},
		{name: "unknown key", as: nobody, call: "POST " + exchange, body: body("unknown", sk), status: 401, text: "not valid"},
		{name: "credentials do not help", as: s.admin, call: "POST " + exchange, body: body(ak, "x"), status: 401, text: "not valid"},
		{name: "cycle too long", as: nobody, call: "POST " + exchange, body: object{"ak": ak, "sk": sk, "cycle": 366}, status: 400, text: "cycle"},
		{name: "cycle in words", as: nobody, call: "POST " + exchange, body: object{"ak": ak, "sk": sk, "cycle": "7"}, status: 400, text: "cycle"},

		{name: "APIs", as: nobody, call: "GET envs", headers: bearerOf(token), status: 200},
		{name: "write of APIs", as: nobody, call: "POST envs", body: object{"name": "BEARER"}, headers: bearerOf(token), status: 201, fields: fields{"name": "BEARER"}},
		{name: "identity", as: nobody, call: "GET /v3/auth/projects", headers: bearerOf(token), status: 200, fields: fields{"projects.0.id": own.project}},
		{name: "another project", as: nobody, call: "GET envs", headers: bearerOf(token, "X-Project-Id", other.project), status: 401, code: "APIG.1002", text: "X-Project-Id"},
		{name: "log-in token as bearer", as: nobody, call: "GET envs?name=BEARER", headers: bearerOf(own.reader.token), status: 200, fields: fields{"total": 1}},
		{name: "reader writes", as: nobody, call: "POST envs", body: object{"name": "R"}, headers: bearerOf(own.reader.token), status: 403, code: "APIC.7110"},
		{name: "with a log-in token too", as: own.member, call: "GET envs", headers: bearerOf(token), status: 401, code: "APIG.1002", text: "either"},
		{name: "truncated", as: nobody, call: "GET envs", headers: bearerOf(token[:len(token)-1]), status: 401, code: "APIG.1002", text: "the token is not valid"},
		{name: "longer", as: nobody, call: "GET " + pairs, headers: bearerOf(token + "A"), status: 401, text: "not valid"},

		{name: "list", as: own.member, call: "GET " + pairs, status: 200, fields: fields{"items.0.ak": ak, "items.0.sk": gone{}, "items.1": gone{}}},
		{name: "list with the token", as: nobody, call: "GET " + pairs, headers: bearerOf(token), status: 200, fields: fields{"items.0.ak": ak}},
		{name: "list of another", as: other.member, call: "GET " + pairs, status: 200, fields: fields{"items": list{}}},
		{name: "list by nobody", as: nobody, call: "GET " + pairs, status: 401, text: "not valid"},
		{name: "second pair", as: own.member, call: "POST " + pairs, body: object{}, status: 200},
		{name: "third pair", as: own.member, call: "POST " + pairs, status: 400, text: "akSkNumExceed"},
		{name: "pair by an access token", as: nobody, call: "POST " + pairs, headers: bearerOf(named), status: 403, text: "ghippo:accesskeys:create"},
		{name: "deletion by an access token", as: nobody, call: "DELETE " + pairs + "/" + ak, headers: bearerOf(named), status: 403, text: "ghippo:accesskeys:delete"},
		{name: "deletion of another's", as: other.member, call: "DELETE " + pairs + "/" + ak, status: 404, text: ak},
		{name: "deletion of an unknown one", as: own.member, call: "DELETE " + pairs + "/unknown", status: 404, text: "unknown"},
		{name: "deletion", as: own.member, call: "DELETE " + pairs + "/" + ak, status: 200},
		{name: "its token is over", as: nobody, call: "GET envs", headers: bearerOf(token), status: 401, code: "APIG.1002", text: "the token is not valid"},
		{name: "it makes no other", as: nobody, call: "POST " + exchange, body: body(ak, sk), status: 401, text: "not valid"},
	})
	s.signingKeys(own, named)
}

// signingKeys publishes, rotates and revokes the keys that sign.
func (s *scenario) signingKeys(own *tenant, token string) {
	const certs, configuration = thirdBase + "/certs", thirdBase + "/.well-known/openid-configuration"
	s.rows([]row{
		{name: "keys", as: nobody, call: "GET " + certs, status: 200, fields: fields{"keys.0.kty": "RSA", "keys.0.alg": "RS256", "keys.0.use": "sig", "keys.0.e": "AQAB"}},
		{name: "keys, malformed query", as: nobody, call: "GET " + certs + "?a=%zz", status: 400, text: "query"},
		{name: "configuration", as: nobody, call: "GET " + configuration, status: 200, fields: fields{
			"issuer": "ghippo.io", "jwks_uri": s.ManagementURL() + certs, "id_token_signing_alg_values_supported": []string{"RS256"}, "authorization_endpoint": gone{},
		}},
		{name: "configuration, malformed query", as: nobody, call: "GET " + configuration + "?a;b", status: 400, text: "query"},
		{name: "rotation by a member", as: own.member, call: "POST " + certs + "/rotate", status: 403, text: "ghippo:certs:rotate"},
		{name: "rotation with a word", as: s.admin, call: "POST " + certs + "/rotate", body: object{"revoke": "yes"}, status: 400, text: "revoke"},
		{name: "rotation", as: s.admin, call: "POST " + certs + "/rotate", status: 200, fields: fields{"kid": regexp.MustCompile(`^[\w-]{43}$`)}},
		{name: "a token of the key before", as: nobody, call: "GET envs", headers: bearerOf(token), status: 200},
	})
	full := false
	for range bearer.MaxKeys {
		if a := s.do(s.admin, "POST "+certs+"/rotate", nil); a.status != 200 {
			a.refused(429, "", "signing keys already")
			full = true
			break
		}
	}
	if n := len(strings.Fields(s.get(nobody, certs).each("keys", "kid"))); !full || n != bearer.MaxKeys {
		s.t.Errorf("%d keys, refused: %v", n, full)
	}
	s.rows([]row{
		{name: "token of a key long before", as: nobody, call: "GET envs", headers: bearerOf(token), status: 200},
		{name: "revoking rotation", as: s.admin, call: "POST " + certs + "/rotate", body: object{"revoke": true}, status: 200},
		{name: "its token is over", as: nobody, call: "GET envs", headers: bearerOf(token), status: 401, code: "APIG.1002", text: "the token is not valid"},
		{name: "one key is left", as: nobody, call: "GET " + certs, status: 200, fields: fields{"keys.1": gone{}}},
	})
}
