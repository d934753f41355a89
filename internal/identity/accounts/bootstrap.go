package accounts

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// AdminName is the name of the first administrator.
	AdminName = "admin"
	// MinAdminPassword is the least an operator may choose for it, in bytes.
	MinAdminPassword = 8
	// generatedBytes make a generated password: 144 random bits, 24 characters.
	generatedBytes = 18
)

// Options say what Bootstrap makes.
type Options struct {
	// AdminPassword is the administrator's; empty generates one.
	AdminPassword secret.Text
	// Keep stores a generated password before the accounts are committed.
	Keep func(secret.Text) error
	// Region is the name of the first project: clients that sign look for a
	// project named like their region (wire-facts §16.6).
	Region    string
	IDs       *ids.Source
	Clock     clock.Clock
	Passwords *passwords.Hasher
}

// Bootstrap makes the first accounts in a database that has none: the domain
// "default", a project named like the region, the roles admin, member and
// reader, and the user "admin" who is admin of both. It is for every start of
// every node; created tells whether it was this call that made them, and
// generated holds the password when it was not given. The caller keeps it:
// only its hash is stored.
func Bootstrap(ctx context.Context, db *store.DB, o Options) (created bool, generated secret.Text, err error) {
	if err := checkName("project", o.Region); err != nil {
		return false, "", fmt.Errorf("region: %w", err)
	}
	// Looked at before hashing, which every start would otherwise pay for.
	switch done, err := bootstrapped(ctx, db); {
	case err != nil:
		return false, "", err
	case done:
		return false, "", o.addRoles(ctx, db)
	}
	password := o.AdminPassword
	switch n := len(password.Reveal()); {
	case n == 0:
		generated = secret.Text(base64.RawURLEncoding.EncodeToString(o.IDs.Bytes(generatedBytes)))
		password = generated
	case n < MinAdminPassword:
		return false, "", fmt.Errorf("accounts: the administrator's password has %d bytes; choose one of at least %d", n, MinAdminPassword)
	}
	hash, err := o.Passwords.Hash(ctx, password.Reveal())
	if err != nil {
		return false, "", fmt.Errorf("accounts: the administrator's password: %w", err)
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		// Another node may have been faster.
		done, err := bootstrapped(ctx, tx)
		if done || err != nil {
			return err
		}
		created = true
		if err := o.insert(ctx, tx, hash); err != nil {
			return err
		}
		if generated != "" && o.Keep != nil {
			return o.Keep(generated)
		}
		return nil
	})
	if err != nil || !created {
		return false, "", err
	}
	return true, generated, nil
}

func bootstrapped(ctx context.Context, q store.Querier) (bool, error) {
	_, err := FindDomain(ctx, q, DefaultDomainID, "")
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// builtIn are the roles that mean something to the platform, for people.
var builtIn = map[string]string{
	RoleAdmin:   "Administers the platform: sees and changes everything.",
	RoleManager: "Administers a department: its users, groups, projects and quotas.",
	RoleMember:  "Sees and changes what belongs to the project.",
	RoleReader:  "Sees what belongs to the project.",
}

// addRoles gives an older installation the roles that came later.
func (o Options) addRoles(ctx context.Context, db *store.DB) error {
	var n int
	err := db.QueryRow(ctx, selectBuiltIn, RoleAdmin, RoleManager, RoleMember, RoleReader).Scan(&n)
	if err != nil || n == len(builtIn) {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		for name, text := range builtIn {
			if _, err := tx.Exec(ctx, insertRole+` ON CONFLICT (name) DO NOTHING`, o.IDs.New(), name, text); err != nil {
				return fmt.Errorf("accounts: role %s: %w", name, err)
			}
		}
		return nil
	})
}

// insert writes the rows in the order in which they refer to each other.
func (o Options) insert(ctx context.Context, tx *store.Tx, hash string) error {
	now := store.Micros(o.Clock())
	project, user, admin := o.IDs.New(), o.IDs.New(), o.IDs.New()
	for _, row := range []struct {
		statement string
		args      []any
	}{
		{insertDomain, []any{DefaultDomainID, DefaultDomainName, domainKey(DefaultDomainName), "The domain of the first start.", 1, now}},
		{insertProject, []any{project, DefaultDomainID, o.Region, "The project of the first start.", 1, noTags, now}},
		{insertRole, []any{admin, RoleAdmin, builtIn[RoleAdmin]}},
		{insertRole, []any{o.IDs.New(), RoleManager, builtIn[RoleManager]}},
		{insertRole, []any{o.IDs.New(), RoleMember, builtIn[RoleMember]}},
		{insertRole, []any{o.IDs.New(), RoleReader, builtIn[RoleReader]}},
		{insertUser, []any{user, DefaultDomainID, AdminName, "", "The administrator of the first start.", hash, project, now}},
		{insertAssignment, []any{user, admin, string(OnProject), project}},
		{insertAssignment, []any{user, admin, string(OnDomain), DefaultDomainID}},
	} {
		if _, err := tx.Exec(ctx, row.statement, row.args...); err != nil {
			return fmt.Errorf("accounts: first start: %w", err)
		}
	}
	return nil
}
