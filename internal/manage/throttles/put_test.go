package throttles_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/throttles"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// put is what an import does; the code is that of a refusal.
func (x *fixture) put(spec throttles.Spec, overwrite bool) (id, code string) {
	x.Helper()
	r := &wire.Request{HTTP: httptest.NewRequest("POST", "/", nil).WithContext(x.Context()), Actor: wire.Actor{ProjectID: "p1", Roles: []string{"member"}}}
	err := x.db.Write(x.Context(), func(tx *store.Tx) (err error) {
		id, err = x.area.Put(r, tx, "p1", spec, overwrite)
		return err
	})
	if err != nil {
		refusal, ok := errors.AsType[*wire.Error](err)
		if !ok {
			x.Fatal(err)
		}
		return "", refusal.Code
	}
	return id, ""
}

func TestPut(t *testing.T) {
	each(t, func(x *fixture) {
		spec := throttles.Spec{
			Name: "Imported", API: 100, User: 50, App: 20, IP: 30, Interval: 2, Unit: "minute", Shared: true, Remark: "from a document",
			Specials: []throttles.SpecialSpec{{Type: "app", Instance: "app2", Limit: 10}, {Type: "USER", Instance: "p2", Limit: 60}},
		}
		id, _ := x.put(spec, false)
		x.touched("throttle/" + id)
		want := map[string]string{
			"name": "Imported", "api_call_limits": "100", "user_call_limits": "50", "app_call_limits": "20", "ip_call_limits": "30",
			"time_interval": "2", "time_unit": "MINUTE", "type": "2", "remark": "from a document", "is_inclu_special_throttle": "1",
		}
		x.has(x.alice.Do("GET", root+"throttles/"+id, nil).Want(200), want)
		x.has(x.alice.Do("GET", root+"throttle-specials/"+id, nil), map[string]string{"total": "2"})

		// The one of that name is kept, or becomes what the document says: a
		// smaller limit is fine, the old specials do not count.
		spec.API, spec.User, spec.App, spec.IP, spec.Shared = 5, 0, 0, 0, false
		spec.Specials = []throttles.SpecialSpec{{Type: "USER", Instance: "p2", Limit: 5}}
		if same, code := x.put(spec, false); same != id || code != "" {
			x.Errorf("kept: %s %s, want %s", same, code, id)
		}
		x.touched()
		x.has(x.alice.Do("GET", root+"throttles/"+id, nil), want)
		if same, code := x.put(spec, true); same != id || code != "" {
			x.Errorf("overwritten: %s %s, want %s", same, code, id)
		}
		x.touched("throttle/" + id)
		x.has(x.alice.Do("GET", root+"throttles/"+id, nil), map[string]string{"api_call_limits": "5", "user_call_limits": "0", "type": "1"})
		x.has(x.alice.Do("GET", root+"throttle-specials/"+id, nil), map[string]string{
			"total": "1", "throttle_specials.0.instance_id": "p2", "throttle_specials.0.call_limits": "5",
		})
	})
}

func TestPutRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		good := throttles.Spec{Name: "Imported", API: 100, Interval: 1, Unit: "SECOND"}
		special := func(list ...throttles.SpecialSpec) func(*throttles.Spec) {
			return func(s *throttles.Spec) { s.Specials = list }
		}
		x.policy(x.bob, "name", "Imported") // another project's is another
		refused := func(want string, change func(*throttles.Spec)) {
			x.Helper()
			spec := good
			change(&spec)
			x.touch = nil
			if _, code := x.put(spec, true); code != want {
				x.Errorf("%+v: %q, want %s", spec, code, want)
			}
			x.touched()
		}
		refused("APIG.2001", func(s *throttles.Spec) { s.Name = "" })
		refused("APIG.2011", func(s *throttles.Spec) { s.Name = "1st" })
		refused("APIG.2002", func(s *throttles.Spec) { s.API = 0 })
		refused("APIG.2003", func(s *throttles.Spec) { s.User = 101 })
		refused("APIG.2002", func(s *throttles.Spec) { s.Interval = 0 })
		refused("APIG.2011", func(s *throttles.Spec) { s.Unit = "YEAR" })
		refused("APIG.2011", special(throttles.SpecialSpec{Type: "IP", Instance: "a", Limit: 1}))
		refused("APIG.2003", special(throttles.SpecialSpec{Type: "USER", Instance: "a", Limit: 101}))
		refused("APIG.3004", special(throttles.SpecialSpec{Type: "APP", Instance: "nothing", Limit: 1}))
		refused("APIG.3308", special(throttles.SpecialSpec{Type: "USER", Instance: "a", Limit: 1}, throttles.SpecialSpec{Type: "USER", Instance: "a", Limit: 2}))
		var many []throttles.SpecialSpec
		for i := range 4 {
			many = append(many, throttles.SpecialSpec{Type: "USER", Instance: fmt.Sprint(i), Limit: 1})
		}
		refused("APIG.3100", special(many...))
		if n := x.count(`SELECT COUNT(*) FROM throttles WHERE project_id = 'p1'`); n != 0 {
			x.Errorf("refusals left %d policies", n)
		}
		for i := range 4 {
			x.policy(x.alice, "name", fmt.Sprintf("Number_%d", i))
		}
		refused("APIG.3107", func(*throttles.Spec) {})
	})
}
