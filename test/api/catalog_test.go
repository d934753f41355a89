package api_test

// catalogScenario enters a service of another program with its endpoints and
// regions, and looks for it in the catalog of a token.
func catalogScenario(s *scenario) {
	own := s.tenant("own")
	name := "cell-" + s.ids.New()[:8]
	unknown := s.unknown()
	service := s.services(own, unknown)
	s.regions(own, name, unknown)
	endpoint := s.endpointsOf(own, service, name, unknown)
	listed := func(want string) {
		s.t.Helper()
		found := "nowhere"
		for _, at := range []string{"2", "3", "4"} {
			a := s.get(own.member, "/v3/auth/catalog")
			if id, _ := a.value("catalog." + at + ".id"); id == service {
				found = a.text("catalog." + at + ".endpoints.0.url")
			}
		}
		if found != want {
			s.t.Errorf("the catalog has the service at %q, want %q", found, want)
		}
	}
	listed("https://compute.example/v2/" + own.project)
	s.rows([]row{
		{name: "a region with endpoints", as: s.admin, call: "DELETE /v3/regions/" + name, status: 403, text: "has endpoints"},
		{name: "delete an endpoint as a member", as: own.member, call: "DELETE /v3/endpoints/" + endpoint, status: 403, text: "identity:delete_endpoint"},
		{name: "delete an unknown endpoint", as: s.admin, call: "DELETE /v3/endpoints/" + unknown, status: 404, text: "Could not find endpoint: " + unknown},
		{name: "delete an endpoint", as: s.admin, call: "DELETE /v3/endpoints/" + endpoint, status: 204},
		{name: "delete a region as a member", as: own.member, call: "DELETE /v3/regions/" + name, status: 403, text: "identity:delete_region"},
		{name: "delete an unknown region", as: s.admin, call: "DELETE /v3/regions/" + unknown, status: 404, text: "Could not find region: " + unknown},
		{name: "delete the region of the installation", as: s.admin, call: "DELETE /v3/regions/" + region, status: 403, text: "part of the installation"},
		{name: "delete a region", as: s.admin, call: "DELETE /v3/regions/" + name, status: 204},
		{name: "delete a service as a member", as: own.member, call: "DELETE /v3/services/" + service, status: 403, text: "identity:delete_service"},
		{name: "delete an unknown service", as: s.admin, call: "DELETE /v3/services/" + unknown, status: 404, text: "Could not find service: " + unknown},
		{name: "delete a service", as: s.admin, call: "DELETE /v3/services/" + service, status: 204},
	})
	listed("nowhere")
}

// services makes a service and answers its id.
func (s *scenario) services(own *tenant, unknown string) string {
	s.t.Helper()
	service := func(pairs ...any) object { return object{"service": with(object{}, pairs...)} }
	const path = "/v3/services"
	id := s.post(s.admin, path, service("type", "compute", "name", "cells", "description", "d")).has(fields{
		"service.id": hexID, "service.type": "compute", "service.enabled": true,
	}).text("service.id")
	keystone := s.get(own.member, path+"?type=identity").text("services.0.id")
	s.rows([]row{
		{name: "no type", as: s.admin, call: "POST " + path, body: service("name", "x"), status: 400, text: "'type'"},
		{name: "no service", as: s.admin, call: "POST " + path, body: object{}, status: 400, text: "'service'"},
		{name: "malformed service", as: s.admin, call: "POST " + path, body: `[]`, status: 400, text: "an object"},
		{name: "the type of this installation", as: s.admin, call: "POST " + path, body: service("type", "identity"), status: 409, text: "type identity is that of a service of this installation"},
		{name: "a service by a member", as: own.member, call: "POST " + path, body: service("type", "x"), status: 403, text: "identity:create_service"},
		{name: "services by type", as: own.reader, call: "GET " + path + "?type=compute&name=cells", status: 200, fields: fields{"services.0.id": id, "services.1": gone{}, "links.next": nil}},
		{name: "services of the installation", as: own.reader, call: "GET " + path + "?type=apig", status: 200, fields: fields{"services.0.name": "apig", "services.1": gone{}}},
		{name: "services for nobody", as: nobody, call: "GET " + path, status: 401, text: "requires authentication"},
		{name: "show a service", as: own.reader, call: "GET " + path + "/" + id, status: 200, fields: fields{"service.description": "d", "service.links.self": s.ManagementURL() + path + "/" + id}},
		{name: "show a service of the installation", as: own.reader, call: "GET " + path + "/" + keystone, status: 200, fields: fields{"service.name": "keystone"}},
		{name: "show an unknown service", as: s.admin, call: "GET " + path + "/" + unknown, status: 404, text: "Could not find service: " + unknown},
		{name: "change a service", as: s.admin, call: "PATCH " + path + "/" + id, body: service("description", ""), status: 200, fields: fields{"service.description": "", "service.name": "cells"}},
		{name: "change its type to nothing", as: s.admin, call: "PATCH " + path + "/" + id, body: service("type", ""), status: 400, text: "'type'"},
		{name: "change its type to a taken one", as: s.admin, call: "PATCH " + path + "/" + id, body: service("type", "apig"), status: 409, text: "type apig"},
		{name: "change a service of the installation", as: s.admin, call: "PATCH " + path + "/" + keystone, body: service("enabled", false), status: 403, text: "part of the installation"},
		{name: "change an unknown service", as: s.admin, call: "PATCH " + path + "/" + unknown, body: service("name", "x"), status: 404, text: "Could not find service"},
		{name: "change a service as a member", as: own.member, call: "PATCH " + path + "/" + id, body: service("name", "x"), status: 403, text: "identity:update_service"},
		{name: "delete a service of the installation", as: s.admin, call: "DELETE " + path + "/" + keystone, status: 403, text: "part of the installation"},
	})
	return id
}

