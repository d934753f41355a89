package openapi

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/manage/apis"
	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/importer"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// importing is one import.
type importing struct {
	area                     *Area
	r                        *wire.Request
	projectID, groupID       string
	newGroup                 bool
	override, extendOverride bool
	dryRun                   bool
	plan                     *importer.Plan
	result                   *Result
	throttles, acls          map[string]binding.Policy // by name, as far as they are committed
}

const (
	actionCreate = "create"
	actionUpdate = "update"
)

func (i *importing) apply(w writer) error {
	i.throttles, i.acls = map[string]binding.Policy{}, map[string]binding.Policy{}
	ctx := i.r.Context()
	if i.newGroup {
		err := w.Write(ctx, func(tx *store.Tx) (err error) {
			i.groupID, err = i.area.Policies.Group(i.r, tx, i.plan.Title, i.plan.Remark)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, op := range i.plan.Operations {
		if err := i.one(w, op); err != nil {
			return err
		}
	}
	return nil
}

// one imports an operation in a transaction of its own.
func (i *importing) one(w writer, op *importer.Operation) error {
	if op.Fault != nil {
		return i.result.fail(op, op.Fault)
	}
	var done Success
	var made *policies
	err := w.Write(i.r.Context(), func(tx *store.Tx) (err error) {
		done, made, err = i.write(tx, op)
		return err
	})
	if err != nil {
		return i.result.fail(op, err)
	}
	made.keep(i)
	i.result.Success = append(i.result.Success, done)
	return nil
}

func (i *importing) write(tx *store.Tx, op *importer.Operation) (done Success, made *policies, err error) {
	doc := op.Doc
	doc.GroupID = i.groupID
	done = Success{Action: actionCreate, Method: op.Method, Path: doc.ReqURI}
	if done.ID, err = i.conflict(tx, doc); err != nil {
		return done, nil, err
	}
	if err := i.resolve(tx, op); err != nil {
		return done, nil, err
	}
	if made, err = i.policies(tx, op); err != nil {
		return done, nil, err
	}
	var api *apis.API
	if done.ID != "" {
		done.Action = actionUpdate
		api, err = i.area.APIs.Change(i.r, tx, done.ID, doc)
	} else {
		api, err = i.area.APIs.Add(i.r, tx, doc)
	}
	if err != nil {
		return done, nil, err
	}
	done.ID = api.ID
	return done, made, made.wish(i.r.Context(), tx, api.ID)
}

// conflict answers the API that the operation replaces, "" for none, and
// refuses where it may not.
func (i *importing) conflict(tx *store.Tx, doc *draft.Document) (string, error) {
	if i.newGroup { // what is in the document twice was refused before
		return "", nil
	}
	id, name, byName, err := selectConflict(i.r.Context(), tx, i.groupID, doc)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", nil
	case err != nil, i.override:
		return id, err
	case byName:
		return "", apig.Taken(apig.E3202, "api_name", name)
	}
	return "", importer.SameRoute(name)
}

// resolve puts ids in the place of names. Names of another project are not
// found: a document says nothing of projects.
func (i *importing) resolve(tx *store.Tx, op *importer.Operation) error {
	doc := op.Doc
	find := func(into *string, table, kind string, missing func(string) error) error {
		if *into == "" {
			return nil
		}
		id, err := selectNamed(i.r.Context(), tx, table, i.projectID, *into, kind)
		if errors.Is(err, store.ErrNotFound) {
			return missing(*into)
		}
		*into = id
		return err
	}
	noChannel := func(name string) error { return apig.E3023.Msg("The VPC channel does not exist,name:%.64s", name) }
	noAuthorizer := func(name string) error { return apig.E3081.Msg("authorizer with name: %.64s not found", name) }
	if err := find(&doc.AuthorizerID, "authorizers", "FRONTEND", noAuthorizer); err != nil {
		return err
	}
	if b := doc.BackendAPI; b != nil {
		if err := find(&b.AuthorizerID, "authorizers", "BACKEND", noAuthorizer); err != nil {
			return err
		}
		if b.VPCInfo != nil {
			if err := find(&b.VPCInfo.VPCID, "channels", "", noChannel); err != nil {
				return err
			}
		}
	}
	for n := range doc.PolicyHTTPS {
		if info := doc.PolicyHTTPS[n].VPCInfo; info != nil {
			if err := find(&info.VPCID, "channels", "", noChannel); err != nil {
				return err
			}
		}
	}
	if op.Response != "" {
		id, err := selectResponse(i.r.Context(), tx, i.groupID, op.Response)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		doc.ResponseID = id
		i.plan.Report.Response(op, id != "")
	}
	return nil
}
