package document

import (
	"bytes"
	"encoding/json"
)

// jsonParser reads JSON whose grammar json.Valid has accepted.
type jsonParser struct {
	meter
	raw []byte
	at  int
}

func (p *jsonParser) value(depth int) (*Node, error) {
	if err := p.count(depth); err != nil {
		return nil, err
	}
	p.blanks()
	switch c := p.raw[p.at]; c {
	case '{':
		return p.object(depth)
	case '[':
		return p.list(depth)
	case '"':
		s, err := p.text()
		return &Node{Kind: String, Text: s}, err
	default:
		begin := p.at
		for p.at < len(p.raw) && bytes.IndexByte([]byte(",]} \t\r\n"), p.raw[p.at]) < 0 {
			p.at++
		}
		n := &Node{Kind: Number, Text: string(p.raw[begin:p.at])}
		switch c {
		case 'n':
			return &Node{Kind: Null}, nil
		case 't', 'f':
			n.Kind = Bool
		}
		return n, nil
	}
}

func (p *jsonParser) object(depth int) (*Node, error) {
	n, seen := New(), keys{}
	for p.more('}') {
		p.blanks()
		key, err := p.text()
		if err != nil {
			return nil, err
		}
		if err := seen.add(key); err != nil {
			return nil, err
		}
		p.blanks()
		p.at++ // ':'
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Keys, n.Items = append(n.Keys, key), append(n.Items, v)
	}
	return n, nil
}

func (p *jsonParser) list(depth int) (*Node, error) {
	n := Array()
	for p.more(']') {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, v)
	}
	return n, nil
}

// more steps over the opening bracket, a comma or the closing bracket, and
// reports whether an item follows.
func (p *jsonParser) more(end byte) bool {
	p.blanks()
	c := p.raw[p.at]
	p.at++
	if c == end {
		return false
	}
	p.blanks()
	if c != ',' && p.raw[p.at] == end { // an empty pair of brackets
		p.at++
		return false
	}
	return true
}

func (p *jsonParser) blanks() {
	for p.at < len(p.raw) {
		switch p.raw[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// text reads a quoted string. A string that holds U+0000 is refused:
// PostgreSQL cannot store it.
func (p *jsonParser) text() (string, error) {
	begin, escaped := p.at, false
	for p.at++; p.raw[p.at] != '"'; p.at++ {
		if p.raw[p.at] == '\\' {
			escaped = true
			p.at++
		}
	}
	p.at++
	if !escaped {
		return string(p.raw[begin+1 : p.at-1]), nil
	}
	var s string
	if err := json.Unmarshal(p.raw[begin:p.at], &s); err != nil {
		return "", refuse(ErrFormat, "a string has a malformed escape")
	}
	return s, noNUL(s)
}
