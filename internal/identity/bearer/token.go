package bearer

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

const (
	// DefaultCycle and MaxCycle are days.
	DefaultCycle = 3
	MaxCycle     = 365
	// maxPart bounds an access key or a secret in bytes.
	maxPart = 128
	// maxExchanges is how many run at once: whoever makes key pairs up must not
	// take all connections of the database. A turn is waited for no longer than
	// turnTime.
	maxExchanges = 8
	turnTime     = 2 * time.Second
)

type exchange struct {
	AK    string      `json:"ak" required:"true" doc:"The access key."`
	SK    secret.Text `json:"sk" required:"true" doc:"Its secret."`
	Cycle *int        `json:"cycle" doc:"Days until the token ends, 1 to 365; 3 when left out."`
}

type tokenAnswer struct {
	Token string `json:"token" doc:"To be sent as Authorization: Bearer <token>."`
}

// tokenByQuery reads the query of the reference. What is wrong with it is said
// without repeating any of it.
func (a *Area) tokenByQuery(r *wire.Request) (tokenAnswer, error) {
	q := r.Query()
	for _, name := range [...]string{"ak", "sk", "cycle"} {
		if len(q[name]) > 1 {
			return tokenAnswer{}, ghippo.BadRequest("query parameter %s is given more than once", name)
		}
	}
	in := exchange{AK: q.Get("ak"), SK: secret.Text(q.Get("sk"))}
	if q.Has("cycle") {
		days, err := strconv.Atoi(q.Get("cycle"))
		if err != nil {
			return tokenAnswer{}, badCycle()
		}
		in.Cycle = &days
	}
	return a.token(r, &in)
}

func (a *Area) tokenByBody(r *wire.Request, in *exchange) (tokenAnswer, error) {
	return a.token(r, in)
}

func badCycle() error {
	return ghippo.BadRequest("cycle must be a whole number of days from 1 to %d", MaxCycle)
}

func (a *Area) token(r *wire.Request, in *exchange) (tokenAnswer, error) {
	days := DefaultCycle
	if in.Cycle != nil {
		days = *in.Cycle
	}
	switch {
	case in.AK == "" || in.SK == "":
		return tokenAnswer{}, ghippo.BadRequest("ak and sk are needed")
	case days < 1 || days > MaxCycle:
		return tokenAnswer{}, badCycle()
	case len(in.AK) > maxPart || len(in.SK) > maxPart:
		return tokenAnswer{}, ghippo.Unauthorized() // no key is as long (CVE-2021-3563: never cut)
	}
	ctx, done, err := a.turn(r.Context())
	if err != nil {
		return tokenAnswer{}, err
	}
	defer done()
	k, user, err := a.match(ctx, in)
	if err != nil {
		return tokenAnswer{}, err
	}
	groups, err := GroupsOf(ctx, a.Ring.DB, user.ID)
	if err != nil {
		return tokenAnswer{}, err
	}
	now := a.Ring.Clock().UTC().Truncate(time.Second)
	c := Claims{
		ID: a.Ring.IDs.New(), UserID: user.ID, UserName: user.Name, Groups: groups,
		Credential: Credential{AccessKey, Digest(k.Access)},
		IssuedAt:   now, Expires: now.AddDate(0, 0, days),
	}
	raw, _, err := a.Ring.Sign(ctx, c)
	if err != nil {
		return tokenAnswer{}, err
	}
	r.Touched(c.ID)
	return tokenAnswer{raw}, nil
}

// turn waits until few enough exchanges run.
func (a *Area) turn(ctx context.Context) (context.Context, func(), error) {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	select {
	case a.turns <- struct{}{}:
		return ctx, func() { <-a.turns; cancel() }, nil
	case <-ctx.Done():
		cancel()
		return nil, nil, fmt.Errorf("bearer: too many tokens are being made: %w", ctx.Err())
	}
}

// match answers the key and its owner, or the one refusal. The secret is
// compared also for a locked key, so that a lock takes no less time than a
// wrong secret.
func (a *Area) match(ctx context.Context, in *exchange) (accesskeys.Key, accounts.User, error) {
	k, err := a.Keys.Match(ctx, in.AK, in.SK)
	switch {
	case errors.Is(err, accesskeys.ErrNoMatch):
		return k, accounts.User{}, a.failed(ctx, in.AK)
	case err != nil:
		return k, accounts.User{}, err
	case a.Guard.Locked(in.AK):
		return k, accounts.User{}, ghippo.Unauthorized()
	}
	user, err := accounts.LoadUser(ctx, a.Ring.DB, k.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !user.Enabled {
		return k, user, ghippo.Unauthorized()
	}
	if err != nil {
		return k, user, err
	}
	a.Guard.Verified(k.Access)
	return k, user, nil
}

// failed counts a wrong secret. Unknown access keys cost the same look-up and are
// counted apart: see verify.Authenticator.Failed.
func (a *Area) failed(ctx context.Context, access string) error {
	_, err := accesskeys.Load(ctx, a.Ring.DB, access)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	a.Guard.Failed(access, err == nil)
	return ghippo.Unauthorized()
}
