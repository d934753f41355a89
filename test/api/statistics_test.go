package api_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

var second = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`)

// statisticsScenario makes calls and finds them counted.
func statisticsScenario(s *scenario) {
	own, other := s.tenants()
	group := s.group(own.member, "counted")
	api := s.api(own.member, web(group, "hello", "/hello", s.echo()))
	slow := s.api(own.member, with(mock(group, "closed", "/closed"), "auth_type", "APP"))
	foreign := s.api(other.member, mock(s.group(other.member, "other"), "other", "/other"))
	s.publish(own.member, api, releaseEnv)
	s.publish(own.member, slow, releaseEnv)
	ofAPI, ofGroup := "GET statistics/api/latest?api_id="+api, "GET statistics/group/latest?group_id="+group
	s.rows([]row{
		{name: "nothing called", as: own.reader, call: ofAPI + "&duration=1h", status: 200, fields: fields{"code": "APIG.0000", "msg": "", "list": list{}}},
		{name: "nothing called in the group", as: own.reader, call: ofGroup, status: 200, fields: fields{"code": "APIG.0000", "msg": "", "list": list{}}},
	})
	s.countedCalls(own, group, ofAPI, ofGroup, slow)
	s.rows([]row{
		{name: "of no API", as: own.member, call: "GET statistics/api/latest?duration=1h", status: 400, code: "APIG.2001", text: "parameterName:api_id"},
		{name: "without a duration", as: own.member, call: ofAPI, status: 400, code: "APIG.2001", text: "parameterName:duration"},
		{name: "a duration without a unit", as: own.member, call: ofAPI + "&duration=60", status: 400, code: "APIG.2011", text: "parameterName:duration"},
		{name: "days", as: own.member, call: ofAPI + "&duration=1d", status: 400, code: "APIG.2011", text: "parameterName:duration"},
		{name: "no minutes", as: own.member, call: ofAPI + "&duration=0m", status: 400, code: "APIG.2002", text: "parameterName:duration"},
		{name: "25 hours", as: own.member, call: ofAPI + "&duration=25h", status: 400, code: "APIG.2003", text: "parameterName:duration"},
		{name: "24 hours", as: own.member, call: ofAPI + "&duration=24h", status: 200},
		{name: "of an unknown API", as: own.member, call: "GET statistics/api/latest?duration=1h&api_id=nothing", status: 404, code: "APIG.3002"},
		{name: "of a foreign API", as: own.member, call: "GET statistics/api/latest?duration=1h&api_id=" + foreign, status: 403, code: "APIG.1102"},
		{name: "an administrator asks", as: s.admin, call: ofAPI + "&duration=1h", status: 200, fields: fields{"list.0.api_id": api}},
		{name: "nobody asks", as: nobody, call: ofAPI + "&duration=1h", status: 401, code: "APIG.1000"},
		{name: "of no group", as: own.member, call: "GET statistics/group/latest", status: 400, code: "APIG.2001", text: "parameterName:group_id"},
		{name: "of an unknown group", as: own.member, call: "GET statistics/group/latest?group_id=nothing", status: 404, code: "APIG.3001"},
		{name: "of a foreign group", as: other.member, call: ofGroup, status: 403, code: "APIG.1101"},
		{name: "nobody asks for a group", as: nobody, call: ofGroup, status: 401, code: "APIG.1000"},
	})
}

// countedCalls: three answers of a backend and two refusals of another API.
// They may fall into two minutes, so sums are compared.
func (s *scenario) countedCalls(own *tenant, group, ofAPI, ofGroup, closed string) {
	call := s.caller(own.member, group)
	for range 3 {
		call.plain("GET /hello", anonymous).want(200, "GET /backend")
	}
	for range 2 {
		call.plain("GET /closed", anonymous).fault(401, "APIG.0303", "")
	}
	call.plain("GET /nothing", anonymous).fault(404, "APIG.0101", "") // met no API
	a := s.settled(own.reader, ofAPI+"&duration=5m", 3)
	a.has(fields{
		"code": "APIG.0000", "list.0.api_id": s.queried(ofAPI, "api_id"), "list.0.group_id": group, "list.0.provider": own.project,
		"list.0.cycle": "MINUTE", "list.0.status": 1, "list.0.register_time": second, "list.0.req_time": second,
	})
	start, end := a.number("start_time"), a.number("end_time")
	if end-start != 4*60 || int64(end)%60 != 0 || time.Since(time.Unix(int64(end), 0)) > 2*time.Minute {
		a.errorf("from %v to %v: no five minutes up to now", start, end)
	}
	a.sums("req_count", 3, "req_count2xx", 3, "req_count4xx", 0, "req_count5xx", 0, "req_count_error", 0)
	first := func(field string) float64 { return a.number("list.0." + field) }
	if first("output_throughput") < float64(len("GET /backend")) || first("input_throughput") <= 0 {
		a.errorf("throughput: %s", a.body)
	}
	if first("max_latency") < first("max_backend_latency") || first("avg_latency") <= 0 || first("avg_latency") < first("avg_backend_latency") ||
		first("avg_inner_latency") <= 0 || first("max_inner_latency") < 0 {
		a.errorf("latencies: %s", a.body)
	}
	s.settled(own.reader, "GET statistics/api/latest?duration=1h&api_id="+closed, 2).sums("req_count", 2, "req_count4xx", 2, "req_count_error", 2, "req_count2xx", 0)
	g := s.settled(own.reader, ofGroup, 5).has(fields{
		"list.0.group_id": group, "list.0.provider": own.project, "list.0.cycle": "MINUTE", "list.0.status": 1, "list.0.register_time": second,
		"list.0.req_time": second, "list.0.api_id": gone{}, "list.0.max_backend_latency": gone{}, "list.0.avg_inner_latency": gone{},
	})
	g.sums("req_count", 5, "req_count2xx", 3, "req_count4xx", 2, "req_count5xx", 0, "req_count_error", 2)
	if g.number("end_time")-g.number("start_time") != 59*60 {
		g.errorf("no hour")
	}
}

// TestFiguresAreStoredAtTheEnd: what was counted since the last minute is
// written when the platform stops, the calls of the draining gateway included.
func TestFiguresAreStoredAtTheEnd(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		p := start(t, url)
		s := p.scenario(t)
		group := s.group(s.admin, "counted")
		s.publish(s.admin, s.api(s.admin, mock(group, "hello", "/hello")), releaseEnv)
		call := s.caller(s.admin, group)
		for range 7 {
			call.plain("GET /hello", anonymous).want(200, "mock of hello")
		}
		if err := p.Stop(); err != nil {
			t.Fatal(err)
		}
		for table, column := range map[string]string{"api_statistics": "api_id", "group_statistics": "group_id"} {
			var calls, of int
			err := p.db.QueryRow(t.Context(), `SELECT COALESCE(SUM(calls), 0), COUNT(DISTINCT `+column+`) FROM `+table).Scan(&calls, &of)
			if err != nil || calls != 7 || of != 1 {
				t.Errorf("%s has %d calls of %d, %v", table, calls, of, err)
			}
		}
	})
}

// queried is a value of the query of a call.
func (s *scenario) queried(call, name string) string {
	_, query, _ := strings.Cut(call, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		s.t.Fatal(err)
	}
	return values.Get(name)
}

// settled asks until so many calls are counted: an answer reaches its caller
// before its call is recorded.
func (s *scenario) settled(as *actor, call string, calls float64) *answer {
	s.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		a := s.do(as, call, nil).want(200)
		if a.sum("req_count") >= calls || time.Now().After(deadline) {
			return a
		}
	}
}

func (a *answer) number(path string) float64 {
	a.s.t.Helper()
	v, _ := a.value(path)
	n, ok := v.(float64)
	if !ok {
		a.errorf("no number at %s: %s", path, a.body)
	}
	return n
}

// sum adds a field up over the list.
func (a *answer) sum(field string) (n float64) {
	a.s.t.Helper()
	v, _ := a.value("list")
	for _, entry := range v.(list) {
		n += entry.(object)[field].(float64)
	}
	return n
}

// sums checks fields with what they add up to.
func (a *answer) sums(pairs ...any) {
	a.s.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if got := a.sum(pairs[i].(string)); got != float64(pairs[i+1].(int)) {
			a.errorf("%s is %v, want %v: %s", pairs[i], got, pairs[i+1], a.body)
		}
	}
}

var statisticsPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
	needs: map[string]func(*holder) string{
		"statistics/api/latest":   func(h *holder) string { return "&duration=1h&api_id=" + h.ids["api"] },
		"statistics/group/latest": func(h *holder) string { return "&group_id=" + h.ids["group"] },
	},
	references: func(_ *scenario, h *holder) []reference {
		return []reference{
			{"API of statistics", apiKind, false, func(id string) (string, any) {
				return "GET statistics/api/latest?duration=1h&api_id=" + url.QueryEscape(id), nil
			}},
			{"group of statistics", groupKind, false, func(id string) (string, any) {
				return "GET statistics/group/latest?group_id=" + url.QueryEscape(id), nil
			}},
		}
	},
}
