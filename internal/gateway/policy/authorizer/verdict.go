package authorizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Limits of an answer (wire-facts §7.2; of the context, our own).
const (
	maxAnswer  = 1 << 20 // bytes
	maxKeys    = 64
	maxKey     = 32
	maxContext = 16 << 10 // bytes of keys and values together
)

// verdict is what an authorizer decided. It is immutable.
type verdict struct {
	allow   bool
	context message.Fields // "frontend.<key>" or "backend.<key>", by name
	size    int            // bytes of context
}

// readVerdict reads the answer of a function:
//
//	{"statusCode": 200, "body": "{\"status\": \"allow\", \"context\": {…}}"}
func readVerdict(data []byte, prefix string) (*verdict, error) {
	if len(data) > maxAnswer {
		return nil, fmt.Errorf("the answer has %d bytes; %d are allowed", len(data), maxAnswer)
	}
	answer, err := functions.Members(data)
	if err != nil {
		return nil, fmt.Errorf("the answer: %w", err)
	}
	if string(answer["statusCode"]) != "200" {
		return nil, fmt.Errorf("the answer: statusCode %.20s is not 200", answer["statusCode"])
	}
	body, ok := functions.Text(answer["body"])
	if !ok {
		return nil, errors.New("the answer: body is not a string")
	}
	decision, err := functions.Members([]byte(body))
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	v := &verdict{}
	switch status, _ := functions.Text(decision["status"]); status {
	case "allow":
		v.allow = true
	case "deny":
	default:
		return nil, errors.New("body: status is neither allow nor deny")
	}
	if context := decision["context"]; context != nil && string(context) != "null" {
		if err := v.read(context, prefix); err != nil {
			return nil, fmt.Errorf("context: %w", err)
		}
	}
	return v, nil
}

func (v *verdict) read(context json.RawMessage, prefix string) error {
	members, err := functions.Members(context)
	if err != nil {
		return err
	}
	if len(members) > maxKeys {
		return fmt.Errorf("there are %d keys; %d are allowed", len(members), maxKeys)
	}
	for key, raw := range members {
		value, err := text(raw)
		switch {
		case !isKey(key):
			return fmt.Errorf("key %.64q is not a letter followed by up to %d letters, digits, '-' and '_'", key, maxKey-1)
		case err != nil:
			return fmt.Errorf("key %q: %w", key, err)
		}
		v.size += len(key) + len(value)
		v.context = append(v.context, message.Field{Name: prefix + key, Value: value})
	}
	if v.size > maxContext {
		return fmt.Errorf("there are %d bytes; %d are allowed", v.size, maxContext)
	}
	slices.SortFunc(v.context, func(a, b message.Field) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// text is a value as text: numbers and truth values as they were written.
func text(raw json.RawMessage) (string, error) {
	switch raw[0] {
	case '"':
		s, ok := functions.Text(raw)
		if !ok {
			return "", errors.New("the value is not a string")
		}
		return s, nil
	case '{', '[', 'n':
		return "", errors.New("the value is no string, number or truth value")
	}
	return string(raw), nil
}

func isKey(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && (c == '-' || c == '_' || '0' <= c && c <= '9'):
		default:
			return false
		}
	}
	return s != "" && len(s) <= maxKey
}
