package statistics

import (
	"context"
	"strconv"
	"strings"

	calls "github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	sumColumns = `minute, calls, calls_2xx, calls_4xx, calls_5xx, latency, latency_max,
		asked, backend, backend_max, inner_sum, inner_max, bytes_in, bytes_out, register_time`
	columns = 16
	// statementRows is how many rows one statement adds. The driver of SQLite asks
	// for the name of each parameter, which passes over all of them: with 50 rows
	// of 16 that was half of the time. 60,000 rows took 4.1 s of processor time
	// with 50 rows in a statement, 2.6 with 10, 2.5 with 4 and 3.6 with 1
	// (BenchmarkFlush); on PostgreSQL fewer rows are more messages.
	statementRows = 10
)

// addMinutes adds rows to what is stored of the same minutes.
func addMinutes(ctx context.Context, tx *store.Tx, of subject, rows []calls.Row, now int64) error {
	for len(rows) > 0 {
		n := min(len(rows), statementRows)
		args := make([]any, 0, n*columns)
		for i := range rows[:n] {
			r := &rows[i]
			args = append(args, r.APIID, r.Minute, r.Calls, r.OK, r.Refused, r.Failed, r.Latency, r.LatencyMax,
				r.Asked, r.Backend, r.BackendMax, r.Inner, r.InnerMax, r.In, r.Out, now)
		}
		if _, err := tx.Exec(ctx, addStatement(of, n), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// addStatement is an INSERT of n rows that adds where a row exists.
func addStatement(of subject, n int) string {
	var b strings.Builder
	b.WriteString(`INSERT INTO ` + of.table + ` (` + of.column + `, ` + sumColumns + `) VALUES `)
	for row := range n {
		if row > 0 {
			b.WriteByte(',')
		}
		for column := range columns {
			if column == 0 {
				b.WriteString("($")
			} else {
				b.WriteString(",$")
			}
			b.WriteString(strconv.Itoa(row*columns + column + 1))
		}
		b.WriteByte(')')
	}
	b.WriteString(` ON CONFLICT (` + of.column + `, minute) DO UPDATE SET register_time = excluded.register_time`)
	for _, sum := range []string{"calls", "calls_2xx", "calls_4xx", "calls_5xx", "latency", "asked", "backend", "inner_sum", "bytes_in", "bytes_out"} {
		b.WriteString(`, ` + sum + ` = ` + of.table + `.` + sum + ` + excluded.` + sum)
	}
	// The engines have different names for the larger of two numbers.
	for _, most := range []string{"latency_max", "backend_max", "inner_max"} {
		old := of.table + `.` + most
		b.WriteString(`, ` + most + ` = CASE WHEN excluded.` + most + ` > ` + old + ` THEN excluded.` + most + ` ELSE ` + old + ` END`)
	}
	return b.String()
}

// oldestMinute is the first minute of which something is stored, 0 without any.
func oldestMinute(ctx context.Context, q store.Querier) (oldest int64, err error) {
	err = q.QueryRow(ctx, `SELECT COALESCE(MIN(minute), 0) FROM api_statistics`).Scan(&oldest)
	return oldest, err
}

// deleteMinute forgets a minute of APIs, and of groups all up to it: their
// minutes are the same.
func deleteMinute(ctx context.Context, tx *store.Tx, minute int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM api_statistics WHERE minute = $1`, minute); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM group_statistics WHERE minute <= $1`, minute)
	return err
}
