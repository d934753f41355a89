package users

import (
	"encoding/json"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

type request struct {
	User *fields `json:"user"`
}

// fields are those of a creation and of a change. What the platform does not do
// is listed to be refused.
type fields struct {
	Name             *string           `json:"name" doc:"1 to 64 characters, unique within the domain."`
	DomainID         *string           `json:"domain_id" doc:"Domain of the user: the one in scope when left out. It never changes."`
	DefaultProjectID nullable          `json:"default_project_id" doc:"Scope of a token that asks for none; null for none."`
	Email            nullable          `json:"email" doc:"Up to 255 characters; null for none."`
	Description      nullable          `json:"description" doc:"Up to 255 characters."`
	Enabled          *bool             `json:"enabled" doc:"Whether the user may log in; true when left out of a creation."`
	Password         *secret.Text      `json:"password" doc:"In a creation it has to meet the policy. Without one nobody can log in until it is set."`
	Options          options           `json:"options" doc:"true, false or null for each."`
	UserType         string            `json:"user_type" doc:"Must be individual or left out."`
	UserRole         string            `json:"user_role" doc:"Must be left out: roles are given with assignments."`
	Federated        []json.RawMessage `json:"federated" doc:"Must be empty: there are no federated users."`
}

// check refuses what would be neither kept nor obeyed.
func (q *request) check() (*fields, error) {
	f := q.User
	switch {
	case f == nil:
		return nil, keystone.BadRequest("Invalid input for field 'user': it must be an object.")
	case len(f.Federated) > 0:
		return nil, keystone.BadRequest("Invalid input for field 'federated': there are no federated users here.")
	case f.UserType != "" && f.UserType != userType:
		return nil, keystone.BadRequest("Invalid input for field 'user_type': it must be %s.", userType)
	case f.UserRole != "":
		return nil, keystone.BadRequest("Invalid input for field 'user_role': it follows from the roles that a user holds; give and take these.")
	}
	return f, nil
}

// nullable is a text that may be null, which says more than not to be there.
type nullable struct {
	given bool
	text  string // "" for null
}

// Schema says in OpenAPI documents what UnmarshalJSON reads.
func (nullable) Schema() wire.Schema { return wire.Schema{"type": []string{"string", "null"}} }

// UnmarshalJSON implements json.Unmarshaler.
func (n *nullable) UnmarshalJSON(raw []byte) error {
	n.given = true
	if json.Unmarshal(raw, &n.text) != nil { // null leaves it empty
		return keystone.BadRequest("Invalid input for field 'default_project_id', 'email' or 'description': it must be a string or null.")
	}
	return nil
}

func (n nullable) change() *string {
	if !n.given {
		return nil
	}
	return &n.text
}

// options are changes of accounts.UserOptions.
type options struct{ set map[string]bool }

// The options of Keystone that there are.
const (
	noFirstUse = "ignore_change_password_upon_first_use"
	noExpiry   = "ignore_password_expiry"
	noLockout  = "ignore_lockout_failure_attempts"
	lockSelf   = "lock_password"
	noInactive = "ignore_user_inactivity"
	// These two are known to be refused.
	factors     = "multi_factor_auth_enabled"
	factorRules = "multi_factor_auth_rules"
)

// Schema says in OpenAPI documents what UnmarshalJSON reads.
func (options) Schema() wire.Schema {
	flag := wire.Schema{"type": []string{"boolean", "null"}}
	properties := wire.Schema{}
	for _, name := range []string{noFirstUse, noExpiry, noLockout, lockSelf, noInactive} {
		properties[name] = flag
	}
	return wire.Schema{"type": "object", "properties": properties}
}

// UnmarshalJSON implements json.Unmarshaler. It takes true, false and null, which
// is false, and nothing that only looks like them.
func (o *options) UnmarshalJSON(raw []byte) error {
	var given map[string]json.RawMessage
	if json.Unmarshal(raw, &given) != nil {
		return keystone.BadRequest("Invalid input for field 'options': it must be an object.")
	}
	o.set = make(map[string]bool, len(given))
	for name, value := range given {
		switch name {
		case noFirstUse, noExpiry, noLockout, lockSelf, noInactive, factors:
			var on bool
			if json.Unmarshal(value, &on) != nil {
				return keystone.BadRequest("Invalid input for field '%s': it must be true, false or null.", name)
			}
			if name == factors && on {
				return keystone.BadRequest("Invalid input for field '%s': a second factor is not supported.", name)
			}
			o.set[name] = on
		case factorRules:
			var rules []json.RawMessage
			if json.Unmarshal(value, &rules) != nil || len(rules) > 0 {
				return keystone.BadRequest("Invalid input for field '%s': a second factor is not supported; it must be an empty list or null.", name)
			}
		default:
			return keystone.BadRequest("Invalid input for field 'options': there is no option '%.64s'.", name)
		}
	}
	return nil
}

// apply changes what was given.
func (o *options) apply(to *accounts.UserOptions) {
	for name, into := range map[string]*bool{
		noFirstUse: &to.NoFirstUse, noExpiry: &to.NoExpiry, noLockout: &to.NoLockout, lockSelf: &to.LockSelf, noInactive: &to.NoInactive,
	} {
		if on, given := o.set[name]; given {
			*into = on
		}
	}
}

// passwordRequest is the body of POST /v3/users/{id}/password.
type passwordRequest struct {
	User *struct {
		Password secret.Text `json:"password" doc:"The new one; it has to meet the policy."`
		Original secret.Text `json:"original_password" doc:"The present one."`
	} `json:"user"`
}

func (q *passwordRequest) check() error {
	switch {
	case q.User == nil:
		return keystone.BadRequest("Invalid input for field 'user': it must have 'password' and 'original_password'.")
	case q.User.Password == "":
		return keystone.BadRequest("Invalid input for field 'password': it must not be empty.")
	case q.User.Original == "":
		return keystone.BadRequest("Invalid input for field 'original_password': it must not be empty.")
	}
	return nil
}
