package wiretest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// Response is an answer.
type Response struct {
	t      testing.TB
	Call   string // "GET /v1.0/apigw/apps", for messages
	Status int
	Header http.Header
	Body   []byte
}

// Want fails the test unless the answer has the status; it returns the answer
// for further questions.
func (r *Response) Want(status int) *Response {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("%s: status %d, want %d; body: %s", r.Call, r.Status, status, r.Body)
	}
	return r
}

// Refused fails the test unless the answer has the status and, in the v1.0
// dialect, the code, and its text contains every part of text. In the two other
// dialects code is "".
func (r *Response) Refused(status int, code string, text ...string) *Response {
	r.t.Helper()
	r.Want(status)
	got, message := r.code()
	if got != code {
		r.t.Fatalf("%s: error code %q, want %q; body: %s", r.Call, got, code, r.Body)
	}
	for _, part := range text {
		if !strings.Contains(message, part) {
			r.t.Fatalf("%s: the text %q does not have %q", r.Call, message, part)
		}
	}
	return r
}

// code is the code and the text of an error body of any dialect.
func (r *Response) code() (code, message string) {
	r.t.Helper()
	var body struct {
		Code      string `json:"error_code"`
		Message   string `json:"error_msg"`
		RequestID string `json:"request_id"`
		// The rpcStatus of the third dialect.
		RPC     int    `json:"code"`
		Text    string `json:"message"`
		Details *[]any `json:"details"`
		Error   *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
			Title   string `json:"title"`
		} `json:"error"`
	}
	r.Decode(&body)
	if body.Details != nil {
		if want := rpcCodes[r.Status]; body.RPC != want {
			r.t.Errorf("%s: gRPC code %d does not fit status %d, want %d", r.Call, body.RPC, r.Status, want)
		}
		return "", body.Text
	}
	if body.Error == nil {
		if body.RequestID != r.Header.Get("X-Request-Id") {
			r.t.Errorf("%s: request_id %q is not that of the header", r.Call, body.RequestID)
		}
		return body.Code, body.Message
	}
	if body.Error.Code != r.Status || body.Error.Title != http.StatusText(r.Status) {
		r.t.Errorf("%s: error code %d and title %q do not fit status %d", r.Call, body.Error.Code, body.Error.Title, r.Status)
	}
	return "", body.Error.Message
}

// rpcCodes are the codes of the third dialect's errors (wire-facts §18.4).
var rpcCodes = map[int]int{400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 413: 3, 429: 8, 500: 13, 501: 12, 503: 14}

// Decode reads the body into v.
func (r *Response) Decode(v any) *Response {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		r.t.Fatalf("%s: decode %s: %v", r.Call, r.Body, err)
	}
	return r
}

// JSON is the decoded body; nil when there is none.
func (r *Response) JSON() any {
	r.t.Helper()
	if len(r.Body) == 0 {
		return nil
	}
	var v any
	r.Decode(&v)
	return v
}

// Get is the value at a path of keys and indexes, "apis.0.name". It fails the
// test when there is none.
func (r *Response) Get(path string) any {
	r.t.Helper()
	v, ok := dig(r.JSON(), path)
	if !ok {
		r.t.Fatalf("%s: the answer has no %s: %s", r.Call, path, r.Body)
	}
	return v
}

// Has reports whether there is a value at a path, null included.
func (r *Response) Has(path string) bool {
	r.t.Helper()
	_, ok := dig(r.JSON(), path)
	return ok
}

// Text is Get as a text: strings as they are, numbers as in JSON.
func (r *Response) Text(path string) string {
	r.t.Helper()
	v := r.Get(path)
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func dig(v any, path string) (any, bool) {
	if path == "" {
		return v, true
	}
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[key]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}
