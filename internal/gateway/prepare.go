package gateway

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Limits of a request (wire-facts §1.2). The number of fields is call.MaxFields.
const (
	maxURI     = 32 << 10
	maxField   = 32 << 10
	maxHeaders = 128 << 10
)

// Methods lists the methods of the reference, for the Allow field.
const Methods = "GET, POST, PUT, DELETE, HEAD, PATCH, OPTIONS"

// prepare makes the one reading of the request that everything else uses, and
// refuses what has more than one.
func prepare(c *call.Call) *call.Fault {
	r := &c.Request
	r.Client = r.Remote.Addr().Unmap().WithZone("") // proxies.find knows better, once the fields are checked
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
	if host, same := r.HostOfCallBefore(); same {
		r.Host = host
	} else if host, err = message.CanonicalHost(r.Host); err != nil {
		return call.BadAPIRequest.With(err.Error())
	} else {
		r.LearnHost(host)
		r.Host = host
	}
	if r.Path, r.PlainPath, err = message.ReadPath(r.RawPath); err != nil {
		return call.BadAPIRequest.With(err.Error())
	}
	if r.Query, r.PlainQuery, err = message.ReadQuery(r.Query[:0], r.RawQuery); err != nil {
		return call.BadAPIRequest.With(err.Error())
	}
	if r.BodyLength > call.MaxBody {
		return call.RequestTooLarge
	}
	if protocol, ok := r.Field(call.HeaderUpgrade); ok {
		if f := upgrade(r, protocol); f != nil {
			return f
		}
	}
	c.LimitBody(call.MaxBody)
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
	if len(r.Headers) > call.MaxFields {
		return call.HeadersTooLarge
	}
	size, familiar := r.Measure()
	// Everything that goes by names was found out by newHeaders for another call. All
	// fields together are nearly always smaller than one may be; if not, newHeaders knows
	// what comes first.
	if !familiar || size+len(": \r\n")*len(r.Headers) > maxField {
		return newHeaders(r)
	}
	host, _ := r.Field(call.HeaderHost)
	return sameHost(r, host)
}

// newHeaders is prepareHeaders for names that the call before did not have.
func newHeaders(r *call.Request) *call.Fault {
	headers := r.Headers
	r.Fresh()
	total, kept := 0, 0
	for n := range headers {
		f := &headers[n]
		size := len(f.Name) + len(f.Value)
		total += size + len(": \r\n")
		if size > maxField || total > maxHeaders {
			return call.HeadersTooLarge
		}
		h := call.HeaderOf(f.Name)
		if (h == call.HeaderOther || h == call.HeaderHeld) && strings.IndexByte(f.Name, '_') >= 0 {
			continue
		}
		if kept != n {
			headers[kept] = *f
		}
		kept++
		if h == call.HeaderOther {
			continue
		}
		if first := r.Note(kept-1, h); !first && h.Singular() {
			return call.BadAPIRequest.With("header " + h.String() + " appears twice")
		}
		switch h {
		case call.HeaderHops:
			if r.Hops = hops(f.Value); r.Hops >= maxHops {
				return call.CallsItself
			}
		case call.HeaderHost:
			if fault := sameHost(r, f.Value); fault != nil {
				return fault
			}
		}
	}
	r.Headers = headers[:kept]
	if _, ok := r.Field(call.HeaderHost); !ok {
		return call.BadAPIRequest.With("the Host header is missing")
	}
	// Fields that were dropped, and a number of hops, have to be looked at each time.
	if _, hops := r.Field(call.HeaderHops); kept == len(headers) && !hops {
		r.Learn()
	}
	return nil
}

// sameHost refuses a Host field that differs from the host of the call. They differ
// when the request line named another host (absolute form). Which one a backend
// believes is not for us to guess.
func sameHost(r *call.Request, field string) *call.Fault {
	if field != r.Host && !message.EqualFold(field, r.Host) {
		return call.BadAPIRequest.With("the Host header differs from the host of the request line")
	}
	return nil
}
