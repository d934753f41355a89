package accounts

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// AddMember puts a user into a group; both have to be within reach. What a
// group holds outside its department was given by an administrator of the
// platform, who trusts the department to say who is in it; "admin" alone is
// not passed on like that.
func (a *Area) AddMember(ctx context.Context, by Reach, groupID, userID string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		if err := memberEnds(ctx, tx, by, groupID, userID, "identity:add_user_to_group"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertMember, groupID, userID); err != nil {
			return err
		}
		return tokens.Announce(ctx, tx, a.Clock())
	})
}

// RemoveMember takes a user out of a group and ends its tokens.
func (a *Area) RemoveMember(ctx context.Context, by Reach, groupID, userID string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		if err := memberEnds(ctx, tx, by, groupID, userID, "identity:remove_user_from_group"); err != nil {
			return err
		}
		admin, err := HoldsAdmin(ctx, tx, Holder{GroupID: groupID})
		if err != nil {
			return err
		}
		err = one(tx.Exec(ctx, deleteMember, groupID, userID))
		if errors.Is(err, store.ErrNotFound) {
			return NotInGroup(groupID, userID)
		}
		if err == nil && admin {
			err = adminRemains(ctx, tx)
		}
		if err != nil {
			return err
		}
		return tokens.VoidUsers(ctx, tx, a.Clock(), selectOneUser, userID)
	})
}

// IsMember reports whether a user is in a group within reach; an unknown group
// or user is a keystone error.
func (a *Area) IsMember(ctx context.Context, by Reach, groupID, userID string) (bool, error) {
	if _, err := findGroup(ctx, a.DB, by, groupID); err != nil {
		return false, err
	}
	if err := findHolder(ctx, a.DB, by, Holder{UserID: userID}); err != nil {
		return false, err
	}
	var n int
	err := a.DB.QueryRow(ctx, selectMember, groupID, userID).Scan(&n)
	return n > 0, err
}

// NotInGroup says that a user is no member of a group.
func NotInGroup(groupID, userID string) error {
	return keystone.NotFound("user", userID).Msg("Could not find user %.128s in group %.128s.", userID, groupID)
}

// memberEnds checks the two ends of a membership that is to change.
func memberEnds(ctx context.Context, tx *store.Tx, by Reach, groupID, userID, rule string) error {
	if _, err := ownGroup(ctx, tx, by, groupID, rule); err != nil {
		return err
	}
	who := Holder{UserID: userID}
	if err := findHolder(ctx, tx, by, who); err != nil {
		return err
	}
	return below(ctx, tx, by, who, rule)
}
