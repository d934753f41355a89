package definition

// Binding applies one policy to one API in one environment. For a kind of
// policy there is at most one binding per slot; the slots of access control are
// its entity types, so that an API may have one list of addresses and one of
// accounts (wire-facts §9). A binding outlives the publication of its API.
type Binding struct {
	ID       string `json:"id"`
	Policy   string `json:"policy"` // BindThrottle | BindACL | BindSign
	Slot     string `json:"slot,omitempty"`
	PolicyID string `json:"policy_id"`
	APIID    string `json:"api_id"`
	EnvID    string `json:"env_id"`
}

// What a binding applies.
const (
	BindThrottle = "throttle"
	BindACL      = "acl"
	BindSign     = "sign"
)

// Throttle is a throttling policy with its special limits (reference 4.7, 4.9).
type Throttle struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	ProjectID string    `json:"project_id"`
	API       int64     `json:"api"`            // calls of one API, or of all together when Shared
	User      int64     `json:"user,omitempty"` // 0: no limit; so App and IP
	App       int64     `json:"app,omitempty"`
	IP        int64     `json:"ip,omitempty"`
	Interval  int64     `json:"interval"`
	Unit      string    `json:"unit"` // SECOND | MINUTE | HOUR | DAY
	Shared    bool      `json:"shared,omitempty"`
	Specials  []Special `json:"specials,omitempty"`
}

// Special is the own limit of one app or tenant, in place of App or User.
type Special struct {
	Type     string `json:"type"` // APP | USER
	Instance string `json:"instance"`
	Limit    int64  `json:"limit"`
}

// ACL is an access control policy (reference 4.10).
type ACL struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	ProjectID string   `json:"project_id"`
	Permit    bool     `json:"permit"` // PERMIT admits only Values, DENY everybody else
	Entity    string   `json:"entity"` // IP | DOMAIN
	Values    []string `json:"values"` // IP: address, CIDR block or first-last; DOMAIN: account names
}

// SignatureKey signs requests to backends (reference 4.14). Secret is sealed
// for the purpose "sign-secret" and the id of the key.
type SignatureKey struct {
	ID        string `json:"id"`
	ProjectID string `json:"project_id"`
	Key       string `json:"key"`
	Secret    []byte `json:"secret"`
}

// Authorizer is a custom authorizer (reference 4.19).
type Authorizer struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	ProjectID  string           `json:"project_id"`
	Type       string           `json:"type"` // FRONTEND | BACKEND
	URN        string           `json:"urn"`
	TTL        int              `json:"ttl,omitempty"` // seconds, 0: answers are not kept
	UserData   string           `json:"user_data,omitempty"`
	Identities []IdentitySource `json:"identities,omitempty"`
}

// IdentitySource is a part of the request that an authorizer sees.
type IdentitySource struct {
	Name string `json:"name"`
	In   string `json:"in"` // HEADER | QUERY
}

// Response is a group's own wording of faults (wire-facts §14). Types that are
// not listed keep their defaults.
type Response struct {
	ID      string         `json:"id"`
	GroupID string         `json:"group_id"`
	Default bool           `json:"default,omitempty"` // for calls whose API names no response
	Types   []ResponseType `json:"types,omitempty"`
}

// ResponseType is the answer for one type of fault. Status 0 keeps the fault's.
type ResponseType struct {
	Type   string `json:"type"`
	Status int    `json:"status,omitempty"`
	Body   string `json:"body"` // template over $context
}

// Order is what a MARKET app may call, how often and until when (reference
// 4.12): every API of the group that is published to RELEASE.
type Order struct {
	ID      string `json:"id"`
	AppID   string `json:"app_id"`
	GroupID string `json:"group_id"`
	Calls   int64  `json:"calls"`   // bought
	Used    int64  `json:"used"`    // of them, as far as that was stored
	Expires int64  `json:"expires"` // seconds since the epoch
}
