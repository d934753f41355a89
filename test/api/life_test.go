package api_test

import (
	"fmt"
	"time"
)

// life takes one API from its draft to its end and calls it at every step.
func life(s *scenario) {
	own := s.tenant("own")
	group, env := s.group(own.member, "orders"), s.env(own.member, "STAGE")
	c := s.caller(own.member, group)
	backend := s.echo()
	variable := func(env, name, value string) string {
		return s.post(own.member, "env-variables", object{"group_id": group, "env_id": env, "variable_name": name, "variable_value": value}).text("id")
	}
	variable(releaseEnv, "address", backend)
	variable(releaseEnv, "tree", "release")
	variable(env, "address", backend)
	tree := variable(env, "tree", "stage")

	document := with(web(group, "orders", "/orders/{id}", "#address#"), "req_method", "ANY",
		"req_params", list{
			object{"name": "id", "location": "PATH", "type": "STRING"},
			object{"name": "size", "location": "QUERY", "type": "NUMBER", "default_value": "7"},
		},
		"backend_params", list{
			object{"name": "order", "location": "PATH", "origin": "REQUEST", "value": "id"},
			object{"name": "n", "location": "QUERY", "origin": "REQUEST", "value": "size"},
			object{"name": "by", "location": "QUERY", "origin": "CONSTANT", "value": "gateway"},
		},
		"backend_api", object{"url_domain": "#address#", "req_protocol": "HTTP", "req_method": "ANY", "req_uri": "/#tree#/{order}", "timeout": 5000},
	)
	api := s.api(own.member, document)
	const call = "GET /orders/42?size=3"
	absent := func() {
		s.t.Helper()
		c.tls(call, anonymous).fault(404, "APIG.0101", "has not been published")
	}
	absent()
	s.publish(own.member, api, releaseEnv)
	c.tls(call, anonymous).want(200, "GET /release/42?")
	c.plain(call, anonymous).want(200, "n=3")
	c.plain("POST /orders/a%20b", anonymous).want(200, "POST /release/a%20b?")
	c.plain("POST /orders/1", anonymous).want(200, `n=7`)
	c.plain("POST /orders/1", anonymous).want(200, `by=gateway`)
	c.plain("POST /orders/1", anonymous).want(200, ` {"ordered":true}`)
	c.plain("GET /orders", anonymous).fault(404, "APIG.0101", "")
	c.plain("GET /orders/1/2", anonymous).fault(404, "APIG.0101", "")
	c.plain(call, anonymous, "X-Stage", "STAGE").fault(404, "APIG.0101", "")
	c.plain(call, anonymous, "X-Stage", "NOWHERE").fault(404, "APIG.0101", "")

	// The other environment has values of its own.
	s.publish(own.member, api, env)
	c.plain(call, anonymous, "X-Stage", "STAGE").want(200, "GET /stage/42?")
	c.plain(call, anonymous, "X-Stage", "RELEASE").want(200, "GET /release/42?")

	// Neither a draft nor a variable is served before it is published.
	s.put(own.member, "apis/"+api, with(document, "req_uri", "/v2/orders/{id}"))
	s.remove(own.member, "env-variables/"+tree)
	variable(env, "tree", "stage_2")
	c.plain(call, anonymous).want(200, "GET /release/42?")
	c.plain(call, anonymous, "X-Stage", "STAGE").want(200, "GET /stage/42?")
	s.publish(own.member, api, env)
	c.plain("GET /v2/orders/42", anonymous, "X-Stage", "STAGE").want(200, "GET /stage_2/42?")
	c.plain(call, anonymous, "X-Stage", "STAGE").fault(404, "APIG.0101", "")
	c.plain(call, anonymous).want(200, "GET /release/42?")

	// An environment is served under its new name at once.
	s.put(own.member, "envs/"+env, object{"name": "STAGE_2"})
	c.plain("GET /v2/orders/42", anonymous, "X-Stage", "STAGE_2").want(200, "GET /stage_2/42?")
	c.plain("GET /v2/orders/42", anonymous, "X-Stage", "STAGE").fault(404, "APIG.0101", "")

	s.do(own.member, "DELETE apis/"+api, nil).refused(403, "APIG.3416", "")
	c.plain(call, anonymous).want(200, "GET /release/42?")
	s.remove(own.member, "apis/publish/"+api+"?env_id="+releaseEnv)
	absent()
	c.plain("GET /v2/orders/42", anonymous, "X-Stage", "STAGE_2").want(200, "")
	version := s.get(own.member, "apis/publish/"+api+"?env_id="+env).text("api_versions.0.version_id")
	s.remove(own.member, "apis/versions/"+version)
	c.plain("GET /v2/orders/42", anonymous, "X-Stage", "STAGE_2").fault(404, "APIG.0101", "")
	s.remove(own.member, "apis/"+api)
	s.remove(own.member, "api-groups/"+group)
	absent()
	s.promptness(own)
	s.together(own)
}

// promptness: the first call after the answer to a publication is served by
// what was published.
func (s *scenario) promptness(own *tenant) {
	group := s.group(own.member, "prompt")
	c := s.caller(own.member, group)
	document := mock(group, "prompt", "/prompt")
	api := s.api(own.member, document)
	best := time.Hour
	for n := range 10 {
		content := fmt.Sprintf("edition %d.", n)
		s.put(own.member, "apis/"+api, with(document, "mock_info", object{"result_content": content}))
		if n > 0 {
			c.plain("GET /prompt", anonymous).want(200, fmt.Sprintf("edition %d.", n-1))
		}
		s.publish(own.member, api, releaseEnv)
		published := time.Now()
		r := c.plain("GET /prompt", anonymous)
		r.want(200, content)
		best = min(best, r.at.Sub(published))
	}
	// The best of ten: the machine may have other work, the platform may not.
	if best >= 50*time.Millisecond {
		s.t.Errorf("a publication is served after %v at best, want less than 50 ms", best)
	}
	s.t.Logf("served %v after the answer to a publication", best)
}

