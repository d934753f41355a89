package answer

import (
	"fmt"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Answers are the responses of all groups. Word is safe at any time; Put and Drop
// are called by one writer at a time.
type Answers struct {
	known    *shard.Map[string, *response] // by id
	defaults *shard.Map[string, *response] // by group
}

// response is one response, compiled. It is immutable.
type response struct {
	id, group string
	isDefault bool
	types     []wording // at most one per type: a short list
}

// wording is the answer for one type of fault. status 0 keeps the fault's.
type wording struct {
	kind   call.Type
	status int
	body   template
}

// New returns an empty set.
func New() *Answers {
	return &Answers{shard.New[string, *response](), shard.New[string, *response]()}
}

// Check refuses a response that cannot be given as it is written: an unknown type,
// a status that is no answer, a body that is not JSON, a variable that does not
// exist.
func (a *Answers) Check(d *definition.Response) error {
	_, err := compile(d)
	return err
}

// Put adds a response or replaces the one with its id. One that Check refuses is
// not used, and withdraws the one before: the gateway's own words are better than
// those that the owner has replaced.
func (a *Answers) Put(d *definition.Response) {
	r, err := compile(d)
	if err != nil {
		a.Drop(d.ID)
		return
	}
	if old, ok := a.known.Get(d.ID); ok && (old.group != r.group || !r.isDefault) {
		a.withdraw(old)
	}
	a.known.Set(d.ID, r)
	if r.isDefault {
		a.defaults.Set(r.group, r)
	}
}

// Drop removes a response.
func (a *Answers) Drop(id string) {
	if old, ok := a.known.Get(id); ok {
		a.withdraw(old)
		a.known.Delete(id)
	}
}

// withdraw takes a response away as the default of its group, if it is that.
func (a *Answers) withdraw(r *response) {
	a.defaults.Update(r.group, func(now *response, present bool) (*response, bool) {
		return now, present && now.id != r.id
	})
}

// Word rewords the answer to c, which stands in c.Response, when the group has
// words of its own for the type of c.Fault: those of the API's response, else the
// group's default one. Both ids may be empty.
func (a *Answers) Word(c *call.Call, groupID, responseID string) {
	w := a.find(c.Fault.Type, groupID, responseID)
	if w == nil {
		return
	}
	if w.status != 0 {
		c.Response.Status = w.status
	}
	b := w.body.fill(c.Scratch(), c)
	c.Keep(b)
	c.Response.Bytes = b
	if c.Trace != nil {
		c.Trace.Say("response: the group words %s, with status %d", w.kind, c.Response.Status)
	}
}

func (a *Answers) find(kind call.Type, groupID, responseID string) *wording {
	if groupID == "" {
		return nil
	}
	r, ok := a.known.Get(responseID)
	if !ok || r.group != groupID { // not named, gone, or not this group's
		if r, ok = a.defaults.Get(groupID); !ok {
			return nil
		}
	}
	for i := range r.types {
		if r.types[i].kind == kind {
			return &r.types[i]
		}
	}
	return nil
}

func compile(d *definition.Response) (*response, error) {
	r := &response{id: d.ID, group: d.GroupID, isDefault: d.Default}
	if d.GroupID == "" {
		return nil, fmt.Errorf("response %s: group_id is empty", d.ID)
	}
	for i := range d.Types {
		t := &d.Types[i]
		w := wording{kind: call.Type(t.Type), status: t.Status}
		switch {
		case !known(w.kind):
			return nil, fmt.Errorf("response %s: type %q is unknown", d.ID, t.Type)
		case t.Status != 0 && (t.Status < 200 || t.Status > 599 || t.Status == 444):
			return nil, fmt.Errorf("response %s: type %s: status %d is not within 200 to 599 without 444", d.ID, t.Type, t.Status)
		}
		for _, other := range r.types {
			if other.kind == w.kind {
				return nil, fmt.Errorf("response %s: type %s is set twice", d.ID, t.Type)
			}
		}
		var err error
		if w.body, err = parse(t.Body); err != nil {
			return nil, fmt.Errorf("response %s: type %s: body: %w", d.ID, t.Type, err)
		}
		r.types = append(r.types, w)
	}
	return r, nil
}

// known lists the types of wire-facts §14 that the shared edition has.
func known(t call.Type) bool {
	switch t {
	case call.AccessDenied, call.AuthorizerConfFailure, call.AuthorizerFailure, call.AuthorizerIdentitiesFailure,
		call.AuthFailure, call.AuthHeaderMissing, call.BackendTimedOut, call.BackendDown, call.Default4xx,
		call.Default5xx, call.NotFound, call.ParametersFailure, call.Throttled, call.Unauthorized:
		return true
	}
	return false
}
