package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// addCallgrind adds the functions' own instructions in one dump to sums. Of the
// format it reads: "fn=(7) name" or, from the second time on, "fn=(7)" says whose
// the following lines are; a line that begins with a position ends in a cost;
// the one after "calls=" is the cost of a callee, which has its own entry.
func addCallgrind(sums map[string]float64, text string) error {
	names := map[string]string{}
	current, callee, total, declared := "", false, 0.0, -1.0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "":
		case strings.HasPrefix(line, "fn="):
			current = functionName(names, line[len("fn="):])
		case strings.HasPrefix(line, "cfn="):
			functionName(names, line[len("cfn="):])
		case strings.HasPrefix(line, "calls="):
			callee = true
		case strings.HasPrefix(line, "totals: "), strings.HasPrefix(line, "summary: "):
			_, value, _ := strings.Cut(line, " ")
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return fmt.Errorf("callgrind: %q: %w", line, err)
			}
			declared = n
		case strings.IndexByte("0123456789+-*", line[0]) >= 0:
			if callee {
				callee = false
				continue
			}
			fields := strings.Fields(line)
			n, err := strconv.ParseFloat(fields[len(fields)-1], 64)
			if err != nil || len(fields) != 2 {
				return fmt.Errorf("callgrind: line of costs %q", line)
			}
			sums[current] += n
			total += n
		}
	}
	if total != declared {
		return fmt.Errorf("callgrind: the functions sum up to %.0f, the file says %.0f", total, declared)
	}
	return nil
}

// functionName keeps the name behind a number, or finds it.
func functionName(names map[string]string, text string) string {
	number, name, full := strings.Cut(text, " ")
	if full {
		// "'2" marks a level of recursion.
		name, _, _ = strings.Cut(name, "'")
		names[number] = name
	}
	return names[number]
}

// byCost lists the functions, the most expensive first.
func byCost(sums map[string]float64) []spent {
	list := make([]spent, 0, len(sums))
	for name, n := range sums {
		list = append(list, spent{name, n})
	}
	slices.SortFunc(list, func(a, b spent) int {
		return cmp.Or(cmp.Compare(b.Instructions, a.Instructions), strings.Compare(a.Name, b.Name))
	})
	return list
}
