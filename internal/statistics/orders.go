package statistics

import (
	"strings"
	"sync"
	"sync/atomic"
)

// Orders holds the calls of orders that are not stored yet. All methods are
// safe for concurrent use; those of a nil Orders hold nothing.
type Orders struct {
	mu   sync.Mutex
	held map[string]*OrderCalls

	// moving is held while calls are on their way to the store: who reads both
	// places under View meets each call once.
	moving sync.RWMutex
}

// OrderCalls counts the calls of one order.
type OrderCalls struct{ n atomic.Int64 }

// Add counts a call.
func (c *OrderCalls) Add() { c.n.Add(1) }

// Load is how many calls are not stored yet.
func (c *OrderCalls) Load() int64 { return c.n.Load() }

// OrderRow is how many calls are to be added to what is stored of an order.
type OrderRow struct {
	OrderID string
	Calls   int64
}

// NewOrders returns Orders without calls.
func NewOrders() *Orders { return &Orders{held: map[string]*OrderCalls{}} }

// Of is the counter of an order, the same one until it is forgotten.
func (o *Orders) Of(id string) *OrderCalls {
	if o == nil {
		return &OrderCalls{}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.held[id]
	if c == nil {
		c = &OrderCalls{}
		o.held[strings.Clone(id)] = c
	}
	return c
}

// Forget ends the counter of an order that is no more.
func (o *Orders) Forget(id string) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.held, id)
}

// View runs read while no calls are on their way to the store. read must not
// write to it: that would wait for who waits here.
func (o *Orders) View(read func() error) error {
	if o == nil {
		return read()
	}
	o.moving.RLock()
	defer o.moving.RUnlock()
	return read()
}

// Pending is how many calls of an order are not stored yet.
func (o *Orders) Pending(id string) int64 {
	if o == nil {
		return 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if c := o.held[id]; c != nil {
		return c.Load()
	}
	return 0
}

// Drain hands all calls to store, at most drainRows orders at a time. Calls that
// store refuses are kept, and Drain ends with its error.
func (o *Orders) Drain(store func([]OrderRow) error) error {
	if o == nil {
		return nil
	}
	var waiting []string
	o.mu.Lock()
	for id, c := range o.held {
		if c.Load() > 0 {
			waiting = append(waiting, id)
		}
	}
	o.mu.Unlock()
	for len(waiting) > 0 {
		n := min(len(waiting), drainRows)
		if err := o.drain(waiting[:n], store); err != nil {
			return err
		}
		waiting = waiting[n:]
	}
	return nil
}

func (o *Orders) drain(ids []string, store func([]OrderRow) error) error {
	o.moving.Lock()
	defer o.moving.Unlock()
	var rows []OrderRow
	var taken []*OrderCalls
	o.mu.Lock()
	for _, id := range ids {
		c := o.held[id]
		if c == nil {
			continue // it was forgotten meanwhile
		}
		rows, taken = append(rows, OrderRow{id, c.n.Swap(0)}), append(taken, c)
	}
	o.mu.Unlock() // store leads back here: what it stores is published to gateways
	if len(rows) == 0 {
		return nil
	}
	err := store(rows)
	if err != nil {
		for i, c := range taken {
			c.n.Add(rows[i].Calls)
		}
	}
	return err
}