func (s *scenario) regions(own *tenant, name, unknown string) {
	s.t.Helper()
	in := func(pairs ...any) object { return object{"region": with(object{}, pairs...)} }
	const path = "/v3/regions"
	one := path + "/" + name
	s.rows([]row{
		{name: "make a region", as: s.admin, call: "POST " + path, body: in("id", name, "parent_region_id", region), status: 201, fields: fields{"region.id": name, "region.parent_region_id": region}},
		{name: "make one without an id", as: s.admin, call: "POST " + path, body: in("parent_region_id", name), status: 201, fields: fields{"region.id": hexID}},
		{name: "make it again", as: s.admin, call: "POST " + path, body: in("id", name), status: 409, text: "Duplicate ID, " + name},
		{name: "a slash in a region", as: s.admin, call: "POST " + path, body: in("id", "a/b"), status: 400, text: "'id'"},
		{name: "malformed region", as: s.admin, call: "POST " + path, body: `{"region":[]}`, status: 400, text: "an object"},
		{name: "below nothing", as: s.admin, call: "POST " + path, body: in("parent_region_id", unknown), status: 404, text: "Could not find region: " + unknown},
		{name: "a region by a member", as: own.member, call: "POST " + path, body: in("id", "x"), status: 403, text: "identity:create_region"},
		{name: "regions below", as: own.reader, call: "GET " + path + "?parent_region_id=" + region, status: 200, fields: fields{"regions.0.id": name, "regions.0.links.self": s.ManagementURL() + one}},
		{name: "regions for nobody", as: nobody, call: "GET " + path, status: 401, text: "requires authentication"},
		{name: "show a region", as: own.reader, call: "GET " + one, status: 200, fields: fields{"region.parent_region_id": region}},
		{name: "show an unknown region", as: own.reader, call: "GET " + path + "/" + unknown, status: 404, text: "Could not find region: " + unknown},
		{name: "describe a region", as: s.admin, call: "PATCH " + one, body: in("description", "far"), status: 200, fields: fields{"region.description": "far", "region.parent_region_id": region}},
		{name: "below itself", as: s.admin, call: "PATCH " + one, body: in("parent_region_id", name), status: 400, text: "circular region hierarchy"},
		{name: "change the region of the installation", as: s.admin, call: "PATCH " + path + "/" + region, body: in("description", "x"), status: 403, text: "part of the installation"},
		{name: "change an unknown region", as: s.admin, call: "PATCH " + path + "/" + unknown, body: in("description", "x"), status: 404, text: "Could not find region"},
		{name: "change a region as a member", as: own.member, call: "PATCH " + one, body: in("description", "x"), status: 403, text: "identity:update_region"},
	})
	below := s.get(s.admin, path+"?parent_region_id="+name).text("regions.0.id")
	s.rows([]row{
		{name: "delete a region with one below it", as: s.admin, call: "DELETE " + one, status: 403, text: "has regions below it"},
		{name: "delete the one below", as: s.admin, call: "DELETE " + path + "/" + below, status: 204},
	})
}

