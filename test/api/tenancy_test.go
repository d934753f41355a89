package api_test

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

// tenancyOfPaths asks for every id that a path can hold, of every operation
// that has one, as everybody. An operation without a rule fails the test, but
// for those of departments, whose rules are in the matrix.
func tenancyOfPaths(s *scenario) {
	own, other := s.holder("own"), s.holder("other")
	// A colleague has the member's role and another name, and signs.
	colleague, _ := s.person("colleague", own.tenant, accounts.RoleMember)
	everybody := []*person{
		{own.member, own}, {s.signer(colleague, own.project), own}, {own.reader, own}, {other.member, other}, {s.admin, nil}, {nobody, nil},
	}
	least := 2000
	if raceEnabled { // the whole of it runs without the detector
		everybody, least = []*person{{own.member, own}, {other.member, other}}, 400
	}
	cells := 0
	for _, op := range s.contract.operations {
		names := op.params()
		for place := range names {
			kinds := kindsOf(op)
			if kinds == nil && op.document.name != "apigw" {
				break // the matrix fails without a rule for it
			}
			if len(kinds) != len(names) {
				s.t.Errorf("%s (%s): no rule says what its ids are", op, op.id)
				break
			}
			if aWord(kinds[place]) {
				continue
			}
			for _, state := range s.states(own, other, kinds[place]) {
				for _, p := range everybody {
					if state.unclean && p.actor != own.member && p.actor != nobody {
						continue // nobody has been looked at when it is refused
					}
					s.cell(op, kinds, place, state, p, own, other)
					cells++
				}
			}
		}
	}
	if cells < least {
		s.t.Errorf("only %d cells: have the paths lost their ids?", cells)
	}
}

// person is an actor and whose it is: nobody's own project for the
// administrator and for who is not logged in.
type person struct {
	*actor
	home *holder
}

// kind is a kind of thing that has an id.
type kind struct {
	name             string
	unknown, foreign string // codes of 404 and 403; foreign "" answers 404 as well
	open             bool   // anybody may ask for it
	scope            bool   // the project in the path: for its people and administrators, whatever it is
}

var (
	groupKind    = kind{"group", "APIG.3001", "APIG.1101", false, false}
	apiKind      = kind{"api", "APIG.3002", "APIG.1102", false, false}
	versionKind  = kind{"version", "APIG.3022", "APIG.1102", false, false}
	appKind      = kind{"app", "APIG.3004", "APIG.1104", false, false}
	codeKind     = kind{"code", "APIG.3082", "", false, false}
	grantKind    = kind{"grant", "APIG.3009", "APIG.1109", false, false}
	envKind      = kind{"env", "APIG.3003", "APIG.1103", false, false}
	variableKind = kind{"variable", "APIG.3011", "APIG.1110", false, false}
	projectKind  = kind{name: "project"}
	scopeKind    = kind{name: "project", foreign: "APIC.7111", scope: true}
	userKind     = kind{name: "user"}
	keyKind      = kind{name: "key"}
)

// kindsOf says what the ids in an operation's path are.
func kindsOf(op *operation) []kind {
	for _, part := range parts {
		if kinds, ok := part.paths[op.id]; ok {
			return kinds
		}
		if kinds, ok := part.paths[op.pattern]; ok {
			return kinds
		}
	}
	openApp := appKind
	openApp.open = true
	for _, rule := range []struct {
		prefix string
		kinds  []kind
	}{
		{"/v1.0/apigw/api-groups/{id}", []kind{groupKind}},
		{"/v1.0/apigw/apis/versions/{version_id}", []kind{versionKind}},
		{"/v1.0/apigw/apis/publish/{api_id}", []kind{apiKind}},
		{"/v1.0/apigw/apis/runtime/{id}", []kind{apiKind}},
		{"/v1.0/apigw/apis/{id}", []kind{apiKind}},
		{"/v1.0/apigw/apps/validation/{id}", []kind{openApp}},
		{"/v1.0/apigw/apps/secret/{id}", []kind{appKind}},
		{"/v1.0/apigw/apps/{app_id}/app-codes/{id}", []kind{appKind, codeKind}},
		{"/v1.0/apigw/apps/{app_id}/app-codes", []kind{appKind}},
		{"/v1.0/apigw/apps/{id}", []kind{appKind}},
		{"/v1.0/apigw/app-auths/{id}", []kind{grantKind}},
		{"/v1.0/apigw/envs/{id}", []kind{envKind}},
		{"/v1.0/apigw/env-variables/{id}", []kind{variableKind}},
		{"identity:get_project", []kind{projectKind}},
		{"identity:get_user", []kind{userKind}},
		{"/v3.0/OS-CREDENTIAL/credentials/{access}", []kind{keyKind}},
	} {
		if op.pattern == rule.prefix || op.id == rule.prefix {
			return rule.kinds
		}
	}
	return nil
}

