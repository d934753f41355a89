package authorizers

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Authorizer is a custom authorizer as it is answered (reference table 4-618).
type Authorizer struct {
	Name           string     `json:"name"`
	Type           string     `json:"type" enum:"FRONTEND,BACKEND"`
	AuthorizerType string     `json:"authorizer_type" enum:"FUNC"`
	AuthorizerURI  string     `json:"authorizer_uri" doc:"URN of a function, as it was given."`
	Identities     []Identity `json:"identities"`
	TTL            int        `json:"ttl" doc:"Seconds for which an answer is kept; 0 keeps none."`
	UserData       string     `json:"user_data"`
	ID             string     `json:"id"`
	CreateTime     apig.Time  `json:"create_time"`

	projectID         string
	function, version string // what the URI names
}

// Identity is a part of a request that the function is told.
type Identity struct {
	Name     string `json:"name" required:"true" doc:"Name of the header or of the parameter; up to 64 characters."`
	Location string `json:"location" required:"true" doc:"HEADER or QUERY."`
}

// Input is what creating and changing take (reference tables 4-616, 4-623).
type Input struct {
	Name           string     `json:"name" required:"true" doc:"3 to 64 Chinese characters, letters, digits and _; first a Chinese character or a letter. Unique in the project."`
	Type           string     `json:"type" required:"true" doc:"FRONTEND or BACKEND."`
	AuthorizerType string     `json:"authorizer_type" required:"true" doc:"FUNC."`
	AuthorizerURI  string     `json:"authorizer_uri" required:"true" doc:"URN of a function of the project, with or without a version."`
	Identities     []Identity `json:"identities" doc:"What the function is told of a request. Needed by a FRONTEND authorizer with a ttl."`
	TTL            *int       `json:"ttl" doc:"0 to 3600 seconds; default 0."`
	UserData       *string    `json:"user_data" doc:"Up to 2048 characters that the function is told with each call."`
}

const (
	frontend = "FRONTEND"
	backend  = "BACKEND"

	maxTTL      = 3600
	maxUserData = 2048
	maxIdentity = 64

	// maxIdentities bounds what one request may bring, whatever the quota.
	maxIdentities = 1000
)

// identityName is the form of parameter names of APIs (wire-facts §2.5).
var identityName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)

func (in *Input) check() error {
	var c apig.Check
	c.Name("name", in.Name)
	c.Enum("type", &in.Type, frontend, backend)
	c.Enum("authorizer_type", &in.AuthorizerType, "FUNC")
	c.Required("authorizer_uri", in.AuthorizerURI)
	if in.TTL != nil {
		c.Range("ttl", *in.TTL, 0, maxTTL)
	}
	if in.UserData != nil {
		c.Text("user_data", *in.UserData, maxUserData)
	}
	if err := c.Err(); err != nil {
		return err
	}
	return checkIdentities(in.Identities)
}

// checkIdentities bounds their number as well: the quota, which may be changed,
// is looked up later, in the transaction.
func checkIdentities(all []Identity) error {
	var c apig.Check
	if c.Count("identities", len(all), maxIdentities); c.Err() != nil {
		return c.Err()
	}
	seen := make(map[string]bool, len(all))
	for i := range all {
		id := &all[i]
		param := fmt.Sprintf("identities[%d]", i)
		c.Pattern(param+".name", id.Name, identityName, 1, maxIdentity)
		c.Enum(param+".location", &id.Location, "HEADER", "QUERY")
		c.That(!reserved(id), apig.Invalid(param+".name"))
		key := strings.ToLower(id.Name)
		c.That(!seen[key], apig.Taken(apig.E3212, "name", id.Name))
		if c.Err() != nil {
			return c.Err()
		}
		seen[key] = true
	}
	return nil
}

// reserved names are those that the gateway itself reads, and headers that
// servers drop (wire-facts §2.5).
func reserved(id *Identity) bool {
	n := strings.ToLower(id.Name)
	return strings.HasPrefix(n, "x-apig-") || strings.HasPrefix(n, "x-sdk-") || n == "x-stage" ||
		id.Location == "HEADER" && strings.Contains(n, "_")
}

