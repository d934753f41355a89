package call

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bounds of one trace. A call passes some twenty steps.
const (
	maxTraceLines = 200
	maxTraceLine  = 1 << 10  // bytes; what is longer is cut
	maxTraceBytes = 32 << 10 // of all lines together
	// shortSecret is what is too short to be one: hiding it would hide the words
	// of the trace.
	shortSecret = 8
	hidden      = "[hidden]"
)

// Viewer says for whom a trace is made.
type Viewer uint8

const (
	// Administrator watches a live call, which is served like any other. Nothing
	// but secrets is kept back.
	Administrator Viewer = iota
	// Owner debugs an API of the own project: access lists and throttles are not
	// applied, and nothing but secrets is kept back.
	Owner
	// Stranger debugs an API of another project, which an app of the own project
	// may call. Everything is applied, because debugging must not be a way around
	// a list or a limit, and the details of steps are kept back: where a backend
	// is remains the owner's knowledge.
	Stranger
)

// Trace collects what each step of one call decided and how long it took. Calls
// that nobody watches have none, and pay one comparison a step. Its strings are
// its own: it may outlive the call. One goroutine uses it at a time.
type Trace struct {
	Now    func() time.Time
	Viewer Viewer
	// Done, when set, gets the call after its answer was written.
	Done func(*Call)

	began, step time.Time // of the call, and of the step under way
	lines       []string
	size        int
	secrets     []string
}

// Begin says when the call began, which is when its first step did.
func (t *Trace) Begin(at time.Time) { t.began, t.step = at, at }

// Hide makes the trace write [hidden] wherever one of the values would stand. It
// is the second line of defence: no step says a secret in the first place.
// Values of less than 8 bytes are no secrets.
func (t *Trace) Hide(values ...string) {
	for _, v := range values {
		if v = strings.TrimSpace(v); len(v) >= shortSecret && !slices.Contains(t.secrets, v) {
			t.secrets = append(t.secrets, strings.Clone(v))
		}
	}
	// The longer first: a secret may hold another one.
	slices.SortFunc(t.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// Step ends a step: a line with the microseconds from the beginning of the call
// to now, and those that the step took. Strangers read it too.
func (t *Trace) Step(format string, args ...any) {
	now := t.now()
	t.line(fmt.Sprintf("%8d µs %7d µs  ", now.Sub(t.began).Microseconds(), now.Sub(t.step).Microseconds()), format, args)
	t.step = now
}

// Say adds a line about the step under way, with the microseconds from the
// beginning of the call to now: what it looked at, what it decided and why.
// Strangers do not read it.
func (t *Trace) Say(format string, args ...any) {
	now := t.now()
	if t.Viewer != Stranger {
		t.line(fmt.Sprintf("%8d µs             ", now.Sub(t.began).Microseconds()), format, args)
	}
}

func (t *Trace) now() time.Time {
	now := t.Now()
	if t.began.IsZero() {
		t.Begin(now)
	}
	return now
}

func (t *Trace) line(stamp, format string, args []any) {
	if len(t.lines) == maxTraceLines || t.size == maxTraceBytes {
		return
	}
	text := fmt.Sprintf(format, args...)
	for _, s := range t.secrets {
		text = strings.ReplaceAll(text, s, hidden)
	}
	// What a caller sent must not look like a line of ours.
	text = strings.Map(printable, strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) > maxTraceLine {
		text = strings.ToValidUTF8(text[:maxTraceLine], "") + " …"
	}
	if len(t.lines) == maxTraceLines-1 || t.size+len(stamp)+len(text) > maxTraceBytes {
		t.lines = append(t.lines, stamp+"… the trace is full")
		t.size = maxTraceBytes
		return
	}
	t.size += len(stamp) + len(text)
	t.lines = append(t.lines, stamp+text)
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}

// Lines are what was said, in order.
func (t *Trace) Lines() []string { return t.lines }
