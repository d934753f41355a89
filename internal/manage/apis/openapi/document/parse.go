package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// The limits of a document. The largest public description that we know of has
// 3 MB, 60,000 values and 304 operations (an OpenAPI 3.1 document in YAML).
const (
	MaxBytes = 5 << 20
	MaxDepth = 64
	// MaxValues counts the values of the tree, aliases expanded.
	MaxValues = 100_000
	// MaxOperations is far above any quota of imports; it is held before a tree
	// is built.
	MaxOperations = 5_000
)

// The kinds of refusals.
var (
	ErrEmpty  = errors.New("the document is empty")
	ErrFormat = errors.New("the document is neither JSON nor YAML")
	ErrSyntax = errors.New("the document cannot be read")
	ErrSize   = errors.New("the document is too large")
)

// fault is a refusal with its reason.
type fault struct {
	kind   error
	reason string
}

func (f *fault) Error() string { return f.reason }
func (f *fault) Unwrap() error { return f.kind }

func refuse(kind error, format string, args ...any) error {
	return &fault{kind, fmt.Sprintf(format, args...)}
}

// Parse reads JSON or YAML, whatever the bytes look like.
func Parse(raw []byte) (*Node, error) {
	trimmed := bytes.TrimSpace(raw)
	switch {
	case len(raw) > MaxBytes:
		return nil, refuse(ErrSize, "the document has %d bytes, at most %d are read", len(raw), MaxBytes)
	case len(trimmed) == 0:
		return nil, refuse(ErrEmpty, "the document is empty")
	case !utf8.Valid(raw):
		return nil, refuse(ErrFormat, "the document is not UTF-8")
	case bytes.IndexByte(raw, 0) >= 0:
		return nil, refuse(ErrFormat, "the document has the character U+0000")
	}
	trimmed = bytes.TrimPrefix(trimmed, []byte("\ufeff"))
	if len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
		p := jsonParser{raw: trimmed}
		return p.value(0)
	}
	return parseYAML(raw)
}

func parseYAML(raw []byte) (*Node, error) {
	if err := scan(raw); err != nil {
		return nil, err
	}
	var top yaml.Node
	if err := yaml.Load(raw, &top); err != nil {
		reason := err.Error()
		if len(reason) > 200 {
			reason = reason[:200]
		}
		return nil, refuse(ErrFormat, "%s", clean(reason))
	}
	root := &top
	if root.Kind == yaml.DocumentNode {
		if len(root.Content) == 0 {
			return nil, refuse(ErrEmpty, "the document is empty")
		}
		root = root.Content[0]
	}
	c := converter{}
	return c.node(root, 0)
}

// clean keeps a parser's words printable: they may repeat the document's.
func clean(s string) string {
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, []byte(s)))
}

// meter holds the limits while a tree grows.
type meter struct{ values int }

func (m *meter) count(depth int) error {
	m.values++
	switch {
	case m.values > MaxValues:
		return refuse(ErrSize, "the document has more than %d values", MaxValues)
	case depth > MaxDepth:
		return refuse(ErrSyntax, "the document is nested deeper than %d levels", MaxDepth)
	}
	return nil
}

// keys refuses a key that an object has twice.
type keys map[string]struct{}

func (k keys) add(key string) error {
	if _, again := k[key]; again {
		return refuse(ErrSyntax, "an object has the key %.64q twice", key)
	}
	k[key] = struct{}{}
	return nil
}
