// Package credentials owns what users keep here by the name of credentials, EC2
// keys above all, and serves /v3/credentials and
// /v3/users/{user_id}/credentials/OS-EC2. Both show the same EC2 keys.
//
// An EC2 key is real: identity/verify takes signatures made with it
// (SDK-HMAC-SHA256), always in the key's own project and with its own roles.
// Credentials of other types are kept for other services and mean nothing here.
//
// Rules:
//   - An EC2 key is for the project in the scope of the request that makes it and
//     has the roles that the caller has there in that scope, as far as the user
//     still holds them when the key is used (CVE-2020-12689, CVE-2026-33551,
//     CVE-2026-43001). Only an administrator names another project or user; such a
//     key has the roles that its user holds there.
//   - Owner, project, type and access key never change (CVE-2020-12691), nor do
//     they come from the blob: an EC2 blob has an access key and a secret and
//     nothing else. What a change asks for beside the blob must be what is there.
//   - Every query carries the owner (CVE-2019-19687). The credentials of others
//     are "not found", to all but an administrator, who sees and deletes them
//     without their blobs: one token must not show the secrets of everybody.
//   - Who is bound to a restricted application credential, or signs with an EC2
//     key, makes, changes and deletes none. Who is bound to any application
//     credential sees the secrets of those EC2 keys only that give no more than it
//     has itself.
//   - Blobs are sealed at rest (purpose "credential", bound to the id).
//   - There is no /v3/ec2tokens and no /v3/s3tokens: a signature is good for the
//     request that it was made for and never for a token (CVE-2025-65073).
//   - An access key is unique among EC2 keys and access keys. The id of an EC2 key
//     is the SHA-256 of its access key in hex, as in Keystone.
//
// Where Keystone is silent or differs: readers and who has no role in scope make
// none; types that begin with "totp" are refused, because a second factor that
// nobody asks for is none; access keys and secrets of one's own choice have 16 to
// 128 characters, because a captured signature allows to try weak ones.
package credentials
