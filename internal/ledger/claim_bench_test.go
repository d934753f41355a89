package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/ledger"
	"github.com/lintel-gateway/lintel/internal/store"
)

// BenchmarkClaims measures how long one of 64 claimers waits for a claim on
// three accounts: reserve, commit and release in turn, without a pause
// ("flat-out"), and each claimer 25 times a second ("paced"). The database of
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
	exec(b, db, `INSERT INTO quota_accounts (level, owner_id, region, item, quota, used, reserved) VALUES ('cloud', '', $1, 'cores', $2, 0, 0)`,
		region, int64(1_000_000_000_000))
	took := make([][]time.Duration, claimers)
	var all sync.WaitGroup
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
			for i := range max(1, b.N/claimers/3) {
				r := measure(func() (ledger.Reservation, error) {
					return x.area.Reserve(b.Context(), ledger.Order{
						UserID: "nova", RequestID: fmt.Sprintf("%d %d", n, i), ProjectID: []string{"e1", "e2", "w1"}[n%3],
						Amounts: map[string]ledger.Amount{"cores": 2_000_000, "ram": 4096_000_000}, Life: time.Minute,
					})
				})
				measure(func() (ledger.Reservation, error) { return x.area.Commit(b.Context(), "nova", r.ID) })
				measure(func() (ledger.Reservation, error) { return x.area.Release(b.Context(), "nova", r.ID) })
			}
		})
	}
	all.Wait()
	b.StopTimer()
	sum := slices.Concat(took...)
	slices.Sort(sum)
	at := func(share float64) float64 { return float64(sum[int(float64(len(sum)-1)*share)].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(float64(len(sum))/b.Elapsed().Seconds(), "claims/s")
}

// clear empties what an earlier round of the benchmark left behind.
func clear(b *testing.B, db *store.DB) {
	b.Helper()
	for _, table := range []string{"quota_reservations", "quota_accounts", "identity_projects", "identity_domains"} {
		exec(b, db, `DELETE FROM `+table)
	}
}
