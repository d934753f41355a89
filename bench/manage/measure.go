package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"
)

// operation is one kind of request; goal bounds its 99th percentile.
type operation struct {
	name string
	goal time.Duration
	// ask is the request number i on a random project.
	ask func(t *project, i int) (method, path string, body object)
}

// row is what was measured of an operation.
type row struct {
	operation
	count         int
	p50, p99, max time.Duration
}

func pick(list []string) string { return list[rand.IntN(len(list))] }

func operations() []operation {
	get := func(path func(t *project) string) func(*project, int) (string, string, object) {
		return func(t *project, _ int) (string, string, object) { return "GET", path(t), nil }
	}
	fresh := time.Now().UnixNano()
	return []operation{
		{"get an API", 5 * time.Millisecond, get(func(t *project) string { return "apis/" + pick(t.apis) })},
		{"get a group", 5 * time.Millisecond, get(func(t *project) string { return "api-groups/" + pick(t.groups) })},
		{"create an API", 5 * time.Millisecond, func(t *project, i int) (string, string, object) {
			return "POST", "apis", document(pick(t.groups), fmt.Sprintf("new_%d_%d", fresh, i))
		}},
		{"update an API", 5 * time.Millisecond, func(t *project, i int) (string, string, object) {
			n := rand.IntN(len(t.apis))
			d := document("", fmt.Sprintf("upd_%d_%d", fresh, i))
			delete(d, "group_id")
			return "PUT", "apis/" + t.apis[n], d
		}},
		{"bind a throttle", 5 * time.Millisecond, func(t *project, _ int) (string, string, object) {
			return "POST", "throttle-bindings", object{"strategy_id": t.throttle, "publish_ids": []string{pick(t.publications)}}
		}},
		{"bind an access list", 5 * time.Millisecond, func(t *project, _ int) (string, string, object) {
			return "POST", "acl-bindings", object{"acl_id": t.acl, "publish_ids": []string{pick(t.publications)}}
		}},
		{"bind a signature key", 5 * time.Millisecond, func(t *project, _ int) (string, string, object) {
			return "POST", "sign-bindings", object{"sign_id": t.sign, "publish_ids": []string{pick(t.publications)}}
		}},
		{"list APIs by part of the name", 10 * time.Millisecond, get(func(*project) string { return fmt.Sprintf("apis?name=_%02d", rand.IntN(100)) })},
		{"list APIs of a group", 10 * time.Millisecond, get(func(t *project) string { return "apis?group_id=" + pick(t.groups) })},
		{"list APIs by tag and environment", 10 * time.Millisecond, get(func(*project) string { return "apis?tags=bench&env_id=" + release })},
		{"list groups by part of the name", 10 * time.Millisecond, get(func(*project) string { return "api-groups?name=group_0" })},
		{"list APIs that a throttle is bound to", 10 * time.Millisecond, get(func(t *project) string { return "throttle-bindings/binded-apis?throttle_id=" + t.throttle })},
		{"list APIs without the throttle", 20 * time.Millisecond, get(func(t *project) string { return "throttle-bindings/unbinded-apis?throttle_id=" + t.throttle })},
		{"list APIs without the access list", 20 * time.Millisecond, get(func(t *project) string { return "acl-bindings/unbinded-apis?acl_id=" + t.acl })},
		{"list APIs without the signature key", 20 * time.Millisecond, get(func(t *project) string { return "sign-bindings/unbinded-apis?sign_id=" + t.sign })},
		{"list APIs without the app", 20 * time.Millisecond, get(func(t *project) string {
			return "app-auths/unbinded-apis?app_id=" + t.app + "&env_id=" + release
		})},
		{"publish", 20 * time.Millisecond, func(t *project, _ int) (string, string, object) {
			return "POST", "apis/publish/" + pick(t.apis), object{"env_id": release}
		}},
	}
}

// measure asks each operation in turn. Publishing goes last: it replaces the
// publications that the bindings name.
func (p *platform) measure(s *settings) ([]row, error) {
	var table []row
	for _, op := range operations() {
		if !strings.Contains(op.name, s.only) {
			continue
		}
		fmt.Fprintln(os.Stderr, op.name)
		took := make([]time.Duration, 0, s.samples)
		for i := range s.samples + s.samples/20 {
			t := p.projects[rand.IntN(len(p.projects))]
			method, path, body := op.ask(t, i)
			var in any
			if body != nil {
				in = body
			}
			_, d, err := t.Call(method, path, in)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", op.name, err)
			}
			if i >= s.samples/20 { // the first ones warm caches and connections
				took = append(took, d)
			}
		}
		slices.Sort(took)
		table = append(table, row{
			operation: op, count: len(took), p50: took[len(took)/2], p99: took[len(took)*99/100], max: took[len(took)-1],
		})
	}
	if s.only != "" {
		return table, nil
	}
	batch, err := p.batch(s.batch)
	return append(table, batch), err
}

// batch publishes many APIs of one group at once.
func (p *platform) batch(n int) (row, error) {
	t := p.projects[0]
	op := operation{name: fmt.Sprintf("publish %d APIs of one group in a batch", n), goal: 5 * time.Second}
	fmt.Fprintln(os.Stderr, op.name)
	group, err := t.Make("POST", "api-groups", object{"name": fmt.Sprintf("batch_%d", time.Now().UnixNano())}, "id")
	if err != nil {
		return row{}, err
	}
	ids := make([]string, n)
	for i := range ids {
		if ids[i], err = t.Make("POST", "apis", document(group, fmt.Sprintf("batch_%04d", i)), "id"); err != nil {
			return row{}, err
		}
	}
	var took []time.Duration
	for range 3 {
		began := time.Now()
		if _, err := publish(t, ids); err != nil {
			return row{}, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return row{operation: op, count: len(took), p50: took[1], p99: took[2], max: took[2]}, nil
}

func report(w io.Writer, engine string, table []row) {
	fmt.Fprintf(w, "| %s | n | p50 ms | p99 ms | max ms | goal ms | |\n|---|---|---|---|---|---|---|\n", engine)
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	for _, r := range table {
		verdict := "met"
		if r.p99 > r.goal {
			verdict = "missed"
		}
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %s | %s |\n", r.name, r.count, ms(r.p50), ms(r.p99), ms(r.max), ms(r.goal), verdict)
	}
}
