package api_test

import "regexp"

// discovery is what anybody may ask, and what nobody can.
func discovery(s *scenario) {
	base := s.ManagementURL()
	forged := &actor{name: "somebody with a forged token", token: "forged"}
	version := fields{
		"version.id": "v3.14", "version.status": "stable", "version.links.0.rel": "self",
		"version.links.0.href": base + "/v3/", "version.media-types.0.base": "application/json",
	}
	s.rows([]row{
		{name: "versions", as: nobody, call: "GET /", status: 300, fields: fields{
			"versions.values.0.id": "v3.14", "versions.values.0.links.0.href": base + "/v3/", "versions.values.1": gone{},
		}},
		{name: "version", as: nobody, call: "GET /v3", status: 200, fields: version},
		{name: "version with a slash", as: nobody, call: "GET /v3/", status: 200, fields: version},
		{name: "credentials do not matter", as: forged, call: "GET /v3", status: 200, fields: version},
		{name: "API document", as: nobody, call: "GET /openapi/apigw.json", status: 200, fields: fields{
			"openapi": "3.1.0", "info.version": "v1.0", "components.securitySchemes.token.name": "X-Auth-Token",
		}},
		{name: "identity document", as: nobody, call: "GET /openapi/identity.json", status: 200, fields: fields{"info.version": "v3"}},

		{name: "versions, malformed query", as: nobody, call: "GET /?a=%zz", status: 400, text: "query"},
		{name: "document of the third dialect", as: nobody, call: "GET /openapi/ghippo.json", status: 200, fields: fields{"info.version": "v1alpha1"}},
		{name: "document of the third dialect, malformed query", as: nobody, call: "GET /openapi/ghippo.json?a=%zz", status: 400, text: "query"},
		{name: "version, malformed query", as: nobody, call: "GET /v3?a=%zz", status: 400, text: "query"},
		{name: "API document, malformed query", as: nobody, call: "GET /openapi/apigw.json?a=%zz", status: 400, code: "APIG.2000", text: "query"},
		{name: "identity document, malformed query", as: nobody, call: "GET /openapi/identity.json?a;b", status: 400, text: "query"},
		{name: "unknown API path", as: s.admin, call: "GET nothing", status: 404, code: "APIG.0101"},
		{name: "unknown identity path", as: s.admin, call: "GET /v3/nothing", status: 404, text: "could not be found"},
		{name: "unknown path of access keys", as: s.admin, call: "GET /v3.0/nothing", status: 404, text: "could not be found"},
		{name: "unknown path", as: nobody, call: "GET /nothing", status: 404, code: "APIG.0101"},
		{name: "path of a prefix only", as: s.admin, call: "GET /v30", status: 404, code: "APIG.0101"},
		{name: "wrong method", as: s.admin, call: "PATCH apps", status: 405, code: "APIG.0101", text: "Allow"},
		{name: "wrong method of identity", as: s.admin, call: "PATCH /v3/users", status: 405, text: "not allowed"},
	})
	allowed := s.do(nobody, "DELETE apps", nil).header.Get("Allow")
	if !regexp.MustCompile(`^GET, HEAD, POST$`).MatchString(allowed) {
		s.t.Errorf("Allow of /apps is %q", allowed)
	}
	head := s.do(nobody, "HEAD /v3", nil).want(200)
	if len(head.body) > 0 || head.header.Get("Content-Type") != "application/json" {
		s.t.Errorf("HEAD /v3: %q, %v", head.body, head.header)
	}
}
