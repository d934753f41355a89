package api_test

import (
	"fmt"
	"slices"
	"sync"
)

// race sends the same request n times at once and answers the answers.
func (s *scenario) race(n int, as *actor, call string, body func(i int) any) []*answer {
	s.t.Helper()
	answers := make([]*answer, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		r := s.request(as, call, body(i))
		all.Go(func() {
			<-start
			answers[i] = s.send(r, call)
		})
	}
	close(start)
	all.Wait()
	return answers
}

// outcomes sorts answers into "201" and "400 APIG.3201".
func outcomes(answers []*answer) map[string]int {
	seen := map[string]int{}
	for _, a := range answers {
		code, _ := a.fault()
		if code != "" {
			code = " " + code
		}
		seen[fmt.Sprint(a.status)+code]++
	}
	return seen
}

// twoWriters: of two who want the same name at once, one gets it.
func twoWriters(s *scenario) {
	own := s.tenant("own")
	group := s.group(own.member, "races")
	for _, thing := range []struct {
		what, call, refusal string
		body                func(name string, i int) any
	}{
		{"group", "POST api-groups", "400 APIG.3201", func(name string, _ int) any { return object{"name": name} }},
		{"app", "POST apps", "400 APIG.3203", func(name string, _ int) any { return object{"name": name} }},
		{"environment", "POST envs", "400 APIG.3205", func(name string, _ int) any { return object{"name": name} }},
		{"API name", "POST apis", "400 APIG.3202", func(name string, i int) any { return mock(group, name, fmt.Sprintf("/%s/%d", name, i)) }},
		{"API path", "POST apis", "400 APIG.3301", func(name string, i int) any { return mock(group, fmt.Sprintf("%s_%d", name, i), "/"+name) }},
		{"variable", "POST env-variables", "400 APIG.3303", func(name string, _ int) any {
			return object{"group_id": group, "env_id": releaseEnv, "variable_name": name, "variable_value": "x"}
		}},
	} {
		_, path := full(thing.call)
		for round := range 50 {
			name := fmt.Sprintf("name_%d", round)
			answers := s.race(2, own.member, thing.call, func(i int) any { return thing.body(name, i) })
			if got := outcomes(answers); got["201"] != 1 || got[thing.refusal] != 1 {
				s.t.Fatalf("round %d, two of one %s: %v, want one 201 and one %s", round, thing.what, got, thing.refusal)
			}
			i := slices.IndexFunc(answers, func(a *answer) bool { return a.status == 201 })
			s.remove(own.member, path+"/"+answers[i].text("id"))
		}
	}
}

// exclusion: of two writes that exclude each other, not both succeed, and what
// is left afterwards fits together.
func exclusion(s *scenario) {
	own := s.tenant("own")
	group := s.group(own.member, "lasting")
	for round := range 20 {
		name := fmt.Sprintf("round_%d", round)
		env, app, short := s.env(own.member, name), s.app(own.member, name), s.group(own.member, name)
		api := s.api(own.member, with(mock(group, name, "/"+name), "auth_type", "APP"))
		publish := object{"env_id": env}

		s.either(own, "DELETE envs/"+env, nil, 403, "APIG.3418", "POST apis/publish/"+api, publish, 404, "APIG.3003")
		s.do(own.member, "DELETE apis/publish/"+api+"?env_id="+env, nil)
		s.do(own.member, "DELETE envs/"+env, nil)

		s.either(own, "DELETE apis/"+api, nil, 403, "APIG.3416", "POST apis/publish/"+api, object{"env_id": releaseEnv}, 404, "APIG.3002")
		s.do(own.member, "DELETE apis/publish/"+api+"?env_id="+releaseEnv, nil)
		s.do(own.member, "DELETE apis/"+api, nil)

		s.either(own, "DELETE api-groups/"+short, nil, 403, "APIG.3415", "POST apis", mock(short, name, "/"), 404, "APIG.3001")
		if left := s.get(own.member, "apis?group_id="+short); left.each("apis", "id") != "" {
			s.remove(own.member, "apis/"+left.text("apis.0.id"))
		}
		s.do(own.member, "DELETE api-groups/"+short, nil)

		// Deleting an app takes its grants along, so both may succeed.
		api = s.api(own.member, with(mock(group, name, "/"+name), "auth_type", "APP"))
		s.publish(own.member, api, releaseEnv)
		grant := object{"api_ids": list{api}, "app_ids": list{app}, "env_id": releaseEnv}
		s.both(own, "DELETE apps/"+app, nil, "POST app-auths", grant)
		s.get(own.member, "app-auths/binded-apps?api_id="+api).has(fields{"total": 0})
		s.remove(own.member, "apis/publish/"+api+"?env_id="+releaseEnv)
		s.remove(own.member, "apis/"+api)
	}
}

