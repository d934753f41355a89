// Package keystone is the wire dialect of the identity API, v3: its error
// body, its headers, its links, and its words for what the shared steps of
// package wire refuse.
//
// The dialect has no error codes; clients read the status and the text, whose
// forms are Keystone's own (wire-facts §16.3). What a client does with them is
// why they are exact: the openstack command looks a name up only after a 404,
// and takes a text for an id after a 403.
//
// The package owns no user, project or token.
package keystone
