package openapi

import (
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/exporter"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const (
	releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	// versionForm is that of the sample of 4.18.1.
	versionForm = "2006-01-02-15:04:05"
	maxVersion  = 64
	// maxIDs bounds the APIs of one export by ids.
	maxIDs = 1000
)

// exporting is one export.
type exporting struct {
	envID string
	yaml  bool
	exporter.Export
}

// exportGroup is 4.18.1.
func (a *Area) exportGroup(r *wire.Request) (*wire.File, error) {
	groupID := either(r, "group_id", "group")
	if groupID == "" {
		return nil, apig.Missing("group_id")
	}
	x, err := a.exporting(r)
	if err != nil {
		return nil, err
	}
	group, err := ownGroup(r, a.DB, groupID)
	if err != nil {
		return nil, err
	}
	if err := ownEnv(r, a.DB, group.projectID, x.envID); err != nil {
		return nil, err
	}
	return a.export(r, x, groupID, nil)
}

// exportAPIs is 4.18.2.
func (a *Area) exportAPIs(r *wire.Request, in *[]string) (*wire.File, error) {
	ids := slices.Compact(slices.Sorted(slices.Values(*in)))
	switch {
	case len(ids) == 0:
		return nil, apig.Missing("api_ids")
	case len(ids) > maxIDs:
		return nil, apig.TooLong("api_ids")
	}
	x, err := a.exporting(r)
	if err != nil {
		return nil, err
	}
	groupID := ""
	for _, id := range ids {
		api, err := ownAPI(r, a.DB, id)
		if err != nil {
			return nil, err
		}
		r.Touched(id)
		if groupID != "" && groupID != api.groupID {
			return nil, apig.Invalid("api_ids").With("the APIs are of several groups; export each group by itself")
		}
		if groupID == "" {
			if err := ownEnv(r, a.DB, api.projectID, x.envID); err != nil {
				return nil, err
			}
		}
		groupID = api.groupID
	}
	return a.export(r, x, groupID, ids)
}

// either reads a parameter that has two names.
func either(r *wire.Request, name, other string) string {
	if v := r.Query().Get(name); v != "" {
		return v
	}
	return r.Query().Get(other)
}

// exporting reads what both exports share.
func (a *Area) exporting(r *wire.Request) (*exporting, error) {
	x := &exporting{envID: either(r, "env_id", "env")}
	if x.envID == "" {
		x.envID = releaseEnv
	}
	q := r.Query()
	define, kind, format := orElse(q.Get("define"), "BASE"), orElse(q.Get("type"), "JSON"), orElse(q.Get("format"), "SWAGGER2")
	x.Version = orElse(q.Get("version"), a.Clock().UTC().Format(versionForm))
	var c apig.Check
	c.Enum("define", &define, "BASE", "FULL", "ALL")
	c.Enum("type", &kind, "JSON", "YAML")
	c.Enum("format", &format, "SWAGGER2", "OPENAPI3")
	c.Text("version", x.Version, maxVersion)
	x.Define = map[string]exporter.Define{"BASE": exporter.Base, "FULL": exporter.Full, "ALL": exporter.All}[define]
	x.yaml, x.Three = kind == "YAML", format == "OPENAPI3"
	return x, c.Err()
}

func orElse(v, spare string) string {
	if v == "" {
		return spare
	}
	return v
}

// export writes the APIs of a group that the environment serves, all of them or
// those with the ids.
func (a *Area) export(r *wire.Request, x *exporting, groupID string, ids []string) (*wire.File, error) {
	group, err := ownGroup(r, a.DB, groupID)
	if err != nil {
		return nil, err
	}
	x.Title, x.Remark, x.Host = group.name, group.remark, group.label+"."+a.Domain
	rows, err := selectPublished(r.Context(), a.DB, groupID, x.envID)
	if err != nil {
		return nil, err
	}
	names, err := selectNames(r.Context(), a.DB, group.projectID, groupID)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, row := range rows {
		if ids == nil || slices.Contains(ids, row.id) {
			at[row.id] = len(x.APIs)
			x.APIs = append(x.APIs, exporter.API{Doc: row.doc, Names: names})
		}
	}
	for _, id := range ids {
		if _, ok := at[id]; !ok {
			return nil, apig.NoPublication(id)
		}
	}
	if x.Define == exporter.All {
		if err := a.bound(r, a.DB, x, groupID, at); err != nil {
			return nil, err
		}
	}
	return x.file()
}

func (x *exporting) file() (*wire.File, error) {
	f := &wire.File{Type: wire.JSON}
	var err error
	if x.yaml {
		f.Type = wire.YAML
		f.Body, err = x.Write().YAML()
	} else {
		f.Body, err = x.Write().JSON()
	}
	return f, err
}

// bound adds the policies that are bound to the APIs in the environment.
// at says where they are in the document, by id.
func (a *Area) bound(r *wire.Request, q store.Querier, x *exporting, groupID string, at map[string]int) error {
	bindings, err := selectBindings(r.Context(), q, groupID, x.envID)
	if err != nil {
		return err
	}
	known := map[string]string{} // names by id
	for _, b := range bindings {
		i, ok := at[b.apiID]
		if !ok {
			continue
		}
		name, seen := known[b.policyID]
		if !seen {
			if name, err = a.define(r.Context(), q, x, b); err != nil {
				return err
			}
			known[b.policyID] = name
		}
		switch {
		case name == "":
		case b.throttle():
			x.APIs[i].Throttle = name
		default:
			x.APIs[i].ACLs = append(x.APIs[i].ACLs, name)
		}
	}
	for i := range x.APIs {
		slices.Sort(x.APIs[i].ACLs)
	}
	slices.SortFunc(x.Throttles, func(a, b extension.ThrottlePolicy) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(x.ACLs, func(a, b extension.ACLPolicy) int { return strings.Compare(a.Name, b.Name) })
	return nil
}