// together: a batch is served, and taken offline, as one call says.
func (s *scenario) together(own *tenant) {
	group := s.group(own.member, "together")
	c := s.caller(own.member, group)
	one, two := s.api(own.member, mock(group, "one", "/one")), s.api(own.member, mock(group, "two", "/two"))
	batch := object{"apis": list{one, two, "nothing"}, "env_id": releaseEnv}
	s.do(own.member, "POST apis/publish", batch).want(200).has(fields{"success.1.api_id": two, "failure.0.api_id": "nothing"})
	c.plain("GET /one", anonymous).want(200, "mock of one")
	c.plain("GET /two", anonymous).want(200, "mock of two")
	s.do(own.member, "POST apis/publish?action=offline", batch).want(200)
	c.plain("GET /one", anonymous).fault(404, "APIG.0101", "")
	c.plain("GET /two", anonymous).fault(404, "APIG.0101", "")
}

// credentials: what an app may call, and how it shows who it is, is in force
// with the next call.
func credentials(s *scenario) {
	own, other := s.tenants()
	group, env := s.group(own.member, "orders"), s.env(own.member, "STAGE")
	c := s.caller(own.member, group)
	document := with(web(group, "orders", "/orders", s.echo()), "auth_type", "APP", "auth_opt", object{"app_code_auth_type": "HEADER"})
	api := s.api(own.member, document)
	s.publish(own.member, api, releaseEnv)
	app := s.post(other.member, "apps", object{"name": "consumer"}) // of another project
	id, key, secret := app.text("id"), app.text("app_key"), app.text("app_secret")
	made := s.do(other.member, "PUT apps/"+id+"/app-codes", nil).want(201)
	code, codeID := made.text("app_code"), made.text("id")
	const call = "GET /orders?b=2&a=1"

	c.tls(call, anonymous).fault(401, "APIG.0303", "")
	c.tls(call, appCode(code)).fault(403, "APIG.0304", "")
	c.plain(call, signed(key, secret)).fault(403, "APIG.0304", "")
	grant := func(env string) string {
		s.t.Helper()
		return s.post(own.member, "app-auths", object{"api_ids": list{api}, "app_ids": list{id}, "env_id": env}).text("0.0.id")
	}
	granted := grant(releaseEnv)
	c.tls(call, appCode(code)).want(200, "GET /backend?b=2&a=1")
	c.tls(call, signed(key, secret)).want(200, "GET /backend?b=2&a=1")
	c.plain(call, signed(key, secret)).want(200, "GET /backend?b=2&a=1")
	c.plain(call, appCode(code)).fault(401, "APIG.0303", "HTTPS")
	c.tls(call, appCode("x"+code)).fault(401, "APIG.0303", "AppCode")
	c.plain(call, signed(key, "x"+secret)).fault(401, "APIG.0303", "verify signature fail")
	c.plain(call, signed("unknown", secret)).fault(401, "APIG.0303", "app not found, appkey unknown")

	// A grant is for one environment.
	s.publish(own.member, api, env)
	c.plain(call, signed(key, secret), "X-Stage", "STAGE").fault(403, "APIG.0304", "")
	staged := grant(env)
	c.plain(call, signed(key, secret), "X-Stage", "STAGE").want(200, "")
	s.remove(own.member, "app-auths/"+staged)
	c.plain(call, signed(key, secret), "X-Stage", "STAGE").fault(403, "APIG.0304", "")

	s.remove(own.member, "app-auths/"+granted)
	c.plain(call, signed(key, secret)).fault(403, "APIG.0304", "")
	c.tls(call, appCode(code)).fault(403, "APIG.0304", "")
	grant(releaseEnv)
	c.plain(call, signed(key, secret)).want(200, "")

	fresh := s.put(other.member, "apps/secret/"+id, nil).text("app_secret")
	c.plain(call, signed(key, secret)).fault(401, "APIG.0303", "verify signature fail")
	c.plain(call, signed(key, fresh)).want(200, "")
	c.tls(call, appCode(code)).want(200, "")

	s.put(other.member, "apps/"+id, object{"name": "consumer", "app_key": "another-" + key})
	c.plain(call, signed(key, fresh)).fault(401, "APIG.0303", "app not found")
	c.plain(call, signed("another-"+key, fresh)).want(200, "")

	s.remove(other.member, "apps/"+id+"/app-codes/"+codeID)
	c.tls(call, appCode(code)).fault(401, "APIG.0303", "AppCode")
	s.do(other.member, "POST apps/"+id+"/app-codes", object{"app_code": code}).want(201)
	c.tls(call, appCode(code)).want(200, "")

	// Whether an AppCode is enough is part of the definition.
	s.put(own.member, "apis/"+api, with(document, "auth_opt", object{"app_code_auth_type": "DISABLE"}))
	c.tls(call, appCode(code)).want(200, "")
	s.publish(own.member, api, releaseEnv)
	c.tls(call, appCode(code)).fault(401, "APIG.0303", "does not accept an AppCode")
	c.plain(call, signed("another-"+key, fresh)).want(200, "")

	s.remove(other.member, "apps/"+id)
	c.plain(call, signed("another-"+key, fresh)).fault(401, "APIG.0303", "app not found")
	s.get(own.member, "app-auths/binded-apps?api_id="+api).has(fields{"total": 0})
}
