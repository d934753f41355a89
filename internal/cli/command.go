package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
)

// Commands are the commands of this package. environ has the form of
// os.Environ.
func Commands(environ []string) []*cobra.Command {
	return []*cobra.Command{
		users(environ), groups(environ), projects(environ), domains(environ), roles(environ), keys(environ), quotas(environ),
	}
}

// family is a command with subcommands that share settings.
type family struct {
	*cobra.Command
	settings *settings
}

func newFamily(environ []string, use, short string) *family {
	f := &family{&cobra.Command{Use: use, Short: short, Args: args(cobra.NoArgs)}, fromEnvironment(environ)}
	f.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	f.settings.flags(f.PersistentFlags())
	return f
}

// call is one run of a subcommand.
type call struct {
	*session
	ctx  context.Context
	args []string
	in   io.Reader
	out  io.Writer
	form string
}

// leaf adds a subcommand that logs in and then runs f.
func (f *family) leaf(use, short string, check cobra.PositionalArgs, run func(*call) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: args(check)}
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := checkOutput(f.settings.output); err != nil {
			return err
		}
		s, err := open(c.Context(), f.settings)
		if err != nil {
			return err
		}
		defer s.close()
		return run(&call{session: s, ctx: c.Context(), args: args, in: c.InOrStdin(), out: c.OutOrStdout(), form: f.settings.output})
	}
	f.AddCommand(c)
	return c
}

// args makes a wrong number of arguments the user's fault.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if err := check(c, given); err != nil {
			return usage("%w (see %q)", err, c.CommandPath()+" --help")
		}
		return nil
	}
}

// kind is a collection of the v3 dialect.
type kind struct {
	singular, plural string // "user", "users": also the path below /v3
	columns          []string
}

func (k kind) path(id string) string { return "/v3/" + k.plural + "/" + url.PathEscape(id) }

// find answers the entity with the id or else the exact name, in a domain when
// one is given, as the openstack command does (wire-facts §16.4).
func (c *call) find(k kind, ref, domainID string) (object, error) {
	var one object
	_, err := c.do(c.ctx, http.MethodGet, k.path(ref), nil, &one)
	if err == nil {
		o, _ := one[k.singular].(object)
		return o, nil
	}
	switch status(err) {
	case http.StatusNotFound, http.StatusForbidden: // no such id, then
	case http.StatusBadRequest: // a name with a slash is no path either
	default:
		return nil, err
	}
	query := url.Values{"name": {ref}}
	if domainID != "" {
		query.Set("domain_id", domainID)
	}
	list, err := c.list(k, query)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, fmt.Errorf("there is no %s %q, or it is out of your reach", k.singular, ref)
	case len(list) > 1:
		return nil, fmt.Errorf("%d %s are named %q; give the id of one (lintel %s list)", len(list), k.plural, ref, k.singular)
	}
	return list[0], nil
}

// id is the id of what find answers.
func (c *call) id(k kind, ref, domainID string) (string, error) {
	o, err := c.find(k, ref, domainID)
	if err != nil {
		return "", err
	}
	return text(o, "id"), nil
}

// optionalID is id for a flag that may be empty.
func (c *call) optionalID(k kind, ref, domainID string) (string, error) {
	if ref == "" {
		return "", nil
	}
	return c.id(k, ref, domainID)
}

func (c *call) list(k kind, query url.Values) ([]object, error) {
	path := "/v3/" + k.plural
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.listAt(path, k.plural)
}

func (c *call) listAt(path, field string) ([]object, error) {
	var answer map[string]any
	if _, err := c.do(c.ctx, http.MethodGet, path, nil, &answer); err != nil {
		return nil, err
	}
	raw, _ := answer[field].([]any)
	list := make([]object, 0, len(raw))
	for _, e := range raw {
		if o, ok := e.(object); ok {
			list = append(list, o)
		}
	}
	return list, nil
}

// write sends an entity and prints what it has become.
func (c *call) write(k kind, method, path string, fields object) error {
	var answer object
	if _, err := c.do(c.ctx, method, path, object{k.singular: fields}, &answer); err != nil {
		return err
	}
	o, _ := answer[k.singular].(object)
	return printOne(c.out, c.form, k.columns, o)
}

// remove deletes the entities named by the arguments, and says which.
func (c *call) remove(k kind, domain string) error {
	domainID, err := c.optionalID(domainKind, domain, "")
	if err != nil {
		return err
	}
	for _, ref := range c.args {
		o, err := c.find(k, ref, domainID)
		if err != nil {
			return err
		}
		if _, err := c.do(c.ctx, http.MethodDelete, k.path(text(o, "id")), nil, nil); err != nil {
			return err // which names it
		}
		c.say("deleted %s %s (%s)", k.singular, text(o, "name"), text(o, "id"))
	}
	return nil
}

// say tells people what was done; programs that asked for JSON or YAML get
// nothing but that.
func (c *call) say(format string, args ...any) {
	if c.form == asTable {
		fmt.Fprintln(c.out, plain(fmt.Sprintf(format, args...)))
	}
}

func text(o object, field string) string {
	s, _ := o[field].(string)
	return s
}

// set puts a flag into fields when it was given.
func set(fields object, c *cobra.Command, flag, field string) {
	f := c.Flags().Lookup(flag)
	if f != nil && f.Changed {
		fields[field] = f.Value.String()
	}
}

// switched is the pair --enable and --disable.
type switched struct{ on, off bool }

func (s *switched) flags(c *cobra.Command) {
	c.Flags().BoolVar(&s.on, "enable", false, "switch on")
	c.Flags().BoolVar(&s.off, "disable", false, "switch off")
	c.MarkFlagsMutuallyExclusive("enable", "disable")
}

func (s *switched) put(fields object) {
	if s.on || s.off {
		fields["enabled"] = s.on
	}
}

// secretLine reads the first line of standard input.
func (c *call) secretLine() (string, error) {
	line, err := bufio.NewReader(io.LimitReader(c.in, 4096)).ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		if err == nil || err == io.EOF {
			return "", usage("standard input holds no password in its first line")
		}
		return "", err
	}
	return line, nil
}

// nothing refuses a change that changes nothing.
func nothing(fields object, c *cobra.Command) error {
	if len(fields) > 0 {
		return nil
	}
	return usage("nothing to change is given (see %q)", c.CommandPath()+" --help")
}
