// Package signs is the area of signature keys and of what they are bound to:
// reference 4.14 and 4.15, wire-facts §5. The gateway signs its requests to the
// backend of an API with the key that is bound to it.
//
// It owns the table sign_keys and reads those of APIs, groups, environments and
// bindings. The rules of binding are package binding's, signing is the
// gateway's.
//
// The secret is sealed at rest for the purpose "sign-secret" and the id of the
// key, and travels sealed to the gateways. The reference prints "*****" for it
// in requests and answers alike, as it does for the secrets of apps; a secret
// that the server made and never told would be of no use to a backend. So the
// answers about keys show it to those who may also set it, members of the
// key's own project; readers, and administrators of other projects, get
// "*****". Lists of bindings name the key and show "*****" to everybody: a
// backend's administrator asks for the key.
//
// A sign_key or sign_secret that is not given is made by the server (4.14.2).
// In PUT an absent one stays as it is: to change a name must not break the
// backends that check signatures. An empty one is made anew. A secret of
// nothing but asterisks is what an answer showed in its place and counts as
// absent, so that what was read can be written back. Keys need not be unique:
// two projects cannot know of each other's, and a backend sees one of them.
//
// Deleting a key ends its bindings (4.14.4); from then on its APIs are called
// without a signature.
package signs
