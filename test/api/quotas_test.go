package api_test

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

// division is a department with a project and the people of both.
type division struct {
	tenant
	id              string
	manager, viewer *actor // with the department in scope
}

// division makes a department.
func (s *scenario) division(name string) *division {
	s.t.Helper()
	d := &division{tenant: tenant{name: name + "_" + s.ids.New()[:8]}}
	ctx := s.t.Context()
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	domain, err := s.accounts.CreateDomain(ctx, d.name, "")
	must(err)
	d.id = domain.ID
	p, err := s.accounts.CreateProject(ctx, accounts.NewProject{DomainID: d.id, Name: d.name})
	must(err)
	d.project = p.ID
	d.member, d.memberID = s.person(name+" member", &d.tenant, accounts.RoleMember)
	d.reader, d.readerID = s.person(name+" reader", &d.tenant, accounts.RoleReader)
	for role, at := range map[string]**actor{accounts.RoleManager: &d.manager, accounts.RoleReader: &d.viewer} {
		login := role + "_of_" + d.name
		u, err := s.accounts.CreateUser(ctx, accounts.NewUser{Name: login, Password: userPassword})
		must(err)
		must(s.accounts.Assign(ctx, u.ID, role, accounts.OnDomain, d.id))
		*at = &actor{name: role + " of " + name, token: s.logIn(login, userPassword, object{"domain": object{"id": d.id}})}
	}
	return d
}

const (
	domainQuotas  = "/v3/domain_quotas/"
	projectQuotas = "/v3/project_quotas/"
	reservations  = "/v3/quota_reservations"
	volumeTypes   = "/v3/quota_volume_types"
	containers    = "/v3/quota_products/containers"
)

