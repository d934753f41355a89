package order

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
	"github.com/lintel-gateway/lintel/internal/statistics"
)

// Order is an order and what is used of it.
type Order struct {
	id, app, group string
	bought         int64
	expires        int64 // seconds since the epoch
	*used
}

// used outlives the records of an order.
type used struct {
	total  atomic.Int64           // by all that this gateway knows
	unsent *statistics.OrderCalls // of them, what nobody stored yet
}

// take counts a call if there is one left.
func (o *Order) take() bool {
	for {
		n := o.total.Load()
		if n >= o.bought {
			return false
		}
		if o.total.CompareAndSwap(n, n+1) {
			o.unsent.Add()
			return true
		}
	}
}

// learn takes over what a record says, unless more is known here.
func (u *used) learn(stored int64) {
	for {
		n, told := u.total.Load(), stored+u.unsent.Load()
		if told <= n || u.total.CompareAndSwap(n, told) {
			return
		}
	}
}

// Orders holds the orders of a gateway. Look-ups are safe at any time; Put and
// Drop are called by one writer at a time.
type Orders struct {
	byApp *shard.Map[string, *Order] // an app is of one order
	calls *statistics.Orders
	// known is how many there are: most gateways have none, and looking for the order of
	// an app takes 100 instructions a call.
	known atomic.Int64
	mu    sync.Mutex
	byID  map[string]*Order
}

// NewOrders holds no orders. What calls use is added to calls.
func NewOrders(calls *statistics.Orders) *Orders {
	return &Orders{byApp: shard.New[string, *Order](), calls: calls, byID: map[string]*Order{}}
}

// Check says why an order cannot be counted.
func (s *Orders) Check(d *definition.Order) error {
	switch {
	case d.AppID == "" || d.GroupID == "":
		return errors.New("body: app_id and group_id must be set")
	case d.Calls < 0 || d.Used < 0:
		return errors.New("body: calls and used are not below 0")
	}
	return nil
}

// Put takes an order, or a newer record of one.
func (s *Orders) Put(d *definition.Order) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := &Order{id: d.ID, app: d.AppID, group: d.GroupID, bought: d.Calls, expires: d.Expires}
	if old := s.byID[d.ID]; old != nil {
		o.used = old.used
		if old.app != o.app {
			s.byApp.Delete(old.app)
		}
	} else {
		o.used = &used{unsent: s.calls.Of(d.ID)}
	}
	o.learn(d.Used)
	s.byID[d.ID] = o
	s.byApp.Set(o.app, o)
	s.known.Store(int64(len(s.byID)))
}

// Drop forgets an order.
func (s *Orders) Drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.byID[id]; o != nil {
		delete(s.byID, id)
		s.byApp.Delete(o.app)
		s.calls.Forget(id)
		s.known.Store(int64(len(s.byID)))
	}
}

// Left is how many calls an order has left, and whether it is known.
func (s *Orders) Left(id string) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.byID[id]
	if o == nil {
		return 0, false
	}
	return max(o.bought-o.total.Load(), 0), true
}
