package traces

import (
	"time"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Bounds of a key, and what it has when nothing is said.
const (
	maxSeconds, usualSeconds = 600, 300
	maxCalls, usualCalls     = 100, 1
)

// Input is what a key is asked for.
type Input struct {
	APIID   string `json:"api_id,omitempty" doc:"Trace only calls of this API."`
	GroupID string `json:"group_id,omitempty" doc:"Trace only calls of APIs of this group; not together with api_id."`
	Seconds *int   `json:"seconds,omitempty" doc:"How long the key can be used, 1 to 600; default 300."`
	Calls   *int   `json:"calls,omitempty" doc:"How many calls are traced, 1 to 100; default 1."`
}

// Shown is a key as it is listed.
type Shown struct {
	ID         string    `json:"id"`
	APIID      string    `json:"api_id" doc:"Empty: calls of any API."`
	GroupID    string    `json:"group_id" doc:"Empty: calls of any group."`
	CreatedBy  string    `json:"created_by" doc:"Name of the administrator."`
	CreateTime apig.Time `json:"create_time"`
	ExpireTime apig.Time `json:"expire_time"`
	Calls      int       `json:"calls" doc:"How many calls the key may trace."`
	Used       int       `json:"used" doc:"How many of them have begun."`
}

// Made is a key as it is answered once.
type Made struct {
	Shown
	Key string `json:"key" doc:"What a call sends in X-Apig-Trace. It is not shown again."`
}

// List is a page of keys, the newest first.
type List struct {
	Total int     `json:"total"`
	Size  int     `json:"size"`
	Keys  []Shown `json:"trace_keys"`
}

// Call is one call that was traced.
type Call struct {
	RequestID string    `json:"request_id" doc:"X-Request-Id of the answer."`
	APIID     string    `json:"api_id" doc:"Empty when the call was led to no API."`
	Method    string    `json:"method"`
	Host      string    `json:"host"`
	Path      string    `json:"path"`
	Status    int       `json:"status"`
	StartTime apig.Time `json:"start_time"`
	Latency   float64   `json:"latency" doc:"Milliseconds until the answer was written."`
	Log       []string  `json:"log" doc:"What each step decided, a line each: microseconds since the beginning, microseconds of the step, words."`
}

// Calls is a page of traced calls, the oldest first.
type Calls struct {
	Total  int    `json:"total"`
	Size   int    `json:"size"`
	Traces []Call `json:"traces"`
}

func (a *Area) create(r *wire.Request, in *Input) (*Made, error) {
	if err := forAdmins(r); err != nil {
		return nil, err
	}
	seconds, calls := usualSeconds, usualCalls
	var c apig.Check
	if in.Seconds != nil {
		seconds = *in.Seconds
		c.Range("seconds", seconds, 1, maxSeconds)
	}
	if in.Calls != nil {
		calls = *in.Calls
		c.Range("calls", calls, 1, maxCalls)
	}
	c.That(in.APIID == "" || in.GroupID == "", apig.Invalid("group_id").With("a key is for an API or for a group, not for both"))
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := a.exists(r, in); err != nil {
		return nil, err
	}
	key, text, err := a.Gateway.Mint(Wish{
		APIID: in.APIID, GroupID: in.GroupID, MadeBy: r.Actor.UserName, Lifetime: time.Duration(seconds) * time.Second, Calls: calls,
	})
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, apig.E3100.With("too many trace keys are live; delete one or wait until one expires")
	}
	r.Touched(key.ID)
	return &Made{Shown: shown(&key), Key: text}, nil
}

// forAdmins refuses everybody else. A trace shows what a caller sent and where a
// backend is, whosever they are.
func forAdmins(r *wire.Request) error {
	if !r.Actor.Admin() {
		return apig.E1107
	}
	return nil
}

// exists refuses a key that could never trace anything.
func (a *Area) exists(r *wire.Request, in *Input) error {
	if in.APIID != "" {
		ok, err := apiExists(r.Context(), a.DB, in.APIID)
		if err == nil && !ok {
			err = apig.NoAPI(in.APIID)
		}
		return err
	}
	if in.GroupID != "" {
		ok, err := groupExists(r.Context(), a.DB, in.GroupID)
		if err == nil && !ok {
			err = apig.NoGroup(in.GroupID)
		}
		return err
	}
	return nil
}

func (a *Area) list(r *wire.Request) (*List, error) {
	if err := forAdmins(r); err != nil {
		return nil, err
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	all := a.Gateway.List()
	out := &List{Total: len(all), Keys: []Shown{}}
	for _, key := range part(all, page) {
		out.Keys = append(out.Keys, shown(&key))
	}
	out.Size = len(out.Keys)
	return out, nil
}

func (a *Area) remove(r *wire.Request) error {
	if err := forAdmins(r); err != nil {
		return err
	}
	id := r.Path("id")
	r.Touched(id)
	if !a.Gateway.Drop(id) {
		return noKey()
	}
	return nil
}

func (a *Area) traces(r *wire.Request) (*Calls, error) {
	if err := forAdmins(r); err != nil {
		return nil, err
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	all, ok := a.Gateway.Traces(r.Path("id"))
	if !ok {
		return nil, noKey()
	}
	out := &Calls{Total: len(all), Traces: []Call{}}
	for _, t := range part(all, page) {
		out.Traces = append(out.Traces, Call{
			RequestID: t.RequestID, APIID: t.APIID, Method: t.Method, Host: t.Host, Path: t.Path, Status: t.Status,
			StartTime: apig.Time(t.Began), Latency: float64(t.Took.Microseconds()) / 1000, Log: t.Lines,
		})
	}
	out.Size = len(out.Traces)
	return out, nil
}

func noKey() error { return apig.E3007.With("there is no such trace key") }

// part is what a page shows of a list.
func part[T any](all []T, page apig.Page) []T {
	from := min(page.Offset, len(all))
	return all[from:min(from+page.Limit, len(all))]
}

func shown(k *Key) Shown {
	return Shown{
		ID: k.ID, APIID: k.APIID, GroupID: k.GroupID, CreatedBy: k.MadeBy,
		CreateTime: apig.Time(k.Made), ExpireTime: apig.Time(k.Expires), Calls: k.Calls, Used: k.Used,
	}
}
