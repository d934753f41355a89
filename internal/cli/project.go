package cli

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

var (
	projectKind = kind{"project", "projects", []string{"id", "name", "domain_id", "enabled", "description"}}
	domainKind  = kind{"domain", "domains", []string{"id", "name", "enabled", "description"}}
)

func projects(environ []string) *cobra.Command {
	f := newFamily(environ, "project", "Tenants: whatever is made belongs to one.")
	var domain string
	list := f.leaf("list", "List projects within reach.", cobra.NoArgs, func(c *call) error { return c.listIn(projectKind, domain) })
	inDomain(list, &domain)
	show := f.leaf("show PROJECT", "Show a project.", cobra.ExactArgs(1), func(c *call) error { return c.show(projectKind, domain) })
	inDomain(show, &domain)
	f.simpleCreate(projectKind, "Make a project in a department.")
	f.simpleSet(projectKind, "PROJECT", "Change a project.")
	remove := f.leaf("delete PROJECT...", "Delete projects that own nothing any more.", cobra.MinimumNArgs(1), func(c *call) error { return c.remove(projectKind, domain) })
	inDomain(remove, &domain)
	return f.Command
}

func domains(environ []string) *cobra.Command {
	f := newFamily(environ, "domain", "Departments: each has its users, groups, projects and quotas.")
	f.leaf("list", "List departments within reach.", cobra.NoArgs, func(c *call) error { return c.listIn(domainKind, "") })
	f.leaf("show DOMAIN", "Show a department.", cobra.ExactArgs(1), func(c *call) error { return c.show(domainKind, "") })
	var create *cobra.Command
	create = f.leaf("create NAME", "Make a department.", cobra.ExactArgs(1), func(c *call) error {
		fields := object{"name": c.args[0]}
		set(fields, create, "description", "description")
		return c.write(domainKind, http.MethodPost, "/v3/domains", fields)
	})
	create.Flags().String("description", "", "text for people")
	f.simpleSet(domainKind, "DOMAIN", "Change a department; --disable keeps all of its users out at once.")
	f.leaf("delete DOMAIN...", "Delete departments that are disabled, with their users, groups and projects.", cobra.MinimumNArgs(1), func(c *call) error {
		err := c.remove(domainKind, "")
		if status(err) == http.StatusForbidden {
			return fmt.Errorf("%w; a department is disabled first: lintel domain set %s --disable", err, c.args[0])
		}
		return err
	})
	return f.Command
}

// simpleSet changes what has a name, a description and a switch.
func (f *family) simpleSet(k kind, what, short string) {
	var domain string
	var on switched
	var c *cobra.Command
	c = f.leaf("set "+what, short, cobra.ExactArgs(1), func(call *call) error {
		domainID, err := call.optionalID(domainKind, domain, "")
		if err != nil {
			return err
		}
		id, err := call.id(k, call.args[0], domainID)
		if err != nil {
			return err
		}
		fields := object{}
		set(fields, c, "name", "name")
		set(fields, c, "description", "description")
		on.put(fields)
		if err := nothing(fields, c); err != nil {
			return err
		}
		return call.write(k, http.MethodPatch, k.path(id), fields)
	})
	if k.singular != domainKind.singular {
		inDomain(c, &domain)
	}
	c.Flags().String("name", "", "new name")
	c.Flags().String("description", "", "text for people")
	on.flags(c)
}
