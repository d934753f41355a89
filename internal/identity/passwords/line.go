package passwords

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"
)

const (
	// MaxWaiting bounds who waits for a turn: with two turns of 40 ms that is as
	// much as comes through within MaxWait. Who waits costs no memory of argon2.
	MaxWaiting = 256
	// MaxPerPeer bounds those of one address. It is a quarter, not less: whole
	// offices and proxies are one address.
	MaxPerPeer = MaxWaiting / 4
	// MaxPerName bounds those who ask for one user. It is more than MaxPerPeer, so
	// that no single address can keep a user out by asking in its name.
	MaxPerName = MaxWaiting / 2
)

// Asker is for whom a hash is computed, so that nobody takes the turns of all
// others. Empty fields are not told apart from each other.
type Asker struct {
	Peer string // see Peer
	Name string // of the user as it was asked for: an id, or domain and name
}

// Peer is the share that a remote address ("192.0.2.1:4711") belongs to: an IPv4
// address, or the /64 of an IPv6 one, of which anybody has as many as it likes.
func Peer(remote string) string {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	addr := a.Addr().Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}

// line is where those stand who wait for a turn. Turns go round the peers: whoever
// comes alone waits for one hash of each other peer at most, however many a flood
// has lined up.
type line struct {
	mu      sync.Mutex
	free    int // turns
	waiting int
	peers   map[string][]*waiter // in the order of their coming
	round   []string             // the peers that wait, the next one first
	names   map[string]int
}

type waiter struct {
	asker Asker
	turn  chan struct{} // closed when it is its turn
}

func newLine(turns int) *line {
	return &line{free: turns, peers: map[string][]*waiter{}, names: map[string]int{}}
}

// enter waits for a turn, MaxWait or as long as ctx lives. Who entered leaves.
func (l *line) enter(ctx context.Context, a Asker) error {
	w, err := l.join(a)
	if w == nil {
		return err
	}
	wait := time.NewTimer(MaxWait)
	defer wait.Stop()
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
		err = errors.Join(ErrBusy, ctx.Err())
	case <-wait.C:
		err = ErrBusy
	}
	if !l.quit(w) { // the turn came at the same time
		l.leave()
	}
	return err
}

// join takes a turn that is free (nil, nil) or a place in the line.
func (l *line) join(a Asker) (*waiter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free > 0 { // then nobody waits
		l.free--
		return nil, nil
	}
	if l.waiting >= MaxWaiting || len(l.peers[a.Peer]) >= MaxPerPeer || l.names[a.Name] >= MaxPerName {
		return nil, ErrBusy
	}
	w := &waiter{asker: a, turn: make(chan struct{})}
	if len(l.peers[a.Peer]) == 0 {
		l.round = append(l.round, a.Peer)
	}
	l.peers[a.Peer] = append(l.peers[a.Peer], w)
	l.names[a.Name]++
	l.waiting++
	return w, nil
}

// leave hands the turn to the first one of the peer whose round it is.
func (l *line) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting == 0 {
		l.free++
		return
	}
	peer := l.round[0]
	w := l.peers[peer][0]
	l.remove(w, 0)
	if len(l.peers[peer]) > 0 {
		l.round = append(l.round[1:], peer)
	}
	close(w.turn)
}

// quit takes a waiter out of the line and reports whether it still stood there.
func (l *line) quit(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, other := range l.peers[w.asker.Peer] {
		if other == w {
			l.remove(w, i)
			return true
		}
	}
	return false
}

// remove takes the i-th waiter of its peer out; the last one takes the peer out
// of the round. It needs the lock.
func (l *line) remove(w *waiter, i int) {
	a := w.asker
	queue := l.peers[a.Peer]
	copy(queue[i:], queue[i+1:])
	queue[len(queue)-1] = nil
	l.peers[a.Peer] = queue[:len(queue)-1]
	if len(queue) == 1 {
		delete(l.peers, a.Peer)
		for j, peer := range l.round {
			if peer == a.Peer {
				l.round = append(l.round[:j], l.round[j+1:]...)
				break
			}
		}
	}
	l.waiting--
	if l.names[a.Name]--; l.names[a.Name] == 0 {
		delete(l.names, a.Name)
	}
}
