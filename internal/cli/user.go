package cli

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

var (
	userKind  = kind{"user", "users", []string{"id", "name", "domain_id", "email", "enabled", "default_project_id"}}
	groupKind = kind{"group", "groups", []string{"id", "name", "domain_id", "description"}}
)

func users(environ []string) *cobra.Command {
	f := newFamily(environ, "user", "People and programs that log in.")
	var domain, name string
	list := f.leaf("list", "List users within reach.", cobra.NoArgs, func(c *call) error {
		query := url.Values{}
		if name != "" {
			query.Set("name", name)
		}
		id, err := c.optionalID(domainKind, domain, "")
		if err != nil {
			return err
		}
		if id != "" {
			query.Set("domain_id", id)
		}
		users, err := c.list(userKind, query)
		if err != nil {
			return err
		}
		return printList(c.out, c.form, userKind.columns, users)
	})
	list.Flags().StringVar(&domain, "domain", "", "only those of this department")
	list.Flags().StringVar(&name, "name", "", "only those with exactly this name")
	show := f.leaf("show USER", "Show a user.", cobra.ExactArgs(1), func(c *call) error { return c.show(userKind, domain) })
	inDomain(show, &domain)
	f.userCreate()
	f.userSet()
	f.userPassword()
	remove := f.leaf("delete USER...", "Delete users, their keys and credentials.", cobra.MinimumNArgs(1), func(c *call) error { return c.remove(userKind, domain) })
	inDomain(remove, &domain)
	return f.Command
}

func inDomain(c *cobra.Command, domain *string) {
	c.Flags().StringVar(domain, "domain", "", "department of what is named, when the name alone is not enough")
}

// show prints the entity of the first argument.
func (c *call) show(k kind, domain string) error {
	domainID, err := c.optionalID(domainKind, domain, "")
	if err != nil {
		return err
	}
	o, err := c.find(k, c.args[0], domainID)
	if err != nil {
		return err
	}
	return printOne(c.out, c.form, k.columns, o)
}

func (f *family) userCreate() {
	var domain, project string
	var stdin, generate bool
	var c *cobra.Command
	c = f.leaf("create NAME", "Make a user.", cobra.ExactArgs(1), func(call *call) error {
		if stdin == generate {
			return usage("say where the password comes from: --password-stdin or --generate-password")
		}
		fields := object{"name": call.args[0]}
		domainID, err := call.optionalID(domainKind, domain, "")
		if err != nil {
			return err
		}
		if domainID != "" {
			fields["domain_id"] = domainID
		}
		if project != "" {
			if fields["default_project_id"], err = call.id(projectKind, project, domainID); err != nil {
				return err
			}
		}
		set(fields, c, "email", "email")
		set(fields, c, "description", "description")
		password := rand.Text() // 128 bits
		if generate {
			password += "-a1" // small letters and a digit, which most rules ask for
		} else if password, err = call.secretLine(); err != nil {
			return err
		}
		fields["password"] = password
		if err := call.write(userKind, http.MethodPost, "/v3/users", fields); err != nil {
			return err
		}
		if generate {
			return call.tellPassword(password)
		}
		return nil
	})
	c.Flags().StringVar(&domain, "domain", "", "department of the user; default: the one in your scope")
	c.Flags().StringVar(&project, "project", "", "project that the user works in unless it says otherwise")
	c.Flags().String("email", "", "address")
	c.Flags().String("description", "", "text for people")
	c.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from the first line of standard input")
	c.Flags().BoolVar(&generate, "generate-password", false, "make a password and print it once")
}

// tellPassword prints a generated password for people; with JSON or YAML it
// would spoil the document, and goes behind it as a comment neither has.
func (c *call) tellPassword(password string) error {
	_, err := fmt.Fprintf(c.out, "\npassword: %s   (shown once)\n", password)
	return err
}

func (f *family) userSet() {
	var domain, project string
	var on switched
	var c *cobra.Command
	c = f.leaf("set USER", "Change a user.", cobra.ExactArgs(1), func(call *call) error {
		domainID, err := call.optionalID(domainKind, domain, "")
		if err != nil {
			return err
		}
		user, err := call.find(userKind, call.args[0], domainID)
		if err != nil {
			return err
		}
		fields := object{}
		set(fields, c, "name", "name")
		set(fields, c, "email", "email")
		set(fields, c, "description", "description")
		on.put(fields)
		if project != "" {
			if fields["default_project_id"], err = call.id(projectKind, project, text(user, "domain_id")); err != nil {
				return err
			}
		}
		if err := nothing(fields, c); err != nil {
			return err
		}
		return call.write(userKind, http.MethodPatch, userKind.path(text(user, "id")), fields)
	})
	inDomain(c, &domain)
	c.Flags().StringVar(&project, "project", "", "project that the user works in unless it says otherwise")
	c.Flags().String("name", "", "new name")
	c.Flags().String("email", "", "address")
	c.Flags().String("description", "", "text for people")
	on.flags(c)
}

func (f *family) userPassword() {
	var domain string
	c := f.leaf("password USER", "Give a user a new password, read from the first line of standard input; the user's tokens end.", cobra.ExactArgs(1), func(call *call) error {
		domainID, err := call.optionalID(domainKind, domain, "")
		if err != nil {
			return err
		}
		id, err := call.id(userKind, call.args[0], domainID)
		if err != nil {
			return err
		}
		password, err := call.secretLine()
		if err != nil {
			return err
		}
		_, err = call.do(call.ctx, http.MethodPatch, userKind.path(id), object{"user": object{"password": password}}, nil)
		if err == nil {
			call.say("the password of %s is changed and its tokens have ended", call.args[0])
		}
		return err
	})
	inDomain(c, &domain)
}
