package releases

import (
	"errors"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// maxBatch bounds one batch (wire-facts §2.2).
const maxBatch = 1000

// BatchRequest is the body of 4.2.7.
type BatchRequest struct {
	APIs   []string `json:"apis" doc:"At most 1000 API ids."`
	EnvID  string   `json:"env_id"`
	Remark string   `json:"remark,omitempty"`
}

// BatchResult says of each API what became of it (table 4-102).
type BatchResult struct {
	Success []Done    `json:"success"`
	Failure []Failure `json:"failure"`
}

// Done is one API that was published (table 4-103), or taken offline: then it
// has its id and name alone (table 4-104).
type Done struct {
	APIID       string     `json:"api_id"`
	APIName     string     `json:"api_name"`
	PublishID   string     `json:"publish_id,omitempty"`
	EnvID       string     `json:"env_id,omitempty"`
	Remark      string     `json:"remark,omitempty"`
	PublishTime *apig.Time `json:"publish_time,omitempty"`
	VersionID   string     `json:"version_id,omitempty"`
}

// Failure is one API that was refused (table 4-105).
type Failure struct {
	APIID     string `json:"api_id"`
	APIName   string `json:"api_name,omitempty"`
	ErrorCode string `json:"error_code"`
	ErrorMsg  string `json:"error_msg"`
}

// batch decides each API in its own transaction: one that is refused holds
// back none of the others. Gateways hear of all of them at once. A fault of the platform ends the batch and is
// answered as such, because what follows would fail too.
func (a *Area) batch(r *wire.Request, in *BatchRequest) (*BatchResult, error) {
	offline, err := action(r)
	if err != nil {
		return nil, err
	}
	var c apig.Check
	c.Required("env_id", in.EnvID)
	c.Text("remark", in.Remark, maxRemark)
	switch err := c.Err(); {
	case err != nil:
		return nil, err
	case len(in.APIs) == 0:
		return nil, apig.Missing("apis")
	case len(in.APIs) > maxBatch:
		return nil, apig.TooLong("apis")
	}
	if err := ownEnv(r.Context(), a.DB, &r.Actor, "", in.EnvID); err != nil {
		return nil, err
	}
	r.Touched(in.EnvID) // the audit record has room for one id; the APIs are in the environment's history
	out := &BatchResult{Success: []Done{}, Failure: []Failure{}}
	err = a.DB.Batch(func(b *store.Batch) error { return a.each(r, b, in, offline, out) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// each decides the APIs one by one, each once.
func (a *Area) each(r *wire.Request, b *store.Batch, in *BatchRequest, offline bool, out *BatchResult) error {
	seen := map[string]bool{}
	for _, id := range in.APIs {
		if seen[id] {
			continue
		}
		seen[id] = true
		done, err := a.one(r, b, id, in, offline)
		var refused *wire.Error
		switch {
		case err == nil:
			out.Success = append(out.Success, done)
		case errors.As(err, &refused) && refused.Status < 500:
			out.Failure = append(out.Failure, failure(done, refused))
		default:
			return err
		}
	}
	return nil
}

func action(r *wire.Request) (offline bool, err error) {
	switch strings.ToLower(r.Query().Get("action")) {
	case "", "online":
		return false, nil
	case "offline":
		return true, nil
	}
	return false, apig.Invalid("action")
}

// one decides one API. What it answers names the API also when it is refused,
// as far as the caller may know its name.
func (a *Area) one(r *wire.Request, b *store.Batch, id string, in *BatchRequest, offline bool) (done Done, err error) {
	done.APIID = id
	err = b.Write(r.Context(), func(tx *store.Tx) error {
		api, err := loadDraft(r.Context(), tx, &r.Actor, id)
		if err != nil {
			return err
		}
		done.APIName = api.doc.Name
		if err := ownEnv(r.Context(), tx, &r.Actor, api.projectID, in.EnvID); err != nil {
			return err
		}
		if offline {
			return withdraw(r.Context(), tx, id, in.EnvID)
		}
		p, err := a.release(r.Context(), tx, api, in.EnvID, in.Remark)
		if err != nil {
			return err
		}
		done.PublishID, done.EnvID, done.Remark = p.PublishID, p.EnvID, p.Remark
		done.PublishTime, done.VersionID = &p.PublishTime, p.VersionID
		return nil
	})
	return done, err
}

// failure words a refusal as the reference's sample does for unknown APIs.
func failure(api Done, e *wire.Error) Failure {
	f := Failure{APIID: api.APIID, APIName: api.APIName, ErrorCode: e.Code, ErrorMsg: e.Message}
	if errors.Is(e, apig.E3002) {
		f.ErrorMsg = "api with id " + api.APIID + " not found"
	}
	return f
}
