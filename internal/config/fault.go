package config

import (
	"fmt"
	"strings"
)

// Fault is one thing that is wrong with the configuration.
type Fault struct {
	Setting string // name in the table, or the unknown key as it was written
	Source  string // "flag --ops-addr", "environment LINTEL_OPS_ADDR", "file x.yml line 3"
	Reason  string // what is wrong; never holds a secret
	Advice  string // what to do

	line int // in the file, for the order of the report
}

func (f Fault) String() string {
	return fmt.Sprintf("%s (%s): %s; %s", f.Setting, f.Source, f.Reason, f.Advice)
}

// Faults is everything that is wrong with the configuration, as one error.
type Faults []Fault

func (f Faults) Error() string {
	var b strings.Builder
	if len(f) == 1 {
		b.WriteString("the configuration has a fault:")
	} else {
		fmt.Fprintf(&b, "the configuration has %d faults:", len(f))
	}
	for _, one := range f {
		b.WriteString("\n  " + one.String())
	}
	return b.String()
}

// refusal is why a parser did not take a value.
type refusal struct{ reason, advice string }

func (r *refusal) Error() string { return r.reason + "; " + r.advice }

func refuse(advice, reason string, args ...any) error {
	return &refusal{reason: fmt.Sprintf(reason, args...), advice: advice}
}

// shown quotes a value for a fault. Long values are cut: a certificate pasted
// into the wrong setting must not flood the terminal.
func shown(raw string) string {
	const most = 80
	if len(raw) > most {
		return fmt.Sprintf("%q…", raw[:most])
	}
	return fmt.Sprintf("%q", raw)
}