// quotasScenario: what the cloud gives to departments and these to projects, who
// may see and say so, and what holds the platform's own items under it.
func quotasScenario(s *scenario) {
	own, other := s.division("own"), s.division("other")
	unknown := s.unknown()
	domain := func(pairs ...any) object { return object{"domain": with(object{"region": region}, pairs...)} }
	project := func(pairs ...any) object { return object{"project": with(object{"region": region}, pairs...)} }
	edit, at := "PATCH "+domainQuotas+own.id, "domain."+region+"."
	mine := "project." + region + "."
	s.rows([]row{
		{name: "a quota", as: s.admin, call: edit, body: domain("routers", 3000, "cores", 72, "ram", 31146.0, "backup_gigabytes", 156.5), status: 200, fields: fields{
			at + "quotas.router": 3000, at + "quotas.cores": 72, at + "quotas.backup_gigabytes": 156.5, at + "quotas.instances": -1,
			at + "quotas.routers": gone{}, at + "usage.cores": 0, at + "limits.cores": -1, at + "quotas.api_groups": -1,
		}},
		{name: "its manager sees it", as: own.manager, call: "GET " + domainQuotas + own.id, status: 200, fields: fields{at + "quotas.cores": 72}},
		{name: "so does its reader", as: own.viewer, call: "GET " + domainQuotas + own.id, status: 200, fields: fields{at + "quotas.ram": 31146}},
		{name: "its reader changes", as: own.viewer, call: edit, body: domain("cores", 1), status: 403, text: "quota:update_domain_quotas"},
		{name: "its manager changes", as: own.manager, call: edit, body: domain("cores", 1000), status: 403, text: "quota:update_domain_quotas"},
		{name: "a member sees", as: own.member, call: "GET " + domainQuotas + own.id, status: 403, text: "quota:get_domain_quotas"},
		{name: "a foreign department", as: other.manager, call: "GET " + domainQuotas + own.id, status: 404, text: "Could not find domain: " + own.id},
		{name: "an unknown one", as: other.manager, call: "GET " + domainQuotas + unknown, status: 404, text: "Could not find domain: " + unknown},
		{name: "an unknown one changed", as: s.admin, call: "PATCH " + domainQuotas + unknown, body: domain("cores", 1), status: 404, text: "Could not find domain"},
		{name: "no region", as: s.admin, call: edit, body: object{"domain": object{"cores": 1}}, status: 400, text: "'region'"},
		{name: "another region", as: s.admin, call: edit, body: object{"domain": object{"region": "Atlantis", "cores": 1}}, status: 400, text: "no region Atlantis"},
		{name: "an unknown item", as: s.admin, call: edit, body: domain("castles", 1), status: 400, text: "no such quota item"},
		{name: "no number", as: s.admin, call: edit, body: domain("cores", "72"), status: 400, text: "'cores'"},
		{name: "below zero", as: s.admin, call: edit, body: domain("cores", -2), status: 400, text: "'cores'"},
		{name: "no body", as: s.admin, call: edit, body: object{}, status: 400, text: "'domain'"},

		{name: "on to a project", as: own.manager, call: "PATCH " + projectQuotas + own.project, body: project("cores", 70), status: 200, fields: fields{
			mine + "quotas.cores": 70, mine + "limits.cores": 72, mine + "usage.cores": 0, mine + "quotas.apps": smallQuota,
		}},
		{name: "more than there is", as: own.manager, call: "PATCH " + projectQuotas + own.project, body: project("cores", 73), status: 409, text: "at most 72"},
		{name: "less than was given on", as: s.admin, call: edit, body: domain("cores", 69), status: 409, text: "70 was given on"},
		{name: "its member sees it", as: own.reader, call: "GET " + projectQuotas + own.project, status: 200, fields: fields{mine + "quotas.cores": 70}},
		{name: "its member changes it", as: own.member, call: "PATCH " + projectQuotas + own.project, body: project("cores", 71), status: 403, text: "quota:update_project_quotas"},
		{name: "a foreign manager changes it", as: other.manager, call: "PATCH " + projectQuotas + own.project, body: project("cores", 1), status: 404, text: "Could not find project: " + own.project},
		{name: "a foreign member sees it", as: other.member, call: "GET " + projectQuotas + own.project, status: 404, text: "Could not find project: " + own.project},
		{name: "an unknown project", as: s.admin, call: "GET " + projectQuotas + unknown, status: 404, text: "Could not find project: " + unknown},
		{name: "a project without body", as: s.admin, call: "PATCH " + projectQuotas + own.project, body: object{}, status: 400, text: "'project'"},

		{name: "the cloud", as: s.admin, call: "GET /v3/domain_usage", status: 200, fields: fields{
			at + "allocated.cores": 72, at + "usage.cores": 0, at + "quotas.cores": -1, at + "limits.cores": -1, at + "quota_fake.cores": -1,
		}},
		{name: "the cloud to a manager", as: own.manager, call: "GET /v3/domain_usage", status: 403, text: "quota:get_domain_usage"},
		{name: "the cloud to nobody", as: nobody, call: "GET /v3/domain_usage", status: 401, text: "requires authentication"},
	})
	s.ownItems(own, other)
	s.quotaItems(own)
	s.claims(own)
	s.serviceAccount(own, other)
}

