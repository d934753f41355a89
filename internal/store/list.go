package store

import (
	"context"
)

// Scanner is a row whose columns can be copied: a Row, or one of List.
type Scanner interface {
	Scan(dest ...any) error
}

// List runs a SELECT and reads all its rows with scan. It answers an empty
// list, never nil. Areas bound it with LIMIT in the query.
func List[T any](ctx context.Context, q Querier, scan func(Scanner) (T, error), query string, args ...any) (list []T, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list = []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, kind(err)
		}
		list = append(list, v)
	}
	return list, kind(rows.Err())
}

// Text is the scan function of a single TEXT column.
func Text(row Scanner) (s string, err error) { err = row.Scan(&s); return s, err }
