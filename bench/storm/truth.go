package main

import (
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// moment is nanoseconds of a clock that never jumps and is one for all processes.
type moment int64

const never = moment(math.MaxInt64)

// watch tells moments: CLOCK_MONOTONIC itself, as what Go makes of it begins anew in
// each process, and the paced calls are made in another one than they are judged in.
type watch struct{}

func (watch) now() moment {
	const monotonic = 1
	var at syscall.Timespec
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, monotonic, uintptr(unsafe.Pointer(&at)), 0) // it cannot fail
	return moment(at.Nano())
}

// step is a state that a management request makes. Between the moment in which
// the request was sent and the one in which its answer was read, a call may see
// this state or the one before; after that, this one alone.
type step[S comparable] struct {
	state        S
	version      string // of the definition; "" until the publication is answered or seen
	began, ended moment
}

// track is the history of what one API serves. Who uses it holds the API's lock.
type track[S comparable] struct{ steps []step[S] }

// remembered is how many steps are kept. A call lasts 10 s at most, and no API
// is changed so often in 10 s.
const remembered = 64

// begin starts a track with a state that was there before all calls.
func (t *track[S]) begin(state S, version string) {
	t.steps = []step[S]{{state: state, version: version}}
}

// change notes that a request for a state is sent now.
func (t *track[S]) change(state S, now moment) {
	if len(t.steps) == remembered {
		t.steps = append(t.steps[:0], t.steps[1:]...)
	}
	t.steps = append(t.steps, step[S]{state: state, began: now, ended: never})
}

// last is the newest state, asked for or there.
func (t *track[S]) last() *step[S] { return &t.steps[len(t.steps)-1] }

// match answers the newest step that a call from start to end may have seen and
// that has this state; nil when there is none.
func (t *track[S]) match(state S, start, end moment) *step[S] {
	for i := len(t.steps) - 1; i >= 0; i-- {
		s := &t.steps[i]
		if s.began <= end && s.state == state {
			return s
		}
		if s.ended < start {
			return nil // whatever is older was replaced before the call began
		}
	}
	return nil
}

// fault says why a state is wrong that match did not find.
func (t *track[S]) fault(state S, start moment) fault {
	for i := range t.steps {
		if t.steps[i].state == state {
			if t.steps[i].began > start {
				return early
			}
			return stale
		}
	}
	return strange
}

// MarshalJSON writes the state that is there when nobody changes anything.
func (t *track[S]) MarshalJSON() ([]byte, error) {
	return json.Marshal(kept[S]{t.last().state, t.last().version})
}

// UnmarshalJSON begins the track with a state that MarshalJSON wrote.
func (t *track[S]) UnmarshalJSON(b []byte) error {
	var k kept[S]
	err := json.Unmarshal(b, &k)
	t.begin(k.State, k.Version)
	return err
}

type kept[S comparable] struct {
	State   S      `json:"state"`
	Version string `json:"version,omitempty"`
}

// content is what an API answers with.
type content struct {
	Online bool `json:"online"`
	Serial int  `json:"serial"` // of the definition; 0 while offline
}

// api is one API with its truth.
type api struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Group     int    `json:"group"`
	HTTP      bool   `json:"http"` // else MOCK
	PublishID string `json:"publish_id"`
	BindID    string `json:"bind_id,omitempty"`
	Serial    int    `json:"serial"` // of the newest draft

	number int         // as the sender knows it
	busy   atomic.Bool // somebody changes it
	mu     sync.Mutex
	// Content and Bound follow each its own requests: a binding survives
	// publications.
	Content track[content] `json:"content"`
	Bound   track[int]     `json:"bound"` // the limit; 0 for none
}

// fault is a kind of wrong answer.
type fault string

const (
	stale   fault = "older than what was acknowledged before the call"
	early   fault = "not published yet"
	strange fault = "a state that the API never had"
	other   fault = "of another API or another call"
	unlike  fault = "header and content disagree"
	limits  fault = "under a throttle that is not bound"
	broken  fault = "an error"
)

// wrong is one wrong answer.
type wrong struct {
	fault fault
	text  string
}

func (w *wrong) Error() string { return string(w.fault) + ": " + w.text }

// judge holds a reply against what the API may have served.
func (a *api) judge(r *reply) *wrong {
	bad := func(f fault, format string, args ...any) *wrong {
		return &wrong{f, fmt.Sprintf("API %s: ", a.Name) + fmt.Sprintf(format, args...)}
	}
	if r.err != nil {
		return bad(broken, "%v", r.err)
	}
	if r.online && (r.api != a.Name || a.HTTP && r.echoed != r.item) {
		return bad(other, "answer of %q for %q, asked for %q", r.api, r.echoed, r.item)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	saw := content{r.online, r.serial}
	s := a.Content.match(saw, r.start, r.end)
	if s == nil {
		return bad(a.Content.fault(saw, r.start), "saw %+v, of %s", saw, a.Content.text(r.start))
	}
	if !r.online {
		return nil
	}
	if s.version == "" {
		s.version = r.version // the publication's answer will be held against it
	}
	if s.version != r.version || r.version == "" {
		return bad(unlike, "serial %d is version %q and not %q", r.serial, s.version, r.version)
	}
	if a.Bound.match(r.limit, r.start, r.end) == nil {
		return bad(limits, "limit %d, of %s", r.limit, a.Bound.text(r.start))
	}
	return nil
}

// text shows the newest steps, in milliseconds from a moment.
func (t *track[S]) text(from moment) (list string) {
	for _, s := range t.steps[max(0, len(t.steps)-4):] {
		ended := "never"
		if s.ended != never {
			ended = fmt.Sprintf("%.3f", float64(s.ended-from)/1e6)
		}
		list += fmt.Sprintf(" [%+v from %.3f to %s]", s.state, float64(s.began-from)/1e6, ended)
	}
	return list
}