// ownItems: the platform holds its own things under the department's quota, in
// the words of each area.
func (s *scenario) ownItems(own, other *division) {
	s.t.Helper()
	group := s.group(own.member, "quotas")
	s.api(own.member, mock(group, "quotas_one", "/one"))
	s.do(s.admin, "PATCH "+domainQuotas+own.id, object{"domain": object{"region": region,
		"api_groups": 1, "apis": 1, "apps": 0, "environments": 0, "signature_keys": 0, "throttles": 0, "acls": 0, "channels": 0,
		"authorizers": 0, "channel_servers": 0, "functions": 0}}).want(200)
	const text = "the quota of the department is used up"
	s.do(own.member, "POST api-groups", object{"name": "more"}).refused(403, "APIG.3101", text)
	s.do(own.member, "POST apis", mock(group, "quotas_two", "/two")).refused(403, "APIG.3102", text)
	s.do(own.member, "POST apps", object{"name": "more"}).refused(403, "APIG.3103", text)
	s.do(own.member, "POST envs", object{"name": "more"}).refused(403, "APIG.3104", text)
	s.group(other.member, "quotas")
	s.app(other.member, "quotas")
	// The project's own number fits into its department's, whoever sets it.
	set := object{"config_value": "2", "project_id": own.project}
	s.do(s.admin, "PUT config/project/APIGROUP_NUM_LIMIT", set).refused(400, "APIG.2003", "the quota of the department leaves 1")
	s.do(s.admin, "PATCH "+domainQuotas+own.id, object{"domain": object{"region": region, "apis": 0}}).refused(409, "", "1 is in use")
	s.do(s.admin, "PATCH "+domainQuotas+own.id, object{"domain": object{"region": region, "apps": 1}}).want(200)
	s.app(own.member, "quotas")
	shown := s.do(own.member, "GET "+projectQuotas+own.project, nil).want(200)
	shown.has(fields{"project." + region + ".usage.apps": 1, "project." + region + ".usage.api_groups": 1})
}

// quotaItems registers a volume type and the product of containers.
func (s *scenario) quotaItems(own *division) {
	s.t.Helper()
	name := "t" + s.ids.New()[:8]
	named := func(name string) object { return object{"volume_type": object{"name": name}} }
	at := "domain." + region + ".quotas."
	s.rows([]row{
		{name: "a volume type", as: s.admin, call: "POST " + volumeTypes, body: named(name), status: 201, fields: fields{"volume_type.name": name}},
		{name: "twice", as: s.admin, call: "POST " + volumeTypes, body: named(strings.ToUpper(name)), status: 409, text: "Duplicate entry"},
		{name: "a bad name", as: s.admin, call: "POST " + volumeTypes, body: named("a b"), status: 400, text: "'name'"},
		{name: "by a manager", as: own.manager, call: "POST " + volumeTypes, body: named("x"), status: 403, text: "quota:create_volume_type"},
		{name: "types", as: s.admin, call: "GET " + volumeTypes, status: 200, fields: fields{"volume_types.0.name": name, "links.next": nil}},
		{name: "types to a manager", as: own.manager, call: "GET " + volumeTypes, status: 403, text: "quota:list_volume_types"},
		{name: "its items", as: own.manager, call: "GET " + domainQuotas + own.id, status: 200, fields: fields{
			at + "volumes_" + name: -1, at + "gigabytes_" + name: -1, at + "snapshots_" + name: -1, at + "pods": gone{},
		}},
		{name: "delete an unknown type", as: s.admin, call: "DELETE " + volumeTypes + "/unknown", status: 404, text: "Could not find volume type: unknown"},
		{name: "delete by a manager", as: own.manager, call: "DELETE " + volumeTypes + "/" + name, status: 403, text: "quota:delete_volume_type"},
		{name: "in use", as: s.admin, call: "POST " + reservations, body: s.order(own, name, "volumes_"+name, 1), status: 201},
		{name: "delete what is in use", as: s.admin, call: "DELETE " + volumeTypes + "/" + name, status: 409, text: "in use"},

		{name: "the product", as: s.admin, call: "GET " + containers, status: 200, fields: fields{"product.name": "containers", "product.enabled": false}},
		{name: "the product to a manager", as: own.manager, call: "GET " + containers, status: 403, text: "quota:get_product"},
		{name: "an unknown product", as: s.admin, call: "GET /v3/quota_products/castles", status: 404, text: "Could not find product: castles"},
		{name: "installed", as: s.admin, call: "PATCH " + containers, body: object{"product": object{"enabled": true}}, status: 200, fields: fields{"product.enabled": true}},
		{name: "as text", as: s.admin, call: "PATCH " + containers, body: object{"product": object{"enabled": "FALSE"}}, status: 400, text: "true or false"},
		{name: "installed by a manager", as: own.manager, call: "PATCH " + containers, body: object{"product": object{"enabled": true}}, status: 403, text: "quota:update_product"},
		{name: "the product's items", as: own.manager, call: "GET " + domainQuotas + own.id, status: 200, fields: fields{at + "pods": -1, at + "alcub_storage": -1}},
		{name: "an unknown product installed", as: s.admin, call: "PATCH /v3/quota_products/castles", body: object{"product": object{"enabled": true}}, status: 404, text: "Could not find product: castles"},
		{name: "pods in use", as: s.admin, call: "POST " + reservations, body: s.order(own, "pods "+name, "pods", 1), status: 201},
		{name: "gone while in use", as: s.admin, call: "PATCH " + containers, body: object{"product": object{"enabled": false}}, status: 409, text: "in use"},
	})
	for _, request := range []string{name, "pods " + name} {
		found := s.do(s.admin, "GET "+reservations+"?project_id="+own.project+"&request_id="+strings.ReplaceAll(request, " ", "%20"), nil).want(200)
		s.do(s.admin, "POST "+reservations+"/"+found.text("reservations.0.id")+"/release", nil).want(200)
	}
	s.rows([]row{
		{name: "delete", as: s.admin, call: "DELETE " + volumeTypes + "/" + name, status: 204},
		{name: "gone again", as: s.admin, call: "PATCH " + containers, body: object{"product": object{"enabled": false}}, status: 200, fields: fields{"product.enabled": false}},
	})
}

