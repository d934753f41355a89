package api_test

import (
	"maps"
	"strings"
)

// The rows. Their words belong to:
//
//	nobody unscoped reader member robot jwt clerk manager stranger admin
const (
	everybody = "ok  ok  ok  ok  ok  ok  ok  ok  ok  ok"
	anyUser   = "401 ok  ok  ok  ok  ok  ok  ok  ok  ok"
	nowhere   = "401 404 404 404 404 404 404 404 404 404"
	adminOnly = "401 404 404 404 404 404 404 404 404 ok"
	cloudOnly = "401 403 403 403 403 403 403 403 403 ok"

	// Of departments: who manages one writes, who holds a role on one reads.
	departmentMade     = "401 403 403 403 403 403 403 ok  ok  ok"
	departmentWrite    = "401 403 403 403 403 403 403 ok  404 ok"
	departmentWriteB   = "401 403 403 403 403 403 403 404 ok  ok"
	departmentBetween  = "401 403 403 403 403 403 403 404 404 ok" // one end is A's, the other B's
	departmentNot      = "401 403 403 403 403 403 403 404 404 404"
	departmentLook     = "401 403 403 403 403 403 ok  ok  404 ok"
	departmentLookB    = "401 403 403 403 403 403 404 404 ok  ok"
	departmentLookBoth = "401 403 403 403 403 403 404 404 404 ok"
	departmentLookNot  = "401 403 403 403 403 403 404 404 404 404"

	// Of what people may know of themselves, wherever they are logged in.
	selfLook    = "401 ok  404 ok  ok  ok  ok  ok  404 ok" // the thing is the member's
	projectLook = "401 ok  ok  ok  ok  ok  ok  ok  404 ok"
	lookB       = "401 404 404 404 404 404 404 404 ok  ok"

	// Of credentials: the owner's, and seen by administrators.
	ownerLook    = "401 ok  404 ok  ok  ok  404 404 404 ok"
	ownerWrite   = "401 ok  404 ok  403 ok  404 404 404 ok"
	ownerWriteB  = "401 404 404 404 403 404 404 404 404 ok"
	ownerAlone   = "401 ok  404 ok  403 ok  404 404 404 404"
	ownerNot     = "401 404 404 404 403 404 404 404 404 404"
	ownersCreate = "401 ok  ok  ok  403 ok  ok  ok  ok  ok"
)

// table is what everybody gets from every operation of the dialects of Keystone
// and of the third one. It is written by hand: the routes' own Access would prove
// nothing.
func (m *matrix) table() map[string]rule {
	all := map[string]rule{}
	for _, part := range []map[string]rule{
		m.openRules(), m.tokenRules(), m.domainRules(), m.projectRules(), m.userRules(), m.groupRules(), m.roleRules(),
		m.catalogRules(), m.accessKeyRules(), m.robotRules(), m.credentialRules(), m.quotaRules(), m.profileRules(),
		m.thirdUserRules(), m.thirdGroupRules(), m.accessTokenRules(),
	} {
		maps.Copy(all, part)
	}
	return all
}

// ruleOf is the rule of an operation. The v1.0 dialect has one for all: a project
// in scope, and there readers read. Its ids are the matter of tenancyOfPaths; here
// nothing has them, and who is let in is told so.
func (m *matrix) ruleOf(op *operation) (rule, bool) {
	if strings.HasPrefix(op.id, "openapi:") {
		return rule{own: everybody}, true
	}
	if op.document.name != "apigw" {
		r, ok := m.rules[op.id]
		return r, ok
	}
	r := rule{own: "401 401 403 in  in  in  401 401 401 in"}
	if op.reads() {
		r.own = "401 401 in  in  in  in  401 401 401 in"
	}
	for _, part := range parts {
		if _, ok := part.forAdmins[op.id]; ok {
			r.own = "401 401 403 403 403 403 401 401 401 in"
		}
	}
	for _, name := range op.params() {
		// Only the project in the path is looked at before the thing is.
		if name == "project_id" {
			r.ids = append(r.ids, "~project")
		} else {
			r.ids = append(r.ids, "~nothing")
		}
	}
	return r, true
}

