package snapshot

import "github.com/lintel-gateway/lintel/internal/definition"

// MaxTombstones bounds the deletions that are remembered one by one: 65,536 of
// them take about 10 MB.
const MaxTombstones = 1 << 16

// ledger remembers what is newest. It is not safe for concurrent use.
type ledger struct {
	held    map[definition.Key]mark
	live    int     // of held, those that are not dead
	graves  []grave // a ring once it is full; next is the oldest
	next    int
	floor   uint64
	highest uint64
}

// mark is the newest revision of a key, and whether it was a deletion.
type mark struct {
	revision uint64
	dead     bool
}

type grave struct {
	key      definition.Key
	revision uint64
}

func newLedger() *ledger { return &ledger{held: make(map[definition.Key]mark)} }

// newer reports whether a record of this revision says something new.
func (l *ledger) newer(key definition.Key, revision uint64) bool {
	if m, ok := l.held[key]; ok {
		return revision > m.revision
	}
	return revision > l.floor
}

// put notes that key lives at revision.
func (l *ledger) put(key definition.Key, revision uint64) {
	if m, ok := l.held[key]; !ok || m.dead {
		l.live++
	}
	l.held[key] = mark{revision: revision}
}

// bury notes that key was deleted at revision.
func (l *ledger) bury(key definition.Key, revision uint64) {
	if m, ok := l.held[key]; ok && !m.dead {
		l.live--
	}
	l.held[key] = mark{revision: revision, dead: true}
	g := grave{key, revision}
	if len(l.graves) < MaxTombstones {
		l.graves = append(l.graves, g)
		return
	}
	old := l.graves[l.next]
	l.graves[l.next] = g
	l.next = (l.next + 1) % MaxTombstones
	// A key that lives again, or was deleted once more, has a younger mark.
	if m := l.held[old.key]; m.dead && m.revision == old.revision {
		delete(l.held, old.key)
		l.floor = max(l.floor, old.revision)
	}
}
