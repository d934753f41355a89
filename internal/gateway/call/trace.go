package call

import (
	"fmt"
	"time"
)

// maxTrace bounds the lines of a trace: a call passes some twenty steps.
const maxTrace = 200

// Trace collects what each step of one call decided, for the owner of the API
// who debugs it. Calls that nobody debugs have none, and pay one comparison a
// step.
type Trace struct {
	Now   func() time.Time
	began time.Time
	lines []string
}

// Say adds a line with the microseconds since the first one.
func (t *Trace) Say(format string, args ...any) {
	now := t.Now()
	if t.began.IsZero() {
		t.began = now
	}
	if len(t.lines) < maxTrace {
		t.lines = append(t.lines, fmt.Sprintf("%8d µs  ", now.Sub(t.began).Microseconds())+fmt.Sprintf(format, args...))
	}
}

// Lines are what was said.
func (t *Trace) Lines() []string { return t.lines }
