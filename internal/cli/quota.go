package cli

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func quotas(environ []string) *cobra.Command {
	f := newFamily(environ, "quota", "How much the platform, a department or a project may own.")
	var project, region string
	show := f.leaf("show [DOMAIN]", "Show the quotas of a department, or of --project.", cobra.MaximumNArgs(1), func(c *call) error {
		at, err := c.quotaOf(c.args, project)
		if err != nil {
			return err
		}
		return c.printQuotas(http.MethodGet, at, nil, region)
	})
	used := f.leaf("usage", "Show what the whole platform may own, has allocated and uses.", cobra.NoArgs, func(c *call) error {
		return c.printQuotas(http.MethodGet, quotaAt{"/v3/domain_usage", "domain"}, nil, region)
	})
	set := f.leaf("set [DOMAIN] ITEM=NUMBER...", "Change quotas; -1 is unlimited. The department \"default\" stands for the whole platform.", cobra.MinimumNArgs(1),
		func(c *call) error { return c.setQuotas(project, region) })
	for _, c := range []*cobra.Command{show, used, set} {
		c.Flags().StringVar(&region, "region", "", "region; default: the only one")
	}
	for _, c := range []*cobra.Command{show, set} {
		c.Flags().StringVar(&project, "project", "", "a project instead of a department")
	}
	return f.Command
}

// quotaAt is where quotas stand, and the name of the object there.
type quotaAt struct{ path, wrapper string }

// quotaOf finds the department or the project that the command line names.
func (c *call) quotaOf(names []string, project string) (quotaAt, error) {
	switch {
	case project != "" && len(names) > 0:
		return quotaAt{}, usage("give a department or --project, not both")
	case project != "":
		id, err := c.id(projectKind, project, "")
		return quotaAt{"/v3/project_quotas/" + url.PathEscape(id), "project"}, err
	case len(names) != 1:
		return quotaAt{}, usage("say whose quotas: one department, or --project")
	}
	id, err := c.id(domainKind, names[0], "")
	return quotaAt{"/v3/domain_quotas/" + url.PathEscape(id), "domain"}, err
}

// setQuotas reads "name=number" arguments behind at most one department.
func (c *call) setQuotas(project, region string) error {
	fields, names := object{}, []string(nil)
	for _, arg := range c.args {
		item, number, ok := strings.Cut(arg, "=")
		if !ok {
			names = append(names, arg)
			continue
		}
		var n json.Number
		if err := json.Unmarshal([]byte(number), &n); err != nil || n == "" {
			return usage("quota %s: %q is not a number; -1 is unlimited", item, number)
		}
		if _, twice := fields[item]; twice {
			return usage("quota %s is given twice", item)
		}
		fields[item] = n
	}
	if len(fields) == 0 {
		return usage("say what to change: ITEM=NUMBER, for example cores=100")
	}
	at, err := c.quotaOf(names, project)
	if err != nil {
		return err
	}
	before, err := c.quotas(http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	if fields["region"], err = pick(before, region); err != nil {
		return err
	}
	return c.printQuotas(http.MethodPatch, at, fields, region)
}

// quotas asks for what stands at a place, by region.
func (c *call) quotas(method string, at quotaAt, fields object) (object, error) {
	var answer object
	var in any
	if fields != nil {
		in = object{at.wrapper: fields}
	}
	if _, err := c.do(c.ctx, method, at.path, in, &answer); err != nil {
		return nil, err
	}
	regions, _ := answer[at.wrapper].(object)
	return regions, nil
}

// pick chooses a region: the one that is named, or the only one.
func pick(regions object, region string) (string, error) {
	names := slices.Sorted(maps.Keys(regions))
	switch {
	case region != "" && regions[region] != nil:
		return region, nil
	case region == "" && len(names) == 1:
		return names[0], nil
	}
	return "", usage("name the region with --region: %s", strings.Join(names, ", "))
}

// printQuotas prints a row for each item, a column for each kind of number.
func (c *call) printQuotas(method string, at quotaAt, fields object, region string) error {
	regions, err := c.quotas(method, at, fields)
	if err != nil {
		return err
	}
	name, err := pick(regions, region)
	if err != nil {
		return err
	}
	numbers, _ := regions[name].(object)
	if c.form != asTable {
		return printValue(c.out, c.form, numbers)
	}
	// Of a department "usage" is what it has allocated to its projects; only an
	// answer that has both means the word as people do (EOS reference 1.3).
	if _, both := numbers["allocated"]; !both && at.wrapper == "domain" {
		numbers["allocated"] = numbers["usage"]
		delete(numbers, "usage")
	}
	columns := []string{"item"}
	rows := map[string]object{}
	for _, column := range []string{"quotas", "allocated", "usage", "limits"} {
		items, ok := numbers[column].(object)
		if !ok {
			continue
		}
		columns = append(columns, column)
		for item, n := range items {
			if rows[item] == nil {
				rows[item] = object{"item": item}
			}
			rows[item][column] = unlimited(n)
		}
	}
	list := make([]object, 0, len(rows))
	for _, item := range slices.Sorted(maps.Keys(rows)) {
		list = append(list, rows[item])
	}
	return printList(c.out, c.form, columns, list)
}

// unlimited is a word for -1, which people take for a number.
func unlimited(n any) any {
	if v, ok := n.(json.Number); ok && v == "-1" {
		return "unlimited"
	}
	return n
}
