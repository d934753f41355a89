package channel_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
)

// TestEverythingAtOnce lets calls fail and succeed, channels change, watches begin and
// end and management ask, all at once: what is wrong with that, the race detector
// says. Afterwards at least half of the members are in, and no call is counted any
// more: as many calls as members are in go to different ones.
func TestEverythingAtOnce(t *testing.T) {
	n := newNetwork()
	for _, host := range []string{"a.test", "b.test", "c.test"} {
		n.set(host, 200)
	}
	s := channel.New(channel.Options{Dial: n.dial})
	defer s.Close()
	s.Put(watched(3))
	var broken sync.Map // addresses
	b := channel.NewBackend(s, "c", "", senderFunc(func(c *call.Call) *call.Fault {
		c.Timing.BackendConnect = 0
		if _, yes := broken.Load(c.Out.Address); yes {
			c.Timing.BackendConnect, c.Timing.BackendStart = call.NotConnected, time.Now()
			return call.BackendUnavailable
		}
		return nil
	}))
	end := time.Now().Add(300 * time.Millisecond)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for time.Now().Before(end) {
				c := call.Acquire(context.Background())
				c.Out.Timeout = time.Second
				if f := b.Send(c); f != nil && f != call.BackendUnavailable {
					t.Errorf("%v", f)
				}
				call.Release(c)
			}
		})
	}
	all.Go(func() {
		for i := 0; time.Now().Before(end); i++ {
			d := watched(3)
			d.Balance, d.Members[0].Weight = 1+i%4, i%100
			s.Put(d)
			s.Well("c", "m1")
			s.Well("c", "")
			time.Sleep(time.Millisecond)
		}
	})
	all.Go(func() {
		for i := 0; time.Now().Before(end); i++ {
			address := []string{"a.test:80", "b.test:80", "c.test:80"}[i%3]
			broken.Store(address, true)
			time.Sleep(2 * time.Millisecond)
			broken.Delete(address)
		}
	})
	all.Wait()

	d := watched(3)
	d.Balance = 2
	s.Put(d)
	well := 0
	for _, id := range []string{"m0", "m1", "m2"} {
		if ok, _ := s.Well("c", id); ok {
			well++
		}
	}
	got := map[string]bool{}
	for range well {
		c := call.Acquire(t.Context())
		defer call.Release(c)
		b.Send(c)
		got[c.Out.Address] = true
	}
	if len(got) != well || well < 1 {
		t.Errorf("%d members are in, and as many calls went to %v", well, got)
	}
}
