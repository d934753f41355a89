package api_test

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

// maker makes a thing of a department and answers its id and the path to delete
// it, whoever it takes to do so.
type maker func(b *bureau, name string) (id string, as *actor, path string)

// under is an id with the path at which it can be deleted.
func under(path, id string) (string, string) { return id, path + "/" + id }

// makers are the things that a write may use up, by their kinds.
func (m *matrix) makers() map[string]maker {
	all := map[string]maker{}
	for _, part := range []map[string]maker{m.places(), m.people(), m.credentials(), m.catalogThings(), m.quotaThings()} {
		for kind, f := range part {
			all[kind] = f
		}
	}
	return all
}

func (m *matrix) places() map[string]maker {
	return map[string]maker{
		"domain": func(_ *bureau, name string) (string, *actor, string) {
			// A department must be disabled to be deleted.
			id, path := under(domainsPath, m.post(m.admin, domainsPath, object{"domain": object{"name": name, "enabled": false}}).text("domain.id"))
			return id, m.admin, path
		},
		"project": func(b *bureau, name string) (string, *actor, string) {
			id, path := under(projectsPath, m.post(m.admin, projectsPath, object{"project": object{"name": name, "domain_id": b.domain}}).text("project.id"))
			return id, m.admin, path
		},
		"tag": func(b *bureau, name string) (string, *actor, string) {
			path := projectsPath + "/" + b.project + "/tags/" + name
			m.do(m.admin, "PUT "+path, nil).want(201)
			return name, m.admin, path
		},
	}
}

func (m *matrix) people() map[string]maker {
	return map[string]maker{
		"user": func(b *bureau, name string) (string, *actor, string) {
			u, err := m.accounts.CreateUser(m.t.Context(), accounts.NewUser{DomainID: b.domain, Name: name, Password: userPassword})
			if err != nil {
				m.t.Fatal(err)
			}
			return u.ID, m.admin, usersPath + "/" + u.ID
		},
		"group": func(b *bureau, name string) (string, *actor, string) {
			id, path := under(userGroups, m.post(m.admin, userGroups, object{"group": object{"name": name, "domain_id": b.domain}}).text("group.id"))
			return id, m.admin, path
		},
		"role": func(_ *bureau, _ string) (string, *actor, string) {
			id, path := under(rolesPath, m.post(m.admin, rolesPath, object{"role": object{"name": m.unknown()}}).text("role.id"))
			return id, m.admin, path
		},
	}
}

func (m *matrix) credentials() map[string]maker {
	return map[string]maker{
		"robot": func(b *bureau, name string) (string, *actor, string) {
			id, path := under(appCredentialsOf(b.memberID), m.newRobot(b.holder, name).text("application_credential.id"))
			return id, b.member, path
		},
		"EC2 key": func(b *bureau, _ string) (string, *actor, string) {
			id, path := under(ec2KeysOf(b.memberID), m.post(b.member, ec2KeysOf(b.memberID), object{"tenant_id": b.project}).text("credential.access"))
			return id, b.member, path
		},
		"kept credential": func(b *bureau, name string) (string, *actor, string) {
			id, path := under(keptPath, m.newKept(b.holder, name))
			return id, b.member, path
		},
		"pair": func(b *bureau, _ string) (string, *actor, string) {
			id, path := under(credentialsPath, m.post(b.member, credentialsPath, object{"credential": object{}}).text("credential.access"))
			return id, b.member, path
		},
		"access token": func(b *bureau, name string) (string, *actor, string) {
			id := m.do(b.member, "POST "+thirdUser+"/accesstoken", object{"name": name}).want(200).text("id")
			return id, b.member, thirdUser + "/accesstokens/" + id
		},
	}
}

func (m *matrix) catalogThings() map[string]maker {
	return map[string]maker{
		"service": func(_ *bureau, _ string) (string, *actor, string) {
			id, path := under("/v3/services", m.post(m.admin, "/v3/services", object{"service": object{"type": m.unknown(), "name": "x"}}).text("service.id"))
			return id, m.admin, path
		},
		"endpoint": func(b *bureau, _ string) (string, *actor, string) {
			id, path := under("/v3/endpoints", m.post(m.admin, "/v3/endpoints", m.newEndpoint(b)).text("endpoint.id"))
			return id, m.admin, path
		},
		"region": func(_ *bureau, _ string) (string, *actor, string) {
			id, path := under("/v3/regions", m.post(m.admin, "/v3/regions", object{"region": object{"id": m.unknown()}}).text("region.id"))
			return id, m.admin, path
		},
	}
}

func (m *matrix) newEndpoint(b *bureau) object {
	return object{"endpoint": object{"service_id": b.ids["service of endpoints"], "interface": "public", "url": "https://x.example/"}}
}

func (m *matrix) quotaThings() map[string]maker {
	return map[string]maker{
		"volume type": func(_ *bureau, _ string) (string, *actor, string) {
			name := "t" + m.unknown()[:20]
			m.post(m.admin, volumeTypes, object{"volume_type": object{"name": name}})
			return name, m.admin, volumeTypes + "/" + name
		},
		"reservation": func(b *bureau, _ string) (string, *actor, string) {
			return m.post(m.admin, reservations, m.newReservation(b)).text("reservation.id"), m.admin, ""
		},
	}
}

func (m *matrix) newReservation(b *bureau) object {
	return object{"reservation": object{"request_id": m.unknown(), "project_id": b.project, "region": region, "items": object{"cores": 1}}}
}

// usesUp reports whether things of a kind can be deleted.
func (m *matrix) usesUp(kind string) bool { return kind != "reservation" }

// make makes a thing; done deletes it if it is still there.
func (m *matrix) make(kind string, b *bureau, name string) (id string, done func()) {
	m.t.Helper()
	id, as, path := m.makers()[kind](b, name)
	return id, func() {
		m.t.Helper()
		if path == "" {
			return
		}
		if a := m.do(as, "DELETE "+path, nil); a.status != 204 && a.status != 200 && a.status != 404 {
			a.errorf("clean up: %.300s", a.body)
		}
	}
}
