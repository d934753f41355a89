package draft

import (
	"regexp"
	"strings"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

var (
	// paramName is the rule of tables 4-43 and 4-44.
	paramName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,31}$`)
	// tagName allows what the sample tags need; the reference gives no rule.
	tagName = regexp.MustCompile(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9_.:#%*-]{0,127}$`)

	methods = []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "ANY"}
)

const (
	maxSample      = 20480
	maxRemark      = 255
	defaultTimeout = 45000
	maxTimeout     = 60000
	serviceTag     = "APIG-SN-"
)

// Rules are what Check needs beside the document.
type Rules struct {
	Limits quota.Limits
	NewID  func() string
	// Update applies the reference's leniency of PUT: a time-out that is
	// missing or out of range becomes 45000 instead of being refused (4.2.3).
	Update bool
}

// Check normalises the document and refuses what the reference refuses. The
// first fault is answered; it names the parameter by its path in the body.
func (d *Document) Check(r Rules) error {
	for _, step := range []func(*Document, Rules) error{
		(*Document).checkFront,
		(*Document).checkAuth,
		(*Document).checkTags,
		(*Document).checkParams,
		(*Document).checkBackend,
		(*Document).checkPolicies,
	} {
		if err := step(d, r); err != nil {
			return err
		}
	}
	return nil
}

func (d *Document) checkFront(Rules) error {
	orDefault(&d.ReqProtocol, "HTTPS")
	orDefault(&d.MatchMode, "NORMAL")
	var c apig.Check
	c.Required("group_id", d.GroupID)
	c.Name("name", d.Name)
	c.Text("version", d.Version, 16)
	c.Enum("req_protocol", &d.ReqProtocol, "HTTP", "HTTPS", "BOTH")
	c.Enum("req_method", &d.ReqMethod, methods...)
	c.Enum("match_mode", &d.MatchMode, "NORMAL", "SWA")
	c.Text("remark", d.Remark, maxRemark)
	c.Text("body_remark", d.BodyRemark, maxSample)
	c.Text("result_normal_sample", d.ResultNormalSample, maxSample)
	c.Text("result_failure_sample", d.ResultFailureSample, maxSample)
	if err := c.Err(); err != nil {
		return err
	}
	switch d.Type {
	case 1, 2: // 2 is what Terraform sends (wire-facts §19 row 6)
	case 0:
		return apig.Missing("type")
	default:
		return apig.Invalid("type")
	}
	return nil
}

func (d *Document) checkAuth(Rules) error {
	var c apig.Check
	c.Enum("auth_type", &d.AuthType, "NONE", "APP", "IAM", "AUTHORIZER")
	if d.AuthType == "APP" {
		if d.AuthOpt == nil {
			d.AuthOpt = &AuthOpt{}
		}
		orDefault(&d.AuthOpt.AppCodeAuthType, "DISABLE")
		c.Enum("auth_opt.app_code_auth_type", &d.AuthOpt.AppCodeAuthType, "DISABLE", "HEADER")
	} else {
		d.AuthOpt = nil // only in force with APP (table 4-49)
	}
	if err := c.Err(); err != nil {
		return err
	}
	if d.AuthType != "AUTHORIZER" {
		d.AuthorizerID = ""
		return nil
	}
	if d.AuthorizerID == "" {
		return apig.Missing("authorizer_id")
	}
	return nil
}

func (d *Document) checkTags(r Rules) error {
	if d.Tag != "" && !tagName.MatchString(d.Tag) {
		return apig.Invalid("tag")
	}
	if len(d.Tags) > r.Limits.Of(quota.Tags) {
		return apig.E3133
	}
	services := 0
	for i, t := range d.Tags {
		if !tagName.MatchString(t) {
			return apig.Invalid(at("tags", i))
		}
		if contains(d.Tags[:i], t) {
			return apig.Taken(apig.E3213, "tag", t)
		}
		if strings.HasPrefix(t, serviceTag) {
			services++
		}
	}
	if services > 1 {
		return apig.Invalid("tags")
	}
	return nil
}

func orDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}
