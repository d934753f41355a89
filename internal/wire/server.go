package wire

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/ids"
)

// RetryAfter is when a client may try again after 503, in seconds.
const RetryAfter = "5"

// DefaultTimeout is what a request may take when Options has no Timeout.
const DefaultTimeout = 30 * time.Second

// Authenticator verifies the credentials of a request. Its error is an
// *AuthError; any other is a fault of the service. body reads the request body
// once and hands out the same bytes again; it is for signatures alone, so that
// a request without credentials, or with a token, is decided without it.
type Authenticator func(r *http.Request, body func() ([]byte, error)) (Actor, error)

// Options say what New puts together.
type Options struct {
	// Dialects with their routes. The first one answers for paths that lie
	// under no dialect's prefix.
	Dialects []*Dialect
	// Authenticate is needed as soon as a route is not Public.
	Authenticate Authenticator
	// Audit takes the record of each write; nil drops them.
	Audit func(AuditRecord)
	// Log takes faults of the service and refused credentials; nil drops them.
	Log   *slog.Logger
	IDs   *ids.Source // nil: random
	Clock clock.Clock // nil: the machine's
	// Timeout bounds the context of a request and the reading of its body; 0
	// means DefaultTimeout.
	Timeout time.Duration
	// Unavailable reports whether an error of a handler means that the database
	// cannot serve at present: errors.Is(err, store.ErrUnavailable). It is
	// handed in because this package knows no store. nil: never.
	Unavailable func(error) bool
	// Observe is told about each answer; route is nil for an unknown path.
	Observe func(route *Route, status int, d time.Duration)
}

type server struct {
	Options
	table   table
	origins *http.CrossOriginProtection
	buffers sync.Pool // of *bytes.Buffer
}

// New builds the handler of all dialects. It refuses a table that is not
// complete: a route without Access, Action or Handle, an action or a pattern
// that exists twice, a dialect that cannot word every refusal. All faults are
// reported at once.
//
// Each dialect's OpenAPI document is served at /openapi/<dialect>.json.
func New(o Options) (http.Handler, error) {
	s := &server{Options: o, origins: http.NewCrossOriginProtection()}
	s.buffers.New = func() any { return new(bytes.Buffer) }
	s.defaults()
	var faults []error
	if len(o.Dialects) == 0 {
		faults = append(faults, errors.New("wire: no dialects"))
	}
	actions := map[string]bool{}
	for _, d := range o.Dialects {
		if names := d.missing(); len(names) > 0 {
			faults = append(faults, fmt.Errorf("wire: dialect %q lacks %v", d.Name, names))
			continue
		}
		for _, r := range d.Routes {
			if err := s.add(d, &r, actions); err != nil {
				faults = append(faults, fmt.Errorf("wire: route %s %s (%s): %w", r.Method, r.Pattern, r.Action, err))
			}
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	for _, d := range o.Dialects {
		document, err := OpenAPI(d, "/")
		if err != nil {
			return nil, err
		}
		r := documentRoute(d, document)
		if err := s.add(d, &r, actions); err != nil {
			return nil, fmt.Errorf("wire: document of dialect %q: %w", d.Name, err)
		}
	}
	return s, nil
}

func (s *server) defaults() {
	if s.Audit == nil {
		s.Audit = func(AuditRecord) {}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.IDs == nil {
		s.IDs = ids.Random()
	}
	if s.Clock == nil {
		s.Clock = clock.System
	}
	if s.Timeout <= 0 {
		s.Timeout = DefaultTimeout
	}
	if s.Unavailable == nil {
		s.Unavailable = func(error) bool { return false }
	}
	if s.Observe == nil {
		s.Observe = func(*Route, int, time.Duration) {}
	}
}

// add checks one route and enters it.
func (s *server) add(d *Dialect, r *Route, actions map[string]bool) error {
	if err := r.check(); err != nil {
		return err
	}
	if actions[r.Action] {
		return errors.New("another route has the same Action")
	}
	actions[r.Action] = true
	if r.Access != Public && s.Authenticate == nil {
		return errors.New("it needs credentials, but Options.Authenticate is not set")
	}
	return s.table.add(d, r)
}

// check refuses a route that lacks a part, or whose parts contradict.
func (r *Route) check() error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return fmt.Errorf("method %q is none of GET, HEAD, POST, PUT, PATCH, DELETE", r.Method)
	}
	switch {
	case r.Access < Public || r.Access > Admin:
		return errors.New("field Access is not set: say who may call it")
	case r.Action == "":
		return errors.New("field Action is not set")
	case r.Handle.call == nil:
		return errors.New("field Handle is not set")
	case r.reads() && r.Handle.in != nil:
		return errors.New("a reading route has no request body")
	case r.Status != 0 && (r.Status < 200 || r.Status > 399):
		return fmt.Errorf("status %d is no success", r.Status)
	case slices.Contains(r.Errors, nil):
		return errors.New("field Errors holds nil")
	}
	return nil
}

// publicBody bounds the body of a request that needs no credentials: nobody
// stands for its cost, and no log-in is larger.
const publicBody = 64 << 10

func (r *Route) maxBody() int64 {
	switch {
	case r.MaxBody > 0:
		return r.MaxBody
	case r.Access == Public:
		return publicBody
	default:
		return DefaultMaxBody
	}
}

// success is the status of an answer without refusal.
func (r *Route) success() int {
	switch {
	case r.Status != 0:
		return r.Status
	case r.Handle.out == nil:
		return http.StatusNoContent
	default:
		return http.StatusOK
	}
}

// dialectOf is the dialect that answers for a path without a route.
func (s *server) dialectOf(path string) *Dialect {
	best, longest := s.Dialects[0], -1
	for _, d := range s.Dialects {
		if n := d.owns(path); n > longest {
			best, longest = d, n
		}
	}
	return best
}