// serviceAccount: an administrator makes the role and gives it; a department's
// manager does not, for whoever holds it takes from every department.
func (s *scenario) serviceAccount(own, other *division) {
	s.t.Helper()
	made := s.do(s.admin, "POST /v3/roles", object{"role": object{"name": accounts.RoleService}}).want(201)
	role := made.text("role.id")
	u, err := s.accounts.CreateUser(s.t.Context(), accounts.NewUser{DomainID: own.id, Name: "robot", Password: userPassword})
	if err != nil {
		s.t.Fatal(err)
	}
	give := func(user string) string {
		return "PUT /v3/projects/" + own.project + "/users/" + user + "/roles/" + role
	}
	s.do(own.manager, give(u.ID), nil).refused(403, "", "")
	s.do(s.admin, give(u.ID), nil).want(204)
	s.do(own.manager, "PATCH /v3/users/"+u.ID, object{"user": object{"password": "another " + userPassword}}).refused(403, "", "")
	s.do(s.admin, give(own.memberID), nil).want(204)
	service := &actor{name: "service", token: s.logIn("own_member_"+own.name, userPassword, scopeOf(own.project))}
	id := s.do(service, "POST "+reservations, s.order(other, s.unknown(), "ports", 2)).want(201).text("reservation.id")
	s.do(service, "POST "+reservations+"/"+id+"/release", nil).want(200)
	byAdmin := s.do(s.admin, "POST "+reservations, s.order(other, s.unknown(), "ports", 2)).want(201).text("reservation.id")
	s.do(service, "POST "+reservations+"/"+byAdmin+"/commit", nil).refused(404, "", "Could not find reservation: "+byAdmin)
	s.do(service, "GET "+reservations+"?project_id="+other.project, nil).want(200).has(fields{"reservations.0.id": id, "reservations.1": gone{}})
	s.do(service, "GET /v3/domain_usage", nil).refused(403, "", "quota:get_domain_usage")
	s.do(s.admin, "DELETE /v3/projects/"+other.project, nil).refused(409, "", "2 of the quota of port")
	s.do(s.admin, "DELETE /v3/roles/"+role, nil).want(204)
}

// order is the body of a reservation.
func (s *scenario) order(of *division, request string, pairs ...any) object {
	return object{"reservation": object{"request_id": request, "project_id": of.project, "region": region, "items": with(object{}, pairs...)}}
}

