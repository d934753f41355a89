package document

import (
	"strconv"
	"strings"
)

// Kind is what a value is.
type Kind uint8

// The kinds of values, those of JSON.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// String is the kind in the words of JSON.
func (k Kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}[k]
}

// Node is one value. Objects keep their order. A nil node is an absent value
// and may be asked everything. A tree belongs to one goroutine, also to read.
type Node struct {
	Kind  Kind
	Text  string   // of a Bool, Number or String
	Keys  []string // of an Object, beside Items
	Items []*Node

	index map[string]int // of an Object with many keys, once it was asked for one
}

// fewKeys is up to how many keys of an object are compared one by one.
const fewKeys = 16

// Get is the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	if len(n.Keys) > fewKeys {
		return n.find(key)
	}
	for i, k := range n.Keys {
		if k == key {
			return n.Items[i]
		}
	}
	return nil
}

func (n *Node) find(key string) *Node {
	if len(n.index) != len(n.Keys) {
		n.index = make(map[string]int, len(n.Keys))
		for i, k := range n.Keys {
			n.index[k] = i
		}
	}
	if i, ok := n.index[key]; ok {
		return n.Items[i]
	}
	return nil
}

// Is reports whether the value is there and of the kind.
func (n *Node) Is(k Kind) bool { return n != nil && n.Kind == k }

// Scalar reports whether the value is a text, a number or a boolean.
func (n *Node) Scalar() bool {
	return n != nil && (n.Kind == String || n.Kind == Number || n.Kind == Bool)
}

// Str is the text of a scalar, "" of anything else.
func (n *Node) Str() string {
	if !n.Scalar() {
		return ""
	}
	return n.Text
}

// True reports whether the value is the boolean true.
func (n *Node) True() bool { return n.Is(Bool) && n.Text == "true" }

// Int is the value of a whole number; a fraction of zero is allowed.
func (n *Node) Int() (int64, bool) {
	if !n.Is(Number) {
		return 0, false
	}
	if v, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
		return v, true
	}
	f, err := strconv.ParseFloat(n.Text, 64)
	if err != nil || f != float64(int64(f)) || f < -1<<53 || f > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// Values are the items of a list; nothing of anything else.
func (n *Node) Values() []*Node {
	if !n.Is(List) {
		return nil
	}
	return n.Items
}

// Len is the number of items of a list or an object.
func (n *Node) Len() int {
	if n == nil {
		return 0
	}
	return len(n.Items)
}

// At finds what a JSON pointer names, or nil.
func (n *Node) At(pointer string) *Node {
	if pointer == "" {
		return n
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case n.Is(Object):
			n = n.Get(unescape.Replace(token))
		case n.Is(List):
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
		default:
			return nil
		}
	}
	return n
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// Pointer is the pointer of a key or an index below another.
func Pointer(base, key string) string {
	if strings.ContainsAny(key, "~/") {
		key = escape.Replace(key)
	}
	return base + "/" + key
}

// Index is Pointer for the items of a list.
func Index(base string, i int) string { return base + "/" + strconv.Itoa(i) }

// New makes an empty object.
func New() *Node { return &Node{Kind: Object} }

// Text makes a string.
func Text(s string) *Node { return &Node{Kind: String, Text: s} }

// Int makes a number.
func Int(n int64) *Node { return &Node{Kind: Number, Text: strconv.FormatInt(n, 10)} }

// Truth makes a boolean.
func Truth(b bool) *Node { return &Node{Kind: Bool, Text: strconv.FormatBool(b)} }

// Array makes a list.
func Array(items ...*Node) *Node { return &Node{Kind: List, Items: items} }

// Texts makes a list of strings.
func Texts(values ...string) *Node {
	n := Array()
	for _, v := range values {
		n.Items = append(n.Items, Text(v))
	}
	return n
}

// Set appends a key to an object and answers the object. A nil value is left
// out, so that what is optional needs no condition where it is set.
func (n *Node) Set(key string, v *Node) *Node {
	if v != nil {
		n.Keys, n.Items = append(n.Keys, key), append(n.Items, v)
	}
	return n
}
