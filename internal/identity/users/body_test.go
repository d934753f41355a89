package users

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Whatever is sent as options is taken as it is meant or refused in words of the
// dialect, and a second factor is never taken.
func FuzzOptions(f *testing.F) {
	f.Add(`{"lock_password":true,"ignore_password_expiry":null}`)
	f.Add(`{"multi_factor_auth_enabled":false,"multi_factor_auth_rules":[]}`)
	f.Add(`{"lock_password":"true"}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, raw string) {
		var o options
		if err := json.Unmarshal([]byte(raw), &o); err != nil {
			var own *wire.Error
			if json.Valid([]byte(raw)) && !errors.As(err, &own) {
				t.Errorf("%s is refused as %v", raw, err)
			}
			return
		}
		if o.set[factors] {
			t.Errorf("%s turns a second factor on", raw)
		}
		var to accounts.UserOptions
		o.apply(&to)
		again, err := json.Marshal(to)
		if err != nil {
			t.Fatal(err)
		}
		var back options
		if err := json.Unmarshal(again, &back); err != nil {
			t.Errorf("%s is stored as %s, which is refused: %v", raw, again, err)
		}
	})
}

func FuzzNullable(f *testing.F) {
	f.Add(`null`)
	f.Add(`"x"`)
	f.Add(`7`)
	f.Fuzz(func(t *testing.T, raw string) {
		var v struct {
			Email nullable `json:"email"`
		}
		err := json.Unmarshal([]byte(`{"email":`+raw+`}`), &v)
		if err == nil && !v.Email.given && raw != "" {
			t.Errorf("%s is given and does not look so", raw)
		}
	})
}
