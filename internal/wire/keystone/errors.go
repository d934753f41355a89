package keystone

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// refusal is an error of this dialect; the title is the phrase of the status.
func refusal(status int, format string, args ...any) *wire.Error {
	return &wire.Error{Status: status, Title: http.StatusText(status), Message: fmt.Sprintf(format, args...)}
}

// BadRequest refuses a request for the reason given.
func BadRequest(format string, args ...any) *wire.Error {
	return refusal(http.StatusBadRequest, format, args...)
}

// Unauthorized refuses credentials without saying what was wrong with them.
func Unauthorized() *wire.Error {
	return refusal(http.StatusUnauthorized, "The request you have made requires authentication.")
}

// Forbidden refuses an operation, named by its rule: "identity:list_users".
func Forbidden(rule string) *wire.Error {
	return refusal(http.StatusForbidden, "You are not authorized to perform the requested action: %s.", rule)
}

// Denied refuses what the state of a resource forbids, not a rule.
func Denied(format string, args ...any) *wire.Error {
	return refusal(http.StatusForbidden, format, args...)
}

// NotFound says that there is no such user, project, domain, role, token….
func NotFound(kind, id string) *wire.Error {
	return refusal(http.StatusNotFound, "Could not find %s: %.128s.", kind, id)
}

// Conflict refuses to store a second thing where there may be one; detail
// names both: "Duplicate entry found with name x at domain ID y".
func Conflict(kind, detail string) *wire.Error {
	return refusal(http.StatusConflict, "Conflict occurred attempting to store %s - %s.", kind, detail)
}

// Occupied refuses to remove what is still in use; the text says by what.
func Occupied(format string, args ...any) *wire.Error {
	return refusal(http.StatusConflict, format, args...)
}

// TooLarge refuses a body.
func TooLarge(limit int64) *wire.Error {
	return refusal(http.StatusRequestEntityTooLarge, "Request is too large: the body may have %d bytes.", limit)
}

type body struct {
	Error detail `json:"error"`
}

type detail struct {
	Code    int    `json:"code" doc:"The HTTP status."`
	Message string `json:"message" doc:"Text for people; may change."`
	Title   string `json:"title" doc:"The phrase of the status."`
}

// writeError adds the incident to the text of a fault of ours: this body has no
// field for it, and the text is what the client shows.
func writeError(w http.ResponseWriter, id string, e *wire.Error) {
	message := e.Message
	if e.Status >= http.StatusInternalServerError {
		message += " (incident " + id + ")"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body{detail{e.Status, message, e.Title}}) // The client has gone; nothing is left to tell.
}
