package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// lenient reads JSON that people have copied: a comma before a closing bracket,
// a closing bracket of the wrong kind, and missing ones at the end are mended
// and noted. Everything else that is wrong stays wrong.
type lenient struct {
	text    string
	repairs []string
}

func readLenient(text string) (any, []string, error) {
	l := &lenient{text: strings.TrimSpace(text)}
	v, err := l.value()
	if err != nil {
		return nil, nil, err
	}
	if rest := strings.Trim(l.text, "]} \t\n"); rest != "" {
		return nil, nil, fmt.Errorf("%.20q behind the value", rest)
	}
	if strings.TrimSpace(l.text) != "" {
		l.mended("brackets at the end too many")
	}
	return v, l.repairs, nil
}

func (l *lenient) mended(what string) { l.repairs = append(l.repairs, what) }

// next is the next character that is no blank, 0 at the end.
func (l *lenient) next() byte {
	l.text = strings.TrimLeft(l.text, " \t\r\n")
	if l.text == "" {
		return 0
	}
	return l.text[0]
}

func (l *lenient) skip() { l.text = l.text[1:] }

func (l *lenient) value() (any, error) {
	switch l.next() {
	case 0:
		return nil, errors.New("no value")
	case '{':
		return l.object()
	case '[':
		return l.list()
	}
	return l.plain()
}

// plain is a text, a number or a word.
func (l *lenient) plain() (any, error) {
	d := json.NewDecoder(strings.NewReader(l.text))
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("at %.20q: %w", l.text, err)
	}
	if _, bracket := token.(json.Delim); bracket {
		return nil, fmt.Errorf("a bracket in place of a value at %.20q", l.text)
	}
	l.text = l.text[d.InputOffset():]
	return token, nil
}

func (l *lenient) object() (any, error) {
	l.skip()
	out := object{}
	for {
		if done, err := l.closed('}', len(out) > 0); done || err != nil {
			return out, err
		}
		if l.next() != '"' {
			return nil, fmt.Errorf("no field name at %.20q", l.text)
		}
		key, err := l.plain()
		if err != nil {
			return nil, err
		}
		if l.next() != ':' {
			return nil, fmt.Errorf("no colon at %.20q", l.text)
		}
		l.skip()
		// One sample has a blank in a field name.
		if out[strings.TrimSpace(key.(string))], err = l.value(); err != nil {
			return nil, err
		}
	}
}

func (l *lenient) list() (any, error) {
	l.skip()
	out := list{}
	for {
		if done, err := l.closed(']', len(out) > 0); done || err != nil {
			return out, err
		}
		v, err := l.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// closed takes the comma between two entries, or the end of them all.
func (l *lenient) closed(bracket byte, comma bool) (bool, error) {
	if comma {
		switch l.next() {
		case ',':
			if l.skip(); l.next() == '}' || l.next() == ']' {
				l.mended("a comma before a bracket left out")
			}
		case 0, '}', ']':
		default:
			return false, fmt.Errorf("no comma at %.20q", l.text)
		}
	}
	switch c := l.next(); {
	case c == 0:
		l.mended("a bracket at the end added")
		return true, nil
	case c == bracket:
		l.skip()
		return true, nil
	case c == '}' && bracket == ']':
		l.skip()
		l.mended("a } taken for ]")
		return true, nil
	}
	return false, nil
}
