package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// exchange is one request on its way through the shared steps.
type exchange struct {
	*server
	w       http.ResponseWriter
	req     Request
	dialect *Dialect
	route   *Route // nil until it is found
	body    body
	in      any
	begun   time.Time

	admitted bool // nothing is left to refuse on the caller's account
	status   int  // of the answer; 0 until it is written
	code     string
}

// steps is the life of a request up to its handler. The order is a promise:
//   - the path is clean before anything is decided on it;
//   - the size is known before credentials are looked at, and credentials are
//     there before the body is read, so that nobody unknown makes us read;
//   - the caller is known and allowed before a word of the body is parsed, so
//     that validation tells nothing to outsiders.
var steps = [...]func(*exchange) error{
	(*exchange).findRoute,
	(*exchange).refuseForeignPages,
	(*exchange).limitBody,
	(*exchange).readQuery,
	(*exchange).authenticate,
	(*exchange).authorise,
	(*exchange).decode,
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.Timeout)
	defer cancel()
	x := &exchange{server: s, w: w, begun: s.Clock(), dialect: s.Dialects[0]}
	x.req = Request{
		HTTP:    r.WithContext(ctx),
		ID:      s.IDs.New(),
		Chinese: strings.EqualFold(r.Header.Get("X-Language"), "zh-cn"),
		header:  w.Header(),
	}
	// A client's own X-Request-Id is not taken over: it would let one caller
	// plant its requests in another's log lines.
	w.Header().Set("X-Request-Id", x.req.ID)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	x.serve()
	x.record()
}

// serve answers the request whatever happens.
func (x *exchange) serve() {
	defer func() {
		if p := recover(); p != nil {
			x.Log.Error("request handler panicked", "request_id", x.req.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			x.refuse(x.dialect.Faults.Internal)
		}
	}()
	out, err := x.run()
	if err != nil {
		x.refuse(x.refusal(err))
		return
	}
	x.respond(out)
}

func (x *exchange) run() (any, error) {
	for _, step := range steps {
		if err := step(x); err != nil {
			return nil, err
		}
	}
	return x.route.Handle.call(&x.req, x.in)
}

// refusal is the one place where errors become answers. Kinds that areas let
// through are mapped here; the text of an unknown error stays in the log.
func (x *exchange) refusal(err error) *Error {
	faults := &x.dialect.Faults
	var known *Error
	var auth *AuthError
	switch {
	case errors.As(err, &known) && known != nil && known.Status >= 400:
		return known
	case errors.As(err, &auth) && auth != nil:
		x.Log.Info("credentials refused", "request_id", x.req.ID, "remote", x.req.HTTP.RemoteAddr, "detail", auth.Detail, "error", auth.Cause)
		return faults.Credentials(auth).Because(auth.Cause)
	case x.Unavailable(err), errors.Is(err, context.DeadlineExceeded):
		return faults.Unavailable.Because(err)
	default:
		return faults.Internal.Because(err)
	}
}

// refuse writes e, unless the answer has begun.
func (x *exchange) refuse(e *Error) {
	if x.status != 0 {
		return
	}
	if e.Status >= 500 && !errors.Is(x.req.HTTP.Context().Err(), context.Canceled) {
		x.Log.Error("request failed", "request_id", x.req.ID, "action", x.action(), "code", e.Code, "status", e.Status, "error", e.cause)
	}
	x.status, x.code = e.Status, e.Code
	if !x.body.done && x.req.HTTP.ContentLength != 0 {
		// Otherwise net/http reads the announced body first, and a client that
		// never sends it holds the connection and gets no answer.
		x.w.Header().Set("Connection", "close")
	}
	if e.Status == http.StatusServiceUnavailable {
		x.w.Header().Set("Retry-After", RetryAfter)
	}
	x.headers()
	x.dialect.WriteError(x.w, x.req.ID, e)
}

// respond encodes and writes a success.
func (x *exchange) respond(out any) {
	status := x.route.success()
	if x.req.status != 0 {
		status = x.req.status
	}
	if x.route.Handle.out == nil || status == http.StatusNoContent {
		x.status = status
		x.headers()
		x.w.WriteHeader(status)
		return
	}
	if file, ok := out.(*File); ok {
		x.status = status
		x.headers()
		x.write(file.Type, file.Body)
		return
	}
	buf := x.buffers.Get().(*bytes.Buffer)
	defer x.keep(buf)
	if err := encode(buf, out); err != nil {
		x.refuse(x.dialect.Faults.Internal.Because(fmt.Errorf("encode the answer: %w", err)))
		return
	}
	x.status = status
	x.headers()
	x.write(JSON, buf.Bytes())
}

func (x *exchange) headers() {
	if x.dialect.Headers != nil {
		x.dialect.Headers(x.w.Header(), x.req.HTTP, x.req.ID, x.status)
	}
}

func (x *exchange) action() string {
	if x.route == nil {
		return ""
	}
	return x.route.Action
}
