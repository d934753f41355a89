package function

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// Runtimes of definitions.
const (
	WASI = "wasi"
	HTTP = "http"
)

// Limits of one call, whatever its definition says.
const (
	// MaxEvent bounds the event, MaxOutput the answer, in bytes.
	MaxEvent  = 6 << 20
	MaxOutput = 6 << 20
	// MaxLog is what is kept of a log: its end, where the reason of a crash is.
	MaxLog = 64 << 10

	// maxQueued bounds the events of all calls that nobody waits for, in bytes.
	maxQueued = 64 << 20
)

// Function is a definition that is ready to be called. It is immutable and safe
// for concurrent use.
type Function struct {
	definition.Function
	hash [sha256.Size]byte // of the module
}

// Load makes a definition ready. It reads the module once; keep the result.
func Load(d *definition.Function) *Function {
	f := &Function{Function: *d}
	if d.Runtime == WASI {
		f.hash = sha256.Sum256(d.Module)
	}
	return f
}

func (f *Function) timeout() time.Duration { return time.Duration(f.TimeoutMS) * time.Millisecond }

// Result is what came of a call. Logs are there when the call failed as well.
type Result struct {
	Output   []byte
	Logs     []byte
	Duration time.Duration // without waiting for a place
}

// Kind is why a call failed.
type Kind int

const (
	Busy    Kind = iota + 1 // no place among the running: try again later
	Timeout                 // the time of the function, or of the caller, is over
	Module                  // the module cannot be run at all
	Memory                  // it needs more memory than it has
	Failed                  // it ended with another code than 0, or trapped
	Large                   // the event or the answer is larger than allowed
	Target                  // the URL could not be reached or answered no success
	Closed                  // the runtime is shutting down
	Denied                  // the URL leads to an address that must not be reached
)

// Error is a call or a module that failed. Its text is for the owner of the
// function; a caller of an API sees nothing of it.
type Error struct {
	Kind   Kind
	Detail string
	cause  error
}

func (e *Error) Error() string { return "function: " + e.Detail }

func (e *Error) Unwrap() error { return e.cause }

// Is makes errors of one kind equal under errors.Is.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind
}

func fault(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...)}
}

func (e *Error) because(err error) *Error {
	e.cause = err
	return e
}
