package ledger_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ledger"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

func decode(t testing.TB, raw []byte) map[string]int64 {
	t.Helper()
	var document struct{ Items map[string]int64 }
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	return document.Items
}

const claimers = 64

// refused reports a refusal for want of quota; other errors end the test.
func refused(t testing.TB, err error) bool {
	t.Helper()
	var refusal *wire.Error
	if err != nil && (!errors.As(err, &refusal) || refusal.Status != 409) {
		t.Errorf("claim: %v", err)
	}
	return err != nil
}

// TestCrowd: 64 claimers on two nodes take from one limit at each of the three
// levels, and exactly the limit is given.
func TestCrowd(t *testing.T) {
	each(t, func(x *fixture) {
		other := x.node(x)
		for _, level := range []struct {
			name  string
			limit func()
			whose []string
		}{
			{"project", func() { x.project("e1", "cores", 100).Want(200) }, []string{"e1"}},
			{"department", func() { x.domain("east", "ram", 100).Want(200) }, []string{"e1", "e2"}},
			{"cloud", func() { x.domain("default", "ports", 100).Want(200) }, []string{"e1", "e2", "w1", "d1"}},
		} {
			item := map[string]string{"project": "cores", "department": "ram", "cloud": "port"}[level.name]
			level.limit()
			var granted atomic.Int64
			var all sync.WaitGroup
			for n := range claimers {
				all.Go(func() {
					area := []*ledger.Area{x.area, other}[n%2]
					for i := range 4 {
						_, err := area.Reserve(x.Context(), ledger.Order{
							UserID: "nova", RequestID: fmt.Sprintf("%s %d %d", level.name, n, i), ProjectID: level.whose[(n/2)%len(level.whose)],
							Amounts: map[string]ledger.Amount{item: 1_000_000}, Life: time.Hour,
						})
						if !refused(x, err) {
							granted.Add(1)
						}
					}
				})
			}
			all.Wait()
			if n := granted.Load(); n != 100 {
				x.Errorf("%s: %d of 100 were given", level.name, n)
			}
			x.balanced(x)
		}
	})
}

// TestCrowdOfWriters: the same for what the platform keeps itself, which is
// counted in the transaction that adds the row.
func TestCrowdOfWriters(t *testing.T) {
	each(t, func(x *fixture) {
		full := &wire.Error{Status: 409}
		for _, level := range []struct {
			table string
			item  quota.Item
			limit func()
			whose []string
		}{
			{"apps", quota.Apps, func() { x.project("e1", "apps", 10).Want(200) }, []string{"e1"}},
			{"acls", quota.ACLs, func() { x.domain("east", "acls", 10).Want(200) }, []string{"e1", "e2"}},
			{"groups", quota.Groups, func() { x.domain("default", "api_groups", 10).Want(200) }, []string{"e1", "e2", "w1", "d1"}},
		} {
			level.limit()
			var granted atomic.Int64
			var all sync.WaitGroup
			for n := range claimers {
				all.Go(func() {
					whose := level.whose[n%len(level.whose)]
					err := x.db.Write(x.Context(), func(tx *store.Tx) error {
						had, err := entitlement.Count(x.Context(), tx, level.item, entitlement.Project, whose, 1000)
						if err == nil {
							err = x.book.Room(x.Context(), tx, whose, level.item, int(had), full)
						}
						if err == nil {
							_, err = tx.Exec(x.Context(), `INSERT INTO `+level.table+` (id, project_id) VALUES ($1, $2)`, fmt.Sprint(n), whose)
						}
						return err
					})
					if !refused(x, err) {
						granted.Add(1)
					}
				})
			}
			all.Wait()
			if n := granted.Load(); n != 10 {
				x.Errorf("%s: %d of 10 were given", level.table, n)
			}
		}
	})
}

// TestCrowdComesAndGoes: claims, commits, releases and expiries at once keep the
// books balanced at every moment, and never exceed a limit.
func TestCrowdComesAndGoes(t *testing.T) {
	each(t, func(x *fixture) {
		x.domain("default", "cores", 60, "ram", 1000.5).Want(200)
		x.domain("east", "cores", 40).Want(200)
		x.project("e1", "cores", 25).Want(200)
		other := x.node(x)
		var all sync.WaitGroup
		for n := range claimers {
			all.Go(func() {
				area, random := []*ledger.Area{x.area, other}[n%2], rand.New(rand.NewPCG(uint64(n), 5))
				for i := range 6 {
					x.visit(area, random, fmt.Sprintf("%d %d", n, i))
					if n == 0 {
						x.clock.Advance(time.Second)
						x.balanced(x)
					}
				}
			})
		}
		all.Wait()
		x.balanced(x)
		x.clock.Advance(time.Hour)
		if err := x.area.Tidy(x.Context()); err != nil {
			x.Fatal(err)
		}
		var open int
		if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM quota_accounts WHERE reserved <> 0`).Scan(&open); err != nil || open != 0 {
			x.Errorf("%d accounts hold what has expired; %v", open, err)
		}
		x.balanced(x)
	})
}

// visit reserves something, and perhaps commits it and gives it back.
func (x *fixture) visit(area *ledger.Area, random *rand.Rand, requestID string) {
	projects := []string{"e1", "e2", "w1", "d1"}
	r, err := area.Reserve(x.Context(), ledger.Order{
		UserID: "nova", RequestID: requestID, ProjectID: projects[random.IntN(4)], Life: time.Duration(1+random.IntN(5)) * time.Second,
		Amounts: map[string]ledger.Amount{"cores": ledger.Amount(1+random.IntN(3)) * 1_000_000, "ram": 12_500_000},
	})
	if refused(x, err) {
		return
	}
	if random.IntN(3) > 0 {
		_, err = area.Commit(x.Context(), "nova", r.ID)
		refused(x, err) // it may have expired
	}
	if random.IntN(3) > 0 {
		if _, err = area.Release(x.Context(), "nova", r.ID); err != nil {
			x.Errorf("release: %v", err)
		}
	}
}

// TestCloseInTheMiddle: what was answered is kept, what was refused is not, and
// the books of the next node balance.
func TestCloseInTheMiddle(t *testing.T) {
	each(t, func(x *fixture) {
		x.domain("default", "cores", 1_000_000).Want(200)
		area := x.node(x)
		var granted atomic.Int64
		var all sync.WaitGroup
		for n := range claimers {
			all.Go(func() {
				for i := range 100 {
					_, err := area.Reserve(x.Context(), ledger.Order{
						UserID: "nova", RequestID: fmt.Sprintf("%d %d", n, i), ProjectID: "e1",
						Amounts: map[string]ledger.Amount{"cores": 1_000_000}, Life: time.Hour,
					})
					if errors.Is(err, store.ErrUnavailable) {
						return
					}
					if err != nil {
						x.Errorf("claim: %v", err)
					}
					if granted.Add(1) == 200 {
						all.Go(func() { _ = area.Close() })
					}
				}
			})
		}
		all.Wait()
		var kept int64
		if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM quota_reservations`).Scan(&kept); err != nil {
			x.Fatal(err)
		}
		if kept != granted.Load() || kept < 200 || kept == claimers*100 {
			x.Errorf("%d were granted and %d are kept", granted.Load(), kept)
		}
		x.balanced(x)
		if _, err := area.Release(x.Context(), "nova", "x"); !errors.Is(err, store.ErrUnavailable) {
			x.Errorf("a closed ledger answers %v", err)
		}
	})
}