// both sends two requests at once.
func (s *scenario) both(t *tenant, first string, firstBody any, second string, secondBody any) (a, b *answer) {
	s.t.Helper()
	start := make(chan struct{})
	var all sync.WaitGroup
	one, two := s.request(t.member, first, firstBody), s.request(t.member, second, secondBody)
	all.Go(func() { <-start; a = s.send(one, first) })
	all.Go(func() { <-start; b = s.send(two, second) })
	close(start)
	all.Wait()
	return a, b
}

// either sends two requests at once, of which one must succeed and the other
// be refused as it is told.
func (s *scenario) either(t *tenant, first string, firstBody any, firstStatus int, firstCode, second string, secondBody any, secondStatus int, secondCode string) {
	s.t.Helper()
	a, b := s.both(t, first, firstBody, second, secondBody)
	firstRefusal, _ := a.fault()
	secondRefusal, _ := b.fault()
	firstWon := a.status < 400 && b.status == secondStatus && secondRefusal == secondCode
	secondWon := b.status < 400 && a.status == firstStatus && firstRefusal == firstCode
	if !firstWon && !secondWon {
		s.t.Fatalf("%s: %d %s; %s: %d %s", first, a.status, firstRefusal, second, b.status, secondRefusal)
	}
}

// crowd: a quota is exact, however many ask at once, and so is what is there
// afterwards.
func crowd(s *scenario) {
	const creators = 32
	own := s.tenant("own")
	named := func(i int) any { return object{"name": fmt.Sprintf("crowd_%d", i)} }
	app := s.app(own.member, "crowd")
	group := s.group(own.member, "crowd")
	for _, thing := range []struct {
		what, call, refusal string
		body                func(i int) any
		room                int
		list                string
	}{
		{"environments", "POST envs", "403 APIG.3104", named, 10, "envs"},
		{"groups", "POST api-groups", "403 APIG.3101", named, smallQuota - 1, "api-groups"},
		{"apps", "POST apps", "403 APIG.3103", named, smallQuota - 1, "apps"},
		{"AppCodes", "PUT apps/" + app + "/app-codes", "403 APIG.3131", func(int) any { return nil }, 5, "apps/" + app + "/app-codes"},
		{"APIs of a group", "POST apis", "403 APIG.3125", func(i int) any {
			return mock(group, fmt.Sprintf("crowd_%d", i), fmt.Sprintf("/%d", i))
		}, smallQuota - 2, "apis"},
	} {
		before := s.count(own.member, thing.list)
		got := outcomes(s.race(creators, own.member, thing.call, thing.body))
		if got["201"] != thing.room || got[thing.refusal] != creators-thing.room {
			s.t.Errorf("%d creators of %s: %v, want %d times 201 and else %s", creators, thing.what, got, thing.room, thing.refusal)
		}
		if made := s.count(own.member, thing.list) - before; made != thing.room {
			s.t.Errorf("%d %s were made, want %d", made, thing.what, thing.room)
		}
	}
	// Access keys are identity's; two a person.
	got := outcomes(s.race(creators, own.member, "POST "+credentialsPath, func(int) any { return object{"credential": object{}} }))
	if got["201"] != 2 || got["400"] != creators-2 {
		s.t.Errorf("%d creators of access keys: %v, want 2 times 201 and else 400", creators, got)
	}
}

// count is the total of a list.
func (s *scenario) count(as *actor, path string) int {
	s.t.Helper()
	v, _ := s.get(as, path+"?page_size=1").value("total")
	n, ok := v.(float64)
	if !ok {
		s.t.Fatalf("%s has no total", path)
	}
	return int(n)
}