func (m *matrix) openRules() map[string]rule {
	pair := func(*matrix, *bureau, []string) any {
		return object{"ak": m.own.ids["pair"], "sk": m.own.ids["secret of the pair"]}
	}
	return map[string]rule{
		"identity:list_versions":   {own: everybody},
		"identity:get_version":     {own: everybody},
		"ghippo:certs:get":         {own: everybody},
		"ghippo:configuration:get": {own: everybody},
		// What is asked for is in the secret, not in who asks.
		"ghippo:token:get":    {own: everybody, query: "?ak=" + m.own.ids["pair"] + "&sk=" + m.own.ids["secret of the pair"]},
		"ghippo:token:create": {own: everybody, body: pair},
		"identity:authenticate": {own: everybody, shows: true, body: func(_ *matrix, b *bureau, _ []string) any {
			return object{"auth": object{"identity": object{"methods": list{"password"}, "password": object{
				"user": object{"id": b.ids["user"], "password": userPassword}}}}}
		}},
		"identity:change_password": {
			ids: []string{"user"}, own: everybody, foreign: []string{everybody},
			gone: []string{"401 401 401 401 401 401 401 401 401 401"},
			body: func(*matrix, *bureau, []string) any {
				return object{"user": object{"original_password": userPassword, "password": "another " + userPassword}}
			},
		},
	}
}

// tokenRules: the subject is the caller's own.
func (m *matrix) tokenRules() map[string]rule {
	return map[string]rule{
		"identity:get_auth_projects": {own: anyUser},
		"identity:get_auth_domains":  {own: anyUser},
		"identity:get_auth_catalog":  {own: anyUser},
		"identity:validate_token":    {own: anyUser, headers: m.subject},
		"identity:revoke_token":      {own: anyUser, headers: m.subject},
	}
}

// subject is a fresh token of the caller.
func (m *matrix) subject(_ *matrix, v *visitor) []string {
	switch {
	case v.actor == m.admin:
		return []string{"X-Subject-Token", m.logIn("admin", adminPassword, nil)}
	case v.userID == "":
		return nil
	}
	return []string{"X-Subject-Token", m.enter(v.userID, "unscoped")}
}

// anybodyAsks are filters, by pairs of a parameter and a kind, with which nobody
// is refused and nobody sees more.
func anybodyAsks(pairs ...string) []ask {
	var all []ask
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, ask{pairs[i], pairs[i+1], anyUser, anyUser})
	}
	return all
}

func said(key string, pairs ...any) func(*matrix, *bureau, []string) any {
	return func(*matrix, *bureau, []string) any { return object{key: with(object{}, pairs...)} }
}

// named is a body whose name nobody had before.
func named(key string, pairs ...any) func(*matrix, *bureau, []string) any {
	return func(m *matrix, _ *bureau, _ []string) any {
		fields := with(object{"name": "n" + m.unknown()[:20]}, pairs...)
		if key == "" {
			return fields
		}
		return object{key: fields}
	}
}

// undone takes back what was put under the path itself.
func undone(m *matrix, _ *visitor, a *answer) { m.do(m.admin, "DELETE "+a.path, nil).want(204) }

// removed deletes what an answer says was made.
func removed(path, at string) func(*matrix, *visitor, *answer) {
	return func(m *matrix, _ *visitor, a *answer) {
		m.do(m.admin, "DELETE "+path+"/"+a.text(at), nil).want(204)
	}
}

