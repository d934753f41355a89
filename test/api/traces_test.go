package api_test

import (
	"slices"
	"strings"
)

// tracesScenario is the making and ending of keys for live traces; what they show
// is test/gateway's.
func tracesScenario(s *scenario) {
	own, _ := s.tenants()
	group := s.group(own.member, "traced")
	api := s.api(own.member, mock(group, "traced", "/traced"))
	s.publish(own.member, api, releaseEnv)
	make := "POST trace-keys"
	invalid := func(name string, body object, code, text string) row {
		return row{name: name, as: s.admin, call: make, body: body, status: 400, code: code, text: text}
	}
	s.rows([]row{
		{name: "a member makes one", as: own.member, call: make, body: object{}, status: 403, code: "APIG.1107"},
		{name: "a reader makes one", as: own.reader, call: make, body: object{}, status: 403, code: "APIC.7110"},
		{name: "a reader lists", as: own.reader, call: "GET trace-keys", status: 403, code: "APIG.1107"},
		{name: "a member ends one", as: own.member, call: "DELETE trace-keys/" + s.unknown(), status: 403, code: "APIG.1107"},
		{name: "a member reads traces", as: own.member, call: "GET trace-keys/" + s.unknown() + "/traces", status: 403, code: "APIG.1107"},
		{name: "nobody lists", as: nobody, call: "GET trace-keys", status: 401, code: "APIG.1000"},
		invalid("no time", object{"seconds": 0}, "APIG.2002", "parameterName:seconds"),
		invalid("too long", object{"seconds": 601}, "APIG.2003", "parameterName:seconds"),
		invalid("no calls", object{"calls": 0}, "APIG.2002", "parameterName:calls"),
		invalid("too many calls", object{"calls": 101}, "APIG.2003", "parameterName:calls"),
		invalid("another type", object{"calls": "1"}, "APIG.2011", "parameterName:calls"),
		invalid("an API and a group", object{"api_id": api, "group_id": group}, "APIG.2011", "parameterName:group_id"),
		{name: "unknown API", as: s.admin, call: make, body: object{"api_id": s.unknown()}, status: 404, code: "APIG.3002"},
		{name: "unknown group", as: s.admin, call: make, body: object{"group_id": s.unknown()}, status: 404, code: "APIG.3001"},
		{name: "traces of no key", as: s.admin, call: "GET trace-keys/" + s.unknown() + "/traces", status: 404, code: "APIG.3007"},
		{name: "end no key", as: s.admin, call: "DELETE trace-keys/" + s.unknown(), status: 404, code: "APIG.3007"},
	})
	usual := s.post(s.admin, "trace-keys", object{}).has(fields{
		"api_id": "", "group_id": "", "created_by": "admin", "create_time": moment, "expire_time": moment, "calls": 1, "used": 0,
	})
	narrow := s.post(s.admin, "trace-keys", object{"api_id": api, "seconds": 600, "calls": 100}).has(fields{"api_id": api, "calls": 100})
	s.post(s.admin, "trace-keys", object{"group_id": group}).has(fields{"group_id": group})
	id, key := narrow.text("id"), narrow.text("key")
	if len(key) != 43 || key == usual.text("key") {
		narrow.errorf("key %q", key)
	}
	listed := s.get(s.admin, "trace-keys?page_size=0")
	if all := strings.Fields(listed.each("trace_keys", "id")); !slices.Contains(all, id) || !slices.Contains(all, usual.text("id")) {
		listed.errorf("lists %v", all)
	}
	if strings.Contains(string(listed.body), key) {
		listed.errorf("shows a key: %s", listed.body)
	}
	s.get(s.admin, "trace-keys/"+id+"/traces").has(fields{"total": 0, "size": 0, "traces": list{}})
	s.pages(s.admin, "GET trace-keys")
	s.pages(s.admin, "GET trace-keys/"+id+"/traces")
	s.remove(s.admin, "trace-keys/"+id)
	s.do(s.admin, "GET trace-keys/"+id+"/traces", nil).refused(404, "APIG.3007", "")
	s.tooManyKeys()
}

// tooManyKeys fills the gateway with keys and ends them all.
func (s *scenario) tooManyKeys() {
	s.t.Helper()
	full := false
	for range 101 {
		if a := s.do(s.admin, "POST trace-keys", object{"seconds": 600}); a.status != 201 {
			a.refused(403, "APIG.3100", "too many trace keys")
			full = true
			break
		}
	}
	if !full {
		s.t.Error("101 keys were made")
	}
	for _, id := range strings.Fields(s.get(s.admin, "trace-keys?page_size=0").each("trace_keys", "id")) {
		s.remove(s.admin, "trace-keys/"+id)
	}
}

// traceKind is a key of live traces. No project owns one.
var traceKind = kind{"trace", "APIG.3007", "APIG.1107", false, false}

var tracesPart = part{
	paths: map[string][]kind{
		"/v1.0/apigw/trace-keys/{id}":        {traceKind},
		"/v1.0/apigw/trace-keys/{id}/traces": {traceKind},
	},
	fill: func(s *scenario, h *holder) {
		if h.deleted != nil {
			s.remove(s.admin, "trace-keys/"+h.deleted["trace"])
		}
		h.ids["trace"] = s.post(s.admin, "trace-keys", object{"seconds": 600}).text("id")
	},
	empty: func(*holder) []string { return nil },
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"trace": func(s *scenario, _ *operation, _ *holder, _ string) (ids, paths []string) {
			return []string{s.post(s.admin, "trace-keys", object{"seconds": 600}).text("id")}, nil
		},
	},
	forAdmins: map[string]string{
		"apigw:trace_keys:create": "APIG.1107", "apigw:trace_keys:list": "APIG.1107",
		"apigw:trace_keys:delete": "APIG.1107", "apigw:trace_keys:traces": "APIG.1107",
	},
}
