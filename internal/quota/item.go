package quota

// Item is a kind of thing that is counted. The text is its name in the
// configuration.
type Item string

// What one project may own.
const (
	Groups        Item = "groups"
	APIs          Item = "apis"
	Apps          Item = "apps"
	Environments  Item = "environments" // without RELEASE, which every project has
	SignatureKeys Item = "signature_keys"
	Throttles     Item = "throttles"
	ACLs          Item = "acls"
	Channels      Item = "channels"
	Authorizers   Item = "authorizers"
	Servers       Item = "servers" // entries of the instance directory
	Functions     Item = "functions"
)

// What one thing may hold.
const (
	APIsPerGroup   Item = "apis_per_group"
	Domains        Item = "domains"         // per group
	Responses      Item = "responses"       // per group
	Variables      Item = "variables"       // per group and environment
	ReqParams      Item = "req_params"      // per API
	PolicyBackends Item = "policy_backends" // per API
	Conditions     Item = "conditions"      // per policy backend
	Tags           Item = "tags"            // per API
	Versions       Item = "versions"        // publications kept per API and environment
	AppCodes       Item = "app_codes"       // per app
	SpecialApps    Item = "special_apps"    // per throttle
	SpecialTenants Item = "special_tenants" // per throttle
	ACLEntries     Item = "acl_entries"     // per ACL
	Members        Item = "members"         // per channel
	Identities     Item = "identities"      // per authorizer
	Imports        Item = "imports"         // APIs per imported file
	// FunctionVersions are per function, latest not counted.
	FunctionVersions Item = "function_versions"
)

// table is every item with its default, in the order in which it is shown.
// Where wire-facts §12 found no number, it says which one to take.
var table = []struct {
	item  Item
	limit int
}{
	{Groups, 50},
	{APIs, 200},
	{Apps, 50},
	{Environments, 10},
	{SignatureKeys, 30},
	{Throttles, 30},
	{ACLs, 100},
	{Channels, 30},
	{Authorizers, 50},
	{Servers, 1000},  // not of the shared edition: our own directory
	{Functions, 100}, // ours too, and their versions
	{FunctionVersions, 20},
	{APIsPerGroup, 1000},
	{Domains, 5},
	{Responses, 4},
	{Variables, 50},
	{ReqParams, 50},
	{PolicyBackends, 5},
	{Conditions, 5},
	{Tags, 10},
	{Versions, 10},
	{AppCodes, 5},
	{SpecialApps, 30},
	{SpecialTenants, 30},
	{ACLEntries, 100},
	{Members, 200},
	{Identities, 10},
	{Imports, 300},
}

// Items lists all items in order.
func Items() []Item {
	items := make([]Item, len(table))
	for i, row := range table {
		items[i] = row.item
	}
	return items
}

// Owned lists the items that a project owns, as against those that one of its
// things holds: the ones for which departments and the cloud have quotas too.
func Owned() []Item {
	return []Item{
		Groups, APIs, Apps, Environments, SignatureKeys, Throttles, ACLs, Channels, Authorizers, Servers, Functions,
	}
}

func standard(item Item) (limit int, known bool) {
	for _, row := range table {
		if row.item == item {
			return row.limit, true
		}
	}
	return 0, false
}
