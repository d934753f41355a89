package document

import (
	"bytes"
	"encoding/json"
	"fmt"

	yaml "go.yaml.in/yaml/v4"
)

// JSON writes the value with two blanks of indentation. The same value gives
// the same bytes.
func (n *Node) JSON() ([]byte, error) {
	var compact, out bytes.Buffer
	if err := n.writeJSON(&compact); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (n *Node) writeJSON(b *bytes.Buffer) error {
	switch n.Kind {
	case Null:
		b.WriteString("null")
	case Bool, Number:
		b.WriteString(n.Text)
	case String:
		return quote(b, n.Text)
	case List, Object:
		open, end := byte('['), byte(']')
		if n.Kind == Object {
			open, end = '{', '}'
		}
		b.WriteByte(open)
		for i, item := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			if n.Kind == Object {
				if err := quote(b, n.Keys[i]); err != nil {
					return err
				}
				b.WriteByte(':')
			}
			if err := item.writeJSON(b); err != nil {
				return err
			}
		}
		b.WriteByte(end)
	}
	return nil
}

func quote(b *bytes.Buffer, s string) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // Encode ends with a line break.
	return nil
}

// YAML writes the value as a YAML document.
func (n *Node) YAML() ([]byte, error) {
	out, err := yaml.Dump(n.yaml(), yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("document: write YAML: %w", err)
	}
	return out, nil
}

func (n *Node) yaml() *yaml.Node {
	y := &yaml.Node{Kind: yaml.ScalarNode, Value: n.Text}
	switch n.Kind {
	case Null:
		y.Tag, y.Value = "!!null", "null"
	case Bool:
		y.Tag = "!!bool"
	case Number:
		y.Tag = "!!int"
		if _, whole := n.Int(); !whole {
			y.Tag = "!!float"
		}
	case String:
		y.SetString(n.Text)
	case List:
		y.Kind, y.Tag = yaml.SequenceNode, "!!seq"
		for _, item := range n.Items {
			y.Content = append(y.Content, item.yaml())
		}
	case Object:
		y.Kind, y.Tag = yaml.MappingNode, "!!map"
		for i, item := range n.Items {
			key := &yaml.Node{}
			key.SetString(n.Keys[i])
			y.Content = append(y.Content, key, item.yaml())
		}
	}
	return y
}
