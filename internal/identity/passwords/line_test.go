package passwords

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// stand lines up n askers; what they get comes out of the channel in the order of
// their turns.
func stand(l *line, n int, a Asker, turns chan<- Asker, busy *int, mu *sync.Mutex) {
	for range n {
		go func() {
			if err := l.enter(context.Background(), a); err != nil {
				mu.Lock()
				*busy++
				mu.Unlock()
				return
			}
			turns <- a
		}()
		synctest.Wait()
	}
}

// standing counts those who wait: all, and in a name; idle is an empty line.
func (l *line) standing(name string) (all, named int, idle bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting, l.names[name], l.waiting+len(l.peers)+len(l.names)+len(l.round) == 0
}

// A flood from one address, or in one name, leaves places for others, and who
// comes alone waits for one hash of the flood, not for all of them.
func TestNobodyTakesAllTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(1)
		if err := l.enter(t.Context(), Asker{}); err != nil { // the turn is taken
			t.Fatal(err)
		}
		turns := make(chan Asker, MaxWaiting)
		var mu sync.Mutex
		busy := 0
		flood := Asker{Peer: "192.0.2.1", Name: "admin"}
		stand(l, 2*MaxPerPeer, flood, turns, &busy, &mu)
		if busy != MaxPerPeer {
			t.Errorf("%d of %d were sent away", busy, 2*MaxPerPeer)
		}
		// The same name from elsewhere, another name from there, and a stranger.
		owner, other := Asker{Peer: "192.0.2.2", Name: "admin"}, Asker{Peer: "192.0.2.3", Name: "alice"}
		stand(l, 1, owner, turns, &busy, &mu)
		stand(l, 1, other, turns, &busy, &mu)
		for range 4 {
			l.leave()
			synctest.Wait()
		}
		var first []string
		for range 4 {
			first = append(first, (<-turns).Peer)
		}
		if got := fmt.Sprint(first); got != "[192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.1]" {
			t.Errorf("turns went to %s", got)
		}
		// A name has its share whatever the number of addresses.
		busy = 0
		for i := range 8 {
			stand(l, MaxPerPeer/2, Asker{Peer: fmt.Sprint("10.0.0.", i), Name: "admin"}, turns, &busy, &mu)
		}
		if _, n, _ := l.standing("admin"); n != MaxPerName {
			t.Errorf("%d wait in the name of admin, want %d", n, MaxPerName)
		}
		before := busy
		stand(l, 1, Asker{Peer: "10.0.0.1", Name: "bob"}, turns, &busy, &mu)
		if busy != before {
			t.Error("another user of the same address was sent away")
		}
		// Altogether no more than MaxWaiting.
		for i := range 2 * MaxWaiting {
			stand(l, 1, Asker{Peer: fmt.Sprint("peer ", i), Name: fmt.Sprint("name ", i)}, turns, &busy, &mu)
		}
		if n, _, _ := l.standing(""); n != MaxWaiting {
			t.Errorf("%d wait, want %d", n, MaxWaiting)
		}
		// Nobody waits longer than MaxWait, and the line is empty afterwards.
		time.Sleep(MaxWait + time.Second)
		synctest.Wait()
		if n, _, idle := l.standing(""); !idle {
			t.Errorf("after MaxWait %d wait", n)
		}
	})
}

// However they come and go, every turn is handed on and none is lost.
func TestTurnsAreNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const turns = 3
		l := newLine(turns)
		var mu sync.Mutex
		running, most := 0, 0
		var all sync.WaitGroup
		for i := range 600 {
			all.Go(func() {
				time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond)
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(200))*time.Millisecond)
				defer cancel()
				err := l.enter(ctx, Asker{Peer: fmt.Sprint(i % 7), Name: fmt.Sprint(i % 11)})
				if err != nil {
					if !errors.Is(err, ErrBusy) {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(10 * time.Millisecond)
				mu.Lock()
				running--
				mu.Unlock()
				l.leave()
			})
		}
		all.Wait()
		if n, _, idle := l.standing(""); most != turns || l.free != turns || !idle {
			t.Errorf("%d ran at once, %d turns are free, %d wait", most, l.free, n)
		}
	})
}
