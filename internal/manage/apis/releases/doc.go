// Package releases is the area of published APIs: publishing and taking
// offline, alone and in batches, versions, and runtime definitions (reference
// 4.2.5 to 4.2.7 and 4.2.10 to 4.2.13).
//
// A version is a draft frozen at the moment of publishing together with the
// environment variables it was compiled with, so that its definition can be
// made again at any time and is always the same. A publication says which
// version an environment serves. Publishing again makes a new version; the
// newest of an API in an environment are kept, ten without another quota.
//
// It owns api_versions and api_publications, and writes grants for orders of
// the marketplace (orders_sql.go). Contribute turns a publication
// into its definition; that definition is accepted only after the dry build of
// the gateway, inside the same transaction, so a release that a gateway could
// not serve leaves no trace.
package releases
