package envs

import (
	"errors"
	"regexp"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Env is an environment as it is answered (reference table 4-215).
type Env struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	CreateTime apig.Time `json:"create_time"`
	Remark     string    `json:"remark"`

	projectID string
}

// EnvList is a page of environments (reference table 4-227).
type EnvList struct {
	Total int    `json:"total"`
	Size  int    `json:"size"`
	Envs  []*Env `json:"envs"`
}

// EnvInput is what a client sends (reference tables 4-214 and 4-219). A remark
// that is left out stays as it is.
type EnvInput struct {
	Name   string  `json:"name"`
	Remark *string `json:"remark"`
}

var envName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func (in *EnvInput) check() error {
	var c apig.Check
	c.Pattern("name", in.Name, envName, 3, 64)
	if in.Remark != nil {
		c.Text("remark", *in.Remark, 255)
	}
	if c.Err() == nil && in.Name == releaseName {
		return apig.Taken(apig.E3205, "name", in.Name)
	}
	return c.Err()
}

func (in *EnvInput) apply(e *Env) {
	e.Name = in.Name
	if in.Remark != nil {
		e.Remark = *in.Remark
	}
}

func (a *Area) createEnv(r *wire.Request, in *EnvInput) (*Env, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	e := &Env{ID: a.IDs.New(), CreateTime: apig.Time(a.Clock()), projectID: r.Actor.ProjectID}
	in.apply(e)
	ctx := r.Context()
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		n, err := countEnvs(ctx, tx, e.projectID)
		if err != nil {
			return err
		}
		if err := a.Quotas.Room(ctx, tx, e.projectID, quota.Environments, n, apig.E3104); err != nil {
			return err
		}
		return named(insertEnv(ctx, tx, e), e.Name)
	})
	if err != nil {
		return nil, err
	}
	r.Touched(e.ID)
	return e, nil
}

func (a *Area) updateEnv(r *wire.Request, in *EnvInput) (*Env, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	r.Touched(r.Path("id"))
	ctx := r.Context()
	var e *Env
	err := a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if e, err = ownEnv(r, tx); err != nil {
			return err
		}
		old := e.Name
		in.apply(e)
		if err := named(updateEnv(ctx, tx, e), e.Name); err != nil || e.Name == old {
			return err
		}
		apis, err := publishedIn(ctx, tx, e.ID)
		for _, api := range apis {
			tx.Touch(string(definition.KindAPI), api+"/"+e.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (a *Area) deleteEnv(r *wire.Request) error {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		e, err := ownEnv(r, tx)
		if err != nil {
			return err
		}
		apis, err := publishedIn(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if len(apis) > 0 {
			return apig.E3418
		}
		grants, err := grantsIn(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		for _, grant := range grants {
			tx.Touch(string(definition.KindGrant), grant)
		}
		return deleteEnv(ctx, tx, e.ID)
	})
}

// listEnvs pages over RELEASE and the rows behind it.
func (a *Area) listEnvs(r *wire.Request) (*EnvList, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	var f store.Filter
	if !r.Actor.Admin() {
		f.And("project_id = ?", r.Actor.ProjectID)
	}
	name, precise := r.Query().Get("name"), apig.Precise(r, "name")
	f.Match("name", name, precise)
	l := &EnvList{Envs: []*Env{}}
	if releaseMatches(name, precise) {
		l.Total = 1
		if page.Offset == 0 {
			l.Envs = append(l.Envs, release(r.Chinese))
			page.Limit--
		} else {
			page.Offset--
		}
	}
	total, envs, err := selectEnvs(r.Context(), a.DB, &f, page)
	if err != nil {
		return nil, err
	}
	l.Total, l.Envs = l.Total+total, append(l.Envs, envs...)
	l.Size = len(l.Envs)
	return l, nil
}

// ownEnv reads the environment of the path if the actor may change it.
func ownEnv(r *wire.Request, q store.Querier) (*Env, error) {
	id := r.Path("id")
	if id == ReleaseID {
		return nil, apig.E1103
	}
	e, err := loadEnv(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoEnv(id)
	}
	if err != nil {
		return nil, err
	}
	return e, apig.Own(&r.Actor, e.projectID, apig.E1103)
}

// named gives the refusal of the unique name its code.
func named(err error, name string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return apig.Taken(apig.E3205, "name", name).Because(err)
	}
	return err
}
