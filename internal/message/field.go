package message

// Field is one name and value of an HTTP message: a header line or a query
// pair. The strings may alias a read buffer; see the package comment.
type Field struct{ Name, Value string }

// Fields is a list of fields in arrival order. At most a hundred or so: a scan
// beats a map at that size and allocates nothing.
type Fields []Field

// Get returns the first value whose name equals name, ignoring ASCII case, and
// whether there is one.
func (f Fields) Get(name string) (string, bool) {
	for i := range f {
		if EqualFold(f[i].Name, name) {
			return f[i].Value, true
		}
	}
	return "", false
}

// Count says how many fields carry name, ignoring ASCII case.
func (f Fields) Count(name string) int {
	n := 0
	for i := range f {
		if EqualFold(f[i].Name, name) {
			n++
		}
	}
	return n
}

// Index returns where the first field with this name stands from start on,
// ignoring ASCII case, or -1.
func (f Fields) Index(name string, start int) int {
	for i := start; i < len(f); i++ {
		if n := f[i].Name; len(n) == len(name) && equalFold(n, name) {
			return i
		}
	}
	return -1
}

// FirstTwo returns where the first and the second field with this name stand,
// ignoring ASCII case, or -1: Index twice in one go.
func (f Fields) FirstTwo(name string) (first, second int) {
	first = -1
	for i := range f {
		if len(f[i].Name) != len(name) || !equalFold(f[i].Name, name) {
			continue
		}
		if first >= 0 {
			return first, i
		}
		first = i
	}
	return first, -1
}

// EqualFold compares ASCII strings without case and without allocation. It is
// asked for every field of every call, mostly about names of another length:
// that much is inlined.
func EqualFold(a, b string) bool {
	return len(a) == len(b) && equalFold(a, b)
}