// state is what an id is: something of a holder, or of nobody.
type state struct {
	name, id string
	of       *holder
	unclean  bool // the path is refused before anything is looked up
}

// states are the ids that are tried in one place; under the race detector, which
// makes a request ten times as slow, only those that lead to different code.
func (s *scenario) states(own, other *holder, k kind) []state {
	s.t.Helper()
	all := s.allStates(own, other, k)
	if raceEnabled {
		return all[:2]
	}
	return all
}

func (s *scenario) allStates(own, other *holder, k kind) []state {
	s.t.Helper()
	return []state{
		{name: "own", id: own.ids[k.name], of: own},
		{name: "foreign", id: other.ids[k.name], of: other},
		{name: "deleted", id: own.deleted[k.name]},
		{name: "unknown", id: s.unknown()},
		{name: "one letter", id: "x"},
		{name: "33 hex", id: many("a", 33)},
		{name: "1000 characters", id: many("a", 1000)},
		{name: "a blank behind", id: own.ids[k.name] + "%20"},
		{name: "other case", id: swapCase(own.ids[k.name])},
		{name: "SQL", id: "x'%20OR%20'1'='1"},
		{name: "Chinese", id: "%E7%BB%84"},
		{name: "parent", id: "..%2f", unclean: true},
		{name: "two dots", id: "%2e%2e", unclean: true},
		{name: "encoded slash", id: own.ids[k.name] + "%2F" + own.ids[k.name], unclean: true},
		{name: "encoded twice", id: "..%252f", unclean: true},
		{name: "line break", id: "%0a", unclean: true},
		{name: "NUL", id: "%00", unclean: true},
		{name: "NUL behind", id: own.ids[k.name] + "%00", unclean: true},
	}
}

// swapCase is an id that differs by case only: ids are compared exactly, on
// both engines.
func swapCase(id string) string {
	if upper := strings.ToUpper(id); upper != id {
		return upper
	}
	return strings.ToLower(id)
}

// cell is one question of the matrix: one operation, one place in its path, one
// id there, one person.
func (s *scenario) cell(op *operation, kinds []kind, place int, st state, p *person, own, other *holder) {
	s.t.Helper()
	status, code := expected(op, kinds, place, st, p, own)
	if status == 404 && op.makes() {
		return // it is made instead, which its scenario asks for
	}
	ids := make([]string, len(kinds))
	for i, k := range kinds {
		ids[i] = own.ids[k.name]
	}
	ids[place] = st.id
	done := func() {}
	if status < 400 && !op.reads() {
		ids, done = s.spare(op, kinds, st.of)
	}
	h := own
	if st.of != nil {
		h = st.of
	}
	call := op.method + " " + s.filled(op, ids...) + queryOf(op)
	a := s.do(p.actor, call, bodyOf(s, op, h, ids))
	done()
	a.call = st.name + ", " + a.call
	switch {
	case a.status != status:
		a.errorf("status, want %d %s; body: %.500s", status, code, a.body)
	case status >= 400:
		if got, text := a.fault(); got != code || len(text) > 400 {
			a.errorf("%s %.500q, want %s", got, text, code)
		}
	}
	for _, h := range []*holder{own, other} {
		switch {
		case p.home == h, p.actor == s.admin:
		case kinds[place].open:
			a.hides(h.secrets...)
		default:
			a.hides(h.marks()...)
		}
	}
}

