package envs

import (
	"errors"
	"regexp"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Variable is a variable as it is answered (reference table 4-233).
type Variable struct {
	ID      string `json:"id"`
	EnvID   string `json:"env_id"`
	GroupID string `json:"group_id"`
	Name    string `json:"variable_name"`
	Value   string `json:"variable_value"`

	projectID string // that of the group
}

// VariableList is a page of variables (reference table 4-244).
type VariableList struct {
	Total     int         `json:"total"`
	Size      int         `json:"size"`
	Variables []*Variable `json:"variables"`
}

// VariableInput is what a client sends (reference table 4-232).
type VariableInput struct {
	EnvID   string `json:"env_id"`
	GroupID string `json:"group_id"`
	Name    string `json:"variable_name"`
	Value   string `json:"variable_value"`
}

var (
	variableName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	variableValue = regexp.MustCompile(`^[A-Za-z0-9_/.:-]+$`)
)

func (in *VariableInput) check() error {
	var c apig.Check
	c.Required("env_id", in.EnvID)
	c.Required("group_id", in.GroupID)
	c.Pattern("variable_name", in.Name, variableName, 3, 32)
	c.Pattern("variable_value", in.Value, variableValue, 1, 255)
	return c.Err()
}

func (a *Area) createVariable(r *wire.Request, in *VariableInput) (*Variable, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	v := &Variable{ID: a.IDs.New(), EnvID: in.EnvID, GroupID: in.GroupID, Name: in.Name, Value: in.Value}
	ctx := r.Context()
	err := a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if v.projectID, err = ownGroup(r, tx, v.GroupID); err != nil {
			return err
		}
		if err := usableEnv(r, tx, v.EnvID, v.projectID); err != nil {
			return err
		}
		n, err := countVariables(ctx, tx, v.GroupID, v.EnvID)
		if err != nil {
			return err
		}
		if err := a.Quotas.Room(ctx, tx, v.projectID, quota.Variables, n, apig.E3106); err != nil {
			return err
		}
		err = insertVariable(ctx, tx, v)
		if errors.Is(err, store.ErrDuplicate) {
			return apig.Taken(apig.E3303, "variable_name", v.Name).Because(err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Touched(v.ID)
	return v, nil
}

func (a *Area) deleteVariable(r *wire.Request) error {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		v, err := ownVariable(r, tx)
		if err != nil {
			return err
		}
		return deleteVariable(ctx, tx, v.ID)
	})
}

func (a *Area) showVariable(r *wire.Request) (*Variable, error) { return ownVariable(r, a.DB) }

func (a *Area) listVariables(r *wire.Request) (*VariableList, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	groupID := q.Get("group_id")
	if groupID == "" {
		return nil, apig.Missing("group_id")
	}
	if _, err := ownGroup(r, a.DB, groupID); err != nil {
		return nil, err
	}
	var f store.Filter
	f.Equal("group_id", groupID)
	f.Equal("env_id", q.Get("env_id"))
	f.Match("name", q.Get("variable_name"), apig.Precise(r, "variable_name"))
	l := &VariableList{}
	if l.Total, l.Variables, err = selectVariables(r.Context(), a.DB, &f, page); err != nil {
		return nil, err
	}
	l.Size = len(l.Variables)
	return l, nil
}

// ownVariable reads the variable of the path if the actor may see it.
func ownVariable(r *wire.Request, q store.Querier) (*Variable, error) {
	id := r.Path("id")
	v, err := loadVariable(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoVariable(id)
	}
	if err != nil {
		return nil, err
	}
	return v, apig.Own(&r.Actor, v.projectID, apig.E1110)
}

// ownGroup answers the project of a group that the actor may use.
func ownGroup(r *wire.Request, q store.Querier, id string) (projectID string, err error) {
	projectID, err = projectOfGroup(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return "", apig.NoGroup(id)
	}
	if err != nil {
		return "", err
	}
	return projectID, apig.Own(&r.Actor, projectID, apig.E1101)
}

// usableEnv refuses an environment that the actor may not use, or, which only
// an administrator can try, one of another project than the group's.
func usableEnv(r *wire.Request, q store.Querier, id, projectID string) error {
	if id == ReleaseID {
		return nil
	}
	e, err := loadEnv(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return apig.NoEnv(id)
	}
	if err != nil {
		return err
	}
	if err := apig.Own(&r.Actor, e.projectID, apig.E1103); err != nil {
		return err
	}
	if e.projectID != projectID {
		return apig.E1201
	}
	return nil
}
