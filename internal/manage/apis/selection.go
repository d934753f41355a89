package apis

import (
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// wanted is what a list of APIs selects.
type wanted struct {
	// projectID is of the token alone; empty for an administrator, who sees all.
	projectID string
	columns   []condition // of the table of APIs
	holdings  []holding
}

type condition struct {
	sql  string
	args []any
}

// holding selects the APIs that have one of the values in a table beside them.
type holding struct {
	table, column string
	values        []any
}

func (h holding) in() string {
	return "h." + h.column + " IN (?" + strings.Repeat(",?", len(h.values)-1) + ")"
}

// selection reads the query of 4.2.9.
func selection(r *wire.Request) (*wanted, error) {
	w, q := &wanted{}, r.Query()
	if !r.Actor.Admin() {
		w.projectID = r.Actor.ProjectID
	}
	w.equal("a.id", q.Get("id"))
	w.equal("a.group_id", q.Get("group_id"))
	w.equal("a.req_protocol", strings.ToUpper(q.Get("req_protocol")))
	w.equal("a.req_method", strings.ToUpper(q.Get("req_method")))
	w.equal("a.auth_type", strings.ToUpper(q.Get("auth_type")))
	w.match("a.name", q.Get("name"), apig.Precise(r, "name"))
	w.match("a.req_uri", q.Get("req_uri"), apig.Precise(r, "req_uri"))
	for column, param := range map[string]string{"a.type": "type", "1": "status"} { // every draft has status 1
		v := q.Get(param)
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, apig.Invalid(param)
		}
		w.columns = append(w.columns, condition{column + " = ?", []any{n}})
	}
	if v := q.Get("env_id"); v != "" {
		w.holdings = append(w.holdings, holding{"api_publications", "env_id", []any{v}})
	}
	if v := q.Get("tags"); v != "" {
		h := holding{table: "api_tags", column: "tag"}
		for tag := range strings.SplitSeq(v, ",") {
			h.values = append(h.values, strings.TrimSpace(tag))
		}
		w.holdings = append(w.holdings, h)
	}
	return w, nil
}

func (w *wanted) equal(column, value string) {
	if value != "" {
		w.columns = append(w.columns, condition{column + " = ?", []any{value}})
	}
}

func (w *wanted) match(column, value string, precise bool) {
	switch {
	case value == "":
	case precise:
		w.equal(column, value)
	default:
		w.columns = append(w.columns, condition{"lower(" + column + `) LIKE lower(?) ESCAPE '\'`, []any{store.Like(value)}})
	}
}

// count asks for the number of APIs. It reads every row of a project, so it
// looks up once what they hold, which is half the work for 1,000 APIs; when
// nothing else is asked for, it leaves the table of APIs out, which is half of
// what remains.
func (w *wanted) count() (query string, args []any) {
	f := &store.Filter{}
	from, id, holdings := "SELECT COUNT(*) FROM apis a", "a.id", w.holdings
	if w.projectID != "" && len(w.columns) == 0 && len(holdings) > 0 {
		first := holdings[0]
		from, id, holdings = "SELECT COUNT(DISTINCT h.api_id) FROM "+first.table+" h", "h.api_id", holdings[1:]
		if len(first.values) == 1 { // then an API is there once
			from = "SELECT COUNT(*) FROM " + first.table + " h"
		}
		f.And("h.project_id = ?", w.projectID)
		f.And(first.in(), first.values...)
	} else {
		w.filter(f)
	}
	for _, h := range holdings {
		if w.projectID == "" {
			h.exists(f)
			continue
		}
		f.And(id+" IN (SELECT h.api_id FROM "+h.table+" h WHERE h.project_id = ? AND "+h.in()+")",
			append([]any{w.projectID}, h.values...)...)
	}
	return from + f.Where(), f.Args()
}

// page asks for one page. It stops when that is full, so it asks API by API what
// they hold. The ids come first, out of an index: what is passed over on the way
// to the page costs no reading of documents.
func (w *wanted) page(p apig.Page) (query string, args []any) {
	f := &store.Filter{}
	w.filter(f)
	for _, h := range w.holdings {
		h.exists(f)
	}
	query = `SELECT a.id, g.name, a.document, a.register_time, a.update_time
		FROM (SELECT a.id FROM apis a` + f.Where() + ` ORDER BY a.register_time DESC, a.id` + f.Page(p.Limit, p.Offset) + `) s
		JOIN apis a ON a.id = s.id JOIN groups g ON g.id = a.group_id
		ORDER BY a.register_time DESC, a.id`
	return query, f.Args()
}

func (w *wanted) filter(f *store.Filter) {
	if w.projectID != "" {
		f.And("a.project_id = ?", w.projectID)
	}
	for _, c := range w.columns {
		f.And(c.sql, c.args...)
	}
}

func (h holding) exists(f *store.Filter) {
	f.And("EXISTS (SELECT 1 FROM "+h.table+" h WHERE h.api_id = a.id AND "+h.in()+")", h.values...)
}
