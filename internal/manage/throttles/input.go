package throttles

import (
	"fmt"

	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Input is what creating and changing take (reference tables 4-249, 4-254).
type Input struct {
	Name     string  `json:"name" required:"true" doc:"3 to 64 Chinese characters, letters, digits and _; first a Chinese character or a letter. Unique in the project."`
	API      *int64  `json:"api_call_limits" required:"true" doc:"Calls of one API in the period, 1 to 2147483647."`
	User     int64   `json:"user_call_limits" doc:"Calls of one user, at most api_call_limits; 0 or left out: no limit."`
	App      int64   `json:"app_call_limits" doc:"Calls of one app, at most user_call_limits, or api_call_limits without it; 0 or left out: no limit."`
	IP       int64   `json:"ip_call_limits" doc:"Calls from one address, at most api_call_limits; 0 or left out: no limit."`
	Interval *int64  `json:"time_interval" required:"true" doc:"Length of the period in time_unit, 1 to 2147483647."`
	Unit     string  `json:"time_unit" required:"true" doc:"SECOND, MINUTE, HOUR or DAY."`
	Remark   *string `json:"remark" doc:"Up to 255 characters."`
	Type     *int    `json:"type" doc:"1, the default: every bound API is counted alone; 2: all together."`
	Adaptive string  `json:"enable_adaptive_control" doc:"FALSE; TRUE is not supported."`
}

// maxLimit bounds every number of a policy (reference table 4-249).
const maxLimit = 1<<31 - 1

const maxRemark = 255

func (in *Input) check() error {
	var c apig.Check
	c.Name("name", in.Name)
	number(&c, "api_call_limits", in.API)
	if c.Err() != nil {
		return c.Err()
	}
	// Within this, apps are below users and everything is below the API.
	atMost(&c, "user_call_limits", in.User, "api_call_limits", *in.API)
	if in.User > 0 {
		atMost(&c, "app_call_limits", in.App, "user_call_limits", in.User)
	} else {
		atMost(&c, "app_call_limits", in.App, "api_call_limits", *in.API)
	}
	atMost(&c, "ip_call_limits", in.IP, "api_call_limits", *in.API)
	number(&c, "time_interval", in.Interval)
	c.Enum("time_unit", &in.Unit, "SECOND", "MINUTE", "HOUR", "HOURL", "DAY")
	if in.Unit == "HOURL" { // what table 4-247 of the reference prints
		in.Unit = "HOUR"
	}
	if in.Remark != nil {
		c.Text("remark", *in.Remark, maxRemark)
	}
	if in.Type != nil {
		c.That(*in.Type == exclusive || *in.Type == shared, apig.Invalid("type"))
	}
	if in.Adaptive != "" {
		c.Enum("enable_adaptive_control", &in.Adaptive, "TRUE", "FALSE")
		c.That(in.Adaptive != "TRUE", apig.Invalid("enable_adaptive_control").With("adaptive control is not supported; give FALSE"))
	}
	return c.Err()
}

// number is the rule of a number that must be given.
func number(c *apig.Check, param string, v *int64) {
	if v == nil {
		c.That(false, apig.Missing(param))
		return
	}
	c.That(*v >= 1, apig.TooSmall(param))
	c.That(*v <= maxLimit, apig.TooLarge(param))
}

// atMost is the rule of a limit that may be left out.
func atMost(c *apig.Check, param string, v int64, other string, most int64) {
	c.That(v >= 0, apig.TooSmall(param))
	c.That(v <= most, tooLargeFor(param, other, most))
}

func tooLargeFor(param, other string, most int64) error {
	return apig.TooLarge(param).With(fmt.Sprintf("%s is %d", other, most))
}

// tooSmallFor refuses an API limit below what a special has.
func tooSmallFor(special int64) error {
	return apig.TooSmall("api_call_limits").With(fmt.Sprintf("the policy has a special limit of %d; change that first", special))
}

// apply puts what was checked into t. See the package comment for what is left
// out.
func (in *Input) apply(t *Throttle) {
	t.Name, t.API, t.User, t.App, t.IP = in.Name, *in.API, in.User, in.App, in.IP
	t.Interval, t.Unit = *in.Interval, in.Unit
	if in.Remark != nil {
		t.Remark = *in.Remark
	}
	if in.Type != nil {
		t.Type = *in.Type
	}
}
