package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestJudge: an API is at serial 1, is published as serial 2 from 100 to 200,
// goes offline from 300 to 400, comes back as serial 3 from 500 and has no answer
// yet. A throttle is bound from 150 to 160.
func TestJudge(t *testing.T) {
	start := func() *api {
		a := &api{Name: "a", HTTP: true}
		a.Content.begin(content{true, 1}, "v1")
		a.Content.change(content{true, 2}, 100)
		a.Content.last().ended, a.Content.last().version = 200, "v2"
		a.Content.change(content{}, 300)
		a.Content.last().ended = 400
		a.Content.change(content{true, 3}, 500)
		a.Bound.begin(0, "")
		a.Bound.change(limitOf(0), 150)
		a.Bound.last().ended = 160
		return a
	}
	on := func(serial, limit int, version string) reply {
		return reply{online: true, serial: serial, limit: limit, version: version, api: "a", item: "7", echoed: "7"}
	}
	for _, test := range []struct {
		name       string
		start, end moment
		reply      reply
		want       fault
	}{
		{"before all changes", 10, 20, on(1, 0, "v1"), ""},
		{"too early", 10, 20, on(2, 0, "v2"), early},
		{"ended as the publication was sent", 10, 100, on(2, 0, "v2"), ""},
		{"old during the publication", 110, 140, on(1, 0, "v1"), ""},
		{"new during the publication", 110, 140, on(2, 0, "v2"), ""},
		{"old, begun before the answer", 199, 250, on(1, limitOf(0), "v1"), ""},
		{"old, begun after the answer", 201, 250, on(1, limitOf(0), "v1"), stale},
		{"old, begun long after", 450, 460, on(1, limitOf(0), "v1"), stale},
		{"not found though published", 201, 250, reply{}, early},
		{"not found while going offline", 310, 320, reply{}, ""},
		{"served while going offline", 310, 320, on(2, limitOf(0), "v2"), ""},
		{"served after offline", 401, 420, on(2, limitOf(0), "v2"), stale},
		{"back, not answered yet", 510, 9000, on(3, limitOf(0), "v3"), ""},
		{"not found, not answered yet", 510, 9000, reply{}, ""},
		{"a serial that never was", 510, 9000, on(4, limitOf(0), "v4"), strange},
		{"a throttle too early", 110, 140, on(2, limitOf(0), "v2"), limits},
		{"no throttle, too late", 210, 220, on(2, 0, "v2"), limits},
		{"another throttle", 210, 220, on(2, limitOf(1), "v2"), limits},
		{"another version's header", 210, 220, on(2, limitOf(0), "v1"), unlike},
		{"no header", 210, 220, on(2, limitOf(0), ""), unlike},
		{"another API", 210, 220, reply{online: true, serial: 2, version: "v2", api: "b", item: "7", echoed: "7"}, other},
		{"another call", 210, 220, reply{online: true, serial: 2, version: "v2", api: "a", item: "7", echoed: "8"}, other},
		{"no answer", 210, 220, reply{err: http.ErrServerClosed}, broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := test.reply
			r.start, r.end = test.start, test.end
			got := fault("")
			if bad := start().judge(&r); bad != nil {
				got = bad.fault
			}
			if got != test.want {
				t.Errorf("judged %q, want %q", got, test.want)
			}
		})
	}
}

// TestVersionIsLearned: what the first call saw is what the next must see, and
// what the publication must answer.
func TestVersionIsLearned(t *testing.T) {
	a := &api{Name: "a"}
	a.Content.begin(content{}, "")
	a.Bound.begin(0, "")
	a.Content.change(content{true, 0}, 100)
	for _, step := range []struct {
		version string
		right   bool
	}{{"v1", true}, {"v2", false}, {"v1", true}} {
		r := reply{online: true, version: step.version, api: "a", start: 110, end: 120}
		if right := a.judge(&r) == nil; right != step.right {
			t.Errorf("version %s: right %v, want %v", step.version, right, step.right)
		}
	}
	if learned := a.Content.last().version; learned != "v1" {
		t.Errorf("learned %q", learned)
	}
}

