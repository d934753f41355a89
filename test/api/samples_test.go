package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/store"
)

// replay is one sample of the reference on its way to the platform.
type replay struct {
	*scenario
	own  *tenant
	body any // the request sample; preparations put ids that exist into it
	all  map[string]*shown
	// undo are the paths to delete behind it: keys and domains are unique on
	// the whole platform.
	undo []string
}

// replays say, by section, what must exist before the sample can be sent, and
// answer the call. Preparations are written from the reference alone.
var replays = []map[string]func(*replay) string{
	groupReplays, apiReplays, appReplays, envReplays, throttleReplays, aclReplays, marketReplays,
	signReplays, domainReplays, channelReplays, openapiReplays, authorizerReplays,
}

// samples sends each request sample and compares each response sample: every
// field of it has to be there, as the same type of JSON.
func samples(s *scenario) {
	found, err := samplesOf(referenceFile(s.t, "apigw-v1.0-reference.zh.txt"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.generated = true
	all := map[string]*shown{}
	for _, sh := range found {
		all[sh.section] = sh
	}
	ways := map[string]func(*replay) string{}
	for _, part := range replays {
		maps.Copy(ways, part)
	}
	for section := range ways {
		if all[section] == nil {
			s.t.Errorf("section %s has no sample", section)
		}
	}
	for _, sh := range found {
		s.t.Run(sh.section, func(t *testing.T) {
			way := ways[sh.section]
			if way == nil {
				t.Fatal("no preparation")
			}
			r := &replay{scenario: s.in(t), own: s.in(t).tenant("sample"), body: copied(sh.request), all: all}
			defer func() {
				for _, path := range r.undo {
					r.remove(r.own.member, path)
				}
			}()
			r.compare(sh, way(r))
		})
	}
}

// compare sends the call and holds the answer against the sample.
func (r *replay) compare(sh *shown, call string) {
	r.t.Helper()
	a := r.do(r.own.member, call, r.body)
	if a.op == nil {
		r.t.Fatalf("%s: no operation, answered %d", call, a.status)
	}
	a.want(a.op.success())
	var got any
	if err := json.Unmarshal(a.body, &got); err != nil {
		r.t.Fatalf("%s: %v", call, err)
	}
	used := map[string]bool{}
	for _, lack := range differences("", sh.response, got, func(path string) bool {
		_, excused := sampleFaults[sh.section+" "+path]
		used[sh.section+" "+path] = true
		return excused
	}) {
		r.t.Errorf("%s: %s", call, lack)
	}
	for _, key := range slices.Sorted(maps.Keys(sampleFaults)) {
		if strings.HasPrefix(key, sh.section+" ") && !used[key] {
			r.t.Errorf("the sample has no %s any more", key)
		}
	}
	if r.t.Failed() {
		r.t.Logf("answered %s", a.body)
	}
}

// differences lists what of a sample an answer lacks or has as another type.
// Each entry of a list in the sample needs an entry that is like it.
func differences(path string, sample, got any, excused func(string) bool) []string {
	if excused(path) || sample == nil {
		return nil
	}
	if a, b := typeOf(sample), typeOf(got); a != b {
		return []string{fmt.Sprintf("%s is a %s, the sample has a %s", strings.TrimPrefix(path, "."), b, a)}
	}
	var lacks []string
	switch sample := sample.(type) {
	case object:
		for _, name := range slices.Sorted(maps.Keys(sample)) {
			below := strings.TrimPrefix(path+"."+name, ".")
			v, ok := got.(object)[name]
			if !ok && !excused(below) {
				lacks = append(lacks, below+" is missing")
			}
			if ok {
				lacks = append(lacks, differences(below, sample[name], v, excused)...)
			}
		}
	case list:
		for i, item := range sample {
			lacks = append(lacks, likeOne(strings.TrimPrefix(path+"."+strconv.Itoa(i), "."), item, got.(list), excused)...)
		}
	}
	return lacks
}

// likeOne compares an entry of a list with the one that is most like it.
func likeOne(path string, item any, got list, excused func(string) bool) []string {
	if excused(path) {
		return nil
	}
	best := []string{path + ": the list is empty"}
	for i, candidate := range got {
		if lacks := differences(path, item, candidate, excused); i == 0 || len(lacks) < len(best) {
			best = lacks
		}
	}
	return best
}

func typeOf(v any) string {
	if kind := kindOf(v); kind != "integer" {
		return kind
	}
	return "number"
}

func copied(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for name, below := range v {
			out[name] = copied(below)
		}
		return out
	case list:
		out := make(list, len(v))
		for i := range v {
			out[i] = copied(v[i])
		}
		return out
	}
	return v
}

// The steps of preparations.

// set puts a value in place of one of the sample's, at a path of keys and
// indexes that the sample has.
func (r *replay) set(path string, value any) {
	r.t.Helper()
	keys := strings.Split(path, ".")
	at := r.body
	for _, key := range keys[:len(keys)-1] {
		if entries, ok := at.(list); ok {
			i, _ := strconv.Atoi(key)
			at = entries[i]
			continue
		}
		at = at.(object)[key]
	}
	last := keys[len(keys)-1]
	if entries, ok := at.(list); ok {
		i, _ := strconv.Atoi(last)
		entries[i] = value
		return
	}
	if _, ok := at.(object)[last]; !ok {
		r.t.Fatalf("the sample has no %s", path)
	}
	at.(object)[last] = value
}

// instead is set for what is no id: something that the sample shows and that
// no service could accept, or that a row before has made already.
func (r *replay) instead(path string, value any, reason string) {
	r.t.Helper()
	r.t.Logf("%s: %s", path, reason)
	r.set(path, value)
}

// sent is the request sample of another section.
func (r *replay) sent(section string) object {
	r.t.Helper()
	return copied(r.all[section].request).(object)
}

// inTable writes what no operation writes.
func (r *replay) inTable(statement string, args ...any) {
	r.t.Helper()
	if err := r.db.Write(r.t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(r.t.Context(), statement, args...)
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
}

// made makes something for the sample's tenant.
func (r *replay) made(path string, body any) string {
	r.t.Helper()
	return r.post(r.own.member, path, body).text("id")
}

func TestDifferences(t *testing.T) {
	sample := object{"a": "x", "b": list{object{"c": 1.0, "d": nil}, object{"e": true}}, "f": 1.5, "g": list{}}
	never := func(string) bool { return false }
	tests := []struct {
		name string
		got  any
		want string
	}{
		{"like it", object{"a": "", "b": list{object{"e": false}, object{"c": 2.5, "d": 7.0, "z": 1.0}}, "f": 1.0, "g": list{1.0}, "h": 1.0}, ""},
		{"a field less", object{"a": "", "b": list{object{"c": 1.0, "d": nil, "e": true}}, "g": list{}}, "f is missing"},
		{"another type", object{"a": 1.0, "b": list{object{"c": 1.0, "d": nil, "e": true}}, "f": 1.0, "g": nil}, "a is a number, the sample has a string; g is a null, the sample has a array"},
		{"an empty list", object{"a": "", "b": list{}, "f": 1.0, "g": list{}}, "b.0: the list is empty; b.1: the list is empty"},
		{"no entry like it", object{"a": "", "b": list{object{"c": "1", "d": 1.0}}, "f": 1.0, "g": list{}}, "b.0.c is a string, the sample has a number; b.1.e is missing"},
	}
	for _, tt := range tests {
		if got := strings.Join(differences("", sample, tt.got, never), "; "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
