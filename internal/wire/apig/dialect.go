package apig

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// Dialect is the v1.0 dialect with the routes of its areas.
func Dialect(routes []wire.Route) *wire.Dialect {
	return &wire.Dialect{
		Name:    "apigw",
		Title:   "API gateway management",
		Version: "v1.0",
		// /v1 and /v2 carry what the reference names and does not describe:
		// instances and functions.
		Prefixes:   []string{"/v1.0", "/v1", "/v2"},
		Routes:     routes,
		WriteError: writeError,
		ErrorBody:  body{},
		Faults:     faults(),
	}
}

// body is the error body. request_id is ours: the reference has the two other
// fields only, and clients ignore what they do not know.
type body struct {
	Code      string `json:"error_code" doc:"Code of the refusal; programs compare this."`
	Message   string `json:"error_msg" doc:"Text for people; may change."`
	RequestID string `json:"request_id" doc:"The X-Request-Id of this answer, for the operator's log."`
}

func writeError(w http.ResponseWriter, id string, e *wire.Error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body{e.Code, e.Message, id}) // The client has gone; nothing is left to tell.
}

// E0101 is not in the management catalogue: the original service stands behind
// a gateway of its own kind, which answers so when no operation has the path
// (wire-facts §1.2). Any code of the catalogue would claim that a resource is
// missing (APIG.3002 "The API does not exist." above all), and Terraform would
// drop it from its state.
var E0101 = &wire.Error{Code: "APIG.0101", Status: http.StatusNotFound, Message: "The API does not exist."}

func faults() wire.Faults {
	return wire.Faults{
		NoRoute:     E0101.Msg("The API does not exist or has not been published in the environment."),
		WrongMethod: at(http.StatusMethodNotAllowed, E0101.Msg("The API does not exist: the path has other methods, see the Allow header")),
		BadPath:     E2000.With("the path of the URL is not in canonical form"),
		BadQuery:    func(detail string) *wire.Error { return E2000.With("the query of the URL " + detail) },
		BadBody:     func(detail string) *wire.Error { return E2000.With(detail) },
		WrongType:   wrongType,
		TooLarge:    tooLarge,
		Credentials: credentials,
		Forbidden:   forbidden,
		CrossOrigin: C7106.Msg("Operation restricted: a browser sent this request from another origin"),
		Internal:    E9999,
		Unavailable: at(http.StatusServiceUnavailable, C9100),
	}
}

// at is e with another status. The codes of the catalogue have one status
// each; these few refusals exist on HTTP's level only, where a client decides
// by the status.
func at(status int, e *wire.Error) *wire.Error {
	c := *e
	c.Status = status
	return &c
}

func wrongType(field, want string) *wire.Error {
	e := Invalid(field)
	return e.Msg("%s (expected: %s)", e.Message, want)
}

func tooLarge(limit int64) *wire.Error {
	return at(http.StatusRequestEntityTooLarge, E2006.With(fmt.Sprintf("the body may have %d bytes", limit)))
}

// credentials maps a refusal to the catalogue. What was valid once answers
// APIG.1001, so that a client knows that a new token helps; it carries a
// signature outside its time window as well, which a retry with a right clock
// mends. Everything else that is wrong answers APIG.1002 and tells no more
// than the authenticator marked as safe to show.
func credentials(e *wire.AuthError) *wire.Error {
	switch e.Refusal {
	case wire.Missing:
		return E1000
	case wire.Expired:
		return E1001.With(e.Detail)
	case wire.NoProject:
		return E1003
	case wire.TooLarge:
		return tooLarge(wire.DefaultMaxBody)
	default:
		return E1002.With(e.Detail)
	}
}

// forbidden tells a reader that it only reads, and everybody else that the
// operation is not for them.
func forbidden(route *wire.Route, actor *wire.Actor) *wire.Error {
	if actor.ReadOnly() && route.Method != http.MethodGet {
		return C7110
	}
	return C7106
}
