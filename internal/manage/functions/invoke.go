package functions

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Event is what a function is called with: any JSON object, as it was sent.
type Event struct{ json.RawMessage }

// UnmarshalJSON implements json.Unmarshaler.
func (e *Event) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '{' {
		return apig.E2000.With("the body must be an object")
	}
	e.RawMessage = append(json.RawMessage(nil), b...)
	return nil
}

// Schema describes the type in OpenAPI documents.
func (Event) Schema() wire.Schema { return wire.Schema{"type": "object"} }

// Invocation is what came of a call.
type Invocation struct {
	RequestID string `json:"request_id"`
	Result    string `json:"result" doc:"The function's answer; when it failed an object with errorType and errorMessage. Bytes that are no UTF-8 are replaced."`
	Log       string `json:"log" doc:"The end of what the function wrote to stderr, up to 64 KB."`
	Status    int    `json:"status" doc:"200, or 500 when the function failed."`
}

// Accepted says that a call was taken.
type Accepted struct {
	RequestID string `json:"request_id"`
}

// patience is how long a caller waits at most. It lies below the time that a
// management request has, so that the answer is the function's.
const patience = 25 * time.Second

func (a *Area) invoke(r *wire.Request, event *Event) (*Invocation, error) {
	call, err := a.enter(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	result, err := call.Run(ctx, event.bytes())
	out := &Invocation{RequestID: r.ID, Result: string(result.Output), Log: string(result.Logs), Status: 200}
	if err == nil {
		return out, nil
	}
	if err := busy(err); err != nil {
		return nil, err
	}
	out.Status = 500
	out.Result, err = failure(err)
	return out, err
}

func (a *Area) invokeAsync(r *wire.Request, event *Event) (*Accepted, error) {
	call, err := a.enter(r)
	if err != nil {
		return nil, err
	}
	if err := call.Start(event.bytes()); err != nil {
		return nil, cmp.Or(busy(err), err)
	}
	return &Accepted{r.ID}, nil
}

// enter finds the function of the path and a place for a call of it.
func (a *Area) enter(r *wire.Request) (*function.Call, error) {
	f, err := own(r, a.DB)
	if err != nil {
		return nil, err
	}
	d, err := describe(r.Context(), a.DB, f)
	if err != nil {
		return nil, gone(err)
	}
	call, err := a.Runtime.Enter(function.Load(d))
	if refusal := busy(err); refusal != nil {
		return nil, refusal
	}
	return call, err
}

// gone says that a function was deleted, or its module replaced, while it was
// being looked up.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return apig.E3019
	}
	return err
}

// busy is the refusal of a call that had no place, or nil.
func busy(err error) error {
	if errors.Is(err, &function.Error{Kind: function.Busy}) {
		return apig.E9008
	}
	return nil
}

func (e *Event) bytes() []byte {
	if e.RawMessage == nil {
		return []byte("{}")
	}
	return e.RawMessage
}

// failure is what a failed call answers in place of a result. A fault that is
// not the function's is the service's, and becomes an error of its own.
func failure(err error) (string, error) {
	var fault *function.Error
	if !errors.As(err, &fault) || fault.Kind == function.Closed {
		return "", err
	}
	text, err := json.Marshal(struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{errorType(fault.Kind), fault.Detail})
	return string(text), err
}

func errorType(k function.Kind) string {
	switch k {
	case function.Timeout:
		return "Timeout"
	case function.Module:
		return "InvalidModule"
	case function.Memory:
		return "OutOfMemory"
	case function.Large:
		return "TooLarge"
	case function.Target:
		return "TargetFailed"
	case function.Denied:
		return "TargetDenied"
	default:
		return "FunctionFailed"
	}
}
