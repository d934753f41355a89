package login

import (
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/identity/users"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// notice tells a user about its password after it logged in (EOS reference 1.4).
type notice struct {
	Code    string `json:"code" doc:"weak_password: an administrator set one that does not meet the rules."`
	Message string `json:"message" doc:"The same for people, in English or Chinese by X-Language or Accept-Language."`
}

// weakPassword is the code of the only notice.
const weakPassword = "weak_password"

// describeUser shows who holds a token, with what the user should know.
func (a *Area) describeUser(r *wire.Request, t *tokens.Token, view *tokenView) error {
	u, err := accounts.LoadUser(r.Context(), a.DB, t.UserID)
	if err != nil {
		return err
	}
	view.User = userRef{
		ID: u.ID, Name: u.Name, Domain: domainRef{u.DomainID, u.DomainName}, PasswordExpiresAt: users.Expiry(a.Accounts.PasswordExpires(&u)),
	}
	if !u.Weak {
		return nil
	}
	view.User.Notice = &notice{weakPassword, "The password was set by an administrator and does not meet the password rules. Please change it."}
	if r.Chinese || prefersChinese(r.HTTP.Header.Get("Accept-Language")) {
		view.User.Notice.Message = "当前密码由管理员设置，不符合密码强度要求，请尽快修改密码。"
	}
	return nil
}

// prefersChinese reports whether an Accept-Language asks for Chinese before
// English. What it cannot read weighs nothing.
func prefersChinese(header string) bool {
	const longest = 256 // a browser's has some 60 characters
	if len(header) > longest {
		return false
	}
	weight := map[string]float64{}
	for part := range strings.SplitSeq(header, ",") {
		tag, parameter, _ := strings.Cut(part, ";")
		language, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		q := 1.0
		if text, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(text, 64); err != nil || !(q >= 0 && q <= 1) {
				q = 0
			}
		}
		weight[language] = max(weight[language], q)
	}
	return weight["zh"] > weight["en"]
}
