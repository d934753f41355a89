package api_test

import (
	"regexp"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

const (
	thirdBase    = "/apis/ghippo.io/v1alpha1"
	thirdUser    = thirdBase + "/current-user"
	thirdUsers   = thirdBase + "/users"
	thirdGroups  = thirdBase + "/groups"
	goodPassword = "Correct-Horse-7"
)

// millis is a moment in the third dialect.
var millis = regexp.MustCompile(`^\d{13}$`)

// department is a domain with a manager, who belongs to another one.
type department struct {
	id                string
	manager           *actor
	managerID, member string // ids
	worker            string // name of the member
}

func (s *scenario) department(name string) *department {
	s.t.Helper()
	d := &department{}
	made, err := s.accounts.CreateDomain(s.t.Context(), name+"_"+s.ids.New()[:8], "")
	if err != nil {
		s.t.Fatal(err)
	}
	d.id = made.ID
	login := "manager_of_" + made.Name
	u, err := s.accounts.CreateUser(s.t.Context(), accounts.NewUser{Name: login, Password: userPassword})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.accounts.Assign(s.t.Context(), u.ID, accounts.RoleManager, accounts.OnDomain, d.id); err != nil {
		s.t.Fatal(err)
	}
	d.managerID, d.worker = u.ID, "worker_of_"+made.Name
	d.manager = &actor{name: "manager of " + name, token: s.logIn(login, userPassword, object{"domain": object{"id": d.id}})}
	d.member = s.do(d.manager, "POST "+thirdUsers, object{"name": d.worker, "password": goodPassword}).want(200).text("id")
	return d
}

// profilesScenario is people in the third dialect: oneself, users, groups, and
// what they hold.
func profilesScenario(s *scenario) {
	own, _ := s.tenants()
	sales, works := s.department("sales"), s.department("works")
	s.currentUser(own)
	s.thirdUsers(own, sales, works)
	s.thirdUserRoles(own, sales, works)
	s.thirdGroups(own, sales, works)
}

func (s *scenario) currentUser(own *tenant) {
	login := "own_reader_" + own.name
	s.rows([]row{
		{name: "oneself", as: own.reader, call: "GET " + thirdUser, status: 200, fields: fields{
			"uid": own.readerID, "username": login, "email": "", "locale": "",
		}},
		{name: "nobody's self", as: nobody, call: "GET " + thirdUser, status: 401, text: "missing or not valid"},
		{name: "address", as: own.reader, call: "PUT " + thirdUser + "/email", body: object{"email": "reader@example.com"}, status: 200},
		{name: "no address", as: own.reader, call: "PUT " + thirdUser + "/email", body: object{}, status: 400, text: `"email"`},
		{name: "an address of a wrong type", as: own.reader, call: "PUT " + thirdUser + "/email", body: object{"email": 1}, status: 400, text: "email"},
		{name: "nobody's address", as: nobody, call: "PUT " + thirdUser + "/email", body: object{"email": ""}, status: 401, text: "missing or not valid"},
		{name: "language", as: own.reader, call: "PUT " + thirdUser + "/language", body: object{"locale": "zh-CN"}, status: 200},
		{name: "no language", as: own.reader, call: "PUT " + thirdUser + "/language", body: object{"locale": "<b>"}, status: 400, text: `"locale"`},
		{name: "nobody's language", as: nobody, call: "PUT " + thirdUser + "/language", body: object{"locale": "en"}, status: 401, text: "missing or not valid"},
		{name: "oneself again", as: own.reader, call: "GET " + thirdUser, status: 200, fields: fields{"email": "reader@example.com", "locale": "zh-CN"}},

		{name: "permissions of a member", as: own.member, call: "GET " + thirdUser + "/global-permissions", status: 200, fields: fields{"permissions": list{}}},
		{name: "permissions of an administrator", as: s.admin, call: "GET " + thirdUser + "/global-permissions", status: 200, fields: fields{
			"permissions.0": "ListUser", "permissions.11": "GetRole", "permissions.12": gone{},
		}},
		{name: "nobody's permissions", as: nobody, call: "GET " + thirdUser + "/global-permissions", status: 401, text: "missing or not valid"},

		{name: "password by a token alone", as: own.reader, call: "PUT " + thirdUser + "/password", body: object{"password": goodPassword}, status: 400, text: "originalPassword"},
		{name: "password with a wrong original", as: own.reader, call: "PUT " + thirdUser + "/password", status: 403, text: "original password",
			body: object{"originalPassword": "wrong", "password": goodPassword}},
		{name: "an over-long password", as: own.reader, call: "PUT " + thirdUser + "/password", status: 400, text: "assword",
			body: object{"originalPassword": userPassword, "password": many("Xy-7", 1000)}},
		{name: "nobody's password", as: nobody, call: "PUT " + thirdUser + "/password", status: 401, text: "missing or not valid",
			body: object{"originalPassword": userPassword, "password": goodPassword}},
		{name: "password", as: own.reader, call: "PUT " + thirdUser + "/password", body: object{"originalPassword": userPassword, "password": goodPassword}, status: 200},
		{name: "its tokens are over", as: own.reader, call: "GET " + thirdUser, status: 401, text: "missing or not valid"},
	})
	own.reader.token = s.logIn(login, goodPassword, scopeOf(own.project))
}

func (s *scenario) thirdUsers(own *tenant, sales, works *department) {
	chief, unknown := sales.manager, s.unknown()
	body := object{"name": "clerk", "password": goodPassword, "description": "new", "email": "clerk@example.com", "firstname": "Cleo", "lastname": "Doe", "temporary": true}
	id := s.do(chief, "POST "+thirdUsers, body).want(200).has(fields{"id": hexID}).text("id")
	one := thirdUsers + "/" + id
	foreign, missing := thirdUsers+"/"+works.member, thirdUsers+"/"+unknown
	const lost = "Could not find user"
	s.rows([]row{
		{name: "the list of a department", as: chief, call: "GET " + thirdUsers + "?page=1&pageSize=10&search=", status: 200, fields: fields{
			"items.0.id": id, "items.0.name": "clerk", "items.0.email": "clerk@example.com", "items.0.description": "new", "items.0.firstname": "Cleo",
			"items.0.lastname": "Doe", "items.0.source": "locale", "items.0.enabled": true, "items.0.createdAt": millis, "items.0.updatedAt": "0",
			"items.0.lastLoginAt": "", "items.0.canAuthorize": true, "items.1.id": sales.managerID, "items.1.canAuthorize": false,
			"items.2.id": sales.member, "items.3": gone{}, "pagination.page": 1, "pagination.pageSize": 10, "pagination.total": 3,
		}},
		{name: "one page", as: chief, call: "GET " + thirdUsers + "?page=2&pageSize=2", status: 200, fields: fields{"items.0.id": sales.member, "items.1": gone{}, "pagination.total": 3}},
		{name: "a search", as: chief, call: "GET " + thirdUsers + "?search=CLERK@", status: 200, fields: fields{"items.0.id": id, "pagination.total": 1}},
		{name: "no wildcards", as: chief, call: "GET " + thirdUsers + "?search=%25", status: 200, fields: fields{"items": list{}, "pagination.total": 0}},
		{name: "another department by name", as: chief, call: "GET " + thirdUsers + "?search=" + works.worker, status: 200, fields: fields{"items": list{}}},
		{name: "a member sees itself", as: own.member, call: "GET " + thirdUsers, status: 200, fields: fields{"items.0.id": own.memberID, "items.0.canAuthorize": false, "pagination.total": 1}},
		{name: "an administrator sees it", as: s.admin, call: "GET " + thirdUsers + "?search=" + works.worker, status: 200, fields: fields{"items.0.id": works.member, "items.0.canAuthorize": true, "pagination.total": 1}},
		{name: "page 0", as: chief, call: "GET " + thirdUsers + "?page=0", status: 400, text: `"page"`},
		{name: "a large page", as: chief, call: "GET " + thirdUsers + "?pageSize=1001", status: 400, text: `"pageSize"`},
		{name: "the list for nobody", as: nobody, call: "GET " + thirdUsers, status: 401, text: "missing or not valid"},

		{name: "the name again", as: chief, call: "POST " + thirdUsers, body: body, status: 409, text: "clerk"},
		{name: "the name in another department", as: works.manager, call: "POST " + thirdUsers, body: body, status: 200},
		{name: "an over-long password", as: chief, call: "POST " + thirdUsers, body: object{"name": "x", "password": many("Xy-7", 1000)}, status: 400, text: "assword"},
		{name: "no password", as: chief, call: "POST " + thirdUsers, body: object{"name": "x"}, status: 400, text: `"password"`},
		{name: "enabled is no text", as: chief, call: "POST " + thirdUsers, body: object{"name": "x", "password": goodPassword, "enabled": "false"}, status: 400, text: "enabled"},
		{name: "made by a member", as: own.member, call: "POST " + thirdUsers, body: body, status: 403, text: "ghippo:users:create"},
		{name: "made by a reader", as: own.reader, call: "POST " + thirdUsers, body: body, status: 403, text: "ghippo:users:create"},

		{name: "one", as: chief, call: "GET " + one, status: 200, fields: fields{"name": "clerk", "lastname": "Doe"}},
		{name: "one elsewhere", as: chief, call: "GET " + foreign, status: 404, text: lost},
		{name: "one to a stranger", as: own.reader, call: "GET " + one, status: 404, text: lost},
		{name: "an unknown one", as: s.admin, call: "GET " + missing, status: 404, text: lost},

		{name: "a change", as: chief, call: "PUT " + one, body: object{"email": "", "lastname": "Roe"}, status: 200},
		{name: "the change is there", as: chief, call: "GET " + one, status: 200, fields: fields{"email": "", "lastname": "Roe", "firstname": "Cleo", "updatedAt": millis}},
		{name: "a change elsewhere", as: chief, call: "PUT " + foreign, body: object{"email": ""}, status: 404, text: lost},
		{name: "a change by a reader", as: own.reader, call: "PUT " + one, body: object{"email": ""}, status: 403, text: "ghippo:users:update"},
		{name: "a change of a wrong type", as: chief, call: "PUT " + one, body: object{"enabled": "no"}, status: 400, text: "enabled"},
		{name: "a change of one's own that a manager has none of", as: chief, call: "PUT " + thirdUsers + "/" + sales.managerID, body: object{"description": ""}, status: 404, text: lost},

		{name: "a new password", as: chief, call: "PUT " + one + "/password", body: object{"password": "Another-Horse-8"}, status: 200},
		{name: "no new password", as: chief, call: "PUT " + one + "/password", body: object{}, status: 400, text: `"password"`},
		{name: "a new password elsewhere", as: chief, call: "PUT " + foreign + "/password", body: object{"password": "Another-Horse-8"}, status: 404, text: lost},
		{name: "a new password by a reader", as: own.reader, call: "PUT " + one + "/password", body: object{"password": "Another-Horse-8"}, status: 403, text: "ghippo:users:password"},
		{name: "one's own by reset", as: chief, call: "PUT " + thirdUsers + "/" + sales.managerID + "/password", body: object{"password": "Another-Horse-8"}, status: 403, text: "original"},

		{name: "a name that is taken", as: chief, call: "GET " + thirdUsers + "/check/clerk", status: 200, fields: fields{"existed": true}},
		{name: "a name that is not", as: chief, call: "GET " + thirdUsers + "/check/" + works.worker, status: 200, fields: fields{"existed": false}},
		{name: "others' names are not told", as: own.member, call: "GET " + thirdUsers + "/check/admin", status: 200, fields: fields{"existed": false}},
		{name: "a name for nobody", as: nobody, call: "GET " + thirdUsers + "/check/admin", status: 401, text: "missing or not valid"},

		{name: "groups of a user without any", as: chief, call: "GET " + one + "/groups", status: 200, fields: fields{"items": list{}, "pagination.total": 0}},
		{name: "groups of a user elsewhere", as: chief, call: "GET " + foreign + "/groups", status: 404, text: lost},
		{name: "groups, no page", as: chief, call: "GET " + one + "/groups?page=x", status: 400, text: `"page"`},

		{name: "deleted by a reader", as: own.reader, call: "DELETE " + one, status: 403, text: "ghippo:users:delete"},
		{name: "deleted elsewhere", as: chief, call: "DELETE " + foreign, status: 404, text: lost},
		{name: "deleted", as: chief, call: "DELETE " + one, status: 200},
		{name: "deleted twice", as: chief, call: "DELETE " + one, status: 404, text: lost},
	})
}

func (s *scenario) thirdUserRoles(own *tenant, sales, works *department) {
	chief := sales.manager
	one, foreign := thirdUsers+"/"+sales.member+"/roles", thirdUsers+"/"+works.member+"/roles"
	give := func(names ...string) object { return object{"addRoles": names} }
	s.rows([]row{
		{name: "roles are given", as: chief, call: "PUT " + one, body: give("reader", "member"), status: 200},
		{name: "roles are exchanged", as: chief, call: "PUT " + one, body: object{"addRoles": list{"manager"}, "removeRoles": list{"reader"}}, status: 200},
		{name: "roles", as: chief, call: "GET " + one + "?type=system&authorized=true", status: 200, fields: fields{
			"roles.0.name": "manager", "roles.0.type": "system", "roles.0.authorized": true, "roles.1.name": "member", "roles.2": gone{},
			"authorizedCount": 2, "pagination.total": 2,
		}},
		{name: "roles for a stranger", as: own.member, call: "GET " + one, status: 404, text: "Could not find user"},
		{name: "roles, no truth value", as: chief, call: "GET " + one + "?authorized=FALSE", status: 400, text: `"authorized"`},
		{name: "admin is not a manager's to give", as: chief, call: "PUT " + one, body: give("admin"), status: 403, text: "not authorized"},
		{name: "roles given by a reader", as: own.reader, call: "PUT " + one, body: give("member"), status: 403, text: "ghippo:users:authorize"},
		{name: "roles given elsewhere", as: chief, call: "PUT " + foreign, body: give("member"), status: 404, text: "Could not find user"},
		{name: "a role that is not there", as: chief, call: "PUT " + one, body: give("chef"), status: 400, text: "chef"},
		{name: "no list", as: chief, call: "PUT " + one, body: object{"addRoles": "member"}, status: 400, text: "addRoles"},
	})
}

func (s *scenario) thirdGroups(own *tenant, sales, works *department) {
	chief := sales.manager
	id := s.do(chief, "POST "+thirdGroups, object{"name": "desk", "description": "front"}).want(200).has(fields{"id": hexID}).text("id")
	theirs := s.do(works.manager, "POST "+thirdGroups, object{"name": "desk"}).want(200).text("id")
	one, foreign := thirdGroups+"/"+id, thirdGroups+"/"+theirs
	seat := one + "/members/" + sales.member
	const lost, lostUser = "Could not find group", "Could not find user"
	s.rows([]row{
		{name: "the name again", as: chief, call: "POST " + thirdGroups, body: object{"name": "desk"}, status: 409, text: "desk"},
		{name: "no name", as: chief, call: "POST " + thirdGroups, body: object{}, status: 400, text: `"name"`},
		{name: "made by a reader", as: own.reader, call: "POST " + thirdGroups, body: object{"name": "x"}, status: 403, text: "ghippo:groups:create"},
		{name: "another group", as: chief, call: "POST " + thirdGroups, body: object{"name": "pool"}, status: 200},

		{name: "groups", as: chief, call: "GET " + thirdGroups, status: 200, fields: fields{
			"items.0.id": id, "items.0.name": "desk", "items.0.description": "front", "items.0.userCount": 0, "items.0.createdAt": millis,
			"items.0.canAuthorize": true, "items.1.name": "pool", "items.2": gone{}, "pagination.total": 2,
		}},
		{name: "groups of nobody else", as: own.member, call: "GET " + thirdGroups, status: 200, fields: fields{"items": list{}}},
		{name: "groups, no page", as: chief, call: "GET " + thirdGroups + "?pageSize=-1", status: 400, text: `"pageSize"`},

		{name: "one", as: chief, call: "GET " + one, status: 200, fields: fields{"group.id": id, "group.name": "desk"}},
		{name: "one elsewhere", as: chief, call: "GET " + foreign, status: 404, text: lost},
		{name: "an unknown one", as: s.admin, call: "GET " + thirdGroups + "/" + s.unknown(), status: 404, text: lost},
		{name: "a change", as: chief, call: "PUT " + one, body: object{"description": "back"}, status: 200},
		{name: "a name that is taken", as: chief, call: "PUT " + one, body: object{"name": "pool"}, status: 409, text: "pool"},
		{name: "an empty name", as: chief, call: "PUT " + one, body: object{"name": ""}, status: 400, text: "name"},
		{name: "a change elsewhere", as: chief, call: "PUT " + foreign, body: object{"description": ""}, status: 404, text: lost},
		{name: "a change by a reader", as: own.reader, call: "PUT " + one, body: object{"description": ""}, status: 403, text: "ghippo:groups:update"},

		{name: "a member", as: chief, call: "POST " + seat, status: 200},
		{name: "a member of elsewhere", as: chief, call: "POST " + one + "/members/" + works.member, status: 404, text: lostUser},
		{name: "a member elsewhere", as: chief, call: "POST " + foreign + "/members/" + sales.member, status: 404, text: lost},
		{name: "a member by a reader", as: own.reader, call: "POST " + seat, status: 403, text: "ghippo:groups:join"},
		{name: "members", as: chief, call: "GET " + one + "/members", status: 200, fields: fields{
			"items.0.id": sales.member, "items.0.name": sales.worker, "items.0.email": "", "items.0.createdAt": millis, "items.1": gone{}, "pagination.total": 1,
		}},
		{name: "members elsewhere", as: chief, call: "GET " + foreign + "/members", status: 404, text: lost},
		{name: "members, no page", as: chief, call: "GET " + one + "/members?page=", status: 400, text: `"page"`},
		{name: "counted", as: chief, call: "GET " + one, status: 200, fields: fields{"group.userCount": 1, "group.description": "back"}},
		{name: "groups of the member", as: chief, call: "GET " + thirdUsers + "/" + sales.member + "/groups", status: 200, fields: fields{"items.0.id": id, "items.0.name": "desk", "items.1": gone{}}},

		{name: "roles are given", as: chief, call: "PUT " + one + "/roles", body: object{"addRoles": list{"reader"}}, status: 200},
		{name: "roles", as: chief, call: "GET " + one + "/roles?authorized=true", status: 200, fields: fields{"items.0.name": "reader", "items.1": gone{}, "authorizedCount": 1}},
		{name: "roles elsewhere", as: chief, call: "GET " + foreign + "/roles", status: 404, text: lost},
		{name: "roles of no kind", as: chief, call: "GET " + one + "/roles?type=all", status: 400, text: `"type"`},
		{name: "admin is not a manager's to give", as: chief, call: "PUT " + one + "/roles", body: object{"addRoles": list{"admin"}}, status: 403, text: "not authorized"},
		{name: "roles given elsewhere", as: chief, call: "PUT " + foreign + "/roles", body: object{"addRoles": list{"reader"}}, status: 404, text: lost},
		{name: "a role that is not there", as: chief, call: "PUT " + one + "/roles", body: object{"removeRoles": list{"chef"}}, status: 400, text: "chef"},
		{name: "roles given by a reader", as: own.reader, call: "PUT " + one + "/roles", body: object{"addRoles": list{"reader"}}, status: 403, text: "ghippo:groups:authorize"},

		{name: "a member leaves by a reader", as: own.reader, call: "DELETE " + seat, status: 403, text: "ghippo:groups:leave"},
		{name: "a member leaves", as: chief, call: "DELETE " + seat, status: 200},
		{name: "a member leaves twice", as: chief, call: "DELETE " + seat, status: 404, text: lostUser},
		{name: "deleted by a reader", as: own.reader, call: "DELETE " + one, status: 403, text: "ghippo:groups:delete"},
		{name: "deleted elsewhere", as: chief, call: "DELETE " + foreign, status: 404, text: lost},
		{name: "deleted", as: chief, call: "DELETE " + one, status: 200},
		{name: "deleted twice", as: chief, call: "DELETE " + one, status: 404, text: lost},
	})
}
