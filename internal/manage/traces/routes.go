package traces

import (
	"net/http"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Wish is what a key is asked for.
type Wish struct {
	APIID, GroupID string // "": any
	MadeBy         string
	Lifetime       time.Duration
	Calls          int
}

// Key is a key without what a caller sends.
type Key struct {
	ID, APIID, GroupID, MadeBy string
	Made, Expires              time.Time
	Calls, Used                int
}

// Trace is one call that was watched.
type Trace struct {
	RequestID, APIID   string
	Method, Host, Path string
	Status             int
	Began              time.Time
	Took               time.Duration
	Lines              []string
}

// Gateway is what the area asks of the gateway of this process. It is a struct
// of functions because there is one gateway, of which management must not know
// the types.
type Gateway struct {
	// Mint makes a key and answers what a caller sends; "" when there are too
	// many.
	Mint   func(Wish) (Key, string, error)
	List   func() []Key // the newest first
	Drop   func(id string) bool
	Traces func(id string) ([]Trace, bool) // the oldest first
}

// Deps are what the area needs.
type Deps struct {
	DB      *store.DB
	Gateway Gateway
}

// Area serves the keys of live traces.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents. Each of them is for administrators,
// whose project is of no account; forAdmins stands first in each handler.
func (a *Area) Routes() []wire.Route {
	const keys = "/v1.0/apigw/trace-keys"
	paging := []wire.Param{
		{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
		{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
	}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: keys, Action: "apigw:trace_keys:create",
			Summary: "Make a key with which live calls are traced (administrators, extension).", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011, apig.E3001, apig.E3002, apig.E3100, apig.E1107},
			Handle: wire.Body[Input, *Made](a.create),
		},
		{
			Method: http.MethodGet, Pattern: keys, Action: "apigw:trace_keys:list",
			Summary: "List the keys of live traces (administrators, extension).", Access: wire.Project, Status: http.StatusOK, Query: paging,
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011, apig.E1107}, Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodDelete, Pattern: keys + "/{id}", Action: "apigw:trace_keys:delete",
			Summary: "End a key and forget its traces (administrators, extension).", Access: wire.Project,
			Errors: []*wire.Error{apig.E3007, apig.E1107}, Handle: wire.Done(a.remove),
		},
		{
			Method: http.MethodGet, Pattern: keys + "/{id}/traces", Action: "apigw:trace_keys:traces",
			Summary: "Show the calls that were traced with a key (administrators, extension).", Access: wire.Project, Status: http.StatusOK, Query: paging,
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011, apig.E3007, apig.E1107}, Handle: wire.Get(a.traces),
		},
	}
}
