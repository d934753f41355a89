package wire

import "reflect"

// Raw is a request body that is no JSON of ours, such as a description of APIs
// in YAML. An operation takes it with Body[Raw, …]: the shared steps bound its
// length and look no further, so a missing body is an empty Raw.
type Raw []byte

// Schema is anything: the media type says what a client sends.
func (Raw) Schema() Schema { return Schema{} }

// File is an answer that is written as it is. An operation answers it with
// Get[*File] or Body[…, *File].
type File struct {
	Type string // JSON or YAML, as media type
	Body []byte
}

// The media types of files.
const (
	JSON = "application/json"
	YAML = "application/yaml"
)

// Schema is any JSON value.
func (File) Schema() Schema { return Schema{} }

// request is the content of a request body in the OpenAPI document.
func (h *Handler) request(types *types) map[string]any {
	if h.raw() {
		return map[string]any{"*/*": map[string]any{"schema": Schema{}}}
	}
	return content(types.of(h.in, false))
}

// answer is the content of an answer in the OpenAPI document.
func (h *Handler) answer(types *types) map[string]any {
	c := content(types.of(h.out, true))
	if h.out == reflect.TypeFor[*File]() {
		c[YAML] = map[string]any{"schema": Schema{"type": "string"}}
	}
	return c
}

func (h *Handler) raw() bool { return h.in == reflect.TypeFor[Raw]() }
