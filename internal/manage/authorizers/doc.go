// Package authorizers is the area of custom authorizers: reference 4.19. An
// authorizer names a function that decides who may call an API (FRONTEND), or
// what is said to a backend (BACKEND).
//
// It owns the table authorizers, and reads functions, their versions and what
// APIs name (api_uses). Calling the function is the gateway's.
//
// Where the reference is silent, wire-facts §7.3 speaks: ttl is 0 to 3600
// seconds, 0 when it is not given; a FRONTEND authorizer that keeps answers
// needs identities, which are the key under which they are kept. Beyond it:
//
//   - authorizer_uri names a function of the authorizer's own project, with or
//     without a version. One that does not exist, another project's and one that
//     is no URN at all are all APIG.3019: an id that cannot exist is not found,
//     here as everywhere. So APIG.9002, a 500 in the catalogue, is never
//     answered: the client is at fault, and a 5xx makes clients try again.
//   - Names of identities are unique in an authorizer whatever their location
//     and case (APIG.3212). A header may be any but those that the gateway
//     itself uses (wire-facts §2.5) and those with a '_'; Authorization, which
//     parameters of APIs may not be, is the very sample of the reference.
//   - A BACKEND authorizer may have identities. They are kept; its event does
//     not carry them (wire-facts §7.1).
//   - In PUT, absent identities, ttl and user_data stay as they are. The type
//     cannot change while an API names the authorizer (APIG.2011): a FRONTEND
//     one decides whether a call is let in, and a BACKEND one does not.
//   - What an API names, in its draft or published, cannot be deleted. The
//     reference gives that operation a 409 and the catalogue no code of its own
//     for it; we answer APIC.7701, the one conflict of the catalogue that is not
//     about something else, with the API in its text.
//   - The table of the list has ttd where its sample has ttl; we answer ttl.
package authorizers
