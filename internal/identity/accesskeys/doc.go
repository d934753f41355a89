// Package accesskeys owns the permanent access keys (AK/SK) with which users
// sign requests, and serves /v3.0/OS-CREDENTIAL/credentials.
//
// Rules:
//   - A user has at most MaxPerUser keys: two, so that one can be replaced
//     while the other works.
//   - The secret is shown in the answer that creates the key and never again;
//     at rest it is sealed (purpose "access-key", bound to its access key).
//   - The owner of a key never changes and is never taken from a change
//     request (CVE-2020-12691). A user sees and manages its own keys, an
//     administrator anybody's; the keys of others are "not found".
//   - A permanent key does whatever its user may do, in every scope. So a token that
//     is bound to an application credential makes or changes none, nor does who
//     signs with an EC2 key (CVE-2026-33551, CVE-2026-43001).
//   - Keys have two forms, that of the vendor and the UUIDs of the third dialect.
//     They are one kind: they count together, and either signs and is exchanged.
//   - Every change is announced through package tokens, so that this process
//     forgets at once what it had cached, and other nodes when they next read
//     the revocations.
//   - When a key was last used is kept to the minute and written in batches:
//     a signed request must not cost a write.
//
// Checking a signature is the business of identity/verify; Match compares a secret
// that is shown in the clear, as the third dialect asks for.
package accesskeys
