package forge

import (
	"fmt"
	"strings"
)

// Routes is an API description in the shape of a code-hosting service's, 609
// routes, "METHOD /template" each, as its published description has: four in five under
// /repos/{owner}/{repo}, the rest under organisations, users and a few roots.
// The resources are invented; what matters to a router is their number at each
// level and how deep they lie.
func Routes() []string {
	var list []string
	list = append(list, resources("/repos/{owner}/{repo}", []string{
		"actions/runs", "actions/artifacts", "actions/caches", "actions/secrets", "actions/variables", "actions/workflows", "actions/runners",
		"branches", "branches/{branch}/protection", "checks", "collaborators", "comments", "commits", "commits/{ref}/statuses",
		"contents", "dependabot/alerts", "dependabot/secrets", "deployments", "deployments/{deployment}/statuses", "environments",
		"environments/{environment}/secrets", "forks", "git/blobs", "git/refs", "git/tags", "git/trees", "hooks", "hooks/{hook}/deliveries",
		"invitations", "issues", "issues/{issue}/comments", "issues/{issue}/labels", "issues/{issue}/reactions", "issues/{issue}/timeline",
		"keys", "labels", "milestones", "notifications", "pages", "pages/builds", "projects", "pulls", "pulls/{pull}/comments",
		"pulls/{pull}/commits", "pulls/{pull}/files", "pulls/{pull}/reviews", "pulls/{pull}/reviews/{review}/comments", "releases",
		"releases/{release}/assets", "releases/{release}/reactions", "rulesets", "scanning/alerts", "scanning/analyses", "secret-scanning/alerts",
		"stargazers", "stats", "subscribers", "tags", "teams", "topics", "traffic", "transfer", "vulnerability-alerts", "zipball", "security/advisories",
		"autolinks", "activity", "attestations", "codespaces", "interaction-limits", "languages", "license", "merges", "readme", "properties",
		"tarball", "assignees", "community", "compare", "events", "import", "lfs", "subscription", "dispatches", "generate", "codeowners",
		"code-security", "codes", "immutable", "private", "rules", "dependency-graph", "deploy", "sbom", "network", "import/authors", "import/files"})...)
	list = append(list, resources("/orgs/{org}", []string{"members", "teams", "hooks", "repos", "secrets", "variables", "runners", "rulesets", "projects", "packages", "teams/{team}/members", "teams/{team}/repos"})...)
	list = append(list, resources("/users/{user}", []string{"repos", "gists", "keys", "followers", "packages"})...)
	list = append(list, resources("/user", []string{"repos", "keys", "emails", "gists", "codespaces", "installations"})...)
	list = append(list, resources("/gists", []string{"{gist}/comments", "{gist}/forks"})...)
	for n := 0; len(list) < Count; n++ {
		list = append(list, fmt.Sprintf("GET /root-%d", n))
	}
	return list[:Count]
}

// Count is how many routes it has.
const Count = 609

// resources gives each resource below a prefix the five usual methods.
func resources(prefix string, names []string) []string {
	var list []string
	for _, name := range names {
		path := prefix + "/" + name
		list = append(list, "GET "+path, "POST "+path, "GET "+path+"/{id}", "PATCH "+path+"/{id}", "DELETE "+path+"/{id}")
	}
	return list
}

// Split cuts a route into its method and its template.
func Split(route string) (method, path string) {
	method, path, _ = strings.Cut(route, " ")
	return method, path
}

// Variables are the names of a template's variables.
func Variables(path string) []string {
	var names []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}
