// Package binding says which policy holds for which API in which environment:
// throttling policies, access control policies and signature keys are bound in
// the same way (reference 4.8, 4.11, 4.15), so the rules and the lists are
// here once and each area gives them its words.
//
// It owns the tables bindings and binding_wishes and reads those of groups,
// environments, APIs, their publications and the policies.
//
// Rules. A client names a publication; what is bound is its API in its
// environment, so the binding survives the next publication, and also the time
// between going offline and coming back: an access list that silently vanished
// would let everybody in. An API has one policy of a kind and slot in an
// environment; binding another replaces it, and binding the same again changes
// nothing. Policy and API are of one project.
//
// A wish is what an imported document says about an API that is not published
// yet: it is bound at the next publication to each environment in which nothing
// of its kind is bound. Who unbinds what was wished for withdraws the wish.
//
// Who deletes an API, an environment or a policy drops its bindings in the same
// transaction (DropAPI, DropEnv, DropPolicy).
package binding
