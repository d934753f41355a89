package accesskeys

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// timeLayout is how this dialect writes moments.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// maxDescription bounds a description in characters.
const maxDescription = 255

// view is a key as the wire shows it.
type view struct {
	Access      string `json:"access" doc:"The access key."`
	Secret      string `json:"secret,omitempty" doc:"The secret; only in the answer that creates the key."`
	Status      string `json:"status" doc:"active or inactive."`
	UserID      string `json:"user_id" doc:"Owner of the key."`
	Description string `json:"description" doc:"Text for people."`
	CreateTime  string `json:"create_time" doc:"When the key was made."`
	LastUseTime string `json:"last_use_time,omitempty" doc:"When the key was last used, to the minute; left out when never."`
}

type answer struct {
	Credential view `json:"credential"`
}

type list struct {
	Credentials []view `json:"credentials" doc:"In the order in which they were made."`
}

type creation struct {
	Credential *struct {
		UserID      string `json:"user_id" doc:"Owner of the new key: the caller when left out."`
		Description string `json:"description" doc:"Up to 255 characters."`
	} `json:"credential"`
}

type change struct {
	Credential *struct {
		Status      *string `json:"status" doc:"active or inactive; unchanged when left out."`
		Description *string `json:"description" doc:"Up to 255 characters; unchanged when left out."`
	} `json:"credential"`
}

func show(k Key) view {
	v := view{
		Access: k.Access, Status: "inactive", UserID: k.UserID, Description: k.Description,
		CreateTime: k.Created.Format(timeLayout),
	}
	if k.Active {
		v.Status = "active"
	}
	if !k.LastUse.IsZero() {
		v.LastUseTime = k.LastUse.Format(timeLayout)
	}
	return v
}

// owner is whose keys a request may concern.
func owner(r *wire.Request, userID string) (string, error) {
	switch {
	case userID == "":
		return r.Actor.UserID, nil
	case userID != r.Actor.UserID && !r.Actor.Admin():
		return "", keystone.Forbidden(r.Route.Action)
	default:
		return userID, nil
	}
}

// limited refuses an actor that holds less than its user: a key does all that the
// user may do (CVE-2026-43001).
func limited(r *wire.Request) error {
	if r.Actor.Restricted || r.Actor.CredentialID != "" {
		return keystone.Forbidden(r.Route.Action)
	}
	return nil
}

// missingCredential refuses a body without its only field.
func missingCredential() error {
	return keystone.BadRequest("Invalid input for field 'credential': it must be an object.")
}

func checkDescription(s string) error {
	if utf8.RuneCountInString(s) > maxDescription || strings.ContainsFunc(s, unicode.IsControl) {
		return keystone.BadRequest("Invalid input for field 'description': it may have %d characters and no control characters.", maxDescription)
	}
	return nil
}

func (a *Area) create(r *wire.Request, in *creation) (answer, error) {
	if err := limited(r); err != nil {
		return answer{}, err
	}
	if in.Credential == nil {
		return answer{}, missingCredential()
	}
	userID, err := owner(r, in.Credential.UserID)
	if err != nil {
		return answer{}, err
	}
	if err := checkDescription(in.Credential.Description); err != nil {
		return answer{}, err
	}
	k, text, err := a.Create(r.Context(), userID, in.Credential.Description)
	if err != nil {
		return answer{}, err
	}
	r.Touched(k.Access)
	v := show(k)
	v.Secret = text.Reveal()
	return answer{v}, nil
}

func (a *Area) list(r *wire.Request) (list, error) {
	userID, err := owner(r, r.Query().Get("user_id"))
	if err != nil {
		return list{}, err
	}
	keys, err := listOf(r.Context(), a.DB, userID)
	if err != nil {
		return list{}, err
	}
	views := make([]view, len(keys))
	for i, k := range keys {
		views[i] = show(k)
	}
	return list{views}, nil
}

// find answers the key of the path, if the caller may know it.
func (a *Area) find(ctx context.Context, q store.Querier, r *wire.Request) (Key, error) {
	access := r.Path("access")
	k, err := Load(ctx, q, access)
	if errors.Is(err, store.ErrNotFound) || err == nil && k.UserID != r.Actor.UserID && !r.Actor.Admin() {
		return Key{}, keystone.NotFound("credential", access)
	}
	return k, err
}

func (a *Area) show(r *wire.Request) (answer, error) {
	k, err := a.find(r.Context(), a.DB, r)
	if err != nil {
		return answer{}, err
	}
	return answer{show(k)}, nil
}

func (a *Area) update(r *wire.Request, in *change) (answer, error) {
	if err := limited(r); err != nil {
		return answer{}, err
	}
	if in.Credential == nil {
		return answer{}, missingCredential()
	}
	var k Key
	err := a.Revoked.Announcing(r.Context(), func(tx *store.Tx) (err error) {
		if k, err = a.find(r.Context(), tx, r); err != nil {
			return err
		}
		if s := in.Credential.Status; s != nil {
			switch strings.ToLower(*s) {
			case "active":
				k.Active = true
			case "inactive":
				k.Active = false
			default:
				return keystone.BadRequest("Invalid input for field 'status': it must be active or inactive.")
			}
		}
		if d := in.Credential.Description; d != nil {
			if err := checkDescription(*d); err != nil {
				return err
			}
			k.Description = *d
		}
		active := 0
		if k.Active {
			active = 1
		}
		_, err = tx.Exec(r.Context(), updateKey, active, k.Description, k.Access)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	r.Touched(k.Access)
	return answer{show(k)}, nil
}

func (a *Area) remove(r *wire.Request) error {
	if err := limited(r); err != nil {
		return err
	}
	err := a.Revoked.Announcing(r.Context(), func(tx *store.Tx) error {
		k, err := a.find(r.Context(), tx, r)
		if err != nil {
			return err
		}
		_, err = tx.Exec(r.Context(), deleteKey, k.Access)
		return err
	})
	if err == nil {
		r.Touched(r.Path("access"))
	}
	return err
}
