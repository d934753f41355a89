package login

import (
	"bytes"
	"encoding/json"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// maxMethods bounds the methods of one request, repeated ones included.
const maxMethods = 8

// request is the body of POST /v3/auth/tokens (wire-facts §16.2).
type request struct {
	Auth *struct {
		Identity *identityPart `json:"identity" doc:"How the caller proves who it is."`
		Scope    scopePart     `json:"scope" doc:"What the token is for: {\"project\":{…}}, {\"domain\":{…}} or \"unscoped\"."`
	} `json:"auth"`
}

type identityPart struct {
	Methods  []string `json:"methods" doc:"password, token or both, or application_credential alone."`
	Password *struct {
		User *userPart `json:"user"`
	} `json:"password" doc:"For the method password."`
	Token *struct {
		ID secret.Text `json:"id" doc:"A valid token."`
	} `json:"token" doc:"For the method token."`
	Credential *credentialPart `json:"application_credential" doc:"For the method application_credential."`
}

// credentialPart names an application credential by its id, or by its name and
// its owner.
type credentialPart struct {
	ID     string      `json:"id" doc:"Id of the application credential."`
	Name   string      `json:"name" doc:"Name of the application credential; needs user."`
	User   *userPart   `json:"user" doc:"Owner of the application credential."`
	Secret secret.Text `json:"secret" doc:"Its secret."`
}

type userPart struct {
	ID       string      `json:"id" doc:"Id of the user."`
	Name     string      `json:"name" doc:"Name of the user; needs domain."`
	Domain   *namedPart  `json:"domain" doc:"Domain of the user, by id or name."`
	Password secret.Text `json:"password"`
}

// namedPart names a domain.
type namedPart struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type projectPart struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	Domain *namedPart `json:"domain"`
}

// scopePart is an object or the text "unscoped".
type scopePart struct {
	unscoped bool
	project  *projectPart
	domain   *namedPart
}

// Schema says in OpenAPI documents what UnmarshalJSON reads.
func (scopePart) Schema() wire.Schema {
	text := wire.Schema{"type": "string"}
	domain := wire.Schema{"type": "object", "properties": wire.Schema{"id": text, "name": text}}
	project := wire.Schema{"type": "object", "properties": wire.Schema{"id": text, "name": text, "domain": domain}}
	return wire.Schema{"oneOf": []wire.Schema{
		{"type": "string", "enum": []string{"unscoped"}},
		{"type": "object", "properties": wire.Schema{"project": project, "domain": domain}},
	}}
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *scopePart) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	if raw[0] == '"' {
		var word string
		if err := json.Unmarshal(raw, &word); err != nil || word != "unscoped" {
			return keystone.BadRequest("Invalid input for field 'scope': the only text is 'unscoped'.")
		}
		s.unscoped = true
		return nil
	}
	var o struct {
		Project  *projectPart    `json:"project"`
		Domain   *namedPart      `json:"domain"`
		Unscoped json.RawMessage `json:"unscoped"`
		System   json.RawMessage `json:"system"`
		Trust    json.RawMessage `json:"OS-TRUST:trust"`
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	s.project, s.domain, s.unscoped = o.Project, o.Domain, o.Unscoped != nil
	switch {
	case o.System != nil:
		return keystone.BadRequest("System scope is not supported: ask for the scope of a project or of a domain.")
	case o.Trust != nil:
		return keystone.BadRequest("Trusts are not supported: ask for the scope of a project or of a domain.")
	case s.project == nil && s.domain == nil && !s.unscoped:
		return keystone.BadRequest("Invalid input for field 'scope': it names neither a project nor a domain, nor is it 'unscoped'.")
	case s.unscoped && (s.project != nil || s.domain != nil):
		return keystone.BadRequest("Invalid input for field 'scope': 'unscoped' excludes a project and a domain.")
	}
	return nil
}

// check refuses a body that does not say enough, and answers the methods
// without repetitions.
func (q *request) check() (m tokens.Methods, err error) {
	if q.Auth == nil || q.Auth.Identity == nil {
		return 0, keystone.BadRequest("Invalid input for field 'auth': it must have 'identity' with 'methods'.")
	}
	id := q.Auth.Identity
	if m, err = id.methods(); err != nil {
		return 0, err
	}
	if m&tokens.ApplicationCredential != 0 {
		err = q.checkCredential(m)
	}
	if err == nil && m&tokens.Password != 0 {
		err = id.checkPassword()
	}
	if err == nil && m&tokens.FromToken != 0 && (id.Token == nil || id.Token.ID.Reveal() == "") {
		err = keystone.BadRequest("Invalid input for field 'token': it must have 'id'.")
	}
	if err == nil {
		err = q.Auth.Scope.check()
	}
	return m, err
}

func (i *identityPart) methods() (m tokens.Methods, err error) {
	if len(i.Methods) == 0 || len(i.Methods) > maxMethods {
		return 0, keystone.BadRequest("Invalid input for field 'methods': it must have 1 to %d entries.", maxMethods)
	}
	for _, name := range i.Methods {
		switch name {
		case "password":
			m |= tokens.Password
		case "token":
			m |= tokens.FromToken
		case "application_credential":
			m |= tokens.ApplicationCredential
		default:
			return 0, keystone.Unauthorized().Msg("Attempted to authenticate with an unsupported method.")
		}
	}
	return m, nil
}

// checkCredential: an application credential stands alone, and says itself what
// its token is for.
func (q *request) checkCredential(m tokens.Methods) error {
	const words = "Error authenticating with application credential: "
	c, s := q.Auth.Identity.Credential, &q.Auth.Scope
	switch {
	case m != tokens.ApplicationCredential:
		return keystone.Unauthorized().Msg(words + "It cannot be combined with another method.")
	case s.unscoped || s.project != nil || s.domain != nil:
		return keystone.Unauthorized().Msg(words + "Application credentials cannot request a scope.")
	case c == nil || c.ID == "" && (c.Name == "" || c.User == nil || !c.User.named()):
		return keystone.BadRequest("Invalid input for field 'application_credential': it must have 'id', or 'name' and 'user' with 'id', or 'name' with 'domain' by id or name.")
	}
	return nil
}

// named reports whether the user is named at all.
func (u *userPart) named() bool { return u.ID != "" || u.Name != "" && !u.Domain.empty() }

func (i *identityPart) checkPassword() error {
	if i.Password == nil || i.Password.User == nil {
		return keystone.BadRequest("Invalid input for field 'password': it must have 'user'.")
	}
	if !i.Password.User.named() {
		return keystone.BadRequest("Invalid input for field 'user': it must have 'id', or 'name' with 'domain' by id or name.")
	}
	return nil
}

func (s *scopePart) check() error {
	switch {
	case s.project != nil && s.project.ID == "" && s.project.Name == "":
		return keystone.BadRequest("Invalid input for field 'project': it must have 'id' or 'name'.")
	case s.project == nil && s.domain != nil && s.domain.empty():
		return keystone.BadRequest("Invalid input for field 'domain': it must have 'id' or 'name'.")
	}
	return nil
}

func (n *namedPart) empty() bool { return n == nil || n.ID == "" && n.Name == "" }
