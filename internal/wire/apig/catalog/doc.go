// Package catalog says, for each code of package apig and each fault of the
// data plane, what it means to the person who sees it and what to do, in
// English and Chinese; and for the codes that cannot occur here, why not.
//
// docs/errors.md and docs/errors.zh.md are made from it and from the routes
// (internal/app). A code stands in exactly one place: in a chapter when an
// operation answers it, in an absence when none can. That the routes agree is
// tested there, and that the platform does what they say in test/api.
package catalog
