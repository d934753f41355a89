package api_test

import (
	"slices"
	"strconv"
	"strings"
)

// visitors are the columns of the matrix, in the order of every row of
// matrix_rules_test.go.
const visitors = "nobody unscoped reader member robot jwt clerk manager stranger admin"

// visitor is somebody who asks for everything.
type visitor struct {
	*actor
	column  int
	headers []string // with credentials that are no log-in token, or with lies
	userID  string
	home    *bureau // nil: nobody's own department, or everybody's
}

// rule is what everybody gets from one operation. A row has one word for each
// visitor: a status, "ok" for the operation's own success, or "in" where the
// caller is let in and what comes then is for the operation's own scenario.
type rule struct {
	// ids are the kinds of the ids in the path. A write that succeeds uses a spare
	// thing, but of a kind with "=" in front, which it does not change; what a kind
	// with "~" in front stands for is a word and nothing that there must be.
	ids     []string
	own     string   // the things are department A's
	foreign []string // by place: the thing there is department B's; "" where there is none
	gone    []string // by place: it is deleted or malformed; when empty, "ok" of the other rows is 404

	// shows: what it answers belongs to whom the body names, whoever sends it.
	shows bool
	query string
	// asks are filters of a list that name somebody's things.
	asks []ask
	body func(m *matrix, b *bureau, ids []string) any
	// before makes what a write with these ids needs to succeed.
	before  func(m *matrix, ids []string)
	headers func(m *matrix, v *visitor) []string
	// after takes away what the answer says was made.
	after func(m *matrix, v *visitor, a *answer)
}

// ask is one filter: a parameter, the kind of the id that it takes, and the rows
// for department A's and B's. A filter never widens a list (CVE-2019-19687).
type ask struct{ param, kind, own, foreign string }

// matrix is two departments and all who look at them.
type matrix struct {
	*scenario
	own, other *bureau
	visitors   []*visitor
	rules      map[string]rule
	cells      int
}

// matrixScenario asks every operation of all dialects as everybody, with ids of
// the own department, of another one, of what is gone and of what cannot be.
func matrixScenario(s *scenario) {
	m := &matrix{scenario: s, own: s.bureau("own"), other: s.bureau("other")}
	m.visitors = m.everybody()
	if raceEnabled {
		// The whole matrix runs without the detector, in make test as well. Here it is
		// about who shares memory, and these four go through every handler.
		m.visitors = slices.DeleteFunc(m.visitors, func(v *visitor) bool {
			return !slices.Contains([]string{"member", "manager", "stranger", "admin"}, v.name)
		})
	}
	m.fill()
	m.rules = m.table()
	m.sound()
	before := m.kept()
	operations := 0
	for _, op := range s.contract.operations {
		r, ok := m.ruleOf(op)
		switch {
		case !ok:
			s.t.Errorf("%s (%s): no rule says who may do it", op, op.id)
		case len(r.ids) != len(op.params()):
			s.t.Errorf("%s (%s): the rule has %d kinds of ids", op, op.id, len(r.ids))
		default:
			operations++
			m.operation(op, &r)
		}
	}
	// A refusal is worth nothing if what was refused happened.
	after := m.kept()
	for path, body := range before {
		if after[path] != body {
			s.t.Errorf("%s: the matrix changed %s to %s", path, body, after[path])
		}
	}
	s.t.Logf("matrix: %d operations × %d persons × states = %d cells", operations, len(m.visitors), m.cells)
	least := 12400
	if raceEnabled {
		least = 1400
	}
	if m.cells < least {
		s.t.Errorf("only %d cells: have the operations lost their ids?", m.cells)
	}
}

// sound fails for a rule that is not one: with a row too short, or for what there
// is not.
func (m *matrix) sound() {
	m.t.Helper()
	for id, r := range m.rules {
		for _, row := range slices.Concat([]string{r.own}, r.foreign, r.gone) {
			if n := len(strings.Fields(row)); row != "" && n != len(strings.Fields(visitors)) {
				m.t.Fatalf("%s: a row of %d words: %s", id, n, row)
			}
		}
		if !slices.ContainsFunc(m.contract.operations, func(op *operation) bool { return op.id == id }) {
			m.t.Errorf("%s: a rule without an operation", id)
		}
	}
}