func (m *matrix) domainRules() map[string]rule {
	return map[string]rule{
		"identity:list_domains": {own: anyUser, asks: anybodyAsks("name", "domain name")},
		// Clients look their own department up before anything else (wire-facts
		// §16.6), so everybody of it sees it.
		"identity:get_domain": {ids: []string{"domain"}, own: "401 ok ok ok ok ok ok ok 404 ok", foreign: []string{lookB}},
		// Departments are the platform's.
		"identity:create_domain": {own: cloudOnly, body: named("domain")},
		"identity:update_domain": {ids: []string{"domain"}, own: cloudOnly, foreign: []string{cloudOnly}, body: said("domain", "description", "x")},
		"identity:delete_domain": {ids: []string{"domain"}, own: cloudOnly, foreign: []string{cloudOnly}},
	}
}

func (m *matrix) projectRules() map[string]rule {
	look := func(kinds ...string) rule {
		foreign := []string{lookB, ""}
		return rule{ids: kinds, own: projectLook, foreign: foreign[:len(kinds)]}
	}
	write := func(body func(*matrix, *bureau, []string) any, kinds ...string) rule {
		foreign := []string{departmentWriteB, ""}
		return rule{ids: kinds, own: departmentWrite, foreign: foreign[:len(kinds)], body: body}
	}
	tags := func(*matrix, *bureau, []string) any { return object{"tags": list{"x"}} }
	tag := write(nil, "=project", "tag")
	tag.foreign = []string{departmentNot, ""} // the tag is of the own project
	tagged := write(nil, "=project", "~word")
	tagged.after = undone
	seen := look("project", "tag")
	seen.foreign = []string{nowhere, ""}
	return map[string]rule{
		"identity:list_projects":       {own: anyUser, asks: anybodyAsks("domain_id", "domain", "parent_id", "domain", "tags", "tag")},
		"identity:create_project":      {own: departmentMade, body: named("project")},
		"identity:get_project":         look("project"),
		"identity:update_project":      write(said("project", "description", "x"), "project"),
		"identity:delete_project":      write(nil, "project"),
		"identity:list_project_tags":   look("project"),
		"identity:update_project_tags": write(tags, "project"),
		"identity:delete_project_tags": write(nil, "project"),
		"identity:get_project_tag":     seen,
		"identity:create_project_tag":  tagged,
		"identity:delete_project_tag":  tag,
	}
}

func (m *matrix) userRules() map[string]rule {
	return map[string]rule{
		"identity:list_users":         {own: anyUser, asks: anybodyAsks("domain_id", "domain", "name", "name", "name__contains", "marker")},
		"identity:create_user":        {own: departmentMade, body: named("user")},
		"identity:get_user":           {ids: []string{"self"}, own: selfLook, foreign: []string{lookB}},
		"identity:list_user_projects": {ids: []string{"self"}, own: selfLook, foreign: []string{lookB}},
		// Nobody changes itself so: passwords and addresses have their own routes.
		"identity:update_user": {ids: []string{"user"}, own: departmentWrite, foreign: []string{departmentWriteB}, body: said("user", "password", userPassword, "email", "x")},
		"identity:delete_user": {ids: []string{"user"}, own: departmentWrite, foreign: []string{departmentWriteB}},
	}
}

func (m *matrix) groupRules() map[string]rule {
	join := func(m *matrix, ids []string) {
		m.do(m.admin, "PUT "+userGroups+"/"+ids[0]+"/users/"+ids[1], nil).want(204)
	}
	pair := []string{"group", "user"}
	return map[string]rule{
		"identity:list_groups":            {own: anyUser, asks: anybodyAsks("domain_id", "domain")},
		"identity:create_group":           {own: departmentMade, body: named("group")},
		"identity:get_group":              {ids: []string{"group"}, own: selfLook, foreign: []string{lookB}}, // the member is in it
		"identity:update_group":           {ids: []string{"group"}, own: departmentWrite, foreign: []string{departmentWriteB}, body: said("group", "description", "x")},
		"identity:delete_group":           {ids: []string{"group"}, own: departmentWrite, foreign: []string{departmentWriteB}},
		"identity:list_users_in_group":    {ids: []string{"group"}, own: selfLook, foreign: []string{lookB}},
		"identity:list_groups_for_user":   {ids: []string{"self"}, own: selfLook, foreign: []string{lookB}},
		"identity:add_user_to_group":      {ids: pair, own: departmentWrite, foreign: []string{departmentBetween, departmentBetween}},
		"identity:check_user_in_group":    {ids: []string{"group", "self"}, own: selfLook, foreign: []string{nowhere, nowhere}},
		"identity:remove_user_from_group": {ids: pair, own: departmentWrite, foreign: []string{departmentNot, departmentNot}, before: join},
	}
}

