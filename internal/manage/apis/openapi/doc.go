// Package openapi imports and exports APIs as OpenAPI documents: reference 4.18.
//
// It owns no table. Groups, APIs, throttling and access control policies are
// written by their areas, by all their rules, in transactions of this one;
// what a document names (channels, authorizers, responses) is looked up in
// their tables. Its parts: document reads and writes JSON and YAML under limits,
// importer makes a plan of a document, exporter makes a document of APIs, and
// extension holds the words that both share.
//
// Rules where the reference is silent:
//
//   - A document is refused as a whole (APIG.3600 to 3603, 3609, 3127) before
//     anything is written. After that each operation is a transaction of its
//     own: what fails is listed in failure, and the answer is 200.
//   - Importing into a group, an API of the same method, path and match mode is
//     in conflict, and one of the same name. With mode=override it becomes what
//     the document says; with merge it stays and the operation is listed in
//     failure. Nothing is published.
//   - Policies that an operation names are made when it is imported, in its
//     transaction; those that no operation names are not made. They are bound at
//     the next publication, where nothing of their kind is bound then: an import
//     changes nothing that is being served.
//   - dry_run=true does the same in one transaction that is then undone. What
//     would be new has no ids in its answer.
//   - An export holds what the environment serves, not the drafts; of several
//     ids all must be of one group and published there.
package openapi
