package wire

import (
	"encoding"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Schema is a JSON Schema of an OpenAPI 3.1 document.
type Schema map[string]any

// describer is a type that encodes itself and says how.
type describer interface{ Schema() Schema }

// types turns Go types into schemas. Structs become components, so that a type
// that holds itself ends: one per type and direction, because what an answer
// always has a request need not bring.
type types struct {
	schemas map[string]Schema
	names   map[use]string
}

type use struct {
	t      reflect.Type
	answer bool
}

func newTypes() *types {
	return &types{schemas: map[string]Schema{}, names: map[use]string{}}
}

// of is the schema of a type. In an answer every field is there that is not
// omitted when empty; in a request only those tagged required.
func (ts *types) of(t reflect.Type, answer bool) Schema {
	if t == nil {
		return Schema{}
	}
	if t.Kind() == reflect.Pointer {
		return ts.of(t.Elem(), answer)
	}
	if s, ok := described(t); ok {
		return s
	}
	switch t.Kind() {
	case reflect.Bool:
		return Schema{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return Schema{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return Schema{"type": "number"}
	case reflect.String:
		return Schema{"type": "string"}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return Schema{"type": "string", "contentEncoding": "base64"}
		}
		return Schema{"type": "array", "items": ts.of(t.Elem(), answer)}
	case reflect.Map:
		return Schema{"type": "object", "additionalProperties": ts.of(t.Elem(), answer)}
	case reflect.Struct:
		return ts.object(t, answer)
	default: // An interface: anything.
		return Schema{}
	}
}

// described handles types that do not encode as their kind says.
func described(t reflect.Type) (Schema, bool) {
	switch v := reflect.New(t).Interface().(type) {
	case describer:
		return v.Schema(), true
	case *time.Time:
		return Schema{"type": "string", "format": "date-time"}, true
	case json.Marshaler, json.Unmarshaler:
		if t.Kind() == reflect.String { // secret.Text and the like: still a string
			return Schema{"type": "string"}, true
		}
		return Schema{}, true
	case encoding.TextMarshaler:
		return Schema{"type": "string"}, true
	}
	return nil, false
}

// object is a reference to the component of a named struct, or the schema of
// an anonymous one.
func (ts *types) object(t reflect.Type, answer bool) Schema {
	if t.Name() == "" {
		return ts.fields(t, answer)
	}
	name, known := ts.names[use{t, answer}]
	if !known {
		name = ts.name(t, answer)
		ts.names[use{t, answer}] = name
		ts.schemas[name] = nil // Taken, before its own fields ask.
		ts.schemas[name] = ts.fields(t, answer)
	}
	return Schema{"$ref": "#/components/schemas/" + name}
}

// name is "groups.Group", or "groups.Group_request"; characters that OpenAPI does not allow in a
// component's name, those of type arguments, become '_'.
func (ts *types) name(t reflect.Type, answer bool) string {
	short := strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, path.Base(t.PkgPath())+"."+t.Name())
	if !answer {
		short += "_request"
	}
	name := short
	for n := 2; ; n++ {
		if _, taken := ts.schemas[name]; !taken {
			return name
		}
		name = fmt.Sprintf("%s_%d", short, n)
	}
}

func (ts *types) fields(t reflect.Type, answer bool) Schema {
	properties := map[string]Schema{}
	var required []string
	ts.collect(t, answer, properties, &required)
	s := Schema{"type": "object", "properties": properties}
	if len(required) > 0 {
		slices.Sort(required)
		s["required"] = required
	}
	return s
}

// collect adds the fields of t, those of embedded structs included.
func (ts *types) collect(t reflect.Type, answer bool, properties map[string]Schema, required *[]string) {
	for f := range t.Fields() {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "-" && options == "" {
			continue
		}
		if f.Anonymous && tag == "" && structOf(f.Type) != nil {
			ts.collect(structOf(f.Type), answer, properties, required)
			continue
		}
		if !f.IsExported() {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		properties[tag] = ts.field(f, answer)
		left := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		if answer && !left || f.Tag.Get("required") == "true" {
			*required = append(*required, tag)
		}
	}
}

func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// field is the schema of a field with what its tags add. OpenAPI 3.1 allows
// words beside a $ref.
func (ts *types) field(f reflect.StructField, answer bool) Schema {
	s := ts.of(f.Type, answer)
	if f.Type.Kind() == reflect.Pointer || f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Map {
		s = nullable(s)
	}
	if doc := f.Tag.Get("doc"); doc != "" {
		s["description"] = doc
	}
	if words := f.Tag.Get("enum"); words != "" {
		allowed(s, strings.Split(words, ","))
	}
	return s
}

func nullable(s Schema) Schema {
	switch kind := s["type"].(type) {
	case string:
		s["type"] = []string{kind, "null"}
		return s
	case nil:
		if _, ok := s["$ref"]; ok {
			return Schema{"anyOf": []Schema{s, {"type": "null"}}}
		}
	}
	return s
}

// allowed puts the words on the value, or on the items of a list of values.
func allowed(s Schema, words []string) {
	if items, ok := s["items"].(Schema); ok {
		s = items
	}
	values := make([]any, 0, len(words)+1)
	for _, w := range words {
		values = append(values, w)
	}
	if kinds, ok := s["type"].([]string); ok && slices.Contains(kinds, "null") {
		values = append(values, nil)
	}
	s["enum"] = values
}
