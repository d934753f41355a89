package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/width"
)

// The forms of output.
const (
	asTable = "table"
	asJSON  = "json"
	asYAML  = "yaml"
)

func checkOutput(form string) error {
	if !slices.Contains([]string{asTable, asJSON, asYAML}, form) {
		return usage("--output is %q; give table, json or yaml", form)
	}
	return nil
}

// printList writes objects: a row for each in a table, with the columns given.
func printList(w io.Writer, form string, columns []string, list []object) error {
	if form != asTable {
		return printValue(w, form, list)
	}
	rows := make([][]string, 0, len(list)+1)
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = strings.ToUpper(strings.ReplaceAll(c, "_", " "))
	}
	rows = append(rows, head)
	for _, o := range list {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = cell(o[c])
		}
		rows = append(rows, row)
	}
	return printRows(w, rows)
}

// printOne writes one object: a row for each field in a table, those of first
// at the top, the rest by name.
func printOne(w io.Writer, form string, first []string, o object) error {
	if form != asTable {
		return printValue(w, form, o)
	}
	names := slices.DeleteFunc(slices.Clone(first), func(name string) bool { _, ok := o[name]; return !ok })
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if name != "links" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	rows := [][]string{{"FIELD", "VALUE"}}
	for _, name := range names {
		rows = append(rows, []string{name, cell(o[name])})
	}
	return printRows(w, rows)
}

func printValue(w io.Writer, form string, v any) error {
	if form == asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	e := yaml.NewEncoder(w)
	if err := e.Encode(numbers(v)); err != nil {
		return err
	}
	return e.Close()
}

// numbers makes YAML write numbers as numbers: json.Number is a text to it.
func numbers(v any) any {
	switch v := v.(type) {
	case object:
		o := make(object, len(v))
		for k, e := range v {
			o[k] = numbers(e)
		}
		return o
	case []object:
		l := make([]any, len(v))
		for i := range v {
			l[i] = numbers(v[i])
		}
		return l
	case []any:
		l := make([]any, len(v))
		for i := range v {
			l[i] = numbers(v[i])
		}
		return l
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	}
	return v
}

// cell is a value in one line.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case string:
		if v == "" {
			return "-"
		}
		return plain(v)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case json.Number:
		return v.String()
	case object:
		if len(v) == 0 {
			return "-"
		}
	case []any:
		if len(v) == 0 {
			return "-"
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return plain(string(b))
}

// plain takes out what a terminal would obey: names come from other people.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '·'
		}
		return r
	}, s)
}

// printRows writes columns that stand below each other. text/tabwriter counts
// characters, and a Chinese one takes two places.
func printRows(w io.Writer, rows [][]string) error {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], places(c))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		last := len(row) - 1
		for i, c := range row[:last] {
			b.WriteString(c)
			b.WriteString(strings.Repeat(" ", widths[i]-places(c)+2))
		}
		b.WriteString(row[last])
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// places is how wide a text is on a terminal.
func places(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
