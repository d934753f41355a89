package call_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

func TestRule(t *testing.T) {
	r, err := call.NewRule("ip", "ip", 5, 1, "MINUTE")
	if err != nil {
		t.Fatal(err)
	}
	// The one literal sample that there is (wire-facts §8).
	if r.Fault.Message != "The throttling threshold has been reached: policy ip over ratelimit,limit:5,time:1 minute" || r.Fault.Code != "APIG.0308" ||
		r.Fault.Status != 429 || r.Fault.Type != call.Throttled || r.Seconds != 60 {
		t.Errorf("%+v %+v", r, r.Fault)
	}
	l := call.Limit{Rule: r, Remain: 4}
	if got := string(l.AppendText([]byte("x "))); got != "x remain:4,limit:5,time:1 minute" {
		t.Error(got)
	}
	for _, unit := range []string{"SECOND", "HOUR", "DAY"} {
		if _, err := call.NewRule("ip", "ip", 1, 1<<31-1, unit); err != nil {
			t.Error(err)
		}
	}
	for i, refused := range []func() (*call.Rule, error){
		func() (*call.Rule, error) { return call.NewRule("ip", "ip", 0, 1, "DAY") },
		func() (*call.Rule, error) { return call.NewRule("ip", "ip", -1, 1, "DAY") },
		func() (*call.Rule, error) { return call.NewRule("ip", "ip", 1, 0, "DAY") },
		func() (*call.Rule, error) { return call.NewRule("ip", "ip", 1, 1, "") },
	} {
		if r, err := refused(); err == nil || r != nil {
			t.Errorf("rule %d was made: %+v", i, r)
		}
	}
}
