package api_test

import "strings"

// profileRules are of the caller's own account.
func (m *matrix) profileRules() map[string]rule {
	say := func(field, text string) func(*matrix, *bureau, []string) any {
		return func(*matrix, *bureau, []string) any { return object{field: text} }
	}
	return map[string]rule{
		"ghippo:current-user:show":        {own: anyUser},
		"ghippo:current-user:permissions": {own: anyUser},
		"ghippo:current-user:email":       {own: anyUser, body: say("email", "x@example.com")},
		"ghippo:current-user:language":    {own: anyUser, body: say("locale", "en-US")},
		// A change would end the caller's tokens: everybody is let in and told that
		// the present password is missing.
		"ghippo:current-user:password": {own: "401 400 400 400 400 400 400 400 400 400", body: say("password", goodPassword)},
	}
}

func (m *matrix) thirdUserRules() map[string]rule {
	look := rule{ids: []string{"self"}, own: selfLook, foreign: []string{lookB}}
	write := func(fields object) rule {
		return rule{ids: []string{"user"}, own: departmentWrite, foreign: []string{departmentWriteB}, body: func(*matrix, *bureau, []string) any { return fields }}
	}
	return map[string]rule{
		"ghippo:users:list":   {own: anyUser, asks: anybodyAsks("search", "marker")},
		"ghippo:users:create": {own: departmentMade, body: named("", "password", goodPassword)},
		// It answers whether there is such a user, and that there is none is no 404.
		"ghippo:users:check":     {ids: []string{"~name"}, own: anyUser, foreign: []string{anyUser}},
		"ghippo:users:show":      look,
		"ghippo:users:groups":    look,
		"ghippo:users:roles":     look,
		"ghippo:users:update":    write(object{"description": "x"}),
		"ghippo:users:delete":    {ids: []string{"user"}, own: departmentWrite, foreign: []string{departmentWriteB}},
		"ghippo:users:password":  write(object{"password": goodPassword}),
		"ghippo:users:authorize": write(object{"addRoles": list{"reader"}}),
	}
}

func (m *matrix) thirdGroupRules() map[string]rule {
	look := rule{ids: []string{"group"}, own: selfLook, foreign: []string{lookB}} // the member is in it
	write := func(fields object) rule {
		return rule{ids: []string{"group"}, own: departmentWrite, foreign: []string{departmentWriteB}, body: func(*matrix, *bureau, []string) any { return fields }}
	}
	join := func(m *matrix, ids []string) {
		m.do(m.admin, "PUT "+userGroups+"/"+ids[0]+"/users/"+ids[1], nil).want(204)
	}
	pair := []string{"group", "user"}
	return map[string]rule{
		"ghippo:groups:list":      {own: anyUser, asks: anybodyAsks("search", "marker")},
		"ghippo:groups:create":    {own: departmentMade, body: named("")},
		"ghippo:groups:show":      look,
		"ghippo:groups:members":   look,
		"ghippo:groups:roles":     look,
		"ghippo:groups:update":    write(object{"description": "x"}),
		"ghippo:groups:delete":    {ids: []string{"group"}, own: departmentWrite, foreign: []string{departmentWriteB}},
		"ghippo:groups:authorize": write(object{"addRoles": list{"reader"}}),
		"ghippo:groups:join":      {ids: pair, own: departmentWrite, foreign: []string{departmentBetween, departmentBetween}},
		"ghippo:groups:leave":     {ids: pair, own: departmentWrite, foreign: []string{departmentNot, departmentNot}, before: join},
	}
}

func (m *matrix) accessTokenRules() map[string]rule {
	own := func(m *matrix, v *visitor, a *answer) { m.endAccessToken(v.userID, a) }
	other := func(m *matrix, _ *visitor, a *answer) { m.endAccessToken(strings.Split(a.path, "/")[5], a) }
	return map[string]rule{
		"ghippo:accesstokens:create": {own: ownersCreate, body: named(""), after: own},
		"ghippo:accesstokens:list":   {own: anyUser},
		"ghippo:accesstokens:delete": {ids: []string{"access token"}, own: ownerAlone, foreign: []string{ownerNot}},
		// A token of a user does all that the user may, so a manager may end those of
		// its people and make none.
		"ghippo:users:accesstokens:create": {ids: []string{"=owner"}, own: cloudOnly, foreign: []string{cloudOnly}, body: named(""), after: other},
		"ghippo:users:accesstokens:list":   {ids: []string{"owner"}, own: departmentWrite, foreign: []string{departmentWriteB}},
		"ghippo:users:accesstokens:delete": {ids: []string{"=owner", "access token"}, own: departmentWrite, foreign: []string{departmentNot, departmentNot}},
	}
}

func (m *matrix) endAccessToken(user string, a *answer) {
	m.t.Helper()
	m.do(m.admin, "DELETE "+thirdUsers+"/"+user+"/accesstokens/"+a.text("id"), nil).want(200)
}