func (a *Area) create(r *wire.Request, in *Input) (*Authorizer, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	z := &Authorizer{ID: a.IDs.New(), CreateTime: apig.Time(a.Clock()), Identities: []Identity{}, projectID: r.Actor.ProjectID}
	r.Touched(z.ID)
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		count, err := countAuthorizers(r.Context(), tx, z.projectID)
		if err != nil {
			return err
		}
		if err := a.Quotas.Room(r.Context(), tx, z.projectID, quota.Authorizers, count, apig.E3116); err != nil {
			return err
		}
		if err := a.take(r, tx, z, in); err != nil {
			return err
		}
		return insertAuthorizer(r.Context(), tx, z)
	})
	if err != nil {
		return nil, err
	}
	return z, nil
}

func (a *Area) update(r *wire.Request, in *Input) (*Authorizer, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var z *Authorizer
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		if z, err = own(r, tx, r.Path("id")); err != nil {
			return err
		}
		if in.Type != z.Type {
			api, err := user(r.Context(), tx, z.ID)
			if err != nil {
				return err
			}
			if api != "" {
				return apig.Invalid("type").With("API " + api + " names it as a " + z.Type + " authorizer")
			}
		}
		if err := a.take(r, tx, z, in); err != nil {
			return err
		}
		return updateAuthorizer(r.Context(), tx, z)
	})
	if err != nil {
		return nil, err
	}
	return z, nil
}

// take gives z what in says, after the checks that need the database.
func (a *Area) take(r *wire.Request, tx *store.Tx, z *Authorizer, in *Input) error {
	z.Name, z.Type, z.AuthorizerType, z.AuthorizerURI = in.Name, in.Type, in.AuthorizerType, in.AuthorizerURI
	if in.TTL != nil {
		z.TTL = *in.TTL
	}
	if in.UserData != nil {
		z.UserData = *in.UserData
	}
	if in.Identities != nil {
		z.Identities = in.Identities
	}
	if z.Type == frontend && z.TTL > 0 && len(z.Identities) == 0 {
		return apig.Missing("identities")
	}
	if n := len(z.Identities); n > 0 {
		if err := a.Quotas.Room(r.Context(), tx, z.projectID, quota.Identities, n-1, apig.E3117); err != nil {
			return err
		}
	}
	if err := z.resolve(r.Context(), tx); err != nil {
		return err
	}
	if err := taken(r.Context(), tx, z); err != nil {
		return err
	}
	tx.Touch(string(definition.KindAuthorizer), z.ID)
	return nil
}

func (a *Area) delete(r *wire.Request) error {
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		z, err := own(r, tx, r.Path("id"))
		if err != nil {
			return err
		}
		api, err := user(r.Context(), tx, z.ID)
		if err != nil {
			return err
		}
		if api != "" {
			return apig.C7701.With("API " + api + " names the authorizer; take it off the API's draft and its publications first")
		}
		tx.Touch(string(definition.KindAuthorizer), z.ID)
		return deleteAuthorizer(r.Context(), tx, z.ID)
	})
}

func (a *Area) show(r *wire.Request) (*Authorizer, error) { return own(r, a.DB, r.Path("id")) }

// own answers the authorizer if the actor may handle it.
func own(r *wire.Request, q store.Querier, id string) (*Authorizer, error) {
	z, err := selectAuthorizer(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, noAuthorizer(id)
	}
	if err != nil {
		return nil, err
	}
	return z, apig.Own(&r.Actor, z.projectID, apig.E1137)
}

// noAuthorizer has the original's form (wire-facts §1.4).
func noAuthorizer(id string) error {
	const most = 128
	if text := []rune(id); len(text) > most {
		id = string(text[:most]) + "…"
	}
	return apig.E3081.Msg("authorizer with id: %s not found", id)
}
