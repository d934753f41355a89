package wire

import (
	"encoding/json"
	"errors"
	"reflect"
)

// decode fills into from a request body, strictly. Unknown fields are ignored:
// clients of these dialects send fields of newer editions (wire-facts §16.6).
// The Content-Type is not looked at: several of them send none.
func decode(faults *Faults, raw []byte, into any) error {
	if reason := inspect(raw); reason != "" {
		return faults.BadBody(reason)
	}
	err := json.Unmarshal(raw, into)
	var own *Error
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &wrong) && wrong.Field != "":
		return faults.WrongType(wrong.Field, kindName(wrong.Type))
	case errors.As(err, &wrong):
		return faults.BadBody("the body must be " + kindName(wrong.Type))
	default:
		// An Unmarshaler of ours refused; its words may repeat the client's.
		return faults.BadBody("a field has a value of a wrong form").Because(err)
	}
}

// kindName is a Go type in the words of JSON.
func kindName(t reflect.Type) string {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return "another type"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "an integer"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	default:
		return "an object"
	}
}
