package profiles

import (
	"errors"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

// maxLocale is in bytes: the longest tag that BCP 47 asks everybody to take.
const maxLocale = 35

type currentUser struct {
	UID      string `json:"uid" doc:"Id of the user."`
	Username string `json:"username" doc:"Name to log in with."`
	Email    string `json:"email" doc:"Address; empty when not known."`
	Locale   string `json:"locale" doc:"Language that the user chose: zh-CN, en-US…; empty when it chose none."`
}

type passwordChange struct {
	Original secret.Text `json:"originalPassword" required:"true" doc:"The password until now: a token alone does not change it."`
	Password secret.Text `json:"password" required:"true" doc:"The new password."`
}

type emailChange struct {
	Email *string `json:"email" required:"true" doc:"Address; empty takes it away."`
}

type languageChange struct {
	Locale *string `json:"locale" required:"true" doc:"A language tag such as zh-CN or en-US."`
}

// needed refuses a body without one of its fields.
func needed(field string) error {
	return ghippo.BadRequest("field %q is missing or empty", field)
}

func (a *Area) showCurrent(r *wire.Request) (currentUser, error) {
	u, err := a.user(r, r.Actor.UserID)
	if err != nil {
		return currentUser{}, err
	}
	return currentUser{UID: u.ID, Username: u.Name, Email: u.Email, Locale: u.Locale}, nil
}

func (a *Area) changePassword(r *wire.Request, in *passwordChange) (empty, error) {
	switch {
	case in.Original == "":
		return empty{}, ghippo.BadRequest("field %q is missing or empty: a token alone does not change a password", "originalPassword")
	case in.Password == "":
		return empty{}, needed("password")
	}
	r.Touched(r.Actor.UserID)
	asker := passwords.Asker{Peer: passwords.Peer(r.HTTP.RemoteAddr), Name: r.Actor.UserID}
	err := a.Accounts.ChangePasswordFor(r.Context(), asker, r.Actor.UserID, in.Original, in.Password)
	if refused := new(wire.AuthError); errors.As(err, &refused) {
		// Not 401: that says that the token is over, and this one is good.
		return empty{}, ghippo.Forbidden(r.Route.Action).Msg("the original password is wrong, or not taken at the moment").Because(err)
	}
	return empty{}, err
}

func (a *Area) changeEmail(r *wire.Request, in *emailChange) (empty, error) {
	if in.Email == nil {
		return empty{}, needed("email")
	}
	return a.changeOwn(r, accounts.UserChange{Email: in.Email})
}

func (a *Area) changeLanguage(r *wire.Request, in *languageChange) (empty, error) {
	if in.Locale == nil {
		return empty{}, needed("locale")
	}
	if !isLocale(*in.Locale) {
		return empty{}, ghippo.BadRequest("field %q must be a language tag such as zh-CN or en-US", "locale")
	}
	return a.changeOwn(r, accounts.UserChange{Locale: in.Locale})
}

// changeOwn changes what is everybody's own to change, whatever the scope of the
// credentials: the reach is the user alone.
func (a *Area) changeOwn(r *wire.Request, c accounts.UserChange) (empty, error) {
	r.Touched(r.Actor.UserID)
	_, err := a.Accounts.UpdateUser(r.Context(), accounts.Reach{UserID: r.Actor.UserID}, r.Actor.UserID, c)
	return empty{}, err
}

// isLocale reports a language tag in its general form: a word of 2 to 8 letters,
// and words of up to 8 letters and digits after '-' or '_', which the
// dialect's own clients write.
func isLocale(s string) bool {
	if len(s) > maxLocale {
		return false
	}
	for i, part := range strings.Split(strings.ReplaceAll(s, "_", "-"), "-") {
		if part == "" || len(part) > 8 || i == 0 && len(part) < 2 {
			return false
		}
		for _, c := range []byte(part) {
			letter := 'a' <= c|0x20 && c|0x20 <= 'z'
			if !letter && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}
