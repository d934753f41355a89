package api_test

import (
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What one refusal may cost: the time is the best of a few tries, because the
// machine has other things to do; the memory is what was allocated in all,
// the client's share included.
const (
	bombTime   = 100 * time.Millisecond
	bombMemory = 64 << 20
	bombTries  = 5
)

// bomb is a request that is small to send and would be large to serve.
type bomb struct {
	name, call string
	body       any
	status     int
	code       string
}

// bombs: each is refused with its code at once, and leaves nothing.
func bombs(s *scenario) {
	own := s.tenant("own")
	group := s.group(own.member, "bombed")
	sign := s.post(own.member, "acls", object{"acl_name": "bombed", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.1"}).text("id")
	channel := s.post(own.member, "vpc-channels", object{
		"name": "bombed", "type": 2, "port": 80, "balance_strategy": 1, "member_type": "ip", "vpc_instances": list{object{"host": "192.0.2.1", "weight": 1}},
		"vpc_health_config": object{"protocol": "tcp", "threshold_normal": 2, "threshold_abnormal": 5, "time_out": 5, "time_interval": 10},
	}).text("id")
	before := s.owned(own.member)
	for _, b := range s.hostile(own, group, channel, sign) {
		s.explode(own.member, b)
	}
	if after := s.owned(own.member); after != before {
		s.t.Errorf("something was stored:\n%s\nwas\n%s", after, before)
	}
}

func (s *scenario) hostile(own *tenant, group, channel, acl string) []bomb {
	spec := `{"openapi":"3.0.3","info":{"title":"bombed_spec","version":"1"},"paths":{%s},"components":{"schemas":{"A":%s}}}`
	many50k := strings.TrimSuffix(strings.Join(numbered(`"/p%d":{"get":{"responses":{}}}`+"\x00", 50_000), ","), "")
	pattern := func(p string) object {
		return with(web(group, "bombed_api", "/bombed", "192.0.2.1"),
			"req_params", list{object{"name": "q", "location": "QUERY", "type": "STRING"}},
			"policy_https", list{object{
				"name": "bombed", "effect_mode": "ALL", "url_domain": "192.0.2.1", "req_protocol": "HTTP", "req_method": "GET", "req_uri": "/", "timeout": 1,
				"conditions": list{object{"condition_type": "pattern", "condition_origin": "param", "req_param_name": "q", "condition_value": p}},
			}})
	}
	change := func(value string) object {
		return object{"acl_name": "bombed", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": value}
	}
	member := func(weight any) object {
		return object{"vpc_instances": list{object{"host": "192.0.2.9", "weight": weight}}}
	}
	return []bomb{
		{"JSON 1,000,000 deep", "POST api-groups", many("[", 1_000_000), 400, "APIG.2000"},
		{"JSON with a number of 1 MB", "POST api-groups", `{"name":` + many("9", 1_000_000) + `}`, 400, "APIG.2011"},
		{"YAML that multiplies", "POST openapi", laughs(9), 400, "APIG.3603"},
		{"YAML 200,000 deep", "POST openapi", many("[", 200_000), 400, "APIG.3602"},
		{"schema 2,000 deep", "POST openapi", fmt.Sprintf(spec, "", many(`{"type":"array","items":`, 2_000)+`{}`+many("}", 2_000)), 400, "APIG.3602"},
		{"reference to the network", "POST openapi", fmt.Sprintf(spec, `"/a":{"$ref":"http://169.254.169.254/x.json"}`, "{}"), 400, "APIG.3602"},
		{"reference to a file", "POST openapi", fmt.Sprintf(spec, `"/a":{"$ref":"/etc/passwd"}`, "{}"), 400, "APIG.3602"},
		{"50,000 operations", "POST openapi", fmt.Sprintf(spec, strings.ReplaceAll(many50k, "\x00", ""), "{}"), 400, "APIG.3603"},
		{"pattern that repeats a million times", "POST apis", pattern(`(x{1000}){1000}`), 400, "APIG.2011"},
		{"pattern of 4,000 choices", "POST apis", pattern(`(?:` + many("a?", 2000) + `)` + many("a", 2000)), 400, "APIG.2006"},
		{"pattern of 200,000 states", "POST apis", pattern(many(`[a-z]{1000}`, 40)), 400, "APIG.2011"},
		{"name with a bell", "POST throttles", object{"name": "bom\x07bed", "api_call_limits": 1, "time_interval": 1, "time_unit": "SECOND"}, 400, "APIG.2011"},
		{"name written backwards", "POST signs", object{"name": "bom\u202ebed"}, 400, "APIG.2011"},
		{"name of 1 MB", "POST envs", object{"name": many("a", 1<<20-100)}, 400, "APIG.2006"},
		{"name of 10 MB", "POST envs", object{"name": many("a", 10<<20)}, 413, "APIG.2006"},
		{"addresses of 1 MB", "PUT acls/" + acl, change(many("192.0.2.1,", 100_000) + "192.0.2.1"), 400, "APIG.2006"},
		{"addresses that are none", "PUT acls/" + acl, change("192.0.2.1,garbage/99"), 400, "APIG.2015"},
		{"range that goes backwards", "PUT acls/" + acl, change("192.0.2.9-192.0.2.1"), 400, "APIG.2015"},
		{"weight over the top", "POST vpc-channels/" + channel + "/members", member(101), 400, "APIG.2003"},
		{"weight below nothing", "POST vpc-channels/" + channel + "/members", member(-1), 400, "APIG.2002"},
		{"weight in words", "POST vpc-channels/" + channel + "/members", member("heavy"), 400, "APIG.2011"},
		{"module that nests 80,000 blocks", "POST /v2/" + own.project + "/fgs/functions", object{
			"func_name": "bombed", "runtime": "wasi", "handler": "x", "timeout": 1, "memory_size": 16, "code_type": "inline", "package": "default",
			"func_code": object{"file": base64.StdEncoding.EncodeToString(nested(80_000))},
		}, 400, "APIG.2011"},
	}
}

// explode sends a bomb and weighs what it cost.
func (s *scenario) explode(as *actor, b bomb) {
	s.t.Helper()
	best, least := time.Hour, uint64(1<<62)
	for range bombTries {
		request := s.request(as, b.call, b.body)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		a := s.send(request, b.call)
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		a.call = b.name + ", " + b.call
		a.refused(b.status, b.code, "")
		best, least = min(best, took), min(least, after.TotalAlloc-before.TotalAlloc)
	}
	if raceEnabled {
		return // it costs ten times as much then, and means nothing
	}
	if best > bombTime || least > bombMemory {
		s.t.Errorf("%s: refused after %v with %d MB allocated, want at most %v and %d MB", b.name, best, least>>20, bombTime, bombMemory>>20)
	}
}

// owned is how many things of each kind the project has.
func (s *scenario) owned(as *actor) (all string) {
	s.t.Helper()
	for _, path := range []string{"api-groups", "apis", "envs", "apps", "throttles", "acls", "signs", "vpc-channels", "authorizers"} {
		a := s.get(as, path+"?page_size=0")
		total, _ := a.value("total")
		all += fmt.Sprintf("%s %v\n", path, total)
	}
	return all
}

// laughs is a document of k lines that stands for 10^k words.
func laughs(k int) string {
	var b strings.Builder
	b.WriteString("swagger: '2.0'\ninfo: {title: bombed_yaml, version: '1'}\npaths: {}\n")
	b.WriteString("x-a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]\n")
	for i := 1; i < k; i++ {
		fmt.Fprintf(&b, "x-a%d: &a%d [%s]\n", i, i, strings.Join(numberedAlias(i-1), ","))
	}
	return b.String()
}

func numberedAlias(i int) []string {
	out := make([]string, 10)
	for n := range out {
		out[n] = fmt.Sprintf("*a%d", i)
	}
	return out
}

// nested is a module whose one function opens n blocks in each other.
func nested(n int) []byte {
	leb := func(v int) (out []byte) {
		for ; v > 0x7f; v >>= 7 {
			out = append(out, byte(v&0x7f)|0x80)
		}
		return append(out, byte(v))
	}
	body := []byte{0}
	for range n {
		body = append(body, 0x02, 0x40) // block
	}
	for range n + 1 {
		body = append(body, 0x0b) // end
	}
	code := append(leb(len(body)), body...)
	section := append([]byte{1}, code...)
	module := []byte{0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10}
	return append(append(module, leb(len(section))...), section...)
}

func TestLaughs(t *testing.T) {
	if d := laughs(9); len(d) > 1000 || strings.Count(d, "*a7") != 10 {
		t.Errorf("%d bytes", len(d))
	}
}
