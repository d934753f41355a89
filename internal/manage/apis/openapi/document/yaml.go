package document

import (
	"encoding/json"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// converter makes a tree of YAML nodes. Aliases become copies that count like
// everything else, so a document of nine lines cannot become a billion values;
// one that holds itself ends at the depth.
type converter struct{ meter }

func (c *converter) node(y *yaml.Node, depth int) (*Node, error) {
	if err := c.count(depth); err != nil {
		return nil, err
	}
	switch y.Kind {
	case yaml.AliasNode:
		return c.node(y.Alias, depth+1)
	case yaml.SequenceNode:
		n := Array()
		for _, item := range y.Content {
			v, err := c.node(item, depth+1)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, v)
		}
		return n, nil
	case yaml.MappingNode:
		return c.mapping(y, depth)
	case yaml.ScalarNode:
		return scalar(y)
	default:
		return nil, refuse(ErrSyntax, "the document has a value of an unknown kind in line %d", y.Line)
	}
}

func (c *converter) mapping(y *yaml.Node, depth int) (*Node, error) {
	n, seen := New(), keys{}
	var merged []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return nil, refuse(ErrSyntax, "a key in line %d is no plain text", key.Line)
		}
		v, err := c.node(y.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, v)
			continue
		}
		if err := seen.add(key.Value); err != nil {
			return nil, err
		}
		if err := noNUL(key.Value); err != nil {
			return nil, err
		}
		n.Set(key.Value, v)
	}
	for _, m := range merged {
		n.merge(m, seen)
	}
	return n, nil
}

// merge adds what a "<<" brings: keys that are there already win, and so do
// those of an earlier mapping in a list.
func (n *Node) merge(m *Node, seen keys) {
	for _, each := range m.Values() {
		n.merge(each, seen)
	}
	if !m.Is(Object) {
		return
	}
	for i, key := range m.Keys {
		if seen.add(key) == nil {
			n.Set(key, m.Items[i])
		}
	}
}

// scalar reads a plain value as JSON would have it. What JSON has no form for,
// such as a date or an infinite number, is the text that was written.
func scalar(y *yaml.Node) (*Node, error) {
	text := y.Value
	switch y.ShortTag() {
	case "!!null":
		return &Node{Kind: Null}, nil
	case "!!bool":
		return Truth(strings.EqualFold(text, "true")), nil
	case "!!int", "!!float":
		if number, ok := jsonNumber(text); ok {
			return &Node{Kind: Number, Text: number}, nil
		}
	case "!!binary":
		return nil, refuse(ErrSyntax, "line %d has a binary value", y.Line)
	}
	return Text(text), noNUL(text)
}

func jsonNumber(text string) (string, bool) {
	if json.Valid([]byte(text)) {
		return text, true
	}
	if n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 0, 64); err == nil {
		return strconv.FormatInt(n, 10), true
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		if b, err := json.Marshal(f); err == nil { // not so for infinity
			return string(b), true
		}
	}
	return "", false
}

func noNUL(s string) error {
	if strings.Contains(s, "\x00") {
		return refuse(ErrFormat, "the document has the character U+0000 in a string")
	}
	return nil
}
