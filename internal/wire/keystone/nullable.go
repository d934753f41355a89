package keystone

import (
	"encoding/json"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// Nullable is a text of a request body where null clears what is there and
// leaving it out does not.
type Nullable struct {
	Given bool
	Text  string // "" for null
}

// Schema says in OpenAPI documents what UnmarshalJSON reads.
func (Nullable) Schema() wire.Schema { return wire.Schema{"type": []string{"string", "null"}} }

// UnmarshalJSON implements json.Unmarshaler. To a value of another type the
// decoder adds the name of the field.
func (n *Nullable) UnmarshalJSON(raw []byte) error {
	n.Given = true
	return json.Unmarshal(raw, &n.Text) // null leaves it empty
}

// Change is the new text, or nil when it was left out.
func (n Nullable) Change() *string {
	if !n.Given {
		return nil
	}
	return &n.Text
}
