package tokens

import (
	"context"
	"maps"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Kind is what a revocation is about. Kinds are stored: they are never renamed.
type Kind string

const (
	kindToken Kind = "token"
	// OfUser concerns every token of a user.
	OfUser Kind = "user"
	// OfProject concerns every token with the project in scope.
	OfProject Kind = "project"
	// OfDomain concerns every token of the domain's users and with the domain in
	// scope. Projects of the domain are revoked one by one.
	OfDomain Kind = "domain"
	// OfCredential concerns every token made with an application credential.
	OfCredential Kind = "credential"
	// kindChange concerns no token: its one row moves whenever caches of keys
	// and roles must be filled anew.
	kindChange Kind = "change"
)

const (
	// MaxRevokedPerUser bounds the revoked tokens that are remembered one by
	// one. Whoever revokes more within a day loses all its tokens instead:
	// making and revoking tokens must not fill the memory of every node.
	MaxRevokedPerUser = 256
	// page is how many rows one query of Refresh reads.
	page = 1000
	// skew is how far the clocks of two nodes may differ before a row could be
	// forgotten while a token it concerns still lives.
	skew = time.Hour
	// pruneEvery is how often expired entries leave the memory.
	pruneEvery = 10 * time.Minute
	forever    = math.MaxInt64
)

// void ends what was issued up to before; it can be forgotten after expires.
type void struct{ before, expires int64 }

// holder is what is revoked of one user: everything up to a moment, and single
// tokens by audit id, whose void.before is when they were issued.
type holder struct {
	void
	tokens map[string]void
}

// Revocations holds in memory what SQL says is revoked. It is safe for
// concurrent use. Its size is bounded by MaxRevokedPerUser for each user that
// revoked something during the last day.
type Revocations struct {
	db    *store.DB
	clock clock.Clock

	refresh sync.Mutex // one Refresh at a time
	seq     int64      // guarded by refresh
	pruned  int64      // guarded by refresh

	mu     sync.RWMutex
	users  map[string]*holder
	others map[Kind]map[string]void // by kind, for all but users and single tokens

	generation atomic.Uint64
}

// OpenRevocations reads all revocations. Without them no token can be
// trusted, so an error here must keep the node from serving.
func OpenRevocations(ctx context.Context, db *store.DB, now clock.Clock) (*Revocations, error) {
	r := &Revocations{db: db, clock: now, users: map[string]*holder{}, others: map[Kind]map[string]void{
		OfProject: {}, OfDomain: {}, OfCredential: {},
	}}
	if err := r.Refresh(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// Refresh reads the revocations that were committed since the last time.
func (r *Revocations) Refresh(ctx context.Context) error {
	r.refresh.Lock()
	defer r.refresh.Unlock()
	for {
		rows, err := loadAfter(ctx, r.db, r.seq, page)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			r.add(rows)
			r.seq = rows[len(rows)-1].seq
			r.generation.Add(1)
		}
		if len(rows) < page {
			break
		}
	}
	r.prune(store.Micros(r.clock()))
	return nil
}

func (r *Revocations) add(rows []row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, row := range rows {
		switch Kind(row.kind) {
		case kindToken:
			h := r.holder(row.userID)
			if h.tokens == nil {
				h.tokens = map[string]void{}
			}
			h.tokens[row.id] = void{row.before, row.expires}
		case OfUser:
			h := r.holder(row.id)
			h.void = void{row.before, row.expires}
			maps.DeleteFunc(h.tokens, func(_ string, v void) bool { return v.before <= row.before })
		case OfProject, OfDomain, OfCredential:
			r.others[Kind(row.kind)][row.id] = void{row.before, row.expires}
		}
	}
}

func (r *Revocations) holder(userID string) *holder {
	h := r.users[userID]
	if h == nil {
		h = &holder{}
		r.users[userID] = h
	}
	return h
}

func (r *Revocations) prune(now int64) {
	if now-r.pruned < pruneEvery.Microseconds() {
		return
	}
	r.pruned = now
	r.mu.Lock()
	defer r.mu.Unlock()
	for user, h := range r.users {
		maps.DeleteFunc(h.tokens, func(_ string, v void) bool { return v.expires <= now })
		if h.expires <= now && len(h.tokens) == 0 {
			delete(r.users, user)
		}
	}
	for _, voids := range r.others {
		maps.DeleteFunc(voids, func(_ string, v void) bool { return v.expires <= now })
	}
}

// Generation changes whenever revocations or announced changes arrive. A cache
// of roles, users or keys is stale when it was filled in another generation.
func (r *Revocations) Generation() uint64 { return r.generation.Load() }

// Len is the number of revocations in memory.
func (r *Revocations) Len() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n := len(r.users)
	for _, voids := range r.others {
		n += len(voids)
	}
	for _, h := range r.users {
		n += len(h.tokens)
	}
	return n
}

// covers reports whether t was taken back.
func (r *Revocations) covers(t *Token) bool {
	issued := t.IssuedAt.UnixMicro()
	r.mu.RLock()
	defer r.mu.RUnlock()
	if h := r.users[t.UserID]; h != nil {
		if issued <= h.before {
			return true
		}
		if _, ok := h.tokens[t.AuditID]; ok {
			return true
		}
	}
	return r.ended(OfProject, t.ProjectID, issued) || r.ended(OfCredential, t.CredentialID, issued) ||
		r.ended(OfDomain, t.DomainID, issued) || r.ended(OfDomain, t.ScopeDomainID, issued)
}

// ended needs the lock.
func (r *Revocations) ended(kind Kind, id string, issued int64) bool {
	voids := r.others[kind]
	return id != "" && len(voids) != 0 && issued <= voids[id].before
}

// Void ends, inside tx, all tokens of a kind and id that were issued up to now. The caller calls Refresh after the commit.
func Void(ctx context.Context, tx *store.Tx, kind Kind, id string, now time.Time) error {
	return put(ctx, tx, now, kind, id, "", store.Micros(now), now.Add(Life+skew))
}

// Bar ends all tokens of a kind and id, also those that a node whose
// clock is ahead issues a moment later: nothing is accepted until Void is
// called for the same thing.
func Bar(ctx context.Context, tx *store.Tx, kind Kind, id string, now time.Time) error {
	return put(ctx, tx, now, kind, id, "", forever, store.Time(forever))
}

// End is Bar for what is gone for good: it is forgotten when the last token that
// it could concern is over, so that deletions do not fill the memory of nodes.
func End(ctx context.Context, tx *store.Tx, kind Kind, id string, now time.Time) error {
	return put(ctx, tx, now, kind, id, "", forever, now.Add(Life+skew))
}

// Announce tells, inside tx, the caches of all nodes about a change that ends
// no token: a new role, an access key switched off. The caller calls Refresh
// after the commit.
func Announce(ctx context.Context, tx *store.Tx, now time.Time) error {
	return put(ctx, tx, now, kindChange, "", "", 0, now.Add(Life))
}

// Revoking runs a write that says, with Void and its like, what ends, and brings
// that into effect here; other nodes follow when they next refresh.
func (r *Revocations) Revoking(ctx context.Context, write func(*store.Tx) error) error {
	if err := r.db.Write(ctx, write); err != nil {
		return err
	}
	return r.Refresh(ctx)
}

// Announcing is Revoking for a write that ends no token and concerns what is
// cached: it announces itself.
func (r *Revocations) Announcing(ctx context.Context, write func(*store.Tx) error) error {
	return r.Revoking(ctx, func(tx *store.Tx) error {
		if err := write(tx); err != nil {
			return err
		}
		return Announce(ctx, tx, r.clock())
	})
}

// revoke writes the revocation of one token and brings it into effect here.
func (r *Revocations) revoke(ctx context.Context, now time.Time, t Token) error {
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		var live, latest int64
		row := tx.QueryRow(ctx, ownRevoked, t.UserID, store.Micros(now))
		if err := row.Scan(&live, &latest); err != nil {
			return err
		}
		issued := store.Micros(t.IssuedAt)
		if live < MaxRevokedPerUser {
			return put(ctx, tx, now, kindToken, t.AuditID, t.UserID, issued, t.Expires.Add(skew))
		}
		// A node whose clock is ahead may have issued some of them after now.
		before := max(store.Micros(now), latest, issued)
		if err := put(ctx, tx, now, OfUser, t.UserID, "", before, store.Time(before).Add(Life+skew)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, dropRevoked, t.UserID)
		return err
	})
	if err != nil {
		return err
	}
	return r.Refresh(ctx)
}

func put(ctx context.Context, tx *store.Tx, now time.Time, kind Kind, id, owner string, before int64, expires time.Time) error {
	if _, err := tx.Exec(ctx, pruneRevocations, store.Micros(now)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, putRevocation, string(kind), id, owner, before, store.Micros(expires))
	return err
}
