package store

import (
	"strconv"
	"strings"
)

// Filter is the WHERE of a list whose conditions depend on the request. The
// zero value selects every row. Conditions are constants of the area; values
// travel as parameters only.
type Filter struct {
	conditions []string
	args       []any
}

// And adds a condition in which each ? stands for the next of args.
func (f *Filter) And(condition string, args ...any) {
	var b strings.Builder
	for _, arg := range args {
		before, after, _ := strings.Cut(condition, "?")
		f.args = append(f.args, arg)
		b.WriteString(before + "$" + strconv.Itoa(len(f.args)))
		condition = after
	}
	f.conditions = append(f.conditions, b.String()+condition)
}

// Equal adds column = value unless value is empty.
func (f *Filter) Equal(column, value string) {
	if value != "" {
		f.And(column+" = ?", value)
	}
}

// Match adds a search for value in column, as Like does it, unless value is
// empty; a precise one compares the whole.
func (f *Filter) Match(column, value string, precise bool) {
	switch {
	case value == "":
	case precise:
		f.Equal(column, value)
	default:
		f.And("lower("+column+`) LIKE lower(?) ESCAPE '\'`, Like(value))
	}
}

// Where is the clause with a blank in front, or nothing.
func (f *Filter) Where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// Page is the end of a query that selects a page; it adds two arguments, so it
// comes after everything else and before Args.
func (f *Filter) Page(limit, offset int) string {
	f.args = append(f.args, limit, offset)
	n := len(f.args)
	return " LIMIT $" + strconv.Itoa(n-1) + " OFFSET $" + strconv.Itoa(n)
}

// Args are the arguments in the order of their places.
func (f *Filter) Args() []any { return f.args }
