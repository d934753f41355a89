package ghippo

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// Base is the prefix of every path of the dialect.
const Base = "/apis/ghippo.io/v1alpha1"

// Dialect is the third dialect with the routes of its areas.
func Dialect(routes []wire.Route) *wire.Dialect {
	return &wire.Dialect{
		Name:       "ghippo",
		Title:      "Access keys and tokens",
		Version:    "v1alpha1",
		Prefixes:   []string{"/apis"},
		Routes:     routes,
		WriteError: writeError,
		Headers:    headers,
		ErrorBody:  status{},
		Faults:     faults(),
	}
}

// headers name the form of the credentials with a 401, as RFC 6750 asks.
func headers(h http.Header, _ *http.Request, _ string, status int) {
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="lintel"`)
	}
}

func faults() wire.Faults {
	return wire.Faults{
		NoRoute:     refusal(http.StatusNotFound, "Not Found"),
		WrongMethod: refusal(http.StatusNotImplemented, "Method Not Allowed"),
		BadPath:     BadRequest("the path of the URL is not in canonical form"),
		BadQuery:    func(detail string) *wire.Error { return BadRequest("the query of the URL %s", detail) },
		BadBody:     func(detail string) *wire.Error { return BadRequest("the request body is invalid: %s", detail) },
		WrongType: func(field, want string) *wire.Error {
			return BadRequest("field %.128q must be %s", field, want)
		},
		TooLarge: func(limit int64) *wire.Error {
			return refusal(http.StatusRequestEntityTooLarge, "the request body may have %d bytes", limit)
		},
		Credentials: credentials,
		Forbidden: func(route *wire.Route, _ *wire.Actor) *wire.Error {
			return Forbidden(route.Action)
		},
		CrossOrigin: refusal(http.StatusForbidden, "a browser sent this request from another origin"),
		Internal:    refusal(http.StatusInternalServerError, "an unexpected error prevented the server from fulfilling the request"),
		Unavailable: refusal(http.StatusServiceUnavailable, "the service is currently unavailable; try again later"),
	}
}

// credentials says the same to every wrong credential.
func credentials(e *wire.AuthError) *wire.Error {
	if e.Refusal == wire.NoProject {
		return Unauthorized().Msg("the credentials have no project in scope")
	}
	return Unauthorized()
}
