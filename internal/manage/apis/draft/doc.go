// Package draft is the editable form of an API: the document that a provider
// sends with POST and PUT /v1.0/apigw/apis, its rules, and its way into a
// definition.
//
// It owns the field names of reference 4.2 (tables 4-38 to 4-60), every rule
// that can be decided without a database, and Compile. It does not own rows:
// whether a group, an environment or a name exists is decided by its two
// parents, manage/apis and manage/apis/releases, which share the document
// because a release is a frozen draft.
//
// A Document is normalised by Check: enumerations in upper case, defaults
// filled in, blocks that do not belong to the backend type dropped (Terraform
// sends them as zero objects, wire-facts §16.6), identifiers given to its
// parts. What is stored, released and compiled is always normalised.
package draft
