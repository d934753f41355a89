package apis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of APIs (reference table 4-123).
type List struct {
	Total int       `json:"total"`
	Size  int       `json:"size"`
	APIs  []Summary `json:"apis"`
}

// Summary is an API in a list: without its backend (4.2.9).
type Summary struct {
	ID               string         `json:"id"`
	Name             string         `json:"name"`
	GroupID          string         `json:"group_id"`
	GroupName        string         `json:"group_name"`
	Status           int            `json:"status"`
	Type             int            `json:"type"`
	Version          string         `json:"version,omitempty"`
	ReqProtocol      string         `json:"req_protocol"`
	ReqMethod        string         `json:"req_method"`
	ReqURI           string         `json:"req_uri"`
	AuthType         string         `json:"auth_type"`
	AuthOpt          *draft.AuthOpt `json:"auth_opt,omitempty"`
	AuthorizerID     string         `json:"authorizer_id,omitempty"`
	MatchMode        string         `json:"match_mode"`
	RegisterTime     apig.Time      `json:"register_time"`
	UpdateTime       apig.Time      `json:"update_time"`
	Remark           string         `json:"remark,omitempty"`
	BackendType      string         `json:"backend_type"`
	ArrangeNecessary int            `json:"arrange_necessary"`
	Cors             bool           `json:"cors"`
	Tag              string         `json:"tag,omitempty"`
	Tags             []string       `json:"tags,omitempty"`
	ResponseID       string         `json:"response_id,omitempty"`
	RunEnv
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	f, err := listFilter(r, false)
	if err != nil {
		return nil, err
	}
	out := &List{}
	all, err := listFilter(r, true)
	if err != nil {
		return nil, err
	}
	if err := a.DB.QueryRow(r.Context(), `SELECT COUNT(*) FROM apis a`+all.Where(), all.Args()...).Scan(&out.Total); err != nil {
		return nil, err
	}
	query := `SELECT a.id, g.name, a.document, a.register_time, a.update_time FROM apis a JOIN groups g ON g.id = a.group_id` +
		f.Where() + ` ORDER BY a.register_time DESC, a.id` + f.Page(page.Limit, page.Offset)
	if out.APIs, err = store.List(r.Context(), a.DB, scanSummary, query, f.Args()...); err != nil {
		return nil, err
	}
	out.Size = len(out.APIs)
	return out, fillRuns(r.Context(), a.DB, out.APIs)
}

// listFilter reads the query. The tenant comes from the token alone. all says that
// every row will be read, as counting does.
func listFilter(r *wire.Request, all bool) (*store.Filter, error) {
	f, q := &store.Filter{}, r.Query()
	if !r.Actor.Admin() {
		f.And("a.project_id = ?", r.Actor.ProjectID)
	}
	f.Equal("a.id", q.Get("id"))
	f.Equal("a.group_id", q.Get("group_id"))
	f.Equal("a.req_protocol", strings.ToUpper(q.Get("req_protocol")))
	f.Equal("a.req_method", strings.ToUpper(q.Get("req_method")))
	f.Equal("a.auth_type", strings.ToUpper(q.Get("auth_type")))
	f.Match("a.name", q.Get("name"), apig.Precise(r, "name"))
	f.Match("a.req_uri", q.Get("req_uri"), apig.Precise(r, "req_uri"))
	if v := q.Get("env_id"); v != "" {
		holding(f, r, all, "api_publications", "env_id", v)
	}
	for column, param := range map[string]string{"a.type": "type", "1": "status"} { // every draft has status 1
		v := q.Get(param)
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, apig.Invalid(param)
		}
		f.And(column+" = ?", n)
	}
	if v := q.Get("tags"); v != "" {
		var tags []any
		for tag := range strings.SplitSeq(v, ",") {
			tags = append(tags, strings.TrimSpace(tag))
		}
		holding(f, r, all, "api_tags", "tag", tags...)
	}
	return f, nil
}

// holding restricts to the APIs that have one of the values in a table beside
// them. Who reads every row of a project looks the values up once, which is
// half the work for 1,000 APIs; who stops after a page asks API by API.
func holding(f *store.Filter, r *wire.Request, all bool, table, column string, values ...any) {
	in := column + " IN (?" + strings.Repeat(",?", len(values)-1) + ")"
	if r.Actor.Admin() || !all {
		f.And("EXISTS (SELECT 1 FROM "+table+" h WHERE h.api_id = a.id AND h."+in+")", values...)
		return
	}
	f.And("a.id IN (SELECT h.api_id FROM "+table+" h WHERE h.project_id = ? AND h."+in+")",
		append([]any{r.Actor.ProjectID}, values...)...)
}

func scanSummary(row store.Scanner) (s Summary, err error) {
	var document string
	var registered, updated int64
	if err := row.Scan(&s.ID, &s.GroupName, &document, &registered, &updated); err != nil {
		return s, err
	}
	s.RegisterTime, s.UpdateTime = apig.Time(store.Time(registered)), apig.Time(store.Time(updated))
	return s, s.fill(document)
}

// runBatch bounds the number of parameters of one statement.
const runBatch = 500

func fillRuns(ctx context.Context, q store.Querier, list []Summary) error {
	for chunk := range slices.Chunk(list, runBatch) {
		ids := make([]string, len(chunk))
		for i := range chunk {
			ids[i] = chunk[i].ID
		}
		runs, err := loadRuns(ctx, q, ids...)
		if err != nil {
			return err
		}
		for i := range chunk {
			chunk[i].RunEnv = runs[chunk[i].ID]
		}
	}
	return nil
}

// fill takes the fields that the document holds.
func (s *Summary) fill(document string) error {
	var d draft.Document
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		return fmt.Errorf("apis: document of API %s: %w", s.ID, err)
	}
	s.Name, s.GroupID, s.Type, s.Version, s.Remark = d.Name, d.GroupID, d.Type, d.Version, d.Remark
	s.ReqProtocol, s.ReqMethod, s.ReqURI, s.MatchMode = d.ReqProtocol, d.ReqMethod, d.ReqURI, d.MatchMode
	s.AuthType, s.AuthOpt, s.AuthorizerID = d.AuthType, d.AuthOpt, d.AuthorizerID
	s.BackendType, s.Cors, s.ResponseID, s.Tag, s.Tags = d.BackendType, d.Cors, d.ResponseID, d.Tag, d.Tags
	s.Status, s.ArrangeNecessary = 1, 2
	return nil
}
