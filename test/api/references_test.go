package api_test

import (
	"net/url"
	"strings"
)

// reference is an id in a body or in a query. ask makes the call with an id
// there, everything else being right.
type reference struct {
	name string
	kind kind
	open bool // what another project has may be named as well
	ask  func(id string) (call string, body any)
}

// references are the places where an operation takes the id of something else.
func references(h *holder, s *scenario) []reference {
	name := func() string { return "r" + s.unknown()[:20] }
	query := func(call string) func(string) (string, any) {
		return func(id string) (string, any) { return call + url.QueryEscape(id), nil }
	}
	api := h.ids["api"]
	all := []reference{
		{"group of an API", groupKind, false, func(id string) (string, any) {
			n := name()
			return "POST apis", mock(id, n, "/"+n)
		}},
		{"group of a variable", groupKind, false, func(id string) (string, any) {
			return "POST env-variables", object{"group_id": id, "env_id": releaseEnv, "variable_name": name(), "variable_value": "x"}
		}},
		{"environment of a variable", envKind, false, func(id string) (string, any) {
			return "POST env-variables", object{"group_id": h.ids["group"], "env_id": id, "variable_name": name(), "variable_value": "x"}
		}},
		{"group of a list of variables", groupKind, false, query("GET env-variables?group_id=")},
		{"environment of a publication", envKind, false, func(id string) (string, any) {
			return "POST apis/publish/" + api, object{"env_id": id}
		}},
		{"environment to take offline in", envKind, false, query("DELETE apis/publish/" + api + "?env_id=")},
		{"environment of what runs", envKind, false, query("GET apis/runtime/" + api + "?env_id=")},
		{"environment of a batch", envKind, false, func(id string) (string, any) {
			return "POST apis/publish", object{"apis": list{api}, "env_id": id}
		}},
		{"API of a grant", apiKind, false, func(id string) (string, any) {
			return "POST app-auths", object{"api_ids": list{api, id}, "app_ids": list{h.ids["app"]}, "env_id": releaseEnv}
		}},
		{"environment of a grant", envKind, false, func(id string) (string, any) {
			return "POST app-auths", object{"api_ids": list{api}, "app_ids": list{h.ids["app"]}, "env_id": id}
		}},
		{"app of a grant", appKind, true, func(id string) (string, any) {
			return "POST app-auths", object{"api_ids": list{api}, "app_ids": list{id}, "env_id": releaseEnv}
		}},
		{"app of unbound APIs", appKind, true, query("GET app-auths/unbinded-apis?env_id=" + releaseEnv + "&app_id=")},
		{"environment of unbound APIs", envKind, false, query("GET app-auths/unbinded-apis?app_id=" + h.ids["app"] + "&env_id=")},
		{"app of bound APIs", appKind, false, query("GET app-auths/binded-apis?app_id=")},
		{"API of bound apps", apiKind, false, query("GET app-auths/binded-apps?env_id=" + releaseEnv + "&api_id=")},
	}
	for _, part := range parts {
		if part.references != nil {
			all = append(all, part.references(s, h)...)
		}
	}
	return all
}

// tenancyOfReferences is tenancyOfPaths for the ids that bodies and queries
// carry.
func tenancyOfReferences(s *scenario) {
	own, other := s.holder("own"), s.holder("other")
	signer := s.signer(own.member, own.project)
	before := s.get(own.member, "apis/publish/"+own.ids["api"]).body
	for _, ref := range references(own, s) {
		k := ref.kind
		for _, st := range []state{
			{name: "foreign", id: other.ids[k.name], of: other},
			{name: "deleted", id: own.deleted[k.name]},
			{name: "unknown", id: s.unknown()},
			{name: "one letter", id: "x"},
			{name: "33 hex", id: many("a", 33)},
			{name: "1000 characters", id: many("中", 1000)},
			{name: "a blank behind", id: own.ids[k.name] + " "},
			{name: "other case", id: swapCase(own.ids[k.name])},
			{name: "SQL", id: "x' OR '1'='1"},
			{name: "path", id: "../" + own.ids[k.name]},
			{name: "NUL", id: "\x00", unclean: true},
			{name: "NUL behind", id: own.ids[k.name] + "\x00", unclean: true},
		} {
			status, code := 404, k.unknown
			switch {
			case st.unclean:
				status, code = 400, "APIG.2000"
			case st.of != nil && ref.open:
				continue
			case st.of != nil:
				status, code = 403, k.foreign
			}
			call, body := ref.ask(st.id)
			for _, as := range []*actor{own.member, signer} {
				a := s.do(as, call, body)
				a.call = ref.name + ", " + st.name + ", " + a.call
				a.refused(status, code, "")
				if _, text := a.fault(); len([]rune(text)) > 400 {
					a.errorf("the text has %d characters", len([]rune(text)))
				}
				a.hides(other.marks()...)
			}
		}
	}
	if after := s.get(own.member, "apis/publish/"+own.ids["api"]).body; string(after) != string(before) {
		s.t.Errorf("refused references published:\n%s\nwas\n%s", after, before)
	}
}

// tenancyOfLists asks every list, by every parameter that it has, for what
// another tenant owns.
func tenancyOfLists(s *scenario) {
	own, other := s.holder("own"), s.holder("other")
	signer := s.signer(other.member, other.project)
	// Some lists need parameters to answer at all.
	needs := map[string]string{
		"app-auths/unbinded-apis": "&app_id=" + other.ids["app"] + "&env_id=" + releaseEnv,
		"app-auths/binded-apis":   "&app_id=" + other.ids["app"],
		"env-variables":           "&group_id=" + other.ids["group"],
	}
	for _, part := range parts {
		for path, need := range part.needs {
			needs[path] = need(other)
		}
	}
	asked := 0
	for _, op := range s.contract.operations {
		if !op.reads() || op.public || len(op.params()) > 0 {
			continue
		}
		path := op.pattern
		base := path + "?x=1" + needs[strings.TrimPrefix(path, "/v1.0/apigw/")]
		queries := []string{base, base + "&page_size=0"}
		for _, p := range op.query {
			values := []string{own.marker}
			if !raceEnabled { // the whole matrix runs without the detector
				values = append(values, own.name, "%25", "_")
			}
			if !raceEnabled && strings.HasSuffix(p.Name, "id") {
				values = append(values, idsOf(own)...)
			}
			for _, value := range values {
				// The list's own need comes first; a parameter that is given
				// twice is read once, so it is given alone as well.
				queries = append(queries, base+"&"+p.Name+"="+value, path+"?"+p.Name+"="+value)
			}
		}
		for _, query := range queries {
			for _, as := range []*actor{other.member, signer} {
				a := s.do(as, "GET "+query, nil)
				asked++
				if a.status >= 500 {
					a.errorf("%s", a.body)
				}
				a.hides(own.marks()...)
			}
		}
	}
	if asked < 500 {
		s.t.Errorf("only %d questions: are there lists?", asked)
	}
	// An administrator sees what both have.
	for _, path := range []string{"api-groups", "apis", "apps", "envs"} {
		names := s.get(s.admin, path+"?page_size=0").body
		for _, h := range []*holder{own, other} {
			if !strings.Contains(string(names), h.marker) {
				s.t.Errorf("an administrator does not see what %s has in %s", h.name, path)
			}
		}
	}
}

func idsOf(h *holder) []string {
	ids := make([]string, 0, len(h.ids))
	for _, id := range h.ids {
		ids = append(ids, id)
	}
	return ids
}
