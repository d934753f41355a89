package apps

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Code is an AppCode as it is answered.
type Code struct {
	ID         string    `json:"id"`
	AppCode    string    `json:"app_code" doc:"***** for readers and for administrators of other projects."`
	AppID      string    `json:"app_id"`
	CreateTime apig.Time `json:"create_time"`

	sealed []byte
}

// CodeInput is what creating an AppCode takes.
type CodeInput struct {
	AppCode secret.Text `json:"app_code" required:"true" doc:"64 to 180 letters, digits and + _ ! @ # $ % / = -. Unique in the installation."`
}

// Codes is a page of AppCodes, the newest first.
type Codes struct {
	Total    int    `json:"total"`
	Size     int    `json:"size"`
	AppCodes []Code `json:"app_codes"`
}

const purposeCode = "app-code"

// codePattern is the union of what the editions and their samples have
// (wire-facts §3.4).
var codePattern = regexp.MustCompile(`^[A-Za-z0-9+_!@#$%/=-]+$`)

func (a *Area) createCode(r *wire.Request, in *CodeInput) (*Code, error) {
	var c apig.Check
	if c.Pattern("app_code", in.AppCode.Reveal(), codePattern, 64, 180); c.Err() != nil {
		return nil, c.Err()
	}
	return a.addCode(r, in.AppCode)
}

// generateCode makes an AppCode of 64 hex characters: the shortest allowed,
// with 256 random bits.
func (a *Area) generateCode(r *wire.Request) (*Code, error) {
	return a.addCode(r, secret.Text(hex.EncodeToString(a.IDs.Bytes(32))))
}

func (a *Area) addCode(r *wire.Request, text secret.Text) (*Code, error) {
	code := &Code{ID: a.IDs.New(), AppID: r.Path("app_id"), CreateTime: apig.Time(a.Clock())}
	r.Touched(code.ID)
	var projectID string
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		app, err := own(r, tx, code.AppID)
		if err != nil {
			return err
		}
		projectID = app.projectID
		count, err := countCodes(r.Context(), tx, app.ID)
		if err != nil {
			return err
		}
		if err := a.Quotas.Room(r.Context(), tx, projectID, quota.AppCodes, count, apig.E3131); err != nil {
			return err
		}
		hash := a.hash(text)
		switch owner, err := codeOwner(r.Context(), tx, hash); {
		case err != nil:
			return err
		case owner == app.ID:
			return apig.E3309.With("the app has this AppCode")
		case owner != "":
			return apig.Invalid("app_code")
		}
		if code.sealed, err = a.Sealer.Seal(purposeCode, app.ID, []byte(text.Reveal())); err != nil {
			return err
		}
		tx.Touch(string(definition.KindApp), app.ID)
		return insertCode(r.Context(), tx, code, hash)
	})
	if err != nil {
		return nil, err
	}
	return code, a.unsealCode(r, projectID, code)
}

// hash finds an AppCode without opening every sealed one. It is keyed, so that
// a copy of the database does not let codes be guessed.
func (a *Area) hash(text secret.Text) string {
	mac := hmac.New(sha256.New, a.index)
	mac.Write([]byte(text.Reveal()))
	return hex.EncodeToString(mac.Sum(nil))
}

func (a *Area) listCodes(r *wire.Request) (*Codes, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	app, err := own(r, a.DB, r.Path("app_id"))
	if err != nil {
		return nil, err
	}
	out := &Codes{}
	if out.Total, err = countCodes(r.Context(), a.DB, app.ID); err != nil {
		return nil, err
	}
	if out.AppCodes, err = selectCodes(r.Context(), a.DB, app.ID, page); err != nil {
		return nil, err
	}
	for i := range out.AppCodes {
		if err := a.unsealCode(r, app.projectID, &out.AppCodes[i]); err != nil {
			return nil, err
		}
	}
	out.Size = len(out.AppCodes)
	return out, nil
}

func (a *Area) showCode(r *wire.Request) (*Code, error) {
	app, err := own(r, a.DB, r.Path("app_id"))
	if err != nil {
		return nil, err
	}
	code, err := selectCode(r.Context(), a.DB, app.ID, r.Path("id"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoAppCode(r.Path("id"))
	}
	if err != nil {
		return nil, err
	}
	return code, a.unsealCode(r, app.projectID, code)
}

func (a *Area) deleteCode(r *wire.Request) error {
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		app, err := own(r, tx, r.Path("app_id"))
		if err != nil {
			return err
		}
		gone, err := deleteCode(r.Context(), tx, app.ID, r.Path("id"))
		if err != nil {
			return err
		}
		if !gone {
			return apig.NoAppCode(r.Path("id"))
		}
		tx.Touch(string(definition.KindApp), app.ID)
		return nil
	})
}

// unsealCode fills in the code that the actor may see.
func (a *Area) unsealCode(r *wire.Request, projectID string, code *Code) error {
	code.AppCode = masked
	if !trusted(&r.Actor, projectID) {
		return nil
	}
	plain, err := a.Sealer.Open(purposeCode, code.AppID, code.sealed)
	code.AppCode = string(plain)
	return err
}
