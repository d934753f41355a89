package accounts

import (
	"context"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
)

// conditions joins SQL conditions with their arguments. They are texts of this
// file; values are arguments only.
type conditions struct {
	text []string
	args []any
}

// add appends a condition that ends with the place of its argument.
func (c *conditions) add(condition string, arg any) {
	c.args = append(c.args, arg)
	c.text = append(c.text, condition+"$"+strconv.Itoa(len(c.args)))
}

func (c *conditions) equal(column, value string) {
	if value != "" {
		c.add(column+" = ", value)
	}
}

// where ends a SELECT: what is asked for, by name, and not without end.
func (c *conditions) where(order string) string {
	end := ` ORDER BY ` + order + ` LIMIT ` + strconv.Itoa(maxList)
	if len(c.text) == 0 {
		return end
	}
	return ` WHERE ` + strings.Join(c.text, " AND ") + end
}

func (f filter) projects(ctx context.Context, q store.Querier) ([]Project, error) {
	if f.nothing {
		return nil, nil
	}
	var c conditions
	if f.viewer != "" {
		c.args, c.text = []any{f.viewer}, []string{heldProject}
	}
	c.equal("p.id", f.id)
	c.equal("p.name", f.name)
	c.equal("p.domain_id", f.domainID)
	c.equal("p.parent_id", f.parentID)
	if f.enabled != nil {
		c.add("p.enabled * d.enabled = ", flag(*f.enabled))
	}
	return store.List(ctx, q, scanProject, selectProject+c.where("p.name, p.id"), c.args...)
}

func (f filter) users(ctx context.Context, q store.Querier) ([]User, error) {
	var c conditions
	c.equal("u.id", f.viewer)
	c.equal("u.id", f.id)
	c.equal("u.name", f.name)
	c.equal("u.domain_id", f.domainID)
	if f.enabled != nil {
		c.add("u.enabled * d.enabled = ", flag(*f.enabled))
	}
	return store.List(ctx, q, scanUser, selectUser+c.where("u.name, u.id"), c.args...)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
