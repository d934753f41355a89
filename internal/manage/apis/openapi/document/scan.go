package document

import "bytes"

// scan bounds what a YAML text can cost before anything is built of it: each
// value of a document needs an indicator (a colon, a dash, a comma, a bracket),
// and those are counted outside of quoted texts, block texts and comments. It
// is no parser: it may count too much, where a plain text has colons of its
// own, and it answers no question but whether to go on. FuzzScan holds it
// against the real parser.
func scan(raw []byte) error {
	s := scanner{}
	for len(raw) > 0 {
		var line []byte
		line, raw = cutLine(raw)
		s.line(line)
		switch {
		case s.entries > MaxValues:
			return refuse(ErrSize, "the document has more than %d values", MaxValues)
		case s.operations > MaxOperations:
			return refuse(ErrSize, "the document has more than %d operations", MaxOperations)
		case s.depth > MaxDepth:
			return refuse(ErrSyntax, "the document is nested deeper than %d levels", MaxDepth)
		}
	}
	return nil
}

type scanner struct {
	entries, operations int
	depth               int  // of open brackets
	quote               byte // of the text that is open, or 0
	block               int  // indentation of the owner of an open block text
	inBlock             bool
}

// cutLine ends lines where YAML does, at the line breaks of Unicode as well.
func cutLine(raw []byte) (line, rest []byte) {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\n' || c == '\r':
			return raw[:i], raw[i+1:]
		case c == 0xc2 && i+1 < len(raw) && raw[i+1] == 0x85:
			return raw[:i], raw[i+2:]
		case c == 0xe2 && i+2 < len(raw) && raw[i+1] == 0x80 && raw[i+2]&0xfe == 0xa8:
			return raw[:i], raw[i+3:]
		}
	}
	return raw, nil
}

func (s *scanner) line(line []byte) {
	text := bytes.TrimLeft(line, " ")
	indent := len(line) - len(text)
	if s.inBlock {
		if len(bytes.TrimSpace(text)) == 0 || indent > s.block {
			return
		}
		s.inBlock = false
	}
	if s.quote == 0 && s.depth == 0 {
		s.operation(text)
	}
	fresh, owner := true, indent // fresh: a value may begin here
	for i := 0; i < len(text) && s.entries <= MaxValues && s.depth <= MaxDepth; i++ {
		c := text[i]
		last := i+1 == len(text)
		blank := last || text[i+1] == ' ' || text[i+1] == '\t'
		switch {
		case s.quote != 0:
			i = s.quoted(text, i)
			fresh = false
		case c == ' ' || c == '\t':
		case c == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t'):
			return
		case fresh && (c == '"' || c == '\''):
			s.quote = c
		case (c == '-' || c == '?') && fresh && blank:
			s.entries++
			if s.depth == 0 {
				owner = indent + i
			}
		case c == '[' || c == '{':
			if fresh || s.depth > 0 {
				s.depth++
				s.entries++
				fresh = true
			}
		case (c == ']' || c == '}') && s.depth > 0:
			s.depth--
			fresh = false
		case c == ',' && s.depth > 0:
			s.entries++
			fresh = true
		case c == ':' && (blank || s.depth > 0 || text[i+1] >= 0x80):
			s.entries++
			fresh = true
			if s.depth == 0 {
				owner = max(owner, keyColumn(text[:i])+indent)
			}
		case fresh && (c == '&' || c == '!'): // an anchor or a tag before the value
			for i+1 < len(text) && text[i+1] != ' ' && text[i+1] != '\t' {
				i++
			}
		case fresh && (c == '|' || c == '>') && s.depth == 0:
			s.block, s.inBlock = owner, true
			return
		default:
			fresh = false
		}
	}
}

// keyColumn is where the key at the end of a line's beginning stands, behind
// the dashes.
func keyColumn(text []byte) int {
	i := 0
	for i+1 < len(text) && (text[i] == '-' || text[i] == '?' || text[i] == ' ') && (text[i] == ' ' || text[i+1] == ' ') {
		i++
	}
	return i
}

// quoted goes on in an open text from i and answers the last place it looked
// at.
func (s *scanner) quoted(text []byte, i int) int {
	for ; i < len(text); i++ {
		switch {
		case text[i] == '\\' && s.quote == '"':
			i++
		case text[i] == '\'' && s.quote == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == s.quote:
			s.quote = 0
			return i
		}
	}
	return i
}

// operation counts the keys that begin an operation.
func (s *scanner) operation(text []byte) {
	key, _, ok := bytes.Cut(text, []byte(":"))
	if !ok || len(key) > len(anyMethod)+2 {
		return
	}
	if isMethod(string(bytes.Trim(key, `"'`))) {
		s.operations++
	}
}

const anyMethod = "x-apigateway-any-method"

func isMethod(key string) bool {
	switch key {
	case "get", "put", "post", "delete", "head", "patch", "options", "trace", anyMethod:
		return true
	}
	return false
}
