package cli

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
)

var roleKind = kind{"role", "roles", []string{"id", "name", "description"}}

// holding is who holds what where, as the flags of grant and revoke say it.
type holding struct{ user, group, project, domain, home string }

func roles(environ []string) *cobra.Command {
	f := newFamily(environ, "role", "What users and groups may do in a project or department.")
	f.leaf("list", "List roles. admin, manager, member and reader mean something to the platform.", cobra.NoArgs, func(c *call) error { return c.listIn(roleKind, "") })
	var create *cobra.Command
	create = f.leaf("create NAME", "Make a role of your own: it stands in tokens, and the platform gives it no rights.", cobra.ExactArgs(1), func(c *call) error {
		fields := object{"name": c.args[0]}
		set(fields, create, "description", "description")
		return c.write(roleKind, http.MethodPost, "/v3/roles", fields)
	})
	create.Flags().String("description", "", "text for people")
	f.leaf("delete ROLE...", "Delete roles; nobody holds them any more.", cobra.MinimumNArgs(1), func(c *call) error { return c.remove(roleKind, "") })
	for _, w := range []struct{ use, short, method, done string }{
		{"grant ROLE", "Give a role: --user or --group, on --project or --domain.", http.MethodPut, "holds"},
		{"revoke ROLE", "Take a role away; the tokens that say so end.", http.MethodDelete, "no longer holds"},
	} {
		var h holding
		c := f.leaf(w.use, w.short, cobra.ExactArgs(1), func(c *call) error { return c.hold(w.method, w.done, h) })
		h.flags(c)
	}
	var h holding
	holders := f.leaf("holders", "List who holds what where.", cobra.NoArgs, func(c *call) error { return c.holders(h) })
	h.flags(holders)
	return f.Command
}

func (h *holding) flags(c *cobra.Command) {
	c.Flags().StringVar(&h.user, "user", "", "who: a user")
	c.Flags().StringVar(&h.group, "group", "", "who: a group")
	c.Flags().StringVar(&h.project, "project", "", "where: a project")
	c.Flags().StringVar(&h.domain, "domain", "", "where: a department")
	c.Flags().StringVar(&h.home, "in", "", "department of the names above, when they are not unique")
	c.MarkFlagsMutuallyExclusive("user", "group")
	c.MarkFlagsMutuallyExclusive("project", "domain")
}

// ids resolves the names; who and where are empty when not given.
func (c *call) ids(h holding) (user, group, project, domain string, err error) {
	home, err := c.optionalID(domainKind, h.home, "")
	for _, r := range []struct {
		to   *string
		kind kind
		ref  string
		in   string
	}{
		{&user, userKind, h.user, home}, {&group, groupKind, h.group, home},
		{&project, projectKind, h.project, home}, {&domain, domainKind, h.domain, ""},
	} {
		if err != nil {
			return "", "", "", "", err
		}
		*r.to, err = c.optionalID(r.kind, r.ref, r.in)
	}
	return user, group, project, domain, err
}

func (c *call) hold(method, done string, h holding) error {
	if (h.user == "") == (h.group == "") || (h.project == "") == (h.domain == "") {
		return usage("say who with --user or --group, and where with --project or --domain")
	}
	user, group, project, domain, err := c.ids(h)
	if err != nil {
		return err
	}
	role, err := c.find(roleKind, c.args[0], "")
	if err != nil {
		return err
	}
	path := "/v3/projects/" + url.PathEscape(project)
	if domain != "" {
		path = "/v3/domains/" + url.PathEscape(domain)
	}
	if user != "" {
		path += "/users/" + url.PathEscape(user)
	} else {
		path += "/groups/" + url.PathEscape(group)
	}
	if _, err := c.do(c.ctx, method, path+"/roles/"+url.PathEscape(text(role, "id")), nil, nil); err != nil {
		return err
	}
	c.say("%s %s %s on %s", h.user+h.group, done, text(role, "name"), h.project+h.domain)
	return nil
}

func (c *call) holders(h holding) error {
	user, group, project, domain, err := c.ids(h)
	if err != nil {
		return err
	}
	query := url.Values{"include_names": {"true"}}
	for name, id := range map[string]string{"user.id": user, "group.id": group, "scope.project.id": project, "scope.domain.id": domain} {
		if id != "" {
			query.Set(name, id)
		}
	}
	list, err := c.listAt("/v3/role_assignments?"+query.Encode(), "role_assignments")
	if err != nil {
		return err
	}
	if c.form != asTable {
		return printList(c.out, c.form, nil, list)
	}
	rows := make([]object, len(list))
	for i, a := range list {
		rows[i] = object{
			"role": within(a, "role", "name"), "user": within(a, "user", "name"), "group": within(a, "group", "name"),
			"project": within(a, "scope", "project", "name"), "domain": within(a, "scope", "domain", "name"),
		}
	}
	return printList(c.out, c.form, strings.Fields("role user group project domain"), rows)
}

// within is the text at a path of fields.
func within(o object, path ...string) string {
	for _, field := range path[:len(path)-1] {
		o, _ = o[field].(object)
	}
	return text(o, path[len(path)-1])
}
