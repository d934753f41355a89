package main

import (
	"bytes"
	"strings"
	"testing"
)

func value(v float64) *float64 { return &v }

func TestSummaryTakesMediansAndRatiosWithinARound(t *testing.T) {
	one := func(name string, round int, user, instructions float64) result {
		return result{Contender: name, Kind: "GET", Reference: "nginx", Round: round, load: load{Requests: 1, Rate: 1000 * float64(round)}, User: user, System: 1,
			UserInstructions: value(instructions), KernelInstructions: value(0)}
	}
	// The second round was slow for both; its ratio is as good as any.
	rows := summarise([]result{
		one("nginx", 1, 4, 100), one("lintel NONE", 1, 19, 400),
		one("nginx", 2, 9, 100), one("lintel NONE", 2, 29, 410),
		one("nginx", 3, 4, 100), one("lintel NONE", 3, 24, 420),
		{Contender: "nginx", Kind: "TLS", Reference: "nginx", Round: 1},
	}, "GET")
	if len(rows) != 2 || rows[0].name != "nginx" || rows[1].name != "lintel NONE" {
		t.Fatalf("%+v", rows)
	}
	l := rows[1]
	if rows[0].ratio != 1 || l.ratio != 4 || l.user != 24 || l.rate != 2000 || *l.inst != 4.1 || *l.userInst != 410 {
		t.Errorf("nginx %+v, lintel %+v", rows[0], l)
	}
}

func TestWhatWasNotMeasuredIsADash(t *testing.T) {
	var out bytes.Buffer
	printResults(&out, []result{{Contender: "nginx", Kind: "GET", Reference: "nginx", User: 1, System: 1, load: load{Requests: 1}}})
	if got := out.String(); strings.Count(got, "–") != 3 {
		t.Errorf("%s", got)
	}
}

func TestDifferenceIsOverTheSameRequest(t *testing.T) {
	all := []counted{
		{Contender: "edgeonly", User: 100_000, Allocations: 70}, {Contender: "edgeonly, signed", Signed: true, User: 110_000, Allocations: 71},
		{Contender: "lintel APP, signed", Signed: true, User: 140_000, SHA256: 15_000, Allocations: 74,
			Functions: []spent{{"runtime.mallocgc", 100}, {"github.com/lintel-gateway/lintel/internal/signature.part", 250}}},
	}
	all[1].Functions = []spent{{"runtime.mallocgc", 130}}
	var out bytes.Buffer
	printCounted(&out, all)
	printDifference(&out, all, "lintel APP, signed", "edgeonly, signed")
	for _, want := range []string{"+15.0", "+3.0", "internal/signature", "+250", "-30"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
}
