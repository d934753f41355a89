package ledger_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/ledger"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// take reserves one core, and answers the status of a refusal.
func (x *fixture) take(area *ledger.Area, requestID, projectID string) (ledger.Reservation, int) {
	x.Helper()
	r, err := area.Reserve(x.Context(), ledger.Order{
		UserID: "nova", RequestID: requestID, ProjectID: projectID, Amounts: map[string]ledger.Amount{"cores": 1_000_000}, Life: time.Hour,
	})
	var refusal *wire.Error
	if err != nil && !errors.As(err, &refusal) {
		x.Fatalf("claim: %v", err)
	}
	if refusal != nil {
		return r, refusal.Status
	}
	return r, 0
}

// TestMemoryIsNeverOld: what a batch left to the next is not believed once
// somebody has written: a project or department that was disabled or deleted is
// refused at once, and so is what a quota or another node has taken away.
func TestMemoryIsNeverOld(t *testing.T) {
	each(t, func(x *fixture) {
		other := x.node(x)
		for n, step := range []struct {
			name string
			then func()
			want int
			back func()
		}{
			{"disabled", func() { exec(x, x.db, `UPDATE identity_projects SET enabled = 0 WHERE id = 'e2'`) }, 403,
				func() { exec(x, x.db, `UPDATE identity_projects SET enabled = 1 WHERE id = 'e2'`) }},
			{"department disabled", func() { exec(x, x.db, `UPDATE identity_domains SET enabled = 0 WHERE id = 'east'`) }, 403,
				func() { exec(x, x.db, `UPDATE identity_domains SET enabled = 1 WHERE id = 'east'`) }},
			{"renamed, as when it is deleted", func() { exec(x, x.db, `UPDATE identity_projects SET id = 'gone' WHERE id = 'e2'`) }, 404,
				func() { exec(x, x.db, `UPDATE identity_projects SET id = 'e2' WHERE id = 'gone'`) }},
			{"a smaller quota", func() { x.domain("east", "cores", 100) }, 0, func() {}},
			{"taken by another node", func() {
				for i := range 100 {
					x.take(other, fmt.Sprint("other ", i), "e1")
				}
			}, 409, func() {}},
		} {
			for warm := range 3 {
				if _, status := x.take(x.area, fmt.Sprint(n, " warm ", warm), "e2"); status != 0 {
					x.Fatalf("before %q: %d", step.name, status)
				}
			}
			step.then()
			if _, status := x.take(x.area, fmt.Sprint(n, " then"), "e2"); status != step.want {
				x.Errorf("%s: %d, want %d", step.name, status, step.want)
			}
			step.back()
			x.balanced(x)
		}
	})
}

// TestRequestIDOfAnotherNode: a request id is not looked for before its order is
// granted. It is found all the same: by the node that did not make it, when
// nothing is left to take, and among others in one batch.
func TestRequestIDOfAnotherNode(t *testing.T) {
	each(t, func(x *fixture) {
		x.domain("default", "cores", 20).Want(200)
		other := x.node(x)
		first, _ := x.take(x.area, "the same", "e1")
		if again, status := x.take(other, "the same", "e1"); status != 0 || again.ID != first.ID {
			x.Errorf("with room: %d, %s, want %s", status, again.ID, first.ID)
		}
		for n := range 19 {
			x.take(x.area, fmt.Sprint(n), "e2")
		}
		third := x.node(x)
		if again, status := x.take(third, "the same", "e1"); status != 0 || again.ID != first.ID {
			x.Errorf("when all is taken: %d, %s, want %s", status, again.ID, first.ID)
		}
		if _, status := x.take(third, "the same", "w1"); status != 409 {
			x.Errorf("another order under the same id: %d", status)
		}
		if _, status := x.take(third, "a new one", "e1"); status != 409 {
			x.Errorf("one too many: %d", status)
		}
		x.balanced(x)

		x.domain("default", "cores", 100).Want(200)
		fourth := x.node(x)
		ids := make(chan string, claimers)
		for n := range claimers {
			go func() {
				name := fmt.Sprint("crowd ", n)
				if n%4 == 0 {
					name = "the same"
				}
				r, err := fourth.Reserve(x.Context(), ledger.Order{
					UserID: "nova", RequestID: name, ProjectID: "e1", Amounts: map[string]ledger.Amount{"cores": 1_000_000}, Life: time.Hour,
				})
				if err != nil {
					x.Errorf("%s: %v", name, err)
				}
				ids <- r.ID
			}()
		}
		same := 0
		for range claimers {
			if <-ids == first.ID {
				same++
			}
		}
		if same != claimers/4 {
			x.Errorf("%d of %d orders are the first reservation", same, claimers/4)
		}
		x.balanced(x)
	})
}

// TestMemoryAndExpiry: an open reservation that the next batch remembers expires
// as one that it reads, and cannot be committed any more.
func TestMemoryAndExpiry(t *testing.T) {
	each(t, func(x *fixture) {
		x.domain("default", "cores", 1).Want(200)
		first, _ := x.take(x.area, "first", "e1")
		if _, status := x.take(x.area, "second", "e1"); status != 409 {
			x.Fatalf("before it expired: %d", status)
		}
		x.clock.Advance(time.Hour)
		if _, status := x.take(x.area, "third", "e1"); status != 0 {
			x.Errorf("when it had expired: %d", status)
		}
		if _, err := x.area.Commit(x.Context(), "nova", first.ID); !refused(x, err) {
			x.Error("an expired reservation was committed")
		}
		if again, _ := x.take(x.area, "first", "e1"); again.State != "expired" {
			x.Errorf("its request id answers %q", again.State)
		}
		x.balanced(x)
	})
}
