package gateway

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Limits of a request (wire-facts §1.2). The number of fields is ours: 128 KB
// hold 20,000 of them, and every policy scans the list.
const (
	maxURI     = 32 << 10
	maxField   = 32 << 10
	maxHeaders = 128 << 10
	maxFields  = 128
	maxBody    = 12 << 20
)

// Methods lists the methods of the reference, for the Allow field.
const Methods = "GET, POST, PUT, DELETE, HEAD, PATCH, OPTIONS"

// prepare makes the one reading of the request that everything else uses, and
// refuses what has more than one.
func prepare(c *call.Call) *call.Fault {
	r := &c.Request
	if !known(r.Method) {
		return call.MethodNotAllowed
	}
	if len(r.RawPath)+len("?")+len(r.RawQuery) > maxURI {
		return call.URITooLarge
	}
	if f := prepareHeaders(r); f != nil {
		return f
	}
	var err error
	if r.Host, err = message.CanonicalHost(r.Host); err != nil {
		return call.BadAPIRequest.With(err.Error())
	}
	if r.Path, err = message.CanonicalPath(r.RawPath); err != nil {
		return call.BadAPIRequest.With(err.Error())
	}
	if r.Query, err = message.ParseQuery(r.Query[:0], r.RawQuery); err != nil {
		return call.BadAPIRequest.With(err.Error())
	}
	if r.BodyLength > maxBody {
		return call.RequestTooLarge
	}
	c.LimitBody(maxBody)
	return nil
}

// known is the method table. TRACE would echo credentials, CONNECT would tunnel,
// and a method in lower case is another method that some backend folds.
func known(method string) bool {
	switch method {
	case "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS":
		return true
	}
	return false
}

// prepareHeaders checks sizes and duplicates, and drops every field whose name
// has a '_': to a CGI-like backend X_User and X-User are one variable
// (CVE-2026-54763).
func prepareHeaders(r *call.Request) *call.Fault {
	if len(r.Headers) > maxFields {
		return call.HeadersTooLarge
	}
	total := 0
	var seen uint // bits of the fields of singular
	kept := 0
	for n := range r.Headers {
		f := &r.Headers[n]
		size := len(f.Name) + len(f.Value)
		total += size + len(": \r\n")
		if size > maxField || total > maxHeaders {
			return call.HeadersTooLarge
		}
		if strings.IndexByte(f.Name, '_') >= 0 {
			continue
		}
		if kept != n {
			r.Headers[kept] = *f
		}
		kept++
		i := singular(f.Name)
		if i == none {
			continue
		}
		if seen&(1<<i) != 0 {
			return call.BadAPIRequest.With("header " + singulars[i] + " appears twice")
		}
		seen |= 1 << i
		switch i {
		case upgrade:
			return refuseUpgrade(f.Value)
		case host:
			// They differ when the request line named another host (absolute
			// form). Which one a backend believes is not for us to guess.
			if f.Value != r.Host && !message.EqualFold(f.Value, r.Host) {
				return call.BadAPIRequest.With("the Host header differs from the host of the request line")
			}
		}
	}
	r.Headers = r.Headers[:kept]
	if seen&(1<<host) == 0 {
		return call.BadAPIRequest.With("the Host header is missing")
	}
	return nil
}

// refuseUpgrade: an upgraded connection passes every rule behind the first
// request, h2c above all (CVE-2026-88008).
func refuseUpgrade(protocol string) *call.Fault {
	if message.EqualFold(protocol, "websocket") {
		return call.NoWebSocket
	}
	return call.UpgradeRefused
}

// singulars are the fields that decide about security or routing: each may come
// once, because of two readers one takes the first and one the last.
var singulars = [...]string{
	none: "", host: "Host", stage: "X-Stage", upgrade: "Upgrade", date: "X-Sdk-Date",
	contentType: "Content-Type", token: "X-Auth-Token", authorization: "Authorization",
	appCode: "X-Apig-AppCode", payload: "X-Sdk-Content-Sha256",
}

const (
	none = iota
	host
	stage
	upgrade
	date
	contentType
	token
	authorization
	appCode
	payload
)

// singular returns the index of a field in singulars, or none. The length decides
// for most names.
func singular(name string) int {
	switch len(name) {
	case len("Host"):
		return match(name, host)
	case len("X-Stage"): // and Upgrade
		return match(name, stage) + match(name, upgrade)
	case len("X-Sdk-Date"):
		return match(name, date)
	case len("Content-Type"): // and X-Auth-Token
		return match(name, contentType) + match(name, token)
	case len("Authorization"):
		return match(name, authorization)
	case len("X-Apig-AppCode"):
		return match(name, appCode)
	case len("X-Sdk-Content-Sha256"):
		return match(name, payload)
	}
	return none
}

func match(name string, i int) int {
	if name == singulars[i] || message.EqualFold(name, singulars[i]) {
		return i
	}
	return none
}
