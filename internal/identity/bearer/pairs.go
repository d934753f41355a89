package bearer

import (
	"errors"
	"strconv"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

// pair is a key pair as this dialect shows it. The reference makes pairs in its
// console only; these calls are ours.
type pair struct {
	AK         string `json:"ak" doc:"The access key."`
	SK         string `json:"sk,omitempty" doc:"The secret; only in the answer that creates the pair."`
	Enabled    bool   `json:"enabled" doc:"Whether the pair can be used."`
	CreatedAt  string `json:"createdAt" doc:"Milliseconds since the epoch."`
	LastUsedAt string `json:"lastUsedAt" doc:"Milliseconds since the epoch, to the minute; 0 when never."`
}

type pairList struct {
	Items []pair `json:"items" doc:"In the order in which they were made."`
}

type newPair struct{}

type empty struct{}

func viewPair(k *accesskeys.Key) pair {
	p := pair{AK: k.Access, Enabled: k.Active, CreatedAt: Millis(k.Created), LastUsedAt: "0"}
	if !k.LastUse.IsZero() {
		p.LastUsedAt = Millis(k.LastUse)
	}
	return p
}

// Millis is how this dialect writes moments.
func Millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// Unlimited refuses an actor whose credential is bound to less than its user:
// what it made would be bound to nothing (CVE-2026-33551, CVE-2026-43001).
func Unlimited(r *wire.Request) error {
	if r.Actor.Restricted || r.Actor.CredentialID != "" {
		return ghippo.Forbidden(r.Route.Action)
	}
	return nil
}

func (a *Area) listPairs(r *wire.Request) (pairList, error) {
	keys, err := accesskeys.Of(r.Context(), a.Ring.DB, r.Actor.UserID)
	if err != nil {
		return pairList{}, err
	}
	items := make([]pair, len(keys))
	for i := range keys {
		items[i] = viewPair(&keys[i])
	}
	return pairList{items}, nil
}

func (a *Area) createPair(r *wire.Request, _ *newPair) (pair, error) {
	if err := Unlimited(r); err != nil {
		return pair{}, err
	}
	k, text, err := a.Keys.CreatePair(r.Context(), r.Actor.UserID, "")
	if err != nil {
		return pair{}, err
	}
	r.Touched(k.Access)
	p := viewPair(&k)
	p.SK = text.Reveal()
	return p, nil
}

func (a *Area) deletePair(r *wire.Request) (empty, error) {
	if err := Unlimited(r); err != nil {
		return empty{}, err
	}
	access := r.Path("ak")
	err := a.Keys.Remove(r.Context(), r.Actor.UserID, access)
	if errors.Is(err, store.ErrNotFound) {
		return empty{}, ghippo.NotFound("access key", access)
	}
	return empty{}, err
}
