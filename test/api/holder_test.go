package api_test

import (
	"maps"
	"strings"
)

// holder is a tenant with one thing of each kind. Every text of them that its
// owner chose has the marker in it.
type holder struct {
	*tenant
	marker  string
	secrets []string // what no other project may see whatever it asks
	ids     map[string]string
	deleted map[string]string // ids that were good once
}

// marks are all texts by which others would recognise what a holder has.
func (h *holder) marks() []string { return append(h.secrets[:len(h.secrets):len(h.secrets)], h.marker) }

// hides fails for each text that the answer shows. A refusal may repeat what
// was asked, and so do the link that a list has to itself and the version of an
// export.
func (a *answer) hides(texts ...string) {
	a.s.t.Helper()
	body := strings.ReplaceAll(string(a.body), `"self":"`+a.s.ManagementURL()+a.asked, "")
	for _, text := range texts {
		if strings.Contains(a.asked, "version="+text) {
			body = strings.ReplaceAll(body, `"version": "`+text+`"`, "")
		}
		if strings.Contains(body, text) && (a.status < 400 || !strings.Contains(a.asked, text)) {
			a.errorf("shows %q of another project: %s", text, a.body)
		}
	}
}

// holder makes a tenant with things, twice, and deletes the first ones.
func (s *scenario) holder(name string) *holder {
	s.t.Helper()
	h := &holder{tenant: s.tenant(name)}
	s.fill(h)
	h.deleted = maps.Clone(h.ids)
	s.empty(h)
	s.fill(h)
	// Projects and users cannot be deleted over the wire yet.
	h.deleted["project"], h.deleted["user"] = s.unknown(), s.unknown()
	return h
}

// fill makes one thing of each kind.
func (s *scenario) fill(h *holder) {
	s.t.Helper()
	m := "zq" + s.unknown()[:12]
	group := s.post(h.member, "api-groups", object{"name": m + "_group", "remark": m})
	env := s.post(h.member, "envs", object{"name": m + "_env", "remark": m}).text("id")
	app := s.post(h.member, "apps", object{"name": m + "_app", "remark": m})
	code := s.do(h.member, "PUT apps/"+app.text("id")+"/app-codes", nil).want(201)
	api := s.api(h.member, marked(group.text("id"), m))
	version := s.publish(h.member, api, releaseEnv)
	grant := s.post(h.member, "app-auths", object{"api_ids": list{api}, "app_ids": list{app.text("id")}, "env_id": releaseEnv})
	variable := s.post(h.member, "env-variables", object{
		"group_id": group.text("id"), "env_id": env, "variable_name": m, "variable_value": m,
	})
	key := s.post(h.member, credentialsPath, object{"credential": object{"description": m}})
	h.marker = m
	h.secrets = []string{
		h.project, h.name, group.text("sl_domain"), app.text("app_key"), app.text("app_secret"), code.text("app_code"),
		key.text("credential.secret"),
	}
	h.ids = map[string]string{
		"group": group.text("id"), "env": env, "app": app.text("id"), "code": code.text("id"), "api": api, "version": version,
		"grant": grant.text("0.0.id"), "variable": variable.text("id"), "key": key.text("credential.access"),
		"project": h.project, "user": h.memberID,
	}
	for _, part := range parts {
		part.fill(s, h)
	}
}

// marked is the document of an API with the marker wherever there is text.
func marked(group, m string) object {
	d := web(group, m+"_api", "/"+m, m+".test")
	return with(d, "auth_type", "APP", "remark", m, "tags", list{m}, "body_remark", m, "result_normal_sample", m,
		"req_params", list{object{"name": m, "location": "QUERY", "type": "STRING", "remark": m}})
}

// empty deletes what fill made.
func (s *scenario) empty(h *holder) {
	s.t.Helper()
	for _, part := range parts {
		for _, path := range part.empty(h) {
			s.remove(h.member, path)
		}
	}
	for _, path := range []string{
		"app-auths/" + h.ids["grant"], "apps/" + h.ids["app"] + "/app-codes/" + h.ids["code"], "apps/" + h.ids["app"],
		"apis/publish/" + h.ids["api"] + "?env_id=" + releaseEnv, "apis/" + h.ids["api"], "env-variables/" + h.ids["variable"],
		"envs/" + h.ids["env"], "api-groups/" + h.ids["group"], credentialsPath + "/" + h.ids["key"],
	} {
		s.remove(h.member, path)
	}
}

// spare makes something that a write may use up, and answers its ids and how
// to be rid of what is left of it.
func (s *scenario) spare(op *operation, kinds []kind, h *holder) (ids []string, done func()) {
	s.t.Helper()
	name := "s" + s.unknown()[:20]
	gone := func(paths ...string) func() {
		return func() {
			for _, path := range paths {
				if a := s.do(h.member, "DELETE "+path, nil); a.status != 204 && a.status != 404 {
					a.errorf("clean up: %s", a.body)
				}
			}
		}
	}
	for _, part := range parts {
		if make, ok := part.spare[kinds[len(kinds)-1].name]; ok {
			ids, paths := make(s, op, h, name)
			return ids, gone(paths...)
		}
	}
	switch kinds[0] {
	case groupKind:
		id := s.group(h.member, name)
		return []string{id}, gone("api-groups/" + id)
	case apiKind, versionKind:
		id := s.api(h.member, mock(h.ids["group"], name, "/"+name))
		done = gone("apis/publish/"+id+"?env_id="+releaseEnv, "apis/"+id)
		if kinds[0] == versionKind {
			return []string{s.publish(h.member, id, releaseEnv)}, done
		}
		if op.id == "apigw:apis:offline" {
			s.publish(h.member, id, releaseEnv)
		}
		return []string{id}, done
	case appKind:
		id := s.app(h.member, name)
		ids = []string{id}
		if len(kinds) > 1 {
			ids = append(ids, s.do(h.member, "PUT apps/"+id+"/app-codes", nil).want(201).text("id"))
		}
		return ids, gone("apps/" + id)
	case grantKind:
		app := s.app(h.member, name)
		made := s.post(h.member, "app-auths", object{"api_ids": list{h.ids["api"]}, "app_ids": list{app}, "env_id": releaseEnv})
		return []string{made.text("0.0.id")}, gone("apps/" + app)
	case envKind:
		id := s.env(h.member, name)
		return []string{id}, gone("envs/" + id)
	case variableKind:
		id := s.post(h.member, "env-variables", object{
			"group_id": h.ids["group"], "env_id": h.ids["env"], "variable_name": name, "variable_value": "x",
		}).text("id")
		return []string{id}, gone("env-variables/" + id)
	case keyKind:
		access := s.post(h.member, credentialsPath, object{"credential": object{}}).text("credential.access")
		return []string{access}, gone(credentialsPath + "/" + access)
	}
	s.t.Fatalf("%s: nothing spare of its kind", op)
	return nil, nil
}
