package store_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

// BenchmarkWrite is a write of ten small statements and two questions on SQLite, as
// a publication makes them, on behalf of a client that may go away. What counts is
// the processor time of all threads, cpu-us/op: the rest is the disk.
func BenchmarkWrite(b *testing.B) {
	ctx := b.Context()
	db, err := store.Open(ctx, "sqlite:"+b.TempDir()+"/bench.db", store.Options{Schemas: schemas()})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	n := 0
	b.ReportAllocs()
	began := spent()
	for b.Loop() {
		n++
		err := db.Write(ctx, func(tx *store.Tx) error {
			for i := range 10 {
				if _, err := tx.Exec(ctx, "UPDATE things SET n = $1 WHERE id = $2", n, fmt.Sprint(i)); err != nil {
					return err
				}
			}
			for i := range 2 {
				var count int
				if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM things WHERE n > $1", i).Scan(&count); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((spent()-began).Microseconds())/float64(n), "cpu-us/op")
}