// claims: a service reserves for a project, commits and gives back.
func (s *scenario) claims(own *division) {
	s.t.Helper()
	order := func(request string, pairs ...any) object { return s.order(own, request, pairs...) }
	first, second := s.unknown(), s.unknown()
	made := s.do(s.admin, "POST "+reservations, order(first, "cores", 4, "ram", 8192)).want(201).has(fields{
		"reservation.id": hexID, "reservation.state": "reserved", "reservation.request_id": first, "reservation.items.cores": 4,
		"reservation.domain_id": own.id, "reservation.expires_at": moment,
	})
	id := made.text("reservation.id")
	one := reservations + "/" + id
	s.rows([]row{
		{name: "the same again", as: s.admin, call: "POST " + reservations, body: order(first, "ram", 8192, "cores", 4), status: 201, fields: fields{"reservation.id": id}},
		{name: "another under the same id", as: s.admin, call: "POST " + reservations, body: order(first, "cores", 5), status: 409, text: "belongs to another reservation"},
		{name: "too much", as: s.admin, call: "POST " + reservations, body: order(second, "cores", 67), status: 409, text: "The quota of the project is exceeded: 67 of cores was asked for, 66 is left."},
		{name: "by a member", as: own.member, call: "POST " + reservations, body: order(second, "cores", 1), status: 403, text: "quota:create_reservation"},
		{name: "an own item", as: s.admin, call: "POST " + reservations, body: order(second, "apps", 1), status: 400, text: "counted by the platform"},
		{name: "for an unknown project", as: s.admin, call: "POST " + reservations, status: 404, text: "Could not find project: unknown",
			body: s.order(&division{tenant: tenant{project: "unknown"}}, second, "cores", 1)},
		{name: "without an object", as: s.admin, call: "POST " + reservations, body: object{}, status: 400, text: "'reservation'"},

		{name: "show", as: s.admin, call: "GET " + one, status: 200, fields: fields{"reservation.id": id, "reservation.links.self": s.ManagementURL() + one}},
		{name: "show to a manager", as: own.manager, call: "GET " + one, status: 403, text: "quota:get_reservation"},
		{name: "show an unknown one", as: s.admin, call: "GET " + reservations + "/unknown", status: 404, text: "Could not find reservation: unknown"},
		{name: "list", as: s.admin, call: "GET " + reservations + "?request_id=" + first, status: 200, fields: fields{"reservations.0.id": id, "reservations.1": gone{}}},
		{name: "list to a member", as: own.member, call: "GET " + reservations, status: 403, text: "quota:list_reservations"},
		{name: "list too many", as: s.admin, call: "GET " + reservations + "?limit=501", status: 400, text: "'limit'"},

		{name: "commit by a reader", as: own.reader, call: "POST " + one + "/commit", status: 403, text: "quota:commit_reservation"},
		{name: "commit an unknown one", as: s.admin, call: "POST " + reservations + "/unknown/commit", status: 404, text: "Could not find reservation: unknown"},
		{name: "commit", as: s.admin, call: "POST " + one + "/commit", status: 200, fields: fields{"reservation.state": "committed"}},
		{name: "in use", as: own.member, call: "GET " + projectQuotas + own.project, status: 200, fields: fields{"project." + region + ".usage.cores": 4}},
		{name: "release by a member", as: own.member, call: "POST " + one + "/release", status: 403, text: "quota:release_reservation"},
		{name: "release an unknown one", as: s.admin, call: "POST " + reservations + "/unknown/release", status: 404, text: "Could not find reservation: unknown"},
		{name: "release", as: s.admin, call: "POST " + one + "/release", status: 200, fields: fields{"reservation.state": "released"}},
		{name: "commit what is released", as: s.admin, call: "POST " + one + "/commit", status: 409, text: "is released"},
	})
}
