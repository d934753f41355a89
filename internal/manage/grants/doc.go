// Package grants is the area of app authorisation: reference 4.4. A grant lets
// one app call one API in one environment.
//
// It owns the table grants and reads those of groups, environments, APIs,
// their publications and apps. The areas apps and apis delete the grants of
// what they delete.
//
// Who may grant. The reference names two roles, PROVIDER and CONSUMER, and does
// not say who may act as which. We read it strictly: the project of an API (or
// an administrator) grants it, as PROVIDER, to any app that exists, its own or
// another project's; somebody else's API is refused with APIG.1102. A consumer
// that could grant itself would make authorisation void; CONSUMER stays for
// grants that the marketplace makes. Either side may end a grant: the project
// of the API and the project of the app; one that was bought on the marketplace
// only the latter, because the provider has sold it.
//
// What may be granted: an API that is published in the environment with
// auth_type APP (wire-facts §3.5). What was published counts, not what the draft
// has become since. A grant outlives the publication; when the API is published
// again it holds again. Until then the list of an app's APIs leaves it out, as
// the note in 4.4.4 says.
//
// The answer to granting is a list of lists in the reference's sample, without
// a word about the inner ones. We answer one inner list for each app in the
// order of app_ids, with one entry for each API in the order of api_ids. What
// was granted before is SKIPPED and shown as it is. A call is granted whole or
// refused whole.
//
// What a project sees: of its own app every granted API with its name, remark
// and group, whoever owns it; of its own API every app with its name and
// remark, which anybody may ask for (4.3.6); nothing else of others.
package grants
