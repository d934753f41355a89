package apps

import (
	"errors"
	"regexp"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// App is an application as it is answered (reference table 4-160).
type App struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Status       int       `json:"status" doc:"Always 1; deprecated."`
	AppKey       string    `json:"app_key"`
	AppSecret    string    `json:"app_secret" doc:"***** for readers and for administrators of other projects."`
	Creator      string    `json:"creator" doc:"USER, or MARKET when the marketplace made the app."`
	Remark       string    `json:"remark"`
	RegisterTime apig.Time `json:"register_time"`
	UpdateTime   apig.Time `json:"update_time"`
	AppType      string    `json:"app_type" doc:"Always apig."`

	projectID string
	sealed    []byte // the secret
}

// Input is what creating and changing take (reference tables 4-159, 4-164).
type Input struct {
	Name      string      `json:"name" required:"true" doc:"3 to 64 Chinese characters, letters, digits and _; first a Chinese character or a letter. Unique in the project."`
	Remark    *string     `json:"remark" doc:"Up to 255 characters."`
	AppKey    string      `json:"app_key" doc:"8 to 64 letters, digits, _ and -; first a letter or a digit. Generated when empty."`
	AppSecret secret.Text `json:"app_secret" doc:"8 to 64 letters, digits and _ - . ! @ # $ %; first a letter or a digit. Generated when empty."`
}

// SecretInput is what resetting the secret takes (reference table 4-169).
type SecretInput struct {
	AppSecret secret.Text `json:"app_secret" doc:"As when creating; generated when empty."`
}

// Identity is what anybody may know of an app (reference table 4-177).
type Identity struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Remark string `json:"remark"`
}

const (
	creatorUser   = "USER"
	creatorMarket = "MARKET"

	purposeSecret = "app-secret"

	// masked stands for a credential that the actor may not see.
	masked = "*****"
)

var (
	keyPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	// The reference lists '_' twice in 4.3.2 and has '.' in that place in 4.3.4.
	secretPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.!@#$%-]*$`)
)

func (in *Input) check() error {
	var c apig.Check
	c.Name("name", in.Name)
	if in.Remark != nil {
		c.Text("remark", *in.Remark, 255)
	}
	if in.AppKey != "" {
		c.Pattern("app_key", in.AppKey, keyPattern, 8, 64)
	}
	checkSecret(&c, in.AppSecret)
	return c.Err()
}

func checkSecret(c *apig.Check, s secret.Text) {
	if s != "" {
		c.Pattern("app_secret", s.Reveal(), secretPattern, 8, 64)
	}
}

func (a *Area) create(r *wire.Request, in *Input) (*App, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	now := apig.Time(a.Clock())
	app := &App{
		ID: a.IDs.New(), Name: in.Name, Status: 1, AppKey: in.AppKey, Creator: creatorUser,
		RegisterTime: now, UpdateTime: now, AppType: "apig", projectID: r.Actor.ProjectID,
	}
	if in.Remark != nil {
		app.Remark = *in.Remark
	}
	if app.AppKey == "" {
		app.AppKey = a.IDs.New()
	}
	if err := a.seal(app, in.AppSecret); err != nil {
		return nil, err
	}
	r.Touched(app.ID)
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		count, err := countApps(r.Context(), tx, app.projectID)
		if err != nil {
			return err
		}
		if err := a.Quotas.Room(r.Context(), tx, app.projectID, quota.Apps, count, apig.E3103); err != nil {
			return err
		}
		if err := taken(r.Context(), tx, app); err != nil {
			return err
		}
		tx.Touch(string(definition.KindApp), app.ID)
		return insertApp(r.Context(), tx, app)
	})
	if err != nil {
		return nil, err
	}
	return app, a.unseal(r, app)
}

func (a *Area) update(r *wire.Request, in *Input) (*App, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return a.change(r, func(app *App, tx *store.Tx) error {
		if app.Creator == creatorMarket {
			return apig.E1104.With("an app of the marketplace cannot be changed; its secret can be reset")
		}
		app.Name = in.Name
		if in.Remark != nil {
			app.Remark = *in.Remark
		}
		if in.AppKey != "" {
			app.AppKey = in.AppKey
		}
		if in.AppSecret != "" {
			if err := a.seal(app, in.AppSecret); err != nil {
				return err
			}
		}
		return taken(r.Context(), tx, app)
	})
}

func (a *Area) resetSecret(r *wire.Request, in *SecretInput) (*App, error) {
	var c apig.Check
	if checkSecret(&c, in.AppSecret); c.Err() != nil {
		return nil, c.Err()
	}
	return a.change(r, func(app *App, _ *store.Tx) error { return a.seal(app, in.AppSecret) })
}

// change loads the app of the path, lets edit alter it and stores it.
func (a *Area) change(r *wire.Request, edit func(*App, *store.Tx) error) (*App, error) {
	var app *App
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		if app, err = own(r, tx, r.Path("id")); err != nil {
			return err
		}
		if err := edit(app, tx); err != nil {
			return err
		}
		app.UpdateTime = apig.Time(a.Clock())
		tx.Touch(string(definition.KindApp), app.ID)
		return updateApp(r.Context(), tx, app)
	})
	if err != nil {
		return nil, err
	}
	return app, a.unseal(r, app)
}

func (a *Area) delete(r *wire.Request) error {
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		app, err := own(r, tx, r.Path("id"))
		if err != nil {
			return err
		}
		if app.Creator == creatorMarket {
			return apig.E1104.With("an app of the marketplace goes with its order")
		}
		return deleteApp(r.Context(), tx, app.ID)
	})
}

// validate answers non-owners too, and therefore nothing but the identity.
func (a *Area) validate(r *wire.Request) (*Identity, error) {
	app, err := load(r, a.DB, r.Path("id"))
	if err != nil {
		return nil, err
	}
	return &Identity{ID: app.ID, Name: app.Name, Remark: app.Remark}, nil
}

func (a *Area) show(r *wire.Request) (*App, error) {
	app, err := own(r, a.DB, r.Path("id"))
	if err != nil {
		return nil, err
	}
	return app, a.unseal(r, app)
}

// load answers any project's app.
func load(r *wire.Request, q store.Querier, id string) (*App, error) {
	app, err := selectApp(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoApp(id)
	}
	return app, err
}

// own is load for whoever may handle the app.
func own(r *wire.Request, q store.Querier, id string) (*App, error) {
	app, err := load(r, q, id)
	if err != nil {
		return nil, err
	}
	return app, apig.Own(&r.Actor, app.projectID, apig.E1104)
}

// seal gives app a secret, a generated one when s is empty.
func (a *Area) seal(app *App, s secret.Text) (err error) {
	if s == "" {
		s = secret.Text(a.IDs.New())
	}
	app.sealed, err = a.Sealer.Seal(purposeSecret, app.ID, []byte(s.Reveal()))
	return err
}

// unseal fills in the secret that the actor may see.
func (a *Area) unseal(r *wire.Request, app *App) error {
	app.AppSecret = masked
	if !trusted(&r.Actor, app.projectID) {
		return nil
	}
	plain, err := a.Sealer.Open(purposeSecret, app.ID, app.sealed)
	app.AppSecret = string(plain)
	return err
}

// trusted reports whether the actor may see credentials of a project's apps:
// it could set them as well.
func trusted(actor *wire.Actor, projectID string) bool {
	return actor.ProjectID == projectID && !actor.ReadOnly()
}

// moment is how the store takes a wire's time.
func moment(t apig.Time) int64 { return store.Micros(time.Time(t)) }