func (m *matrix) roleRules() map[string]rule {
	all := map[string]rule{
		"identity:list_roles":                {own: anyUser},
		"identity:get_role":                  {ids: []string{"role"}, own: anyUser},
		"identity:list_implied_roles":        {ids: []string{"role"}, own: anyUser},
		"identity:list_role_inference_rules": {own: anyUser},
		"identity:create_role":               {own: cloudOnly, body: named("role")},
		"identity:update_role":               {ids: []string{"role"}, own: cloudOnly, body: said("role", "description", "x")},
		"identity:delete_role":               {ids: []string{"role"}, own: cloudOnly},
		"identity:list_role_assignments":     {own: anyUser, asks: anybodyAsks("user.id", "user", "group.id", "group", "scope.project.id", "project", "scope.domain.id", "domain", "role.id", "role")},
	}
	for _, place := range []string{"project", "domain"} {
		for _, who := range []string{"user", "group"} {
			name := place + "_" + who + "_grant"
			kinds := []string{"=" + place, who, "=role"}
			give := func(m *matrix, ids []string) {
				m.do(m.admin, "PUT /v3/"+place+"s/"+ids[0]+"/"+who+"s/"+ids[1]+"/roles/"+ids[2], nil).want(204)
			}
			all["identity:list_"+name+"s"] = rule{ids: kinds[:2], own: departmentLook, foreign: []string{departmentLookBoth, departmentLookBoth}}
			all["identity:check_"+name] = rule{ids: kinds, own: departmentLook, foreign: []string{departmentLookNot, departmentLookNot, departmentLookNot}}
			all["identity:create_"+name] = rule{ids: kinds, own: departmentWrite, foreign: []string{departmentBetween, departmentBetween}, after: undone}
			all["identity:revoke_"+name] = rule{ids: kinds, own: departmentWrite, foreign: []string{departmentNot, departmentNot, departmentNot}, before: give}
		}
	}
	return all
}

func (m *matrix) catalogRules() map[string]rule {
	endpoint := func(m *matrix, b *bureau, _ []string) any { return m.newEndpoint(b) }
	return map[string]rule{
		"identity:list_services":   {own: anyUser},
		"identity:get_service":     {ids: []string{"service"}, own: anyUser},
		"identity:create_service":  {own: cloudOnly, body: said("service", "type", "mx")},
		"identity:update_service":  {ids: []string{"service"}, own: cloudOnly, body: said("service", "description", "x")},
		"identity:delete_service":  {ids: []string{"service"}, own: cloudOnly},
		"identity:list_endpoints":  {own: anyUser},
		"identity:get_endpoint":    {ids: []string{"endpoint"}, own: anyUser},
		"identity:create_endpoint": {own: cloudOnly, body: endpoint, after: removed("/v3/endpoints", "endpoint.id")},
		"identity:update_endpoint": {ids: []string{"endpoint"}, own: cloudOnly, body: said("endpoint", "url", "https://y.example/")},
		"identity:delete_endpoint": {ids: []string{"endpoint"}, own: cloudOnly},
		"identity:list_regions":    {own: anyUser},
		"identity:get_region":      {ids: []string{"region"}, own: anyUser},
		"identity:create_region":   {own: cloudOnly, body: said("region", "description", "x"), after: removed("/v3/regions", "region.id")},
		"identity:update_region":   {ids: []string{"region"}, own: cloudOnly, body: said("region", "description", "x")},
		"identity:delete_region":   {ids: []string{"region"}, own: cloudOnly},
	}
}
