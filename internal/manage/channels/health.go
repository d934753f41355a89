package channels

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Health is a health check as it is answered (reference table 4-477).
type Health struct {
	ID                string    `json:"id"`
	VPCID             string    `json:"vpc_id" doc:"Id of the channel."`
	Protocol          string    `json:"protocol" doc:"tcp, http or https."`
	Path              string    `json:"path" doc:"Empty with tcp."`
	Port              int       `json:"port" doc:"The port of the channel unless the check has its own."`
	ThresholdNormal   int       `json:"threshold_normal"`
	ThresholdAbnormal int       `json:"threshold_abnormal"`
	TimeOut           int       `json:"time_out" doc:"Seconds."`
	TimeInterval      int       `json:"time_interval" doc:"Seconds."`
	HTTPCode          string    `json:"http_code" doc:"Empty with tcp."`
	CreateTime        apig.Time `json:"create_time"`

	onPort int // as it was given, 0 without
}

// HealthInput is a health check as a client sends it (reference table 4-460).
type HealthInput struct {
	Protocol          string `json:"protocol" required:"true" doc:"tcp, http or https."`
	Path              string `json:"path" doc:"Required with http and https."`
	Port              *int   `json:"port" doc:"1 to 65535, default the port of the channel."`
	ThresholdNormal   *int   `json:"threshold_normal" required:"true" doc:"2 to 10 successes in a row."`
	ThresholdAbnormal *int   `json:"threshold_abnormal" required:"true" doc:"2 to 10 failures in a row."`
	TimeOut           *int   `json:"time_out" required:"true" doc:"2 to 30 seconds, less than time_interval."`
	TimeInterval      *int   `json:"time_interval" required:"true" doc:"5 to 300 seconds."`
	HTTPCode          string `json:"http_code" doc:"Required with http and https: 200,201 or 200-299 or 201,210-299."`
}

const (
	protocolTCP = "tcp"

	maxPath  = 512
	maxCodes = 64
)

// check leaves the protocol in lower case, the form of the samples.
func (h *HealthInput) check(c *apig.Check) {
	const field = "vpc_health_config."
	c.Enum(field+"protocol", &h.Protocol, "TCP", "HTTP", "HTTPS")
	h.Protocol = strings.ToLower(h.Protocol)
	checkPort(c, field+"port", h.Port, false)
	number(c, field+"threshold_normal", h.ThresholdNormal, 2, 10)
	number(c, field+"threshold_abnormal", h.ThresholdAbnormal, 2, 10)
	number(c, field+"time_out", h.TimeOut, 2, 30)
	number(c, field+"time_interval", h.TimeInterval, 5, 300)
	if c.Err() != nil {
		return
	}
	c.That(*h.TimeOut < *h.TimeInterval, outside(field+"time_out"))
	if h.Protocol == protocolTCP {
		h.Path, h.HTTPCode = "", ""
		return
	}
	c.Required(field+"path", h.Path)
	c.Length(field+"path", h.Path, 1, maxPath)
	c.That(c.Err() != nil || isPath(h.Path), apig.Invalid(field+"path"))
	c.Required(field+"http_code", h.HTTPCode)
	c.Length(field+"http_code", h.HTTPCode, 1, maxCodes)
	if fault := checkCodes(field+"http_code", h.HTTPCode); fault != nil {
		c.That(false, fault)
	}
}

func (h *HealthInput) apply(to *Health) {
	to.Protocol, to.Path, to.HTTPCode = h.Protocol, h.Path, h.HTTPCode
	to.ThresholdNormal, to.ThresholdAbnormal = *h.ThresholdNormal, *h.ThresholdAbnormal
	to.TimeOut, to.TimeInterval = *h.TimeOut, *h.TimeInterval
	to.onPort, to.Port = 0, 0
	if h.Port != nil {
		to.onPort, to.Port = *h.Port, *h.Port
	}
}

// isPath takes a path in its canonical form, and behind it a query.
func isPath(v string) bool {
	path, query, _ := strings.Cut(v, "?")
	if canonical, err := message.CanonicalPath(path); err != nil || canonical != path {
		return false
	}
	return !strings.ContainsFunc(query, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`#"<>\^`+"`{|}", r)
	})
}

// checkCodes wants numbers from 100 to 599 and ranges of them, separated by
// commas: "200,201", "200-299", "201,202,210-299" (reference table 4-460).
func checkCodes(param, v string) *wire.Error {
	for part := range strings.SplitSeq(v, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, ok := decimal(first)
		to := from
		if isRange && ok {
			to, ok = decimal(last)
		}
		switch {
		case !ok:
			return apig.Invalid(param)
		case from < 100 || from > 599 || to < 100 || to > 599:
			return outside(param)
		case from > to:
			return apig.Invalid(param)
		}
	}
	return nil
}

// decimal reads a number without sign and leading zeros. One of more than three
// digits is out of every range here, so that it cannot overflow.
func decimal(s string) (n int, ok bool) {
	if s == "" || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	for i := range min(len(s), 4) {
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
