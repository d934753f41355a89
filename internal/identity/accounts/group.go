package accounts

import (
	"context"
	"time"
)

// Group is a number of users who hold roles together.
type Group struct {
	ID, Name, Description string
	DomainID              string
	Created               time.Time
	Members               int
}

// NewGroup says what CreateGroup makes.
type NewGroup struct{ DomainID, Name, Description string }

// GroupChange says what UpdateGroup changes; what is nil stays.
type GroupChange struct{ Name, Description *string }

// GroupQuery says what Groups lists; empty fields do not filter.
type GroupQuery struct {
	By                 Reach
	ID, Name, DomainID string
	UserID             string // only groups of which this user is a member
	Search             string // a part of the name, without case
	Offset, Limit      int    // Limit 0: as many as a list may hold
}

// Groups lists groups by name, and how many there are without Offset and Limit.
func (a *Area) Groups(ctx context.Context, q GroupQuery) ([]Group, int, error) {
	return nil, 0, unbuilt
}

// CreateGroup makes a group in a domain within reach. Like the other changes of
// groups it answers keystone errors.
func (a *Area) CreateGroup(ctx context.Context, by Reach, n NewGroup) (Group, error) {
	return Group{}, unbuilt
}

// UpdateGroup changes a group within reach.
func (a *Area) UpdateGroup(ctx context.Context, by Reach, id string, c GroupChange) (Group, error) {
	return Group{}, unbuilt
}

// DeleteGroup removes a group and what it holds, and ends its members' tokens.
func (a *Area) DeleteGroup(ctx context.Context, by Reach, id string) error { return unbuilt }

// AddMember puts a user into a group; both have to be within reach.
func (a *Area) AddMember(ctx context.Context, by Reach, groupID, userID string) error { return unbuilt }

// RemoveMember takes a user out of a group and ends its tokens.
func (a *Area) RemoveMember(ctx context.Context, by Reach, groupID, userID string) error {
	return unbuilt
}

// IsMember reports whether a user is in a group within reach; an unknown group
// or user is a keystone error.
func (a *Area) IsMember(ctx context.Context, by Reach, groupID, userID string) (bool, error) {
	return false, unbuilt
}