// endpointsOf makes an endpoint of a service and answers its id.
func (s *scenario) endpointsOf(own *tenant, service, in, unknown string) string {
	s.t.Helper()
	full := object{"service_id": service, "interface": "public", "region": in, "url": "https://compute.example/v2/$(tenant_id)s"}
	endpoint := func(pairs ...any) object { return object{"endpoint": with(full, pairs...)} }
	part := func(pairs ...any) object { return object{"endpoint": with(object{}, pairs...)} }
	const path = "/v3/endpoints"
	id := s.post(s.admin, path, endpoint()).has(fields{
		"endpoint.id": hexID, "endpoint.service_id": service, "endpoint.region": in, "endpoint.region_id": in, "endpoint.enabled": true,
		"endpoint.url": "https://compute.example/v2/$(tenant_id)s",
	}).text("endpoint.id")
	ours := s.get(own.member, path+"?interface=public&region_id="+region)
	builtIn := ours.text("endpoints.0.id")
	one := path + "/" + id
	s.rows([]row{
		{name: "an endpoint of nothing", as: s.admin, call: "POST " + path, body: endpoint("service_id", unknown), status: 400, text: "service_id in service table"},
		{name: "in an unknown region", as: s.admin, call: "POST " + path, body: endpoint("region", nil, "region_id", unknown), status: 400, text: "region_id in region table"},
		{name: "for whom", as: s.admin, call: "POST " + path, body: endpoint("interface", "private"), status: 400, text: "'interface'"},
		{name: "a place that is not known", as: s.admin, call: "POST " + path, body: endpoint("url", "https://x.example/$(password)s"), status: 400, text: "'url'"},
		{name: "credentials in a URL", as: s.admin, call: "POST " + path, body: endpoint("url", "https://u:p@x.example/"), status: 400, text: "no credentials"},
		{name: "malformed endpoint", as: s.admin, call: "POST " + path, body: `{"endpoint":1}`, status: 400, text: "'endpoint'"},
		{name: "of a service of the installation", as: s.admin, call: "POST " + path, body: endpoint("service_id", ours.text("endpoints.0.service_id")), status: 403, text: "part of the installation"},
		{name: "an endpoint by a member", as: own.member, call: "POST " + path, body: endpoint(), status: 403, text: "identity:create_endpoint"},
		{name: "endpoints of a service", as: own.reader, call: "GET " + path + "?service_id=" + service, status: 200, fields: fields{"endpoints.0.id": id, "endpoints.1": gone{}}},
		{name: "endpoints for nobody", as: nobody, call: "GET " + path, status: 401, text: "requires authentication"},
		{name: "show an endpoint", as: own.reader, call: "GET " + one, status: 200, fields: fields{"endpoint.links.self": s.ManagementURL() + one}},
		{name: "show an unknown endpoint", as: own.reader, call: "GET " + path + "/" + unknown, status: 404, text: "Could not find endpoint: " + unknown},
		{name: "change an endpoint", as: s.admin, call: "PATCH " + one, body: part("name", "n"), status: 200, fields: fields{"endpoint.name": "n", "endpoint.region_id": in}},
		{name: "change its URL to none", as: s.admin, call: "PATCH " + one, body: part("url", "x"), status: 400, text: "'url'"},
		{name: "change an endpoint of the installation", as: s.admin, call: "PATCH " + path + "/" + builtIn, body: part("url", "https://x.example"), status: 403, text: "part of the installation"},
		{name: "change an unknown endpoint", as: s.admin, call: "PATCH " + path + "/" + unknown, body: part("name", "x"), status: 404, text: "Could not find endpoint"},
		{name: "change an endpoint as a member", as: own.member, call: "PATCH " + one, body: part("name", "x"), status: 403, text: "identity:update_endpoint"},
		{name: "delete an endpoint of the installation", as: s.admin, call: "DELETE " + path + "/" + builtIn, status: 403, text: "part of the installation"},
	})
	return id
}
