package config

import (
	"fmt"
	"slices"
	"strings"
)

// nearMisses warns about variables that look like a misspelt setting. Other
// unknown LINTEL_ variables are left alone: container platforms inject names
// such as LINTEL_PORT_8080_TCP for a service called lintel.
func nearMisses(environ []string) []string {
	names := make([]string, 0, len(table))
	for i := range table {
		names = append(names, table[i].env())
	}
	var out []string
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "LINTEL_") || slices.Contains(names, name) {
			continue
		}
		if best := nearest(name, names); best != "" {
			out = append(out, fmt.Sprintf("environment variable %s is not a setting and is ignored; did you mean %s?", shown(name), best))
		}
	}
	return out
}

// nearest is the candidate at most two edits away, or "".
func nearest(word string, candidates []string) string {
	best, least := "", 3
	for _, c := range candidates {
		if d := edits(word, c); d < least {
			best, least = c, d
		}
	}
	return best
}

// edits is the Levenshtein distance, or more than two when the lengths alone
// say so; that also bounds the work on a hostile key.
func edits(a, b string) int {
	if len(a) > len(b)+2 || len(b) > len(a)+2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
