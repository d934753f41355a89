package apis

import (
	"context"
	"encoding/json"
	"fmt"
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
	where, err := listFilter(r)
	if err != nil {
		return nil, err
	}
	out := &List{APIs: []Summary{}}
	if err := a.DB.QueryRow(r.Context(), `SELECT COUNT(*) FROM apis a WHERE `+where.sql(), where.args...).Scan(&out.Total); err != nil {
		return nil, err
	}
	if out.APIs, err = selectAPIs(r.Context(), a.DB, where, page); err != nil {
		return nil, err
	}
	out.Size = len(out.APIs)
	return out, nil
}

// filter collects conditions with their arguments; the tenant comes first.
type filter struct {
	conditions []string
	args       []any
}

// add appends a condition in which %s stands for the argument's place.
func (f *filter) add(condition string, arg any) {
	f.args = append(f.args, arg)
	f.conditions = append(f.conditions, fmt.Sprintf(condition, "$"+strconv.Itoa(len(f.args))))
}

func (f *filter) sql() string {
	if len(f.conditions) == 0 {
		return "1 = 1"
	}
	return strings.Join(f.conditions, " AND ")
}

func listFilter(r *wire.Request) (*filter, error) {
	f, q := &filter{}, r.Query()
	if !r.Actor.Admin() {
		f.add("a.project_id = %s", r.Actor.ProjectID)
	}
	for _, name := range []string{"id", "group_id"} {
		if v := q.Get(name); v != "" {
			f.add("a."+name+" = %s", v)
		}
	}
	for _, name := range []string{"req_protocol", "req_method", "auth_type"} {
		if v := q.Get(name); v != "" {
			f.add("a."+name+" = %s", strings.ToUpper(v))
		}
	}
	for _, name := range []string{"name", "req_uri"} {
		switch v := q.Get(name); {
		case v == "":
		case apig.Precise(r, name):
			f.add("a."+name+" = %s", v)
		default:
			f.add("lower(a."+name+") LIKE %s ESCAPE '\\'", store.Like(v))
		}
	}
	if v := q.Get("env_id"); v != "" {
		f.add("EXISTS (SELECT 1 FROM api_publications p WHERE p.api_id = a.id AND p.env_id = %s)", v)
	}
	for _, name := range []string{"type", "status"} {
		v := q.Get(name)
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, apig.Invalid(name)
		}
		if name == "type" {
			f.add("a.type = %s", n)
		} else {
			f.add("1 = %s", n) // every draft has status 1
		}
	}
	if v := q.Get("tags"); v != "" {
		f.addTags(v)
	}
	return f, nil
}

func (f *filter) addTags(list string) {
	var marks []string
	for tag := range strings.SplitSeq(list, ",") {
		f.args = append(f.args, strings.TrimSpace(tag))
		marks = append(marks, "$"+strconv.Itoa(len(f.args)))
	}
	f.conditions = append(f.conditions,
		"EXISTS (SELECT 1 FROM api_tags t WHERE t.api_id = a.id AND t.tag IN ("+strings.Join(marks, ",")+"))")
}

func selectAPIs(ctx context.Context, q store.Querier, where *filter, page apig.Page) ([]Summary, error) {
	n := len(where.args)
	rows, err := q.Query(ctx, fmt.Sprintf(`
		SELECT a.id, g.name, a.document, a.register_time, a.update_time
		FROM apis a JOIN groups g ON g.id = a.group_id
		WHERE %s ORDER BY a.register_time DESC, a.id LIMIT $%d OFFSET $%d`, where.sql(), n+1, n+2),
		append(where.args[:n:n], page.Limit, page.Offset)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list, ids := []Summary{}, []string{}
	for rows.Next() {
		var s Summary
		var document string
		var registered, updated int64
		if err := rows.Scan(&s.ID, &s.GroupName, &document, &registered, &updated); err != nil {
			return nil, err
		}
		if err := s.fill(document); err != nil {
			return nil, err
		}
		s.RegisterTime, s.UpdateTime = apig.Time(store.Time(registered)), apig.Time(store.Time(updated))
		list, ids = append(list, s), append(ids, s.ID)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	return list, fillRuns(ctx, q, list, ids)
}

// runBatch bounds the number of parameters of one statement.
const runBatch = 500

func fillRuns(ctx context.Context, q store.Querier, list []Summary, ids []string) error {
	for start := 0; start < len(ids); start += runBatch {
		end := min(start+runBatch, len(ids))
		runs, err := loadRuns(ctx, q, ids[start:end]...)
		if err != nil {
			return err
		}
		for i := start; i < end; i++ {
			list[i].RunEnv = runs[list[i].ID]
		}
	}
	return nil
}

func (s *Summary) fill(document string) error {
	var d draft.Document
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		return fmt.Errorf("apis: document of API %s: %w", s.ID, err)
	}
	id, group := s.ID, s.GroupName
	*s = Summary{
		ID: id, Name: d.Name, GroupID: d.GroupID, GroupName: group, Status: 1, Type: d.Type, Version: d.Version,
		ReqProtocol: d.ReqProtocol, ReqMethod: d.ReqMethod, ReqURI: d.ReqURI, AuthType: d.AuthType, AuthOpt: d.AuthOpt,
		AuthorizerID: d.AuthorizerID, MatchMode: d.MatchMode, Remark: d.Remark, BackendType: d.BackendType,
		ArrangeNecessary: 2, Cors: d.Cors, Tag: d.Tag, Tags: d.Tags, ResponseID: d.ResponseID,
	}
	return nil
}
