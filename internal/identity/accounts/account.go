package accounts

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// DefaultDomainID is the id of the domain that the first start makes.
	DefaultDomainID = "default"
	// DefaultDomainName is its name, as Keystone has it.
	DefaultDomainName = "Default"
	// MaxName bounds names in characters and in bytes (Keystone allows 64 for
	// projects and domains): they travel in every token.
	MaxName      = 64
	maxNameBytes = 128
)

// The roles that mean something to the platform. The names are Keystone's
// (its default roles of 2024); EOS calls a manager domain_admin.
const (
	RoleAdmin   = "admin"   // of the whole platform, wherever it is held
	RoleManager = "manager" // of a department; in a project the same as member
	RoleMember  = "member"
	RoleReader  = "reader"
	// RoleService is of services that claim quotas for any project (package
	// ledger). It is no role of the first start: an administrator makes it.
	// Like "admin" it reaches beyond every department, so only an administrator
	// gives it, and who holds it is nobody's in a department to change.
	RoleService = "service"
)

// Domain holds users and projects.
type Domain struct {
	ID, Name, Description string
	Enabled               bool
}

// Project is a tenant: what a user makes belongs to the project in scope.
type Project struct {
	ID, Name, Description string
	DomainID, DomainName  string
	ParentID              string // the domain's id at the top
	Enabled               bool   // together with its domain
	Tags                  []string
}

// Role is what an assignment gives.
type Role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"-"` // only where roles are administered
}

// RoleNames are the names of roles.
func RoleNames(roles []Role) []string {
	names := make([]string, len(roles))
	for i := range roles {
		names[i] = roles[i].Name
	}
	return names
}

// Scope is what a role is held on.
type Scope string

const (
	OnProject Scope = "project"
	OnDomain  Scope = "domain"
)

// ErrNotAllowed: the scope does not exist, is disabled, or the user holds no
// role in it. Which of them is not told.
var ErrNotAllowed = errors.New("accounts: the user holds no role in the scope")

// checkName refuses what is not a name. what is "user", "project" or "domain".
func checkName(what, name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return fmt.Errorf("accounts: %s name is empty; give one of 1 to %d characters", what, MaxName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("accounts: %s name %q holds control characters or is not UTF-8", what, name)
	case utf8.RuneCountInString(name) > MaxName || len(name) > maxNameBytes:
		return fmt.Errorf("accounts: %s name is longer than %d characters or %d bytes", what, MaxName, maxNameBytes)
	}
	return nil
}

// NewUser says what CreateUser and AddUser make.
type NewUser struct {
	DomainID         string // DefaultDomainID when empty
	Name             string
	Password         string
	Email            string
	Description      string
	DefaultProjectID string
	Firstname        string
	Lastname         string
	Locale           string
	Disabled         bool
	Options          UserOptions
	MustChange       bool // the password is to be changed at the first log-in
}
