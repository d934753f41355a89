package responses

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Response is how a group words faults.
type Response struct {
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	Default    bool            `json:"default" doc:"Whether it is that of APIs which name none."`
	CreateTime apig.Time       `json:"create_time"`
	UpdateTime apig.Time       `json:"update_time"`
	Responses  map[string]Type `json:"responses" doc:"Every type of fault."`

	groupID, projectID string
	set                map[string]setting
}

// Input is what creating takes.
type Input struct {
	Name      string               `json:"name" required:"true" doc:"1 to 64 letters, digits, - and _. Unique in the group."`
	Responses map[string]TypeInput `json:"responses" doc:"By type of fault: ACCESS_DENIED, AUTHORIZER_CONF_FAILURE, AUTHORIZER_FAILURE, AUTHORIZER_IDENTITIES_FAILURE, AUTH_FAILURE, AUTH_HEADER_MISSING, BACKEND_TIMEOUT, BACKEND_UNAVAILABLE, DEFAULT_4XX, DEFAULT_5XX, NOT_FOUND, REQUEST_PARAMETERS_FAILURE, THROTTLED, UNAUTHORIZED."`
}

// Change is what changing takes.
type Change struct {
	Name      string               `json:"name" doc:"As when creating; left out, it stays."`
	Responses map[string]TypeInput `json:"responses" doc:"As when creating; types that are left out get their defaults."`
}

// defaultName is the name of the response that every group has.
const defaultName = "default"

var wellNamed = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// group is the part of a group that this area needs.
type group struct {
	id, projectID string
	registered    time.Time
}

func (a *Area) create(r *wire.Request, in *Input) (*Response, error) {
	var c apig.Check
	c.Pattern("name", in.Name, wellNamed, 1, 64)
	if c.Err() != nil {
		return nil, c.Err()
	}
	set, err := settings(in.Responses)
	if err != nil {
		return nil, err
	}
	now := apig.Time(a.Clock())
	response := &Response{ID: a.IDs.New(), Name: in.Name, CreateTime: now, UpdateTime: now, set: set}
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error { return a.add(r, tx, response) })
	if err != nil {
		return nil, err
	}
	r.Touched(response.ID)
	return response.fill(), nil
}

// add stores a new response. The default one is there before it, so that nobody
// takes its name.
func (a *Area) add(r *wire.Request, tx *store.Tx, response *Response) error {
	ctx := r.Context()
	g, err := ownGroup(r, tx)
	if err != nil {
		return err
	}
	if err := a.ensureDefault(ctx, tx, g); err != nil {
		return err
	}
	count, err := countOthers(ctx, tx, g.id)
	if err != nil {
		return err
	}
	if err := a.Quotas.Room(ctx, tx, g.projectID, quota.Responses, count, apig.E3136); err != nil {
		return err
	}
	response.groupID, response.projectID = g.id, g.projectID
	tx.Touch(string(definition.KindResponse), response.ID)
	if err := insertResponse(ctx, tx, response); err != nil {
		return taken(err, response.Name)
	}
	return replaceTypes(ctx, tx, response)
}

// ensureDefault makes the default response of a group that has none yet.
func (a *Area) ensureDefault(ctx context.Context, tx *store.Tx, g *group) error {
	found, err := hasDefault(ctx, tx, g.id)
	if err != nil || found {
		return err
	}
	since := apig.Time(g.registered)
	made := &Response{
		ID: a.IDs.New(), Name: defaultName, Default: true, CreateTime: since, UpdateTime: since,
		groupID: g.id, projectID: g.projectID,
	}
	tx.Touch(string(definition.KindResponse), made.ID)
	return insertResponse(ctx, tx, made)
}

func (a *Area) update(r *wire.Request, in *Change) (*Response, error) {
	r.Touched(r.Path("response_id"))
	var c apig.Check
	c.Pattern("name", in.Name, wellNamed, 0, 64)
	if c.Err() != nil {
		return nil, c.Err()
	}
	set, err := settings(in.Responses)
	if err != nil {
		return nil, err
	}
	return a.edit(r, func(response *Response) error {
		if in.Name != "" {
			if response.Default && in.Name != defaultName {
				return apig.E3492
			}
			response.Name = in.Name
		}
		response.set = set
		return nil
	})
}

// edit changes a response in one transaction.
func (a *Area) edit(r *wire.Request, change func(*Response) error) (*Response, error) {
	var response *Response
	ctx := r.Context()
	err := a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if response, err = own(r, tx); err != nil {
			return err
		}
		if err := change(response); err != nil {
			return err
		}
		response.UpdateTime = apig.Time(a.Clock())
		tx.Touch(string(definition.KindResponse), response.ID)
		if err := updateResponse(ctx, tx, response); err != nil {
			return taken(err, response.Name)
		}
		return replaceTypes(ctx, tx, response)
	})
	if err != nil {
		return nil, err
	}
	return response.fill(), nil
}

func (a *Area) delete(r *wire.Request) error {
	r.Touched(r.Path("response_id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		response, err := own(r, tx)
		if err != nil {
			return err
		}
		if response.Default {
			return apig.E3491
		}
		api, err := usedBy(ctx, tx, response.ID)
		if err == nil {
			return apig.E1107.Msg("The response cannot be deleted because API %s names it; give that API another one", api)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		tx.Touch(string(definition.KindResponse), response.ID)
		return deleteResponse(ctx, tx, response.ID)
	})
}

func (a *Area) show(r *wire.Request) (*Response, error) {
	response, err := own(r, a.DB)
	if err != nil {
		return nil, err
	}
	return response.fill(), nil
}

// fill fills in what is answered of every type.
func (response *Response) fill() *Response {
	response.Responses = make(map[string]Type, len(kinds()))
	for _, k := range kinds() {
		response.Responses[k.name] = shown(k.name, response.set)
	}
	return response
}

// own answers the response of the path with what was set of it.
func own(r *wire.Request, q store.Querier) (*Response, error) {
	g, err := ownGroup(r, q)
	if err != nil {
		return nil, err
	}
	id := r.Path("response_id")
	response, err := selectResponse(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && response.groupID != g.id {
		return nil, missing(id)
	}
	return response, err
}

// missing is the refusal of an id in the form of its neighbours in the
// catalogue (wire-facts §1.4). What cannot be an id is not repeated.
func missing(id string) error {
	if !ids.Valid(id) {
		return apig.E3007.With("there is no such response")
	}
	return apig.E3007.Msg("The response does not exist,id:%s", id)
}

// taken gives the refusal of the unique name its code: the id is random.
func taken(err error, name string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return apig.Taken(apig.E3216, "name", name).Because(err)
	}
	return err
}
