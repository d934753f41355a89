package acls

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// maxBatch bounds one batch: a write transaction, for which every other writer
// waits.
const maxBatch = 1000

// Batch is what deleting several policies takes (reference table 4-326).
type Batch struct {
	ACLs []string `json:"acls" doc:"Up to 1000 ids of policies."`
}

// Deleted says what came of a batch (reference table 4-327).
type Deleted struct {
	SuccessCount int       `json:"success_count"`
	Failure      []Failure `json:"failure"`
}

// Failure is a policy that was not deleted (reference table 4-328).
type Failure struct {
	ACLID     string `json:"acl_id"`
	ACLName   string `json:"acl_name" doc:"Empty unless the policy is the project's own."`
	ErrorCode string `json:"error_code"`
	ErrorMsg  string `json:"error_msg"`
}

// UnbindBatch is what ending several bindings takes (reference table 4-364).
type UnbindBatch struct {
	Bindings []string `json:"acl_bindings" doc:"Up to 1000 ids of bindings."`
}

// Unbound says what came of ending several bindings (reference table 4-365).
type Unbound struct {
	SuccessCount int             `json:"success_count"`
	Failure      []UnbindFailure `json:"failure"`
}

// UnbindFailure is a binding that did not end (reference table 4-366). api_id
// and api_name stay empty: a binding that cannot end is not there or another
// project's, and its API nobody's business.
type UnbindFailure struct {
	BindID    string `json:"bind_id"`
	ErrorCode string `json:"error_code"`
	ErrorMsg  string `json:"error_msg"`
	APIID     string `json:"api_id"`
	APIName   string `json:"api_name"`
}

// deleting reads action, which must be delete (reference tables 4-325, 4-363).
func deleting(r *wire.Request, param string, ids []string) error {
	var c apig.Check
	action := r.Query().Get("action")
	c.Enum("action", &action, "DELETE")
	c.Count(param, len(ids), maxBatch)
	return c.Err()
}

// each decides the ids one after another, each once. What one is refused with
// goes to refused; anything else ends the batch, and nothing is stored.
func (a *Area) each(r *wire.Request, ids []string, decide func(*store.Tx, string) error, refused func(string, *wire.Error)) (done int, err error) {
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error {
		seen := map[string]bool{}
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			err := decide(tx, id)
			var refusal *wire.Error
			switch {
			case err == nil:
				done++
			case errors.As(err, &refusal):
				refused(id, refusal)
			default:
				return err
			}
		}
		return nil
	})
	return done, err
}

func (a *Area) deleteBatch(r *wire.Request, in *Batch) (*Deleted, error) {
	if err := deleting(r, "acls", in.ACLs); err != nil {
		return nil, err
	}
	out := &Deleted{Failure: []Failure{}}
	name := ""
	decide := func(tx *store.Tx, id string) error {
		name = ""
		acl, err := own(r, tx, id)
		if err != nil {
			return err
		}
		name = acl.Name
		err = drop(r, tx, acl)
		if errors.Is(err, apig.E3447) {
			// The wording of the sample in 4.10.5, which is not the catalogue's.
			return apig.E3447.Msg("The Acl Strategy has already binded to APIs")
		}
		return err
	}
	var err error
	out.SuccessCount, err = a.each(r, in.ACLs, decide, func(id string, e *wire.Error) {
		out.Failure = append(out.Failure, Failure{ACLID: id, ACLName: name, ErrorCode: e.Code, ErrorMsg: e.Message})
	})
	return out, err
}

func (a *Area) unbindBatch(r *wire.Request, in *UnbindBatch) (*Unbound, error) {
	if err := deleting(r, "acl_bindings", in.Bindings); err != nil {
		return nil, err
	}
	out := &Unbound{Failure: []UnbindFailure{}}
	// The wording of the sample in 4.11.7, which is not the catalogue's.
	gone := apig.E3010.Msg("Access control policy binding record not found")
	decide := func(tx *store.Tx, id string) error { return a.binder().Unbind(r, tx, id, gone, apig.E1106) }
	var err error
	out.SuccessCount, err = a.each(r, in.Bindings, decide, func(id string, e *wire.Error) {
		out.Failure = append(out.Failure, UnbindFailure{BindID: id, ErrorCode: e.Code, ErrorMsg: e.Message})
	})
	return out, err
}