// TestTracksAreBounded and survive being kept.
func TestTracksAreBounded(t *testing.T) {
	var a api
	a.Content.begin(content{true, 0}, "v0")
	a.Bound.begin(5, "")
	for i := range 3 * remembered {
		a.Content.change(content{true, i + 1}, moment(2*i))
		a.Content.last().ended, a.Content.last().version = moment(2*i+1), fmt.Sprint("v", i+1)
	}
	if n := len(a.Content.steps); n != remembered {
		t.Errorf("%d steps are remembered", n)
	}
	b, err := json.Marshal(&a)
	if err != nil {
		t.Fatal(err)
	}
	var back api
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	s := back.Content.last()
	if len(back.Content.steps) != 1 || s.state != (content{true, 3 * remembered}) || s.version != fmt.Sprint("v", 3*remembered) || back.Bound.last().state != 5 {
		t.Errorf("kept as %s", b)
	}
}

func TestUnderstand(t *testing.T) {
	for _, test := range []struct {
		name, fields, body string
		status             int
		want               string
	}{
		{"served", "X-Apig-Version: v", `{"api":"a","serial":3,"item":"7"}`, 200, "true 3 0 a 7 v"},
		{"throttled", "X-Apig-Version: v|X-Apig-RateLimit-api: remain:9,limit:1000001,time:1 second", `{"api":"a","serial":3}`, 200, "true 3 1000001 a  v"},
		{"offline", "", `{"error_code":"APIG.0101","error_msg":"x"}`, 404, "false 0 0   "},
		{"offline with a version", "X-Apig-Version: v", `{"error_code":"APIG.0101"}`, 404, "error"},
		{"another fault", "", `{"error_code":"APIG.0201"}`, 502, "error"},
		{"a backend's 404", "", `{}`, 404, "error"},
		{"no JSON", "", `<html>`, 200, "error"},
		{"a limit without a number", "X-Apig-RateLimit-api: remain:9", `{"api":"a"}`, 200, "error"},
	} {
		answer := &http.Response{StatusCode: test.status, Header: http.Header{}}
		for field := range strings.SplitSeq(test.fields, "|") {
			name, value, _ := strings.Cut(field, ": ")
			answer.Header.Set(name, value)
		}
		r := new(reply)
		got := "error"
		if err := r.understand(answer, []byte(test.body)); err == nil {
			got = fmt.Sprintln(r.online, r.serial, r.limit, r.api, r.echoed, r.version)
		}
		if strings.TrimRight(got, " \n") != strings.TrimRight(test.want, " ") {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestPace(t *testing.T) {
	w := watch{}
	due := make(chan moment, 1000)
	pace(w, 200, 100*time.Millisecond, due)
	if len(due) != 20 {
		t.Fatalf("%d moments in 100 ms at 200 a second", len(due))
	}
	first := <-due
	for i := range 19 {
		if at := <-due; at-first != moment(i+1)*moment(5*time.Millisecond) {
			t.Errorf("moment %d is %v after the first", i+1, time.Duration(at-first))
		}
	}
	if passed := w.now() - first; passed < moment(95*time.Millisecond) {
		t.Errorf("the last was sent after %v", time.Duration(passed))
	}
}

func TestParseCollection(t *testing.T) {
	c, ok := parseCollection("gc 12 @3.401s 1%: 0.021+4.4+0.003 ms clock, 0.043+0.35/2.1/0+0.006 ms cpu, 90->91->45 MB, 91 MB goal, 0 MB stacks, 0 MB globals, 2 P")
	if !ok || c.at != 3401*time.Millisecond || c.pauses != [2]time.Duration{21 * time.Microsecond, 3 * time.Microsecond} {
		t.Errorf("%+v, %v", c, ok)
	}
	for _, line := range []string{"", "gc", `{"level":"WARN","msg":"gc 1 @0s"}`, "gc 1 @x 1%: 1+1+1 ms clock, 1 ms cpu"} {
		if _, ok := parseCollection(line); ok {
			t.Errorf("%q was understood", line)
		}
	}
}