// makes reports whether the operation makes what the last id of its path does
// not name yet.
func (op *operation) makes() bool { return op.id == "apigw:servers:put" }

// expected is the rule of the whole API: what is not clean is refused, then who
// is not known, then who only reads; what is unknown is not found, and what is
// another project's is forbidden.
func expected(op *operation, kinds []kind, place int, st state, p *person, own *holder) (status int, code string) {
	k, ours := kinds[place], op.document.name == "apigw"
	unauthorised := "APIG.1000"
	if !ours {
		unauthorised = ""
	}
	switch {
	case st.unclean:
		return 400, op.plain()
	case p.actor == nobody:
		return 401, unauthorised
	case ours && p.home != nil && p.actor == p.home.reader && !op.reads():
		return 403, "APIC.7110"
	case op.id == "identity:create_application_credential" && p.home != nil && p.actor == p.home.reader:
		return 403, "" // one is made in a project, where readers write nothing
	}
	for _, part := range parts {
		if refusal, ok := part.forAdmins[op.id]; ok && p.home != nil {
			return 403, refusal
		}
	}
	if place > 0 { // the ids before it are those of our own things
		if mineAlone(kinds[0]) && p.home != nil && p.actor != own.member {
			return 404, kinds[0].unknown
		}
		if p.home != nil && p.home != own {
			return 403, kinds[0].foreign
		}
		if st.of != own {
			return 404, k.unknown
		}
		return op.success(), ""
	}
	switch {
	case k.scope && p.home != nil && p.home != st.of:
		return 403, k.foreign
	case k.scope && len(kinds) == 1:
		return op.success(), ""
	case k.scope && st.of == nil:
		return 404, kinds[1].unknown
	case st.of == nil:
		return 404, k.unknown
	case k.open, p.home == nil:
	case p.home != st.of || mineAlone(k) && p.actor != p.home.member:
		if k.foreign == "" {
			return 404, k.unknown
		}
		return 403, k.foreign
	}
	if len(kinds) > 1 && st.of != own { // another app with our code
		return 404, kinds[1].unknown
	}
	for _, part := range parts {
		if status, ok := part.forOwners[op.id]; ok && p.home == nil {
			return status, ""
		}
	}
	return op.success(), ""
}

// aWord: what stands there is no thing of anybody, but a word that is the same
// for all; scenarios try it.
func aWord(k kind) bool { return k == instanceKind || k == responseTypeKind || k == quotaWordKind }

// mineAlone: users and keys belong to a person, not to a project.
func mineAlone(k kind) bool {
	return k == userKind || k == keyKind || k == credentialOwnerKind || k == keptKind || k == namedKind
}

// queryOf is what an operation needs in its query.
func queryOf(op *operation) string {
	for _, part := range parts {
		if query, ok := part.queries[op.id]; ok {
			return query
		}
	}
	if op.id == "apigw:apis:offline" {
		return "?env_id=" + releaseEnv
	}
	return ""
}

// bodyOf is a body with which an operation on the things of h succeeds.
func bodyOf(s *scenario, op *operation, h *holder, ids []string) any {
	for _, part := range parts {
		if body, ok := part.bodies[op.id]; ok {
			return body(s, h, ids)
		}
	}
	name := "n" + s.unknown()[:20]
	switch op.id {
	case "apigw:apis:update":
		return with(mock("", name, "/"+name), "group_id", nil)
	case "apigw:apis:publish":
		return object{"env_id": releaseEnv}
	case "apigw:app_codes:create":
		return object{"app_code": s.unknown() + s.unknown()}
	case "identity:update_access_key":
		return object{"credential": object{"description": name}}
	case "apigw:groups:update", "apigw:apps:update", "apigw:envs:update":
		return object{"name": name}
	}
	if op.body {
		return object{}
	}
	return nil
}
