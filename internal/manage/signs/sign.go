package signs

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Key is a signature key as it is answered (reference table 4-394).
type Key struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	SignKey    string    `json:"sign_key"`
	SignSecret string    `json:"sign_secret" doc:"***** for readers and for administrators of other projects."`
	CreateTime apig.Time `json:"create_time"`
	UpdateTime apig.Time `json:"update_time"`

	projectID string
	sealed    []byte // the secret
}

// Input is what creating and changing take (reference tables 4-393, 4-398).
type Input struct {
	Name       string       `json:"name" required:"true" doc:"3 to 64 Chinese characters, letters, digits and _; first a Chinese character or a letter. Unique in the project."`
	SignKey    *string      `json:"sign_key" doc:"8 to 32 letters, digits, _ and -; first a letter or a digit. Generated when empty; left as it is by a change without it."`
	SignSecret *secret.Text `json:"sign_secret" doc:"16 to 64 letters, digits and _ - ! @ # $ %; first a letter or a digit. Generated when empty; left as it is by a change without it or with *****."`
}

const (
	purposeSecret = "sign-secret"

	// masked stands for a secret that the actor may not see.
	masked = "*****"
)

var (
	keyPattern    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	secretPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_!@#$%-]*$`)
)

// check validates in and takes a masked secret out of it.
func (in *Input) check() error {
	if s := in.SignSecret; s != nil && *s != "" && strings.Trim(s.Reveal(), "*") == "" {
		in.SignSecret = nil
	}
	var c apig.Check
	c.Name("name", in.Name)
	if in.SignKey != nil && *in.SignKey != "" {
		c.Pattern("sign_key", *in.SignKey, keyPattern, 8, 32)
	}
	if in.SignSecret != nil && *in.SignSecret != "" {
		c.Pattern("sign_secret", in.SignSecret.Reveal(), secretPattern, 16, 64)
	}
	return c.Err()
}

// apply gives key what is in in, and makes what is there and empty.
func (a *Area) apply(key *Key, in *Input) (err error) {
	key.Name = in.Name
	if in.SignKey != nil {
		if key.SignKey = *in.SignKey; key.SignKey == "" {
			key.SignKey = a.IDs.New()
		}
	}
	if in.SignSecret != nil {
		s := in.SignSecret.Reveal()
		if s == "" {
			s = a.IDs.New()
		}
		key.sealed, err = a.Sealer.Seal(purposeSecret, key.ID, []byte(s))
	}
	return err
}

func (a *Area) create(r *wire.Request, in *Input) (*Key, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.SignKey == nil {
		in.SignKey = new(string)
	}
	if in.SignSecret == nil {
		in.SignSecret = new(secret.Text)
	}
	now := apig.Time(a.Clock())
	key := &Key{ID: a.IDs.New(), CreateTime: now, UpdateTime: now, projectID: r.Actor.ProjectID}
	if err := a.apply(key, in); err != nil {
		return nil, err
	}
	r.Touched(key.ID)
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		count, err := countKeys(r.Context(), tx, key.projectID)
		if err != nil {
			return err
		}
		if err := a.Quotas.Room(r.Context(), tx, key.projectID, quota.SignatureKeys, count, apig.E3105); err != nil {
			return err
		}
		if err := taken(r, tx, key); err != nil {
			return err
		}
		tx.Touch(string(definition.KindSign), key.ID)
		return insertKey(r.Context(), tx, key)
	})
	if err != nil {
		return nil, err
	}
	return key, a.unseal(r, key)
}

func (a *Area) update(r *wire.Request, in *Input) (*Key, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var key *Key
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		if key, err = own(r, tx, r.Path("id")); err != nil {
			return err
		}
		if err := a.apply(key, in); err != nil {
			return err
		}
		if err := taken(r, tx, key); err != nil {
			return err
		}
		key.UpdateTime = apig.Time(a.Clock())
		tx.Touch(string(definition.KindSign), key.ID)
		return updateKey(r.Context(), tx, key)
	})
	if err != nil {
		return nil, err
	}
	return key, a.unseal(r, key)
}

func (a *Area) delete(r *wire.Request) error {
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		key, err := own(r, tx, r.Path("id"))
		if err != nil {
			return err
		}
		if err := binding.DropPolicy(r.Context(), tx, key.ID); err != nil {
			return err
		}
		tx.Touch(string(definition.KindSign), key.ID)
		return deleteKey(r.Context(), tx, key.ID)
	})
}

// taken refuses a name that another key of the project has.
func taken(r *wire.Request, q store.Querier, key *Key) error {
	other, err := selectNamed(r.Context(), q, key.projectID, key.Name)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && other == key.ID:
		return nil
	case err != nil:
		return err
	}
	return apig.Taken(apig.E3207, "name", key.Name)
}

// own answers a key that the actor may handle.
func own(r *wire.Request, q store.Querier, id string) (*Key, error) {
	key, err := selectKey(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.E3017.Msg("Signature key %.128s does not exist", id)
	}
	if err != nil {
		return nil, err
	}
	if err := apig.Own(&r.Actor, key.projectID, apig.E1112); err != nil {
		return nil, err
	}
	return key, nil
}

// unseal fills in the secret that the actor may see: it could set it as well.
func (a *Area) unseal(r *wire.Request, key *Key) error {
	key.SignSecret = masked
	if r.Actor.ProjectID != key.projectID || r.Actor.ReadOnly() {
		return nil
	}
	plain, err := a.Sealer.Open(purposeSecret, key.ID, key.sealed)
	key.SignSecret = string(plain)
	return err
}

// moment is how the store takes a wire's time.
func moment(t apig.Time) int64 { return store.Micros(time.Time(t)) }
