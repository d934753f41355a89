package ledger

import (
	"context"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
)

// item is something that has quotas.
type item struct {
	name string // on the wire, as in the reference's samples
	key  string // in quota_accounts; that of an own item is its quota.Item
	own  bool   // the platform's: counted by it, never reserved
	// container marks the items of the product "containers".
	container bool
}

// containers is the only product whose items can be switched on (reference 1.3).
const containers = "containers"

// cloudItems are the reference's, with the names of its samples, in the order
// of its table.
func cloudItems() []string {
	return []string{
		"instances", "cores", "ram", "backup_gigabytes", "backups", "network", "subnet", "floatingip", "router",
		"security_group", "security_group_rule", "port", "loadbalancer",
	}
}

func containerItems() []string {
	return []string{"cpu", "pods", "memory", "gpu", "alcub_storage", "general_storage"}
}

// volumeItems are the prefixes of a volume type's items.
func volumeItems() []string { return []string{"volumes_", "gigabytes_", "snapshots_"} }

// plurals are second names that are accepted: those of the reference's table
// (networks, subnets, security_group_rules) and their like.
func plurals() []string {
	return []string{"network", "subnet", "floatingip", "router", "security_group", "security_group_rule", "port", "loadbalancer"}
}

// singular is the name of an item in answers, which for those of other services
// is also its key.
func singular(name string) string {
	if one, ok := strings.CutSuffix(name, "s"); ok && slices.Contains(plurals(), one) {
		return one
	}
	return name
}

// ownName is what the platform's own item is called here. Two names would mean
// something else beside items of a cloud.
func ownName(i quota.Item) string {
	switch i {
	case quota.Groups:
		return "api_groups"
	case quota.Servers:
		return "channel_servers"
	}
	return string(i)
}

// catalogue is the items that exist now.
type catalogue struct {
	items  []item
	byName map[string]int // also by second names
	// regions have quotas: the installation's own first, in which alone the
	// platform keeps something, then those that an operator added.
	regions []string
}

func newCatalogue(types []string, withContainers bool, regions []string) *catalogue {
	c := &catalogue{byName: map[string]int{}, regions: regions}
	for _, name := range cloudItems() {
		c.add(item{name: name, key: name})
	}
	for _, name := range plurals() {
		c.byName[name+"s"] = c.byName[name]
	}
	for _, t := range types {
		for _, prefix := range volumeItems() {
			c.add(item{name: prefix + t, key: prefix + t})
		}
	}
	if withContainers {
		for _, name := range containerItems() {
			c.add(item{name: name, key: name, container: true})
		}
	}
	for _, i := range quota.Owned() {
		c.add(item{name: ownName(i), key: string(i), own: true})
	}
	return c
}

func (c *catalogue) add(i item) {
	c.byName[i.name] = len(c.items)
	c.items = append(c.items, i)
}

// wish is a number for an item.
type wish struct {
	item
	n Amount
}

// in lists the items that exist in a region.
func (c *catalogue) in(region string) []item {
	if region == c.regions[0] {
		return c.items
	}
	return slices.DeleteFunc(slices.Clone(c.items), func(i item) bool { return i.own })
}

// resolve finds the items of numbers in a region, in the order of their names.
// An item under both of its names is refused: which of them counts?
func (c *catalogue) resolve(region string, numbers map[string]Amount) ([]wish, error) {
	if !slices.Contains(c.regions, region) {
		return nil, badRequest("Invalid input for field 'region': there is no region %.128s. The regions are %s.", region, strings.Join(c.regions, ", "))
	}
	wishes := make([]wish, 0, len(numbers))
	seen := make(map[string]bool, len(numbers))
	for _, name := range sorted(numbers) {
		at, ok := c.byName[name]
		if !ok || c.items[at].own && region != c.regions[0] {
			return nil, badRequest("Invalid input for field '%.128s': there is no such quota item. The items are %s.", name, c.list(region))
		}
		i := c.items[at]
		if seen[i.key] {
			return nil, badRequest("Invalid input for field '%.128s': the item '%s' is given twice, under two names.", name, i.name)
		}
		seen[i.key] = true
		wishes = append(wishes, wish{i, numbers[name]})
	}
	return wishes, nil
}

func (c *catalogue) list(region string) string {
	items := c.in(region)
	names := make([]string, len(items))
	for at, i := range items {
		names[at] = i.name
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// catalogue reads which items and regions exist.
func (a *Area) catalogue(ctx context.Context, q store.Querier) (*catalogue, error) {
	var types []string
	regions, withContainers := []string{a.Region}, false
	rows, err := q.Query(ctx, selectCatalogue, containers)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, name string
		if err := rows.Scan(&kind, &name); err != nil {
			return nil, err
		}
		switch {
		case kind == "product":
			withContainers = true
		case kind == "type":
			types = append(types, name)
		case name != a.Region:
			regions = append(regions, name)
		}
	}
	return newCatalogue(types, withContainers, regions), rows.Err()
}
