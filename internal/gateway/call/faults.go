package call

import "net/http"

// StatusHeadersTooLarge is the status that this wire uses for oversized
// headers; net/http has no name for it.
const StatusHeadersTooLarge = 494

// StatusCallerGone reaches nobody; it stands in the access record of a call whose
// caller left first, by the custom of proxies.
const StatusCallerGone = 499

// The faults of the data plane that this gateway can give: codes, statuses and
// texts of wire-facts §1.2, in its order. Callers key on the code; the text may
// get a detail (Fault.With).
//
// Seven rows are ours, because the published table has no word for them:
// MethodNotAllowed (a method outside the method table, refused before routing),
// UpgradeRefused and BadWebSocket use 0602, the table's code for an illegal
// request; CallerSlow and CallerGone use 0201 like the other faults of a request's
// body, BackendNotHTTP2 and TooManyTunnels because they are cases of its 502 and
// of a call that cannot be served.
//
// 502 and 504 carry 0201 as in the shared edition, not 0202/0203 of the later
// one (wire-facts §19 row 1).
var (
	NotPublished = &Fault{"APIG.0101", http.StatusNotFound, "The API does not exist or has not been published in the environment.", NotFound}
	NoSuchMethod = &Fault{"APIG.0101", http.StatusNotFound, "The API does not exist.", NotFound}

	// NoBackend is an API whose function this gateway does not have.
	NoBackend = &Fault{"APIG.0103", http.StatusInternalServerError, "The backend does not exist.", Default5xx}

	Orchestration = &Fault{"APIG.0106", http.StatusBadRequest, "Orchestration error.", ParametersFailure}

	BadAPIRequest      = &Fault{"APIG.0201", http.StatusBadRequest, "API request error.", ParametersFailure}
	BadBody            = BadAPIRequest.With("the request body is malformed or incomplete")
	CallerSlow         = &Fault{"APIG.0201", http.StatusRequestTimeout, "API request error: the request body came too slowly", Default4xx}
	RequestTooLarge    = &Fault{"APIG.0201", http.StatusRequestEntityTooLarge, "Request entity too large.", Default4xx}
	URITooLarge        = &Fault{"APIG.0201", http.StatusRequestURITooLong, "Request URI too large.", Default4xx}
	HeadersTooLarge    = &Fault{"APIG.0201", StatusHeadersTooLarge, "Request headers too large.", Default4xx}
	CallerGone         = &Fault{"APIG.0201", StatusCallerGone, "API request error: the caller closed the connection", Default4xx}
	BackendUnavailable = &Fault{"APIG.0201", http.StatusBadGateway, "Backend unavailable.", BackendDown}
	BackendTimeout     = &Fault{"APIG.0201", http.StatusGatewayTimeout, "Backend timeout.", BackendTimedOut}
	// BackendNotHTTP2 is the answer to a gRPC call for a backend that has not
	// said a word of HTTP/2. The caller chose the protocol, so that it is not
	// counted against the backend.
	BackendNotHTTP2 = &Fault{"APIG.0201", http.StatusBadGateway, "Backend unavailable: it does not speak HTTP/2, which gRPC needs", BackendDown}
	// TooManyTunnels is a WebSocket more than this node holds open.
	TooManyTunnels = &Fault{"APIG.0201", http.StatusServiceUnavailable, "API request error: no more WebSockets can be opened", Default5xx}
	Unexpected     = &Fault{"APIG.0201", http.StatusInternalServerError, "An unexpected error occurred", Default5xx}

	BadIAMAuth       = &Fault{"APIG.0301", http.StatusUnauthorized, "Incorrect IAM authentication information.", AuthFailure}
	NoIAMAuth        = &Fault{"APIG.0301", http.StatusUnauthorized, "Incorrect IAM authentication information.", AuthHeaderMissing}
	AccountDenied    = &Fault{"APIG.0302", http.StatusForbidden, "The IAM user is not authorized to access the API.", AccessDenied}
	BadAppAuth       = &Fault{"APIG.0303", http.StatusUnauthorized, "Incorrect app authentication information.", AuthFailure}
	NoAppAuth        = &Fault{"APIG.0303", http.StatusUnauthorized, "Incorrect app authentication information.", AuthHeaderMissing}
	AppNotAuthorized = &Fault{"APIG.0304", http.StatusForbidden, "The app is not authorized to access the API.", Unauthorized}
	// NoIdentity is a call without what its authorizer wants to see.
	NoIdentity = &Fault{"APIG.0305", http.StatusUnauthorized, "Incorrect authentication information.", AuthorizerIdentitiesFailure}
	// AuthorizerDenied is the word of an authorizer (wire-facts §7.2).
	AuthorizerDenied = &Fault{"APIG.0306", http.StatusForbidden, "API access denied.", AuthorizerFailure}
	TokenExpired     = &Fault{"APIG.0307", http.StatusUnauthorized, "The token must be updated.", AuthFailure}
	TooManyCalls     = &Fault{"APIG.0308", http.StatusTooManyRequests, "The throttling threshold has been reached.", Throttled}

	UnknownAddress   = &Fault{"APIG.0401", http.StatusForbidden, "Unknown client IP address.", AccessDenied}
	AddressDenied    = &Fault{"APIG.0402", http.StatusForbidden, "The IP address is not authorized to access the API.", AccessDenied}
	BackendForbidden = &Fault{"APIG.0404", http.StatusForbidden, "Access to the backend IP address has been denied.", AccessDenied}

	QuotaUsedUp = &Fault{"APIG.0501", http.StatusMethodNotAllowed, "The app quota has been used up.", Default4xx}

	// AuthorizerBroken is an authorizer that cannot be asked or answers what
	// nobody understands.
	AuthorizerBroken = &Fault{"APIG.0601", http.StatusInternalServerError, "Internal server error.", AuthorizerConfFailure}
	// FunctionBroken is a function that failed or answered another shape than
	// that of wire-facts §7.4.
	FunctionBroken = &Fault{"APIG.0601", http.StatusInternalServerError, "Internal server error.", Default5xx}

	BadRequest       = &Fault{"APIG.0602", http.StatusBadRequest, "Bad request.", Default4xx}
	MethodNotAllowed = &Fault{"APIG.0602", http.StatusMethodNotAllowed, "Bad request: the method is not supported", ParametersFailure}
	UpgradeRefused   = BadRequest.With("the connection cannot be upgraded to this protocol")
	BadWebSocket     = BadRequest.With("a WebSocket opens with GET over HTTP/1.1, without a body, with Connection: Upgrade, one Sec-WebSocket-Key and one Sec-WebSocket-Version")

	NameNotResolved = &Fault{"APIG.0605", http.StatusInternalServerError, "Domain name resolution failed.", Default5xx}

	HTTPOnly  = &Fault{"APIG.0607", http.StatusBadRequest, "The following protocol is supported: HTTP", Default4xx}
	HTTPSOnly = &Fault{"APIG.0607", http.StatusBadRequest, "The following protocol is supported: HTTPS", Default4xx}

	NoChannel       = &Fault{"APIG.0609", http.StatusInternalServerError, "The VPC backend does not exist.", Default5xx}
	NoMember        = &Fault{"APIG.0610", http.StatusBadGateway, "No backend available.", BackendDown}
	CallsItself     = &Fault{"APIG.0612", http.StatusInternalServerError, "An API cannot call itself.", Default5xx}
	IAMUnavailable  = &Fault{"APIG.0613", http.StatusServiceUnavailable, "The IAM service is currently unavailable.", Default5xx}
	SignatureFailed = &Fault{"APIG.0705", http.StatusInternalServerError, "Backend signature calculation failed.", Default5xx}
)

// Codes lists the codes of the faults above, each once, for whoever counts them.
func Codes() []string {
	return []string{
		"APIG.0101", "APIG.0103", "APIG.0106", "APIG.0201", "APIG.0301", "APIG.0302", "APIG.0303", "APIG.0304", "APIG.0305", "APIG.0306",
		"APIG.0307", "APIG.0308", "APIG.0401", "APIG.0402", "APIG.0404", "APIG.0501", "APIG.0601", "APIG.0602", "APIG.0605",
		"APIG.0607", "APIG.0609", "APIG.0610", "APIG.0612", "APIG.0613", "APIG.0705",
	}
}
