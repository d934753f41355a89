package store

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxPattern is longer than any text that is searched: 255 characters of up to
// 4 bytes. SQLite fails on patterns over 50,000 bytes.
const maxPattern = 1024

// Like makes the parameter of a search for s anywhere in a column, ignoring
// the case of ASCII letters:
//
//	WHERE lower(name) LIKE lower($1) ESCAPE '\'
//
// The lower() on both sides keeps the engines consistent beyond ASCII, where
// SQLite folds nothing and PostgreSQL follows the locale of the database.
func Like(s string) string {
	if len(s) > maxPattern { // still longer than every stored text
		s = strings.ToValidUTF8(s[:maxPattern], "")
	}
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('%')
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '%' || c == '_' || c == '\\':
			b.WriteByte('\\')
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	b.WriteByte('%')
	return b.String()
}

// PostgreSQL holds no text with a NUL or with bytes that are not UTF-8; SQLite
// would. Ids and filters come from URLs and may contain either.
func storable(s string) bool { return !strings.Contains(s, "\x00") && utf8.ValidString(s) }

// searchable makes the arguments of a SELECT safe for both engines: what
// cannot be stored becomes what is not stored, U+FFFD, and is not found.
func searchable(args []any) []any {
	for i, arg := range args {
		if s, ok := arg.(string); ok && !storable(s) {
			args = append([]any(nil), args...)
			for j := i; j < len(args); j++ {
				if s, ok := args[j].(string); ok {
					args[j] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
				}
			}
			return args
		}
	}
	return args
}

// checkText refuses to write what one of the engines cannot hold. Areas check
// their input before, so this is a fault of ours and has no kind.
func checkText(args []any) error {
	for i, arg := range args {
		if s, ok := arg.(string); ok && !storable(s) {
			return fmt.Errorf("store: argument $%d holds NUL or invalid UTF-8; the area must refuse it", i+1)
		}
	}
	return nil
}
