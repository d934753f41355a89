// Package importer makes a plan of a document: the APIs that its operations
// become, as drafts, the policies that it names, and a report of what became of
// each of its words.
//
// It reads Swagger 2.0, OpenAPI 3.0 and 3.1 and needs no database: what the
// drafts name (channels, authorizers, policies) is still named as the document
// does, and the parent package looks it up.
//
// Rules where the reference is silent or other tools' documents do not fit it:
//
//   - An operation without x-apigateway-backend goes to the server that the
//     document names (host, or the first of servers), with the same path and
//     method; without a server, or with one that is this machine or this
//     gateway, it becomes a MOCK.
//   - The path of the first server is put in front of every path, as basePath
//     is.
//   - Credentials that the gateway does not check itself (basic, oauth2, keys of
//     the backend) pass through: such an API has no authentication here.
//   - operationId is brought into the form of API names, and so are tags and the
//     title. What had to be changed is made unique; what was the same before
//     is a conflict, of which the first wins.
//   - A parameter of a type that the gateway does not have becomes STRING. One
//     whose name or place it does not have is left out; the gateway passes what
//     is not declared.
//   - Bounds of parameters are stored and not checked, the reference's default,
//     unless x-lintel-checked says so.
package importer
