package keystone

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// Dialect is the v3 dialect with the routes of its areas, for a site that is
// reached by the address that its clients use.
func Dialect(routes []wire.Route) *wire.Dialect { return Site{}.Dialect(routes) }

// Dialect is the v3 dialect of a site.
func (s Site) Dialect(routes []wire.Route) *wire.Dialect {
	return &wire.Dialect{
		Name:       "identity",
		Title:      "Identity",
		Version:    "v3",
		Prefixes:   []string{"/v3", "/v3.0"},
		Routes:     routes,
		WriteError: writeError,
		Headers:    s.headers,
		ErrorBody:  body{},
		Faults:     faults(),
	}
}

// headers adds what Keystone's clients look for (wire-facts §16.3).
func (s Site) headers(h http.Header, r *http.Request, id string, status int) {
	h.Set("Vary", "X-Auth-Token")
	h.Set("RequestId", id) // the EOS reference's name for it (1.2, common answer parameters)
	h.Set("X-Openstack-Request-Id", "req-"+id[:8]+"-"+id[8:12]+"-"+id[12:16]+"-"+id[16:20]+"-"+id[20:])
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Keystone uri="`+s.Base(r)+`/v3"`)
	}
}

func faults() wire.Faults {
	return wire.Faults{
		NoRoute:     refusal(http.StatusNotFound, "The resource could not be found."),
		WrongMethod: refusal(http.StatusMethodNotAllowed, "The method is not allowed for the requested URL."),
		BadPath:     BadRequest("The path of the URL is not in canonical form."),
		BadQuery:    func(detail string) *wire.Error { return BadRequest("The query of the URL %s.", detail) },
		BadBody:     func(detail string) *wire.Error { return BadRequest("The request body is invalid: %s.", detail) },
		WrongType: func(field, want string) *wire.Error {
			return BadRequest("Invalid input for field '%.128s': it must be %s.", field, want)
		},
		TooLarge:    TooLarge,
		Credentials: credentials,
		Forbidden:   func(route *wire.Route, _ *wire.Actor) *wire.Error { return Forbidden(route.Action) },
		CrossOrigin: Denied("A browser sent this request from another origin."),
		Internal:    refusal(http.StatusInternalServerError, "An unexpected error prevented the server from fulfilling your request."),
		Unavailable: refusal(http.StatusServiceUnavailable, "The identity service is currently unavailable. Try again later."),
	}
}

// credentials says the same to every wrong credential. Two refusals are told
// apart because another login does not mend them.
func credentials(e *wire.AuthError) *wire.Error {
	switch e.Refusal {
	case wire.NoProject:
		return Unauthorized().Msg("The request you have made requires a project in the scope of the token.")
	case wire.TooLarge:
		return TooLarge(wire.DefaultMaxBody)
	default:
		return Unauthorized()
	}
}
