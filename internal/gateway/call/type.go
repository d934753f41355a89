package call

// Type is the kind of fault for which a group may have an answer of its own
// (wire-facts §14).
type Type string

// The types, spelled as on the wire.
const (
	AccessDenied                Type = "ACCESS_DENIED"
	AuthorizerConfFailure       Type = "AUTHORIZER_CONF_FAILURE"
	AuthorizerFailure           Type = "AUTHORIZER_FAILURE"
	AuthorizerIdentitiesFailure Type = "AUTHORIZER_IDENTITIES_FAILURE"
	AuthFailure                 Type = "AUTH_FAILURE"
	AuthHeaderMissing           Type = "AUTH_HEADER_MISSING"
	BackendTimedOut             Type = "BACKEND_TIMEOUT"
	BackendDown                 Type = "BACKEND_UNAVAILABLE"
	Default4xx                  Type = "DEFAULT_4XX"
	Default5xx                  Type = "DEFAULT_5XX"
	NotFound                    Type = "NOT_FOUND"
	ParametersFailure           Type = "REQUEST_PARAMETERS_FAILURE"
	Throttled                   Type = "THROTTLED"
	Unauthorized                Type = "UNAUTHORIZED"
)
