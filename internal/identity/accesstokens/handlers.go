package accesstokens

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

// maxName bounds a name in characters.
const maxName = 64

type creation struct {
	Name      string `json:"name" required:"true" doc:"Text for people, 1 to 64 characters."`
	ExpiredAt moment `json:"expiredAt" doc:"When the token ends: milliseconds since the epoch as text, or RFC 3339. Left out or 0: never."`
}

type created struct {
	ID    string `json:"id" doc:"Id of the access token."`
	Token string `json:"token" doc:"The token itself: to be sent as Authorization: Bearer <token>. It is not shown again."`
}

// view is an access token as the wire shows it.
type view struct {
	ID        string `json:"id" doc:"Id of the access token."`
	Name      string `json:"name" doc:"Text for people."`
	CreatedAt string `json:"createdAt" doc:"Milliseconds since the epoch."`
	UpdatedAt string `json:"updatedAt" doc:"Milliseconds since the epoch; 0 when never."`
	ExpiredAt string `json:"expiredAt" doc:"When it ends, in milliseconds since the epoch; 0 when never."`
}

type list struct {
	Items []view `json:"items" doc:"In the order in which they were made; up to 20."`
}

type empty struct{}

func show(t *Token) view {
	return view{ID: t.ID, Name: t.Name, CreatedAt: millis(t.Created), UpdatedAt: millis(t.Updated), ExpiredAt: millis(t.Expires)}
}

// millis writes a moment; the zero one is never.
func millis(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return bearer.Millis(t)
}

// check refuses what is no name or a time that is over. Tokens count whole
// seconds, so the end is the second it lies in.
func (a *Area) check(in *creation) error {
	switch {
	case strings.TrimSpace(in.Name) == "" || utf8.RuneCountInString(in.Name) > maxName || strings.ContainsFunc(in.Name, unicode.IsControl):
		return ghippo.BadRequest("name must have 1 to %d characters, not only blanks, and no control characters", maxName)
	case !in.ExpiredAt.IsZero() && !a.Clock().Before(in.ExpiredAt.Truncate(time.Second)):
		return ghippo.BadRequest("expiredAt lies in the past")
	}
	return nil
}

func (a *Area) create(r *wire.Request, in *creation) (created, error) {
	return a.make(r, r.Actor.UserID, in)
}

func (a *Area) createFor(r *wire.Request, in *creation) (created, error) {
	return a.make(r, r.Path("id"), in)
}

func (a *Area) make(r *wire.Request, userID string, in *creation) (created, error) {
	if err := bearer.Unlimited(r); err != nil {
		return created{}, err
	}
	if err := a.check(in); err != nil {
		return created{}, err
	}
	user, err := accounts.LoadUser(r.Context(), a.DB, userID)
	if errors.Is(err, store.ErrNotFound) {
		return created{}, ghippo.NotFound("user", userID)
	}
	if err != nil {
		return created{}, err
	}
	t, raw, err := a.Create(r.Context(), &user, in.Name, in.ExpiredAt.Truncate(time.Second))
	if errors.Is(err, store.ErrNotFound) { // gone in between
		return created{}, ghippo.NotFound("user", userID)
	}
	if err != nil {
		return created{}, err
	}
	r.Touched(t.ID)
	return created{t.ID, raw}, nil
}

func (a *Area) list(r *wire.Request) (list, error) { return a.listOf(r.Context(), r.Actor.UserID) }

func (a *Area) listOf(ctx context.Context, userID string) (list, error) {
	all, err := listOf(ctx, a.DB, userID)
	if err != nil {
		return list{}, err
	}
	items := make([]view, len(all))
	for i := range all {
		items[i] = show(&all[i])
	}
	return list{items}, nil
}

func (a *Area) remove(r *wire.Request) (empty, error) {
	return a.delete(r, r.Actor.UserID, r.Path("id"))
}

func (a *Area) delete(r *wire.Request, userID, id string) (empty, error) {
	if err := bearer.Unlimited(r); err != nil {
		return empty{}, err
	}
	err := a.Delete(r.Context(), userID, id)
	if errors.Is(err, store.ErrNotFound) {
		return empty{}, ghippo.NotFound("access token", id)
	}
	return empty{}, err
}

// managed answers nil when the caller may see and end the access tokens of the
// user in the path. Who only reads a department may neither.
func (a *Area) managed(r *wire.Request) error {
	by, id := accounts.Managed(&r.Actor), r.Path("id")
	if by == (accounts.Reach{}) {
		return ghippo.Forbidden(r.Route.Action)
	}
	user, err := accounts.LoadUser(r.Context(), a.DB, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !by.User(&user) {
		return ghippo.NotFound("user", id)
	}
	if err != nil || by.All {
		return err
	}
	above, err := accounts.HoldsAdmin(r.Context(), a.DB, accounts.Holder{UserID: id})
	if err == nil && above {
		err = ghippo.Forbidden(r.Route.Action)
	}
	return err
}

func (a *Area) listFor(r *wire.Request) (list, error) {
	if err := a.managed(r); err != nil {
		return list{}, err
	}
	return a.listOf(r.Context(), r.Path("id"))
}

func (a *Area) removeFor(r *wire.Request) (empty, error) {
	if err := a.managed(r); err != nil {
		return empty{}, err
	}
	return a.delete(r, r.Path("id"), r.Path("aid"))
}
