package debug

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Input is the body of 4.2.14 (table 4-154).
type Input struct {
	Scheme    string              `json:"scheme" required:"true" enum:"HTTP,HTTPS"`
	Method    string              `json:"method" required:"true" enum:"GET,POST,PUT,DELETE,HEAD,PATCH,OPTIONS"`
	Domain    string              `json:"domain,omitempty" doc:"A domain of the API's group; default its sub-domain."`
	Path      string              `json:"path" required:"true" doc:"At most 1024 characters, percent-encoded."`
	Query     map[string][]string `json:"query,omitempty"`
	Header    map[string][]string `json:"header,omitempty"`
	Body      string              `json:"body,omitempty" doc:"At most 2097152 bytes."`
	Mode      string              `json:"mode" required:"true" enum:"DEVELOPER,CONSUMER" doc:"DEVELOPER runs the draft, CONSUMER what an environment serves."`
	AppKey    string              `json:"app_key,omitempty" doc:"Signs the request, together with app_secret."`
	AppSecret string              `json:"app_secret,omitempty"`
	Stage     string              `json:"stage,omitempty" doc:"Name of the environment, with CONSUMER; default RELEASE."`
}

// Output is what became of the call (table 4-155).
type Output struct {
	Request  string `json:"request" doc:"The request as text."`
	Response string `json:"response" doc:"The answer as text; a body is cut after 2097152 bytes."`
	Latency  string `json:"latency" doc:"Milliseconds."`
	Log      string `json:"log" doc:"What each step decided, a line each."`
}

const (
	developer = "DEVELOPER"
	consumer  = "CONSUMER"

	maxPath = 1024
	maxBody = 2_097_152
	// maxRequest leaves room for a body of control characters, each of which is
	// six bytes in JSON.
	maxRequest = 12 << 20
	// maxValues bounds the values of query and header together; the gateway
	// takes 128 fields.
	maxValues = 100
	maxSecret = 128
)

var (
	queryName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,31}$`)
	headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]{0,31}$`)
)

// check is table 4-154. It leaves the path canonical.
func (in *Input) check() error {
	var c apig.Check
	c.Enum("mode", &in.Mode, developer, consumer)
	c.Enum("scheme", &in.Scheme, "HTTP", "HTTPS")
	c.Enum("method", &in.Method, "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")
	c.Required("path", in.Path)
	c.Text("path", in.Path, maxPath)
	c.That(len(in.Body) <= maxBody, apig.TooLong("body"))
	c.Text("app_key", in.AppKey, maxSecret)
	c.Text("app_secret", in.AppSecret, maxSecret)
	c.That(in.AppKey == "" || in.AppSecret != "", apig.Missing("app_secret"))
	if err := c.Err(); err != nil {
		return err
	}
	path, err := message.CanonicalPath(in.Path)
	if err != nil {
		return apig.Invalid("path").With(err.Error())
	}
	in.Path = path
	if err := checkValues("query", in.Query, queryName); err != nil {
		return err
	}
	return in.checkHeader()
}

func (in *Input) checkHeader() error {
	if err := checkValues("header", in.Header, headerName); err != nil {
		return err
	}
	for name := range in.Header {
		switch lower := strings.ToLower(name); {
		case in.Mode == consumer && (lower == "x-auth-token" || lower == "authorization"),
			// The debug client's own.
			slices.Contains([]string{"host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "user-agent"}, lower),
			// Where the call comes from is what the connection says.
			lower == "x-forwarded-for":
			return apig.Invalid("header." + name)
		}
	}
	return nil
}

func checkValues(field string, values map[string][]string, form *regexp.Regexp) error {
	n := 0
	for name, list := range values {
		lower := strings.ToLower(name)
		if !form.MatchString(name) || strings.HasPrefix(lower, "x-apig-") || strings.HasPrefix(lower, "x-sdk-") || lower == "x-stage" {
			return apig.Invalid(field + "." + name)
		}
		for _, v := range list {
			if strings.ContainsAny(v, "\r\n\x00") {
				return apig.Invalid(field + "." + name)
			}
		}
		n += len(list)
	}
	if n > maxValues {
		return apig.TooLong(field)
	}
	return nil
}

// ordered makes fields of a map, in the order of names: a map has none, and a
// request should look the same each time.
func ordered(values map[string][]string) message.Fields {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	var list message.Fields
	for _, name := range names {
		for _, v := range values[name] {
			list = append(list, message.Field{Name: name, Value: v})
		}
	}
	return list
}
