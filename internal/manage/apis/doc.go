// Package apis is the area of API drafts: reference 4.2 without publication.
//
// It owns the tables apis and api_tags: registering, editing, deleting,
// showing and listing drafts. The document and its rules are in the
// subpackage draft; publishing, versions and runtime definitions are in the
// subpackage releases, which owns api_versions and api_publications. Their
// schema is one file, because a release cannot exist without its draft.
//
// Editing a draft never touches what is published. A draft that is published
// anywhere cannot be deleted (APIG.3416); deleting one deletes its versions and
// its grants, which is the one place where this area writes rows of others.
//
// Names are unique in a group (APIG.3202), and so is the combination of method,
// path shape and match mode (APIG.3301).
package apis
