package groups_test

import (
	"fmt"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// TestLimit: what gateways get is what was set last; a change without a limit
// leaves it.
func TestLimit(t *testing.T) {
	each(t, func(h *house) {
		made := h.one.Do("POST", path, `{"name":"group","call_limits":1000,"time_interval":1,"time_unit":"day"}`).Want(201)
		id := made.Text("id")
		published := func(want string) {
			h.t.Helper()
			got, err := h.area.Contribute(h.t.Context(), h.db, id)
			if err != nil {
				h.t.Fatal(err)
			}
			text := "none"
			if l := got.(definition.Group).Limit; l != nil {
				text = fmt.Sprint(*l)
			}
			if text != want {
				h.t.Errorf("limit %s, want %s", text, want)
			}
		}
		published("{1000 1 DAY}")
		for _, step := range []struct{ fields, want string }{
			{``, "{1000 1 DAY}"},
			{`,"remark":"other"`, "{1000 1 DAY}"},
			{`,"call_limits":2147483647,"time_interval":2147483647,"time_unit":"SECOND"`, "{2147483647 2147483647 SECOND}"},
			{`,"call_limits":0`, "none"},
			{`,"call_limits":0,"time_interval":1,"time_unit":"HOUR"`, "none"},
			{``, "none"},
			{`,"call_limits":5,"time_interval":2,"time_unit":"HOUR"`, "{5 2 HOUR}"},
		} {
			h.one.Do("PUT", path+"/"+id, `{"name":"group"`+step.fields+`}`).Want(200)
			published(step.want)
		}
		g := h.one.Do("GET", path+"/"+id, nil).Want(200)
		if g.Text("call_limits") != "5" || g.Text("time_interval") != "2" || g.Text("time_unit") != "HOUR" {
			h.t.Errorf("%s", g.Body)
		}
		for _, c := range []struct{ fields, code, param string }{
			{`"time_interval":1,"time_unit":"DAY"`, "APIG.2001", "call_limits"},
			{`"time_unit":"DAY"`, "APIG.2001", "call_limits"},
			{`"call_limits":5,"time_unit":"DAY"`, "APIG.2001", "time_interval"},
			{`"call_limits":5,"time_interval":1`, "APIG.2001", "time_unit"},
			{`"call_limits":-1,"time_interval":1,"time_unit":"DAY"`, "APIG.2002", "call_limits"},
			{`"call_limits":2147483648,"time_interval":1,"time_unit":"DAY"`, "APIG.2003", "call_limits"},
			{`"call_limits":5,"time_interval":0,"time_unit":"DAY"`, "APIG.2002", "time_interval"},
			{`"call_limits":5,"time_interval":2147483648,"time_unit":"DAY"`, "APIG.2003", "time_interval"},
			{`"call_limits":5,"time_interval":1,"time_unit":"WEEK"`, "APIG.2011", "time_unit"},
			{`"call_limits":"5","time_interval":1,"time_unit":"DAY"`, "APIG.2011", "call_limits"},
		} {
			h.one.Do("POST", path, `{"name":"another",`+c.fields+`}`).Refused(400, c.code, c.param)
			h.one.Do("PUT", path+"/"+id, `{"name":"group",`+c.fields+`}`).Refused(400, c.code, c.param)
		}
		published("{5 2 HOUR}")
	})
}
