package apis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

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
	wanted, err := selection(r)
	if err != nil {
		return nil, err
	}
	out := &List{}
	query, args := wanted.count()
	if err := a.DB.QueryRow(r.Context(), query, args...).Scan(&out.Total); err != nil {
		return nil, err
	}
	query, args = wanted.page(page)
	if out.APIs, err = store.List(r.Context(), a.DB, scanSummary, query, args...); err != nil {
		return nil, err
	}
	out.Size = len(out.APIs)
	return out, fillRuns(r.Context(), a.DB, out.APIs)
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
