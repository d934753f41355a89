package api_test

import (
	"fmt"
	"time"
)

// accessTokenScenario makes named access tokens, for oneself and for others.
func accessTokenScenario(s *scenario) {
	own, other := s.tenants()
	const one, several = thirdBase + "/current-user/accesstoken", thirdBase + "/current-user/accesstokens"
	theirs := thirdBase + "/users/" + own.memberID + "/accesstoken"
	end := fmt.Sprint(time.Now().Add(time.Hour).UnixMilli() / 1000 * 1000)
	made := s.do(own.member, "POST "+one, object{"name": "program", "expiredAt": end}).want(200).has(fields{"id": hexID})
	id, token := made.text("id"), made.text("token")
	s.rows([]row{
		{name: "without a name", as: own.member, call: "POST " + one, body: object{"expiredAt": end}, status: 400, text: "name"},
		{name: "in the past", as: own.member, call: "POST " + one, body: object{"name": "x", "expiredAt": "1"}, status: 400, text: "past"},
		{name: "at no time", as: own.member, call: "POST " + one, body: object{"name": "x", "expiredAt": "soon"}, status: 400, text: "expiredAt"},
		{name: "by nobody", as: nobody, call: "POST " + one, body: object{"name": "x"}, status: 401, text: "not valid"},
		{name: "by an access token", as: nobody, call: "POST " + one, body: object{"name": "x"}, headers: bearerOf(token), status: 403, text: "ghippo:accesstokens:create"},
		{name: "a reader of a project for itself", as: own.reader, call: "POST " + one, body: object{"name": "mine", "expiredAt": "2099-01-01T00:00:00Z"}, status: 200},

		{name: "list", as: own.member, call: "GET " + several, status: 200, fields: fields{
			"items.0.id": id, "items.0.name": "program", "items.0.createdAt": millis, "items.0.updatedAt": "0", "items.0.expiredAt": end, "items.0.token": gone{}, "items.1": gone{},
		}},
		{name: "list of a reader", as: own.reader, call: "GET " + several, status: 200, fields: fields{"items.0.expiredAt": "4070908800000", "items.1": gone{}}},
		{name: "list of another", as: other.member, call: "GET " + several, status: 200, fields: fields{"items": list{}}},
		{name: "list by nobody", as: nobody, call: "GET " + several, status: 401, text: "not valid"},

		{name: "use", as: nobody, call: "GET envs", headers: bearerOf(token), status: 200},
		{name: "use elsewhere", as: nobody, call: "GET envs", headers: bearerOf(token, "X-Project-Id", other.project), status: 401, code: "APIG.1002", text: "X-Project-Id"},

		{name: "an administrator lists", as: s.admin, call: "GET " + theirs + "s", status: 200, fields: fields{"items.0.id": id}},
		{name: "a member lists", as: own.member, call: "GET " + theirs + "s", status: 403, text: "ghippo:users:accesstokens:list"},
		{name: "list of an unknown user", as: s.admin, call: "GET " + thirdBase + "/users/unknown/accesstokens", status: 404, text: "unknown"},
		{name: "an administrator makes one", as: s.admin, call: "POST " + theirs, body: object{"name": "given"}, status: 200, fields: fields{"id": hexID}},
		{name: "a member makes one so", as: own.member, call: "POST " + theirs, body: object{"name": "x"}, status: 403, text: "ghippo:users:accesstokens:create"},
		{name: "for an unknown user", as: s.admin, call: "POST " + thirdBase + "/users/unknown/accesstoken", body: object{"name": "x"}, status: 404, text: "unknown"},
		{name: "for a user without a name", as: s.admin, call: "POST " + theirs, body: object{"name": ""}, status: 400, text: "name"},

		{name: "deletion of another's", as: other.member, call: "DELETE " + several + "/" + id, status: 404, text: id},
		{name: "deletion by itself", as: nobody, call: "DELETE " + several + "/" + id, headers: bearerOf(token), status: 403, text: "ghippo:accesstokens:delete"},
		{name: "an administrator's deletion of an unknown one", as: s.admin, call: "DELETE " + theirs + "s/unknown", status: 404, text: "unknown"},
		{name: "deletion as of another user", as: s.admin, call: "DELETE " + thirdBase + "/users/" + own.readerID + "/accesstokens/" + id, status: 404, text: id},
		{name: "deletion as of an unknown user", as: s.admin, call: "DELETE " + thirdBase + "/users/unknown/accesstokens/" + id, status: 404, text: "unknown"},
		{name: "a member deletes so", as: own.member, call: "DELETE " + theirs + "s/" + id, status: 403, text: "ghippo:users:accesstokens:delete"},
		{name: "an administrator deletes", as: s.admin, call: "DELETE " + theirs + "s/" + id, status: 200},
		{name: "it is over", as: nobody, call: "GET envs", headers: bearerOf(token), status: 401, code: "APIG.1002", text: "the token is not valid"},
	})
	second := s.get(own.member, several).text("items.0.id")
	s.do(own.member, "DELETE "+several+"/"+second, nil).want(200)
	s.do(own.member, "DELETE "+several+"/"+second, nil).refused(404, "", second)
	for range 20 {
		s.do(own.member, "POST "+one, object{"name": "x"}).want(200)
	}
	s.do(own.member, "POST "+one, object{"name": "x"}).refused(429, "", "20 access tokens")
	s.do(s.admin, "POST "+theirs, object{"name": "x"}).refused(429, "", "20 access tokens")
}

