// Package throttle bounds the calls of an API: by the policy that is bound to it,
// by the default limit where none is, by the limit of its group, and by the daily
// number of the group's own host name (wire-facts §2.1, §8).
//
// It owns which limits hold for a call, in which order they are named, and the
// words of the refusal (429 APIG.0308). It does not own counting, which is
// package limit's: a call asks for all its limits at once and is counted by all
// or by none. The policy that is bound changes without a publication, so the slot
// of the API is read with every call; what was counted stays when a limit changes,
// and begins anew when the period does or another policy is bound.
//
// What is counted. The reference leaves much open (wire-facts §8); these are our
// rules.
//
//   - api: all calls. Of an exclusive policy each API in each environment is
//     counted alone; of a shared one all that it is bound to together, and so are
//     its users, apps and addresses.
//   - user: under IAM the account, so that its users are added up; under APP the
//     project that owns the app. A call without an identity has no user.
//   - app: under APP the app.
//   - ip: the client's address; of IPv6 its network of 64 bits, because who has
//     one address there has them all.
//   - A special limit of an app stands in place of the limits of the app and of the
//     user, which it may exceed; that of a tenant in place of the user's. An app
//     that has one is still bounded by a special of its tenant. A special holds
//     also where the policy has no limit for apps or users.
//   - The default, where no policy is bound: the calls of an API in all environments
//     together. A policy replaces it, upwards too.
//   - group: all calls of a group's APIs, also those to its own domains.
//   - domain: calls to the host name that the group was born with, which is for
//     trying APIs out; calls to domains that were bound to it are not counted.
//
// Refusals name the first limit without room in the order ip, app, user, api,
// group, domain: the caller's own first, because it can do something about that.
//
// A call is counted when it is admitted here, whatever a later policy or the
// backend says. Owners who debug are not counted at all (plan.Spared).
package throttle
