package openapi

import (
	"context"
	"errors"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/importer"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// importNew is 4.18.3.
func (a *Area) importNew(r *wire.Request, in *wire.Raw) (*Result, error) {
	i := &importing{area: a, r: r, projectID: r.Actor.ProjectID, newGroup: true}
	return i.run(*in)
}

// importInto is 4.18.4.
func (a *Area) importInto(r *wire.Request, in *wire.Raw) (*Result, error) {
	i := &importing{area: a, r: r, groupID: r.Query().Get("group_id")}
	if i.groupID == "" {
		return nil, apig.Missing("group_id")
	}
	if r.Query().Get("mode") == "" {
		return nil, apig.Missing("mode")
	}
	var err error
	if i.override, err = overrides(r, "mode"); err != nil {
		return nil, err
	}
	r.Touched(i.groupID)
	group, err := ownGroup(r, a.DB, i.groupID)
	if err != nil {
		return nil, err
	}
	i.projectID = group.projectID
	return i.run(*in)
}

// overrides reads a parameter that is merge or override, merge when it is
// missing.
func overrides(r *wire.Request, param string) (bool, error) {
	v := r.Query().Get(param)
	if v == "" {
		return false, nil
	}
	var c apig.Check
	c.Enum(param, &v, "MERGE", "OVERRIDE")
	return v == "OVERRIDE", c.Err()
}

// run reads the document, and writes what it asks for.
func (i *importing) run(raw []byte) (*Result, error) {
	var err error
	if i.extendOverride, err = overrides(i.r, "extend_mode"); err != nil {
		return nil, err
	}
	if i.dryRun, err = boolean(i.r, "dry_run"); err != nil {
		return nil, err
	}
	if i.plan, err = i.read(raw); err != nil {
		return nil, err
	}
	i.result = &Result{Success: []Success{}, Failure: []Failure{}, DryRun: i.dryRun}
	if !i.dryRun {
		err = i.area.DB.Batch(func(b *store.Batch) error { return i.apply(b) })
	} else {
		err = i.area.DB.Write(i.r.Context(), func(tx *store.Tx) error {
			if err := i.apply(&within{tx}); err != nil {
				return err
			}
			return errDryRun
		})
		if errors.Is(err, errDryRun) {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	i.result.GroupID = i.groupID
	i.result.report(&i.plan.Report)
	i.r.Touched(i.groupID)
	if i.dryRun {
		i.forget()
	}
	return i.result, nil
}

// errDryRun undoes the transaction of a plan.
var errDryRun = errors.New("openapi: this was a dry run")

// forget takes ids out of the answer that exist no more.
func (i *importing) forget() {
	if i.newGroup {
		i.result.GroupID = ""
	}
	for n := range i.result.Success {
		if s := &i.result.Success[n]; s.Action == actionCreate {
			s.ID = ""
		}
	}
}

func boolean(r *wire.Request, param string) (bool, error) {
	switch v := strings.ToLower(r.Query().Get(param)); v {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, apig.Invalid(param)
}

// read makes the plan and holds it under the quota of imports.
func (i *importing) read(raw []byte) (*importer.Plan, error) {
	limits, err := i.area.Quotas.For(i.r.Context(), i.area.DB, i.projectID)
	if err != nil {
		return nil, err
	}
	root, err := document.Parse(raw)
	if err != nil {
		return nil, unreadable(err)
	}
	plan, err := importer.Read(root, importer.Options{Limits: limits, Domain: i.area.Domain, NewGroup: i.newGroup})
	if err != nil {
		return nil, err
	}
	if most := limits.Of(quota.Imports); len(plan.Operations) > most {
		return nil, apig.E3127.Msg("The number of APIs has reached the upper limit. A maximum of %d APIs can be imported at a time.", most)
	}
	return plan, nil
}

// unreadable gives a fault of the document its code.
func unreadable(err error) error {
	for kind, code := range map[error]*wire.Error{
		document.ErrFormat: apig.E3600, document.ErrSyntax: apig.E3602, document.ErrSize: apig.E3603,
	} {
		if errors.Is(err, kind) {
			return code.With(err.Error())
		}
	}
	if errors.Is(err, document.ErrEmpty) {
		return apig.E3609
	}
	return err
}

// writer makes transactions: a batch of them, or parts of one that is undone.
type writer interface {
	Write(ctx context.Context, fn func(tx *store.Tx) error) error
}

// within makes every write a savepoint of one transaction.
type within struct{ tx *store.Tx }

func (w *within) Write(ctx context.Context, fn func(tx *store.Tx) error) error {
	if _, err := w.tx.Exec(ctx, `SAVEPOINT one_api`); err != nil {
		return err
	}
	err := fn(w.tx)
	statement := `RELEASE SAVEPOINT one_api`
	if err != nil {
		statement = `ROLLBACK TO SAVEPOINT one_api`
	}
	if _, undone := w.tx.Exec(ctx, statement); undone != nil {
		return undone
	}
	return err
}
