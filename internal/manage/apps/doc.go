// Package apps is the area of applications and their credentials: reference
// 4.3, and the AppCodes that the reference lacks (wire-facts §0.2, §3.4).
//
// It owns the tables apps and app_codes. An app belongs to the project that
// created it. Names are unique in a project (APIG.3203), app keys in the whole
// installation (APIG.3310), because a signed call carries nothing but the key.
//
// Secrets and AppCodes are sealed at rest, for the purposes "app-secret" and
// "app-code", both bound to the app's id, and travel sealed to the gateways.
// The reference prints "*****" in its samples while its servers answer the
// secret, on which Terraform and the SDKs rely. So the secret and the AppCodes
// are answered in the clear by every operation, to those who may also reset
// them: members of the app's own project. Readers, and administrators of other
// projects, get "*****".
//
// An AppCode identifies an app by itself and is therefore unique in the
// installation. To say that another app has it would hand out a credential, so
// a taken AppCode is refused in the words for a malformed one.
//
// Deleting an app deletes its AppCodes, its grants and the special limits that
// throttles have for it. Rows of grants and specials belong to the areas grants
// and throttles; this is the one place where this area writes them: neither may
// survive its app, and areas do not call each other.
// Apps that the marketplace made cannot be deleted (4.3.5), nor can their names
// and keys be changed, which are the order's; both are refused with APIG.1104. A
// secret that got about can be reset, and AppCodes can be added: who holds the
// app holds its credentials. The area market makes and deletes these apps.
//
// In PUT, an absent remark, app_key or app_secret stays as it is.
package apps
