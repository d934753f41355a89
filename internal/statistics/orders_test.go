package statistics_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lintel-gateway/lintel/internal/statistics"
)

func TestOrders(t *testing.T) {
	o := statistics.NewOrders()
	a, b := o.Of("a"), o.Of("b")
	a.Add()
	a.Add()
	if o.Of("a") != a || o.Pending("a") != 2 || o.Pending("b") != 0 || o.Pending("c") != 0 {
		t.Error("an order has not one counter")
	}
	refused := errors.New("no room")
	if err := o.Drain(func([]statistics.OrderRow) error { a.Add(); return refused }); err != refused || o.Pending("a") != 3 {
		t.Errorf("%v, %d pending; what is not stored is kept", err, o.Pending("a"))
	}
	var stored []statistics.OrderRow
	keep := func(rows []statistics.OrderRow) error { stored = append(stored, rows...); return nil }
	if err := o.Drain(keep); err != nil || len(stored) != 1 || stored[0] != (statistics.OrderRow{OrderID: "a", Calls: 3}) || o.Pending("a") != 0 {
		t.Errorf("%v, %v", stored, err)
	}
	b.Add()
	o.Forget("b")
	b.Add() // of a call that was under way
	if err := o.Drain(keep); err != nil || len(stored) != 1 {
		t.Errorf("%v, %v", stored, err)
	}
	var none *statistics.Orders
	none.Of("x").Add()
	none.Forget("x")
	if err := none.Drain(keep); err != nil || none.Pending("x") != 0 || none.View(func() error { return refused }) != refused {
		t.Error("nil is no Orders without calls")
	}
}

// TestOrdersUnderConcurrency: many orders, counted while they are stored, in
// part by a store that refuses; whoever looks sees every call once.
func TestOrdersUnderConcurrency(t *testing.T) {
	const orders, each = 500, 8
	o := statistics.NewOrders()
	names := make([]string, orders)
	for i := range names {
		names[i] = string(rune('a'+i%26)) + string(rune('0'+i/26))
	}
	var stored sync.Map // to *atomic.Int64
	var attempts atomic.Int64
	store := func(rows []statistics.OrderRow) error {
		if attempts.Add(1)%3 == 0 {
			return errors.New("away")
		}
		for _, r := range rows {
			n, _ := stored.LoadOrStore(r.OrderID, &atomic.Int64{})
			n.(*atomic.Int64).Add(r.Calls)
		}
		return nil
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range each / 4 {
				for _, name := range names {
					o.Of(name).Add()
				}
			}
		})
	}
	stop := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() {
		seen := int64(0)
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = o.Drain(store)
			_ = o.View(func() error {
				now := o.Pending("a0")
				if n, ok := stored.Load("a0"); ok {
					now += n.(*atomic.Int64).Load()
				}
				if now < seen || now > each {
					t.Errorf("order a0 had %d calls and has %d", seen, now)
				}
				seen = now
				return nil
			})
		}
	})
	wg.Wait()
	close(stop)
	others.Wait()
	for o.Drain(store) != nil {
	}
	for _, name := range names {
		if n, ok := stored.Load(name); !ok || n.(*atomic.Int64).Load() != each || o.Pending(name) != 0 {
			t.Fatalf("order %s: %v stored, %d pending", name, n, o.Pending(name))
		}
	}
}
