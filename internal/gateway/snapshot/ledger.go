package snapshot

import (
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// MaxTombstones bounds the deletions that are remembered one by one: 8,192 of
// them take 0.2 MB, and come in three minutes of 50 changes a second. Eight times as many
// were a third of what a gateway kept after 100,000 APIs were deleted.
const MaxTombstones = 1 << 13

// ledger remembers what is newest. It is not safe for concurrent use.
type ledger struct {
	held    map[definition.Key]uint64 // the revision of what lives, but for APIs
	most    int                       // the most that held has had
	dead    graves
	floor   uint64
	highest uint64
}

func newLedger() *ledger {
	return &ledger{held: make(map[definition.Key]uint64), dead: newGraves()}
}

// newer reports whether a record of this revision says something new.
func (l *ledger) newer(key definition.Key, revision uint64) bool {
	if held, ok := l.held[key]; ok {
		return revision > held
	}
	if dead, ok := l.dead.find(key); ok {
		return revision > dead
	}
	return revision > l.floor
}

// put notes that key lives at revision.
func (l *ledger) put(key definition.Key, revision uint64) {
	l.held[key] = revision
	l.most = max(l.most, len(l.held))
	l.dead.drop(key)
}

// bury notes that key was deleted at revision, and returns the revision of the deletion
// that is forgotten for it, or 0: the least that floor must become.
func (l *ledger) bury(key definition.Key, revision uint64) (forgotten uint64) {
	delete(l.held, key)
	l.held, l.most = shard.Fitted(l.held, l.most)
	return l.dead.add(key, revision)
}
