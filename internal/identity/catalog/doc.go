// Package catalog says what this installation offers and where: the catalog of
// tokens, the services, endpoints and regions behind it (/v3/services,
// /v3/endpoints, /v3/regions), and the discovery documents at / and /v3.
//
//	built in: identity and apig, at the public site (keystone.Site), in the region
//	          of the configuration
//	rows:     what an operator enters for other services ──┐
//	                                                       ├→ catalog of a token
//	scope of the token: project, user ─────────────────────┘
//
// Rules:
//   - What is built in is shown like a row, with ids that are the same on every
//     node and after every start, and cannot be changed, deleted or added to (403):
//     it follows from the configuration. No other service may take its type, so
//     that clients find one of each.
//   - Administrators write. Whoever is authenticated reads: the catalog of every
//     token says the same, and clients look services up by name before they use
//     them.
//   - A URL may hold $(project_id)s, $(tenant_id)s or $(user_id)s, also with % in
//     place of $. These are replaced by the scope of a token and nothing is
//     evaluated (CVE-2022-22947 and its kin); any other name is refused. Without a
//     project in scope, endpoints that name it are left out, as in Keystone.
//   - URLs are http or https and hold no credentials: everybody sees them.
//   - The catalog of tokens is held in memory until anything changes in identity
//     (tokens.Revocations.Generation), so that a log-in costs one query at worst.
//     Numbers of services, endpoints and regions are bounded: all of it is in
//     every token's answer.
//
// Where the reference is silent, or Keystone does what surprises: a region with
// regions below it is not deleted (Keystone deletes them too); an empty text
// takes a region or parent away, null leaves it; several services may have one
// type and name, as in Keystone. An endpoint that names an unknown region in the
// old field "region" makes it, as Keystone does for old clients (gophercloud
// sends nothing else); in "region_id" it is refused.
package catalog
