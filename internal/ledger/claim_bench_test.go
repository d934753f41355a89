package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/ledger"
	"github.com/lintel-gateway/lintel/internal/store"
)

// BenchmarkClaims measures how long one of 64 claimers waits for a claim on
// three accounts: reserve, commit and release in turn, without a pause
// ("flat-out"), and each claimer 25 times a second ("paced"), while 20,000 ended
// reservations are remembered. The database of
// LINTEL_BENCH_POSTGRES has to be empty; without it SQLite alone is measured.
// Figures of a server without fsync would flatter.
func BenchmarkClaims(b *testing.B) {
	for name, pause := range map[string]time.Duration{"flat-out": 0, "paced": 40 * time.Millisecond} {
		b.Run("sqlite/"+name, func(b *testing.B) { benchClaims(b, "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), pause) })
		if url := os.Getenv("LINTEL_BENCH_POSTGRES"); url != "" {
			b.Run("postgresql/"+name, func(b *testing.B) { benchClaims(b, url, pause) })
		}
	}
}

func benchClaims(b *testing.B, url string, pause time.Duration) {
	db, err := store.Open(b.Context(), url, store.Options{Schemas: schemas()})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	clear(b, db)
	x := open(b, db)
	remember(b, db)
	// The time passes, or ids, which begin with it, would be scattered over the
	// indexes.
	area := ledger.New(ledger.Deps{DB: db, IDs: ids.Random(), Clock: time.Now, Book: x.book, Region: region})
	defer area.Close()
	exec(b, db, `INSERT INTO quota_accounts (level, owner_id, region, item, quota, used, reserved) VALUES ('cloud', '', $1, 'cores', $2, 0, 0)`,
		region, int64(1_000_000_000_000))
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the platform does
	took := make([][]time.Duration, claimers)
	var all sync.WaitGroup
	spent := processorTime(b)
	b.ResetTimer()
	for n := range claimers {
		all.Go(func() {
			time.Sleep(time.Duration(n) * pause / claimers)
			measure := func(claim func() (ledger.Reservation, error)) ledger.Reservation {
				begun := time.Now()
				defer func() { time.Sleep(pause - time.Since(begun)) }()
				r, err := claim()
				if err != nil {
					b.Error(err)
				}
				took[n] = append(took[n], time.Since(begun))
				return r
			}
			for range max(1, b.N/claimers/3) {
				r := measure(func() (ledger.Reservation, error) {
					return area.Reserve(b.Context(), ledger.Order{
						UserID: "nova", RequestID: area.IDs.New(), ProjectID: []string{"e1", "e2", "w1"}[n%3],
						Amounts: map[string]ledger.Amount{"cores": 2_000_000, "ram": 4096_000_000}, Life: time.Minute,
					})
				})
				measure(func() (ledger.Reservation, error) { return area.Commit(b.Context(), "nova", r.ID) })
				measure(func() (ledger.Reservation, error) { return area.Release(b.Context(), "nova", r.ID) })
			}
		})
	}
	all.Wait()
	b.StopTimer()
	spent = processorTime(b) - spent
	sum := slices.Concat(took...)
	slices.Sort(sum)
	at := func(share float64) float64 { return float64(sum[int(float64(len(sum)-1)*share)].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(float64(len(sum))/b.Elapsed().Seconds(), "claims/s")
	b.ReportMetric(float64(spent.Microseconds())/float64(len(sum)), "cpu-µs/claim")
}

// processorTime is what this process has spent, PostgreSQL's server not
// counted. It drifts less than the clock when neighbours are busy.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// remember puts 20,000 released reservations of the day there, and has PostgreSQL
// look at them: it plans statements for the size that it knows.
func remember(b *testing.B, db *store.DB) {
	b.Helper()
	random, now := ids.Random(), store.Micros(time.Now())
	for range 100 {
		var rows []string
		var args []any
		for range 200 {
			rows = append(rows, fmt.Sprintf(`($%d, 'nova', $%d, 'e1', '{"domain_id":"east","region":"RegionOne"}', 'released', %d, %d)`,
				len(args)+1, len(args)+2, now, now))
			args = append(args, "0"+random.New()[1:], random.New())
		}
		exec(b, db, `INSERT INTO quota_reservations (id, user_id, request_id, project_id, document, state, expire_time, update_time) VALUES `+
			strings.Join(rows, ", "), args...)
	}
	if db.Engine() == store.PostgreSQL {
		exec(b, db, `ANALYZE quota_reservations`)
	}
}

// clear empties what an earlier round of the benchmark left behind.
func clear(b *testing.B, db *store.DB) {
	b.Helper()
	if db.Engine() == store.PostgreSQL {
		exec(b, db, `TRUNCATE quota_reservations, quota_accounts, quota_expiries`) // no dead rows
	}
	for _, table := range []string{"quota_reservations", "quota_expiries", "quota_accounts", "identity_projects", "identity_domains"} {
		exec(b, db, `DELETE FROM `+table)
	}
}
