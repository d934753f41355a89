package api_test

// throttleReplays are those of sections 4.7 to 4.9.
var throttleReplays = map[string]func(*replay) string{
	"4.7.2": func(*replay) string { return "POST throttles" },
	"4.7.3": func(r *replay) string { return "PUT throttles/" + r.made("throttles", r.sent("4.7.2")) },
	"4.7.5": func(r *replay) string { return "GET throttles/" + r.made("throttles", r.sent("4.7.2")) },
	"4.7.6": func(r *replay) string {
		r.made("throttles", r.sent("4.7.2"))
		return "GET throttles"
	},
	"4.8.2": func(r *replay) string {
		r.published("test")
		return "GET throttle-bindings/unbinded-apis?throttle_id=" + r.made("throttles", r.sent("4.7.2"))
	},
	"4.8.3": func(r *replay) string {
		_, first, _ := r.published("one")
		_, second, _ := r.published("two")
		r.set("publish_ids.0", first)
		r.set("publish_ids.1", second)
		r.set("strategy_id", r.made("throttles", r.sent("4.7.2")))
		return "POST throttle-bindings"
	},
	"4.8.4": func(r *replay) string {
		_, policy := r.throttled()
		return "GET throttle-bindings/binded-apis?throttle_id=" + policy
	},
	"4.8.5": func(r *replay) string {
		api, _ := r.throttled()
		return "GET throttle-bindings/binded-throttles?api_id=" + api
	},
	"4.9.2": func(r *replay) string {
		r.set("strategy_id", r.made("throttles", r.sent("4.7.2")))
		r.set("instance_id", r.app(r.own.member, "app_002"))
		return "POST throttle-specials"
	},
	"4.9.3": func(r *replay) string {
		_, id := r.special()
		return "PUT throttle-specials/" + id
	},
	"4.9.5": func(r *replay) string {
		policy, _ := r.special()
		return "GET throttle-specials/" + policy
	},
}

func (r *replay) throttled() (api, policy string) {
	r.t.Helper()
	api, publication, _ := r.published("test")
	policy = r.made("throttles", r.sent("4.7.2"))
	r.post(r.own.member, "throttle-bindings", object{"publish_ids": list{publication}, "strategy_id": policy})
	return api, policy
}

func (r *replay) special() (policy, id string) {
	r.t.Helper()
	policy = r.made("throttles", r.sent("4.7.2"))
	return policy, r.made("throttle-specials", with(r.sent("4.9.2"), "strategy_id", policy, "instance_id", r.app(r.own.member, "app_002")))
}

// aclReplays are those of sections 4.10 and 4.11.
var aclReplays = map[string]func(*replay) string{
	"4.10.2": func(*replay) string { return "POST acls" },
	// The value of the sample is no address; it is the name of an account.
	"4.10.3": func(r *replay) string { return "PUT acls/" + r.accountACL() },
	"4.10.5": func(r *replay) string {
		_, bound, _ := r.bound()
		r.set("acls.0", bound)
		r.set("acls.1", r.accountACL())
		return "PUT acls?action=delete"
	},
	"4.10.6": func(r *replay) string { return "GET acls/" + r.accountACL() },
	"4.10.7": func(r *replay) string {
		r.accountACL()
		return "GET acls"
	},
	"4.11.2": func(r *replay) string {
		_, publication, _ := r.published("test")
		r.set("acl_id", r.made("acls", r.sent("4.10.2")))
		r.set("publish_ids.0", publication)
		return "POST acl-bindings"
	},
	"4.11.3": func(r *replay) string {
		api, _, _ := r.bound()
		return "GET acl-bindings/binded-acls?api_id=" + api
	},
	"4.11.4": func(r *replay) string {
		_, acl, _ := r.bound()
		return "GET acl-bindings/binded-apis?acl_id=" + acl
	},
	"4.11.5": func(r *replay) string {
		r.published("test")
		return "GET acl-bindings/unbinded-apis?acl_id=" + r.made("acls", r.sent("4.10.2"))
	},
	"4.11.7": func(r *replay) string {
		_, _, binding := r.bound()
		r.set("acl_bindings.0", r.unknown())
		r.set("acl_bindings.1", binding)
		return "PUT acl-bindings?action=delete"
	},
}

func (r *replay) accountACL() string {
	r.t.Helper()
	return r.made("acls", object{"acl_name": "goodone", "acl_type": "PERMIT", "entity_type": "DOMAIN", "acl_value": "account"})
}

func (r *replay) bound() (api, acl, binding string) {
	r.t.Helper()
	api, publication, _ := r.published("test")
	acl = r.made("acls", r.sent("4.10.2"))
	return api, acl, r.post(r.own.member, "acl-bindings", object{"publish_ids": list{publication}, "acl_id": acl}).text("0.id")
}

// marketReplays are those of sections 4.12 and 4.13.
var marketReplays = map[string]func(*replay) string{
	"4.12.1": func(r *replay) string {
		r.ordered()
		return "GET purchases/groups"
	},
	"4.12.2": func(r *replay) string { return "GET purchases/groups/" + r.ordered() },
	"4.12.3": func(r *replay) string {
		r.ordered()
		return "GET purchases/apis"
	},
	"4.13.1": func(r *replay) string {
		r.group(r.own.member, "one")
		return "GET resources/outline/groups"
	},
	"4.13.2": func(r *replay) string {
		r.published("test")
		return "GET resources/outline/apis"
	},
	"4.13.3": func(r *replay) string {
		r.granted()
		return "GET resources/outline/apps"
	},
}

// signReplays are those of sections 4.14 and 4.15.
var signReplays = map[string]func(*replay) string{
	"4.14.2": func(r *replay) string {
		r.hiddenSecret()
		return "POST signs"
	},
	"4.14.3": func(r *replay) string {
		r.hiddenSecret()
		return "PUT signs/" + r.made("signs", object{"name": "before"})
	},
	"4.14.5": func(r *replay) string {
		r.sign()
		return "GET signs"
	},
	"4.15.2": func(r *replay) string {
		r.published("test")
		return "GET sign-bindings/unbinded-apis?sign_id=" + r.sign() + "&env_id=" + releaseEnv
	},
	"4.15.3": func(r *replay) string {
		_, first, _ := r.published("one")
		_, second, _ := r.published("two")
		r.set("publish_ids.0", first)
		r.set("publish_ids.1", second)
		r.set("sign_id", r.sign())
		return "POST sign-bindings"
	},
	"4.15.4": func(r *replay) string {
		_, sign := r.signed()
		return "GET sign-bindings/binded-apis?sign_id=" + sign
	},
	"4.15.5": func(r *replay) string {
		api, _ := r.signed()
		return "GET sign-bindings/binded-signs?api_id=" + api
	},
}

func (r *replay) hiddenSecret() {
	r.t.Helper()
	r.instead("sign_secret", "secret_of_signature01", "the sample hides its secret behind 5 asterisks, of 16 to 64 characters")
}

func (r *replay) sign() string {
	r.t.Helper()
	return r.made("signs", with(r.sent("4.14.2"), "sign_secret", "secret_of_signature01"))
}

func (r *replay) signed() (api, sign string) {
	r.t.Helper()
	api, publication, _ := r.published("test")
	sign = r.sign()
	r.post(r.own.member, "sign-bindings", object{"publish_ids": list{publication}, "sign_id": sign})
	return api, sign
}
