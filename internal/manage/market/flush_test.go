package market_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/market"
)

// TestFlush: what gateways counted shows at once, is stored by Flush and goes to
// gateways with the order; what cannot be stored is kept.
func TestFlush(t *testing.T) {
	each(t, func(x *fixture) {
		x.sell("g1")
		order := x.order(x.bob, "g1", 1)
		counted := x.area.Calls.Of(order.ID)
		used := func(want int64) {
			x.Helper()
			var p market.Purchase
			x.bob.Do("GET", root+"purchases/groups/"+order.ID, nil).Want(200).Decode(&p)
			var list market.Purchases
			x.bob.Do("GET", root+"purchases/groups", nil).Want(200).Decode(&list)
			if p.QuotaUsed != want || p.QuotaLeft != max(1000-want, 0) || list.Purchases[0].QuotaUsed != want || list.Purchases[0].QuotaLeft != p.QuotaLeft {
				x.Errorf("used %d, left %d, in the list %d and %d; want %d", p.QuotaUsed, p.QuotaLeft, list.Purchases[0].QuotaUsed, list.Purchases[0].QuotaLeft, want)
			}
		}
		flush := func() {
			x.Helper()
			if err := x.area.Flush(x.Context()); err != nil {
				x.Fatal(err)
			}
		}
		used(0)
		for range 3 {
			counted.Add()
		}
		used(3)
		flush()
		if n := x.touched(string(definition.KindOrder), order.ID); n != 1 {
			x.Errorf("%d orders were touched", n)
		}
		used(3)
		published, err := x.area.Contribute(x.Context(), x.db, order.ID)
		if d, ok := published.(definition.Order); err != nil || !ok || d.Used != 3 || d.Calls != 1000 {
			x.Errorf("%+v, %v", published, err)
		}
		x.touch = nil
		flush() // nothing is new
		if len(x.touch) > 0 {
			x.Errorf("touched %v although nothing was counted", x.touch)
		}
		for range 1001 {
			counted.Add()
		}
		used(1004)
		x.area.Calls.Of("an order that is gone").Add()
		flush()
		used(1004)

		counted.Add()
		if err := x.db.Close(); err != nil {
			x.Fatal(err)
		}
		if err := x.area.Flush(x.Context()); err == nil || counted.Load() != 1 {
			x.Errorf("the database is away: %v, %d calls kept", err, counted.Load())
		}
	})
}
