package api_test

import (
	"maps"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

// bureau is a department with a project, people and one thing of each kind.
// Every text of them has the marker in it.
type bureau struct {
	*holder
	domain         string
	domainName     string
	clerk, manager *actor
	clerkID        string
	managerID      string
}

// bureau makes one, without the things.
func (s *scenario) bureau(name string) *bureau {
	s.t.Helper()
	mark := "mx" + s.unknown()[:12]
	b := &bureau{holder: &holder{tenant: &tenant{name: mark + "_site"}, marker: mark, ids: map[string]string{}}}
	made := s.post(s.admin, domainsPath, object{"domain": object{"name": mark + "_" + name}})
	b.domain, b.domainName = made.text("domain.id"), made.text("domain.name")
	p, err := s.accounts.CreateProject(s.t.Context(), accounts.NewProject{DomainID: b.domain, Name: b.tenant.name})
	if err != nil {
		s.t.Fatal(err)
	}
	b.project = p.ID
	b.member, b.memberID = s.hire(b, "member", accounts.RoleMember, accounts.OnProject, b.project)
	b.reader, b.readerID = s.hire(b, "reader", accounts.RoleReader, accounts.OnProject, b.project)
	b.clerk, b.clerkID = s.hire(b, "clerk", accounts.RoleReader, accounts.OnDomain, b.domain)
	b.manager, b.managerID = s.hire(b, "manager", accounts.RoleManager, accounts.OnDomain, b.domain)
	b.secrets = []string{b.domain, b.project, b.memberID, b.readerID, b.clerkID, b.managerID}
	return b
}

// hire makes a user of the department with a role, and logs it in there.
func (s *scenario) hire(b *bureau, who, role string, scope accounts.Scope, target string) (*actor, string) {
	s.t.Helper()
	u, err := s.accounts.CreateUser(s.t.Context(), accounts.NewUser{DomainID: b.domain, Name: b.marker + "_" + who, Password: userPassword})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.accounts.Assign(s.t.Context(), u.ID, role, scope, target); err != nil {
		s.t.Fatal(err)
	}
	return &actor{name: who, token: s.enter(u.ID, object{string(scope): object{"id": target}})}, u.ID
}

// everybody are the visitors, in the order of the columns.
func (m *matrix) everybody() []*visitor {
	m.t.Helper()
	own := m.own
	pair := m.do(own.member, "POST "+thirdUser+"/accesskeys", nil).want(200)
	own.ids["pair"], own.ids["secret of the pair"] = pair.text("ak"), pair.text("sk")
	jwt := m.do(nobody, "POST "+thirdBase+"/token", object{"ak": pair.text("ak"), "sk": pair.text("sk")}).want(200).text("token")
	robot, made := m.robot(own.tenant, own.marker+"_robot", nil)
	own.ids["robot"] = made.text("application_credential.id")
	own.secrets = append(own.secrets, pair.text("sk"), made.text("application_credential.secret"))
	bearer := append([]string{"X-Project-Id", own.project}, bearerOf(jwt)...)
	all := []*visitor{
		{actor: nobody},
		{actor: &actor{name: "unscoped", token: m.enter(own.memberID, "unscoped")}, userID: own.memberID, home: own},
		{actor: own.reader, userID: own.readerID, home: own},
		{actor: own.member, userID: own.memberID, home: own},
		{actor: robot, userID: own.memberID, home: own},
		{actor: &actor{name: "jwt"}, headers: bearer, userID: own.memberID, home: own},
		{actor: own.clerk, userID: own.clerkID, home: own},
		{actor: own.manager, userID: own.managerID, home: own},
		{actor: &actor{name: "stranger", token: m.other.manager.token}, userID: m.other.managerID, home: m.other},
		{actor: m.admin, userID: m.adminID()},
	}
	for i, name := range strings.Fields(visitors) {
		if name == "robot" {
			all[i].actor.name = name
		}
		if all[i].column = i; all[i].name != name {
			m.t.Fatalf("column %d is %s, not %s", i, all[i].name, name)
		}
	}
	return append(all, m.liars(all)...)
}

// liars say in headers that they are administrators, as a proxy in front of a
// service might (CVE-2026-22797): each is in the column of whom its credentials
// show it to be.
func (m *matrix) liars(all []*visitor) []*visitor {
	lies := []string{
		"X-Identity-Status", "Confirmed", "X-Roles", accounts.RoleAdmin, "X-Role", accounts.RoleAdmin, "X-User-Id", m.adminID(),
		"X-User-Name", accounts.AdminName, "X-Is-Admin-Project", "True", "X-Tenant-Id", m.homeID, "X-Domain-Id", m.other.domain,
		"OpenStack-System-Scope", "all", "X-Forwarded-User", accounts.AdminName,
	}
	stranger, member := *all[0], *all[3]
	stranger.actor, member.actor = &actor{name: "nobody, lying"}, &actor{name: "member, lying", token: member.token}
	stranger.headers, member.headers = lies, lies
	return []*visitor{&stranger, &member}
}

func (m *matrix) adminID() string {
	return m.get(m.admin, usersPath+"?name="+accounts.AdminName+"&domain_id=default").text("users.0.id")
}

// fill makes one thing of each kind for both, and notes ids that were good once.
func (m *matrix) fill() {
	m.t.Helper()
	for _, b := range []*bureau{m.own, m.other} {
		for _, standing := range []struct{ kind, id string }{
			{"domain", b.domain}, {"project", b.project}, {"owner", b.memberID}, {"self", b.memberID},
			{"product", "containers"}, {"name", b.marker + "_member"}, {"nothing", m.unknown()}, {"word", "word"},
			{"marker", b.marker}, {"domain name", b.domainName},
		} {
			b.ids[standing.kind] = standing.id
		}
		m.services(b)
		b.deleted = map[string]string{"owner": m.unknown(), "self": m.unknown()}
		for kind := range m.makers() {
			id, done := m.make(kind, b, b.marker+"_old_"+kindWord(kind))
			if b.deleted[kind] = id; m.usesUp(kind) {
				done()
			} else {
				b.deleted[kind] = m.unknown() // things that stay: users of other tables
			}
			if b.ids[kind] == "" {
				b.ids[kind], _ = m.make(kind, b, b.marker+"_"+kindWord(kind))
			}
		}
		m.hold(b)
		// The address that everybody gives itself in the matrix.
		m.do(b.member, "PUT "+thirdUser+"/email", object{"email": "x@example.com"}).want(200)
	}
	m.above()
}

// above makes a user and a group of department A that administer the platform,
// which its manager does not.
func (m *matrix) above() {
	m.t.Helper()
	admin := m.get(m.admin, rolesPath+"?name="+accounts.RoleAdmin).text("roles.0.id")
	user, _ := m.make("user", m.own, m.own.marker+"_above")
	group, _ := m.make("group", m.own, m.own.marker+"_above")
	for _, holder := range []string{"users/" + user, "groups/" + group} {
		m.do(m.admin, "PUT "+projectsPath+"/"+m.own.project+"/"+holder+"/roles/"+admin, nil).want(204)
	}
	maps.Copy(m.own.ids, map[string]string{"user above": user, "owner above": user, "group above": group, "role above": admin})
}

// kept is what both departments have, as an administrator sees it, by path.
func (m *matrix) kept() map[string]string {
	m.t.Helper()
	all := map[string]string{}
	for _, b := range []*bureau{m.own, m.other} {
		paths := []string{
			domainsPath + "/" + b.domain, projectsPath + "/" + b.project, rolesPath + "/" + b.ids["role"],
			"/v3/services/" + b.ids["service"], "/v3/endpoints/" + b.ids["endpoint"], "/v3/regions/" + b.ids["region"],
			appCredentialsOf(b.memberID) + "/" + b.ids["robot"], ec2KeysOf(b.memberID) + "/" + b.ids["EC2 key"],
			keptPath + "/" + b.ids["kept credential"], thirdUsers + "/" + b.memberID + "/accesstokens",
			"/v3/role_assignments?scope.project.id=" + b.project, "/v3/role_assignments?scope.domain.id=" + b.domain,
			reservations + "/" + b.ids["reservation"],
		}
		for _, kind := range []string{"user", "user above"} {
			if id := b.ids[kind]; id != "" {
				paths = append(paths, usersPath+"/"+id, usersPath+"/"+id+"/groups")
			}
		}
		for _, kind := range []string{"group", "group above"} {
			if id := b.ids[kind]; id != "" {
				paths = append(paths, userGroups+"/"+id, userGroups+"/"+id+"/users")
			}
		}
		for _, path := range paths {
			all[path] = string(m.get(m.admin, path).body)
		}
		m.get(m.admin, credentialsPath+"/"+b.ids["pair"]) // it has a time of last use
	}
	return all
}

// hold gives the standing user and group a role, and lets the member into the
// group.
func (m *matrix) hold(b *bureau) {
	m.t.Helper()
	ids := maps.Clone(b.ids)
	for _, path := range []string{
		"/v3/projects/" + ids["project"] + "/users/" + ids["user"] + "/roles/" + ids["role"],
		"/v3/projects/" + ids["project"] + "/groups/" + ids["group"] + "/roles/" + ids["role"],
		"/v3/domains/" + ids["domain"] + "/users/" + ids["user"] + "/roles/" + ids["role"],
		"/v3/domains/" + ids["domain"] + "/groups/" + ids["group"] + "/roles/" + ids["role"],
		"/v3/groups/" + ids["group"] + "/users/" + ids["self"],
	} {
		m.do(m.admin, "PUT "+path, nil).want(204)
	}
}

// services are the standing service and region that endpoints are made with.
func (m *matrix) services(b *bureau) {
	m.t.Helper()
	b.ids["service of endpoints"] = m.post(m.admin, "/v3/services", object{"service": object{"type": m.unknown(), "name": "x"}}).text("service.id")
}

// standing are the ids of what a department has.
func (b *bureau) standing(kinds []string) []string {
	ids := make([]string, len(kinds))
	for i, k := range kinds {
		ids[i] = b.ids[strings.TrimLeft(k, "=~")]
	}
	return ids
}

// spare makes what a write may use up, and answers how to be rid of the rest.
func (m *matrix) spare(kinds []string, b *bureau) (ids []string, done func()) {
	m.t.Helper()
	var ends []func()
	ids = b.standing(kinds)
	for i, k := range kinds {
		if _, ok := m.makers()[k]; ok {
			id, end := m.make(k, b, b.marker+"_s"+m.unknown()[:12])
			ids[i], ends = id, append(ends, end)
		}
	}
	return ids, func() {
		for _, end := range ends {
			end()
		}
	}
}

func kindWord(kind string) string { return strings.ReplaceAll(kind, " ", "_") }
