package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// dump is what functions executed themselves, and how often they were called.
type dump struct {
	own   map[string]float64
	calls map[string]float64
}

func newDump() *dump { return &dump{map[string]float64{}, map[string]float64{}} }

// add reads a file of callgrind's. Of the format it takes: "fn=(7) name" or, from
// the second time on, "fn=(7)" says whose the following lines are; a line that
// begins with a position ends in a cost; "cfn=" and "calls=" say who was called
// how often, and the line after them is the cost of that, which the callee's own
// entry holds too.
func (d *dump) add(text string) error {
	names := map[string]string{}
	current, called, callee, total, declared := "", "", false, 0.0, -1.0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "":
		case strings.HasPrefix(line, "fn="):
			current = functionName(names, line[len("fn="):])
		case strings.HasPrefix(line, "cfn="):
			called = functionName(names, line[len("cfn="):])
		case strings.HasPrefix(line, "calls="):
			callee = true
			count, _, _ := strings.Cut(line[len("calls="):], " ")
			n, err := strconv.ParseFloat(count, 64)
			if err != nil {
				return fmt.Errorf("callgrind: %q: %w", line, err)
			}
			d.calls[called] += n
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
			d.own[current] += n
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

// sum is everything, and the part of the functions whose names hold part.
func (d *dump) sum(part string) (all, some float64) {
	for name, n := range d.own {
		all += n
		if strings.Contains(name, part) {
			some += n
		}
	}
	return all, some
}

// byCost lists the functions per request, the most expensive first.
func (d *dump) byCost(requests int) []spent {
	list := make([]spent, 0, len(d.own))
	for name, n := range d.own {
		list = append(list, spent{name, n / float64(requests)})
	}
	slices.SortFunc(list, func(a, b spent) int {
		return cmp.Or(cmp.Compare(b.Instructions, a.Instructions), strings.Compare(a.Name, b.Name))
	})
	return list
}
