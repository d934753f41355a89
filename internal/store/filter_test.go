package store_test

import (
	"fmt"
	"testing"

	"github.com/lintel-gateway/lintel/internal/store"
)

func TestFilter(t *testing.T) {
	var f store.Filter
	if f.Where() != "" || len(f.Args()) != 0 {
		t.Errorf("empty: %q %v", f.Where(), f.Args())
	}
	f.Equal("id", "")
	f.Match("name", "", true)
	f.Equal("project_id", "p")
	f.Match("name", "A%", false)
	f.Match("remark", "A%", true)
	f.And("n BETWEEN ? AND ?", 1, 2)
	f.And("x IS NULL")
	query := "SELECT 1 FROM t" + f.Where() + f.Page(20, 40)
	want := `SELECT 1 FROM t WHERE project_id = $1 AND lower(name) LIKE lower($2) ESCAPE '\' AND remark = $3` +
		` AND n BETWEEN $4 AND $5 AND x IS NULL LIMIT $6 OFFSET $7`
	if query != want {
		t.Errorf("%s\nwant\n%s", query, want)
	}
	if got := fmt.Sprint(f.Args()); got != `[p %a\%% A% 1 2 20 40]` {
		t.Errorf("args %s", got)
	}
}
