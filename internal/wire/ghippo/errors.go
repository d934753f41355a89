package ghippo

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
)

func refusal(status int, format string, args ...any) *wire.Error {
	return &wire.Error{Status: status, Title: http.StatusText(status), Message: fmt.Sprintf(format, args...)}
}

// BadRequest refuses a request for the reason given.
func BadRequest(format string, args ...any) *wire.Error {
	return refusal(http.StatusBadRequest, format, args...)
}

// Unauthorized refuses credentials without saying what was wrong with them.
func Unauthorized() *wire.Error {
	return refusal(http.StatusUnauthorized, "the credentials are missing or not valid")
}

// Forbidden refuses an operation, named by its action.
func Forbidden(action string) *wire.Error {
	return refusal(http.StatusForbidden, "permission denied: %s", action)
}

// NotFound says that there is no such user, group or token.
func NotFound(kind, id string) *wire.Error {
	return refusal(http.StatusNotFound, "%s %.128q was not found", kind, id)
}

// TooMany refuses one more of what there may be a number of.
func TooMany(format string, args ...any) *wire.Error {
	return refusal(http.StatusTooManyRequests, format, args...)
}

// status is the body of an error: the rpcStatus of grpc-gateway.
type status struct {
	Code    int    `json:"code" doc:"The gRPC code."`
	Message string `json:"message" doc:"Text for people; may change."`
	Details []any  `json:"details" doc:"Always empty."`
}

// codes are the gRPC codes of the statuses this platform answers with, by the
// map of grpc-gateway read backwards (wire-facts §18.4).
var codes = map[int]int{
	http.StatusBadRequest: 3, http.StatusRequestEntityTooLarge: 3, http.StatusUnauthorized: 16,
	http.StatusForbidden: 7, http.StatusNotFound: 5, http.StatusMethodNotAllowed: 12, http.StatusNotImplemented: 12,
	http.StatusConflict: 6, http.StatusTooManyRequests: 8, http.StatusInternalServerError: 13,
	http.StatusServiceUnavailable: 14,
}

const unknown = 2

// writeError adds the incident to the text of a fault of ours, for the body has
// no field for it.
func writeError(w http.ResponseWriter, id string, e *wire.Error) {
	code, ok := codes[e.Status]
	if !ok {
		code = unknown
	}
	message := e.Message
	if e.Status >= http.StatusInternalServerError {
		message += " (incident " + id + ")"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(status{code, message, []any{}}) // The client has gone; nothing is left to tell.
}
