package importer

import (
	"net/url"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// maxHops is how many references may follow each other. What refers to itself
// ends here.
const maxHops = 16

// deref follows the references of a value to what they name, and answers where
// that is.
func (r *reader) deref(n *document.Node, at string) (*document.Node, string, error) {
	begun := at
	for range maxHops {
		ref := n.Get("$ref")
		if !ref.Is(document.String) {
			return n, at, nil
		}
		pointer, err := url.PathUnescape(strings.TrimPrefix(ref.Text, "#"))
		if err == nil {
			n = r.root.At(pointer)
		}
		if err != nil || n == nil {
			return nil, at, apig.E3602.With("a reference names nothing: " + cut(document.Pointer(at, "$ref"), 200))
		}
		at = pointer
	}
	return nil, begun, apig.E3602.With("references go in a circle: " + cut(begun, 200))
}
