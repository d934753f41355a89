package extension

// At the root.
const (
	Throttles = "x-apigateway-ratelimits"
	ACLs      = "x-apigateway-access-controls"
)

// At a path, in place of a method.
const (
	AnyMethod = "x-apigateway-any-method"
	// Prefixes holds, by method, the APIs that match leading segments of a path
	// beside those of the same method that match all of it.
	Prefixes = "x-lintel-swa"
)

// At an operation.
const (
	RequestType = "x-apigateway-request-type"
	MatchMode   = "x-apigateway-match-mode"
	CORS        = "x-apigateway-cors"
	Backend     = "x-apigateway-backend"
	Policies    = "x-apigateway-backend-policies"
	Throttle    = "x-apigateway-ratelimit"
	ACL         = "x-apigateway-access-control"
	Response    = "x-apigateway-response"

	Schemes    = "x-lintel-schemes" // in OpenAPI 3, which has no schemes
	Version    = "x-lintel-version"
	ServiceTag = "x-lintel-service-tag"
)

// At the responses of an operation.
const (
	NormalSample  = "x-apigateway-result-normal-sample"
	FailureSample = "x-apigateway-result-failure-sample"
)

// At a security scheme.
const (
	AuthType   = "x-apigateway-auth-type"
	AuthOpt    = "x-apigateway-auth-opt"
	Authorizer = "x-apigateway-authorizer"
)

// At a parameter.
const (
	Checked    = "x-lintel-checked" // values are checked, not only described
	Sample     = "x-lintel-sample"
	JSONSchema = "x-lintel-json-schema"
)

// At a backend.
const (
	BackendAuthorizer = "x-lintel-authorizer"
	BackendVersion    = "x-lintel-backend-version"
)

// The names of the security schemes that exports write.
const (
	SchemeApp       = "apig-auth-app"
	SchemeAppHeader = "apig-auth-app-header"
	SchemeIAM       = "apig-auth-iam"
	SchemeCustom    = "apig-auth-authorizer-" // and the authorizer's name
)