func (m *matrix) operation(op *operation, r *rule) {
	m.t.Helper()
	for _, v := range m.visitors {
		m.cell(op, r, v, spot{name: "own"})
		for _, ask := range r.asks {
			own, foreign := *r, *r
			own.own, own.query = ask.own, "?"+ask.param+"="+m.own.ids[ask.kind]
			foreign.own, foreign.query = ask.foreign, "?"+ask.param+"="+m.other.ids[ask.kind]
			m.cell(op, &own, v, spot{name: "filter"})
			m.cell(op, &foreign, v, spot{name: "foreign filter"})
		}
		for place, k := range r.ids {
			for _, at := range m.spots(r, place, k) {
				if at.unclean && v.actor != m.own.member && v.actor != nobody {
					continue // nobody has been looked at when it is refused
				}
				if at.above && v.actor == m.admin {
					continue // an administrator may, and these are not spare
				}
				m.cell(op, r, v, at)
			}
		}
	}
}

// spot is what stands in one place of a path; in all others is what department
// A has.
type spot struct {
	name    string
	place   int
	id      string
	foreign bool
	unclean bool // refused before anything is looked up
	gone    bool
	above   bool // department A's, and above its manager: it holds "admin", or is that role
}

func (m *matrix) spots(r *rule, place int, kind string) []spot {
	word := strings.HasPrefix(kind, "~")
	kind = strings.TrimLeft(kind, "=~")
	var all []spot
	if place < len(r.foreign) && r.foreign[place] != "" {
		all = append(all, spot{name: "foreign", place: place, id: m.other.ids[kind], foreign: true})
	}
	if id, ok := m.own.ids[kind+" above"]; ok && r.own == departmentWrite {
		all = append(all, spot{name: "above", place: place, id: id, above: true})
	}
	if raceEnabled {
		return all
	}
	if !word {
		if id, ok := m.own.deleted[kind]; ok {
			all = append(all, spot{name: "deleted", place: place, id: id, gone: true})
		}
		all = append(all, spot{name: "one letter", place: place, id: "x", gone: true},
			spot{name: "1000 characters", place: place, id: many("a", 1000), gone: true})
	}
	return append(all, spot{name: "two dots", place: place, id: "%2e%2e", unclean: true},
		spot{name: "NUL", place: place, id: "%00", unclean: true},
		spot{name: "encoded slash", place: place, id: "a%2Fb", unclean: true})
}

// want is the word for a cell.
func (r *rule) want(column int, at spot) string {
	own := strings.Fields(r.own)[column]
	switch {
	case at.unclean:
		return "400"
	case at.above && own == "ok":
		return "403"
	case at.foreign:
		return strings.Fields(r.foreign[at.place])[column]
	case !at.gone:
		return own
	case at.place < len(r.gone) && r.gone[at.place] != "":
		return strings.Fields(r.gone[at.place])[column]
	case own == "ok":
		return "404"
	}
	// Who reaches foreign things only, like another department's manager, is not
	// told by a status which of them there are.
	for _, row := range r.foreign {
		if row != "" && strings.Fields(row)[column] == "ok" {
			return "404"
		}
	}
	return own
}

// cell asks once.
func (m *matrix) cell(op *operation, r *rule, v *visitor, at spot) {
	m.t.Helper()
	m.cells++
	want := r.want(v.column, at)
	of := m.own
	if at.foreign && len(r.ids) == 1 {
		of = m.other
	}
	ids, done := of.standing(r.ids), func() {}
	if want == "ok" && !op.reads() {
		ids, done = m.spare(r.ids, of)
		if r.before != nil {
			r.before(m, ids)
		}
	}
	if at.id != "" && !(at.foreign && len(r.ids) == 1) {
		ids[at.place] = at.id
	}
	var body any
	if r.body != nil {
		body = r.body(m, of, ids)
	} else if op.body {
		body = object{}
	}
	headers := v.headers
	if r.headers != nil {
		headers = append(slices.Clone(headers), r.headers(m, v)...)
	}
	a := m.do(v.actor, op.method+" "+m.filled(op, ids...)+r.query, body, headers...)
	a.call = op.id + ", " + at.name + " " + strconv.Itoa(at.place) + ", " + a.call
	m.judge(op, a, want)
	if a.status < 400 && r.after != nil {
		r.after(m, v, a)
	}
	for _, b := range []*bureau{m.own, m.other} {
		if v.home != b && v.actor != m.admin && !r.shows {
			a.hides(b.marks()...)
		}
	}
	done()
}

// judge compares an answer with the word of the table.
func (m *matrix) judge(op *operation, a *answer, want string) {
	m.t.Helper()
	if len(a.call) > 300 {
		a.call = a.call[:300]
	}
	if a.status >= 400 {
		if _, text := a.fault(); len(text) > 400 {
			a.errorf("a text of %d characters", len(text))
		}
	}
	ok := strconv.Itoa(a.status) == want
	switch want {
	case "ok":
		ok = a.status == op.success()
	case "in":
		ok = a.status != 401 && a.status != 403 && a.status < 500
	}
	if !ok {
		a.errorf("want %s; body: %.300s", want, a.body)
	}
}
