package cli

import (
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

func groups(environ []string) *cobra.Command {
	f := newFamily(environ, "group", "Users who hold roles together.")
	var domain string
	list := f.leaf("list", "List groups within reach.", cobra.NoArgs, func(c *call) error { return c.listIn(groupKind, domain) })
	inDomain(list, &domain)
	show := f.leaf("show GROUP", "Show a group.", cobra.ExactArgs(1), func(c *call) error { return c.show(groupKind, domain) })
	inDomain(show, &domain)
	f.simpleCreate(groupKind, "Make a group.")
	members := f.leaf("members GROUP", "List the members of a group.", cobra.ExactArgs(1), func(c *call) error {
		id, err := c.id(groupKind, c.args[0], "")
		if err != nil {
			return err
		}
		users, err := c.listAt(groupKind.path(id)+"/users", "users")
		if err != nil {
			return err
		}
		return printList(c.out, c.form, userKind.columns, users)
	})
	inDomain(members, &domain)
	for _, w := range []struct{ use, short, method, done string }{
		{"add GROUP USER...", "Put users into a group.", http.MethodPut, "is in"},
		{"remove GROUP USER...", "Take users out of a group; their tokens end.", http.MethodDelete, "is no longer in"},
	} {
		f.leaf(w.use, w.short, cobra.MinimumNArgs(2), func(c *call) error { return c.member(w.method, w.done) })
	}
	remove := f.leaf("delete GROUP...", "Delete groups; what they hold goes with them.", cobra.MinimumNArgs(1), func(c *call) error { return c.remove(groupKind, domain) })
	inDomain(remove, &domain)
	return f.Command
}

func (c *call) member(method, done string) error {
	group, err := c.find(groupKind, c.args[0], "")
	if err != nil {
		return err
	}
	for _, ref := range c.args[1:] {
		user, err := c.id(userKind, ref, text(group, "domain_id"))
		if err != nil {
			return err
		}
		if _, err := c.do(c.ctx, method, groupKind.path(text(group, "id"))+"/users/"+url.PathEscape(user), nil, nil); err != nil {
			return err
		}
		c.say("%s %s %s", ref, done, text(group, "name"))
	}
	return nil
}

// listIn lists a kind, of one department when that is named.
func (c *call) listIn(k kind, domain string) error {
	query := url.Values{}
	id, err := c.optionalID(domainKind, domain, "")
	if err != nil {
		return err
	}
	if id != "" {
		query.Set("domain_id", id)
	}
	found, err := c.list(k, query)
	if err != nil {
		return err
	}
	return printList(c.out, c.form, k.columns, found)
}

// simpleCreate makes what has a name, a description and a department.
func (f *family) simpleCreate(k kind, short string) {
	var domain string
	var c *cobra.Command
	c = f.leaf("create NAME", short, cobra.ExactArgs(1), func(call *call) error {
		fields := object{"name": call.args[0]}
		set(fields, c, "description", "description")
		id, err := call.optionalID(domainKind, domain, "")
		if err != nil {
			return err
		}
		if id != "" {
			fields["domain_id"] = id
		}
		return call.write(k, http.MethodPost, "/v3/"+k.plural, fields)
	})
	c.Flags().StringVar(&domain, "domain", "", "department; default: the one in your scope")
	c.Flags().String("description", "", "text for people")
}
