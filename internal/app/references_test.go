package app_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/app"
	"github.com/lintel-gateway/lintel/internal/store"
)

// TestReferencesHaveIndexes: who deletes a row makes the database look for
// others that refer to it. Without an index that begins with the referring
// column it reads their whole table, with the one writer waiting.
func TestReferencesHaveIndexes(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/a.db", store.Options{Schemas: app.Schemas()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// pairs answers the rows of a question with two columns.
	pairs := func(query string, args ...any) map[string][]string {
		rows, err := db.Query(t.Context(), query, args...)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		list := map[string][]string{}
		for rows.Next() {
			var a, b string
			if err := rows.Scan(&a, &b); err != nil {
				t.Fatal(err)
			}
			list[a] = append(list[a], b)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return list
	}
	references := pairs(`SELECT m.name, f."from" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f.seq = 0`)
	first := pairs(`SELECT m.name, c.name FROM sqlite_master AS m, pragma_index_list(m.name) AS i, pragma_index_info(i.name) AS c
		WHERE m.type = 'table' AND c.seqno = 0 AND i.partial = 0`)
	if len(references) < 20 {
		t.Fatalf("only %d tables refer to others: the question is wrong", len(references))
	}
	for _, table := range slices.Sorted(maps.Keys(references)) {
		for _, column := range references[table] {
			indexed := slices.ContainsFunc(first[table], func(name string) bool { return strings.EqualFold(name, column) })
			if !indexed {
				t.Errorf("%s.%s refers to another table and no index begins with it: deleting there reads all of %s", table, column, table)
			}
		}
	}
}