// namedKind is a named access token; granteeKind is the user of somebody's, which
// administrators alone make.
var (
	namedKind   = kind{name: "access token"}
	granteeKind = kind{name: "grantee"}
)

var accessTokensPart = part{
	paths: map[string][]kind{
		thirdUser + "/accesskeys/{ak}":          {keyKind},
		thirdUser + "/accesstokens/{id}":        {namedKind},
		thirdUsers + "/{id}/accesstoken":        {granteeKind},
		thirdUsers + "/{id}/accesstokens":       {granteeKind},
		thirdUsers + "/{id}/accesstokens/{aid}": {granteeKind, namedKind},
	},
	fill: func(s *scenario, h *holder) {
		if h.deleted != nil {
			s.do(h.member, "DELETE "+thirdUser+"/accesstokens/"+h.deleted["access token"], nil).want(200)
			h.deleted["grantee"] = s.unknown()
		}
		h.ids["grantee"] = h.memberID
		h.ids["access token"] = s.named(h, h.marker)
	},
	empty: func(*holder) []string { return nil },
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"grantee": func(_ *scenario, _ *operation, h *holder, _ string) (ids, paths []string) {
			return []string{h.memberID}, nil
		},
		"access token": func(s *scenario, op *operation, h *holder, name string) (ids, paths []string) {
			id := s.named(h, name)
			if len(op.params()) > 1 {
				return []string{h.memberID, id}, nil
			}
			return []string{id}, nil
		},
	},
	bodies: map[string]func(*scenario, *holder, []string) any{
		"ghippo:users:accesstokens:create": func(s *scenario, _ *holder, _ []string) any { return object{"name": "n" + s.unknown()[:20]} },
	},
	forAdmins: map[string]string{
		"ghippo:users:accesstokens:create": "", "ghippo:users:accesstokens:list": "", "ghippo:users:accesstokens:delete": "",
	},
	forOwners: map[string]int{"ghippo:accesskeys:delete": 404, "ghippo:accesstokens:delete": 404},
}

// named makes a named access token of the holder's member.
func (s *scenario) named(h *holder, name string) string {
	s.t.Helper()
	return s.do(h.member, "POST "+thirdUser+"/accesstoken", object{"name": name}).want(200).text("id")
}
