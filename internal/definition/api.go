package definition

// Enumerated values, spelled as on the wire of the v1.0 reference (4.2.1).
const (
	MatchNormal = "NORMAL" // the whole path
	MatchPrefix = "SWA"    // whole leading segments

	ProtocolHTTP  = "HTTP"
	ProtocolHTTPS = "HTTPS"
	ProtocolBoth  = "BOTH"

	AuthNone       = "NONE"
	AuthApp        = "APP"
	AuthIAM        = "IAM"
	AuthAuthorizer = "AUTHORIZER"

	BackendHTTP     = "HTTP"
	BackendMock     = "MOCK"
	BackendFunction = "FUNCTION"

	InPath   = "PATH"
	InQuery  = "QUERY"
	InHeader = "HEADER"

	TypeString = "STRING"
	TypeNumber = "NUMBER"

	OriginRequest  = "REQUEST"
	OriginConstant = "CONSTANT"
	OriginSystem   = "SYSTEM"

	MethodAny = "ANY"

	EffectAll = "ALL"
	EffectAny = "ANY"
)

// API is one published API in one environment.
type API struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	GroupID   string `json:"group_id"`
	ProjectID string `json:"project_id"`
	EnvID     string `json:"env_id"`
	EnvName   string `json:"env_name"` // matched against X-Stage
	PublishID string `json:"publish_id"`
	VersionID string `json:"version_id"`

	Method   string `json:"method"` // a method or ANY
	Path     string `json:"path"`   // "/a/{b}/{c+}"
	Match    string `json:"match"`
	Protocol string `json:"protocol"`

	Auth         string `json:"auth"`
	AppCode      bool   `json:"app_code,omitempty"` // AppCode accepted beside the signature
	AuthorizerID string `json:"authorizer_id,omitempty"`
	CORS         bool   `json:"cors,omitempty"`
	ResponseID   string `json:"response_id,omitempty"`

	Params   []Param         `json:"params,omitempty"`
	Backend  Backend         `json:"backend"`
	Policies []PolicyBackend `json:"policies,omitempty"` // first match wins, else Backend
}

// Param is one declared request parameter (reference table 4-43).
type Param struct {
	Name     string   `json:"name"`
	In       string   `json:"in"`
	Type     string   `json:"type"`
	Required bool     `json:"required,omitempty"`
	Default  *string  `json:"default,omitempty"` // sent to the backend when absent
	Check    bool     `json:"check,omitempty"`   // valid_enable = 1
	Enum     []string `json:"enum,omitempty"`
	MinNum   *int64   `json:"min_num,omitempty"`
	MaxNum   *int64   `json:"max_num,omitempty"`
	MinSize  *int     `json:"min_size,omitempty"` // characters
	MaxSize  *int     `json:"max_size,omitempty"`
}

// Backend says where a call goes; exactly the block that Kind names is set.
type Backend struct {
	Kind     string           `json:"kind"`
	HTTP     *HTTPBackend     `json:"http,omitempty"`
	Mock     *MockBackend     `json:"mock,omitempty"`
	Function *FunctionBackend `json:"function,omitempty"`
	Mappings []Mapping        `json:"mappings,omitempty"`
}

// HTTPBackend is a web backend. Either Address or ChannelID is set.
type HTTPBackend struct {
	Scheme       string `json:"scheme"`            // "http" | "https"
	Address      string `json:"address,omitempty"` // host[:port], variables substituted
	ChannelID    string `json:"channel_id,omitempty"`
	ProxyHost    string `json:"proxy_host,omitempty"` // Host header towards a channel
	Method       string `json:"method"`               // ANY forwards the caller's
	Path         string `json:"path"`                 // may hold {x}
	TimeoutMS    int    `json:"timeout_ms"`
	AuthorizerID string `json:"authorizer_id,omitempty"`
}

// MockBackend answers 200 with Content.
type MockBackend struct {
	Content string `json:"content,omitempty"`
}

// FunctionBackend calls a function.
type FunctionBackend struct {
	URN        string `json:"urn"`
	Version    string `json:"version,omitempty"`
	Invocation string `json:"invocation"` // "sync" | "async"
	TimeoutMS  int    `json:"timeout_ms"`
}

// Mapping fills one backend parameter (reference table 4-44). For REQUEST,
// Value names a Param and From is that parameter's location.
type Mapping struct {
	Name   string `json:"name"`
	In     string `json:"in"`
	Origin string `json:"origin"`
	Value  string `json:"value"`
	From   string `json:"from,omitempty"`
}

// PolicyBackend is a backend chosen by conditions (reference table 4-45).
type PolicyBackend struct {
	Name       string      `json:"name"`
	Effect     string      `json:"effect"` // ALL | ANY
	Conditions []Condition `json:"conditions"`
	Backend    Backend     `json:"backend"`
}

// Condition is one test of a policy backend (reference table 4-48).
type Condition struct {
	Origin  string `json:"origin"`         // "param" | "source"
	Type    string `json:"type,omitempty"` // "exact" | "enum" | "pattern"
	Value   string `json:"value"`
	Param   string `json:"param,omitempty"`
	ParamIn string `json:"param_in,omitempty"`
}
