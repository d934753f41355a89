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
// Six rows are ours, because the published table has no word for them: NotServed
// (an API that this version can hold but not serve) is 0601 with a status that
// says so;
// MethodNotAllowed (a method outside the method table, refused before routing),
// UpgradeRefused and NoWebSocket use 0602, the table's code for an illegal
// request; CallerSlow and CallerGone use 0201 like the other faults of a request's
// body.
//
// 502 and 504 carry 0201 as in the shared edition, not 0202/0203 of the later
// one (wire-facts §19 row 1).
var (
	NotPublished = &Fault{"APIG.0101", http.StatusNotFound, "The API does not exist or has not been published in the environment."}
	NoSuchMethod = &Fault{"APIG.0101", http.StatusNotFound, "The API does not exist."}

	Orchestration = &Fault{"APIG.0106", http.StatusBadRequest, "Orchestration error."}

	BadAPIRequest      = &Fault{"APIG.0201", http.StatusBadRequest, "API request error."}
	BadBody            = BadAPIRequest.With("the request body is malformed or incomplete")
	CallerSlow         = &Fault{"APIG.0201", http.StatusRequestTimeout, "API request error: the request body came too slowly"}
	RequestTooLarge    = &Fault{"APIG.0201", http.StatusRequestEntityTooLarge, "Request entity too large."}
	URITooLarge        = &Fault{"APIG.0201", http.StatusRequestURITooLong, "Request URI too large."}
	HeadersTooLarge    = &Fault{"APIG.0201", StatusHeadersTooLarge, "Request headers too large."}
	CallerGone         = &Fault{"APIG.0201", StatusCallerGone, "API request error: the caller closed the connection"}
	BackendUnavailable = &Fault{"APIG.0201", http.StatusBadGateway, "Backend unavailable."}
	BackendTimeout     = &Fault{"APIG.0201", http.StatusGatewayTimeout, "Backend timeout."}
	Unexpected         = &Fault{"APIG.0201", http.StatusInternalServerError, "An unexpected error occurred"}

	BadAppAuth       = &Fault{"APIG.0303", http.StatusUnauthorized, "Incorrect app authentication information."}
	AppNotAuthorized = &Fault{"APIG.0304", http.StatusForbidden, "The app is not authorized to access the API."}

	BadRequest       = &Fault{"APIG.0602", http.StatusBadRequest, "Bad request."}
	MethodNotAllowed = &Fault{"APIG.0602", http.StatusMethodNotAllowed, "Bad request: the method is not supported"}
	UpgradeRefused   = BadRequest.With("the connection cannot be upgraded to this protocol")
	NoWebSocket      = &Fault{"APIG.0602", http.StatusNotImplemented, "Bad request: WebSocket is not served"}

	NotServed = &Fault{"APIG.0601", http.StatusNotImplemented, "Internal server error."}

	NameNotResolved = &Fault{"APIG.0605", http.StatusInternalServerError, "Domain name resolution failed."}

	HTTPOnly  = &Fault{"APIG.0607", http.StatusBadRequest, "The following protocol is supported: HTTP"}
	HTTPSOnly = &Fault{"APIG.0607", http.StatusBadRequest, "The following protocol is supported: HTTPS"}
)

// Codes lists the codes of the faults above, each once, for whoever counts them.
func Codes() []string {
	return []string{"APIG.0101", "APIG.0106", "APIG.0201", "APIG.0303", "APIG.0304", "APIG.0601", "APIG.0602", "APIG.0605", "APIG.0607"}
}
