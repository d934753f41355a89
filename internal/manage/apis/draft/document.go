package draft

// Document is what a provider writes about an API (reference table 4-38).
type Document struct {
	GroupID             string           `json:"group_id" doc:"Group that the API belongs to; cannot be changed later."`
	Name                string           `json:"name" doc:"3 to 64 characters: Chinese, letters, digits, underscore; begins with Chinese or a letter."`
	Type                int              `json:"type" doc:"1 public, 2 private."`
	Version             string           `json:"version,omitempty" doc:"At most 16 characters."`
	ReqProtocol         string           `json:"req_protocol" enum:"HTTP,HTTPS,BOTH" doc:"Default HTTPS."`
	ReqMethod           string           `json:"req_method" enum:"GET,POST,PUT,DELETE,HEAD,PATCH,OPTIONS,ANY"`
	ReqURI              string           `json:"req_uri" doc:"Path with {name} for one segment and, last and with NORMAL only, {name+} for several."`
	MatchMode           string           `json:"match_mode" enum:"NORMAL,SWA" doc:"NORMAL matches the whole path, SWA leading segments. Default NORMAL."`
	Remark              string           `json:"remark,omitempty" doc:"At most 255 characters."`
	AuthType            string           `json:"auth_type" enum:"NONE,APP,IAM,AUTHORIZER"`
	AuthOpt             *AuthOpt         `json:"auth_opt,omitempty"`
	AuthorizerID        string           `json:"authorizer_id,omitempty"`
	BackendType         string           `json:"backend_type" enum:"HTTP,FUNCTION,MOCK"`
	Tag                 string           `json:"tag,omitempty" doc:"Deprecated service name tag."`
	Tags                []string         `json:"tags,omitempty" doc:"At most 10; at most one begins with APIG-SN-."`
	Cors                bool             `json:"cors"`
	BodyRemark          string           `json:"body_remark,omitempty" doc:"At most 20480 characters."`
	ResultNormalSample  string           `json:"result_normal_sample,omitempty" doc:"At most 20480 characters."`
	ResultFailureSample string           `json:"result_failure_sample,omitempty" doc:"At most 20480 characters."`
	ResponseID          string           `json:"response_id,omitempty"`
	BackendAPI          *WebBackend      `json:"backend_api,omitempty"`
	MockInfo            *Mock            `json:"mock_info,omitempty"`
	FuncInfo            *Function        `json:"func_info,omitempty"`
	ReqParams           []Param          `json:"req_params,omitempty"`
	BackendParams       []BackendParam   `json:"backend_params,omitempty"`
	PolicyHTTPS         []PolicyWeb      `json:"policy_https,omitempty"`
	PolicyMocks         []PolicyMock     `json:"policy_mocks,omitempty"`
	PolicyFunctions     []PolicyFunction `json:"policy_functions,omitempty"`
}

// AuthOpt tunes APP authentication (table 4-49).
type AuthOpt struct {
	AppCodeAuthType string `json:"app_code_auth_type" enum:"DISABLE,HEADER" doc:"HEADER accepts X-Apig-AppCode beside the signature. Default DISABLE."`
}

// WebBackend is an HTTP backend (table 4-39).
type WebBackend struct {
	ID           string   `json:"id,omitempty"`
	Status       int      `json:"status,omitempty"`
	URLDomain    string   `json:"url_domain,omitempty" doc:"host[:port], at most 255 characters; may hold #variables#."`
	Version      string   `json:"version,omitempty"`
	ReqProtocol  string   `json:"req_protocol" enum:"HTTP,HTTPS"`
	ReqMethod    string   `json:"req_method" enum:"GET,POST,PUT,DELETE,HEAD,PATCH,OPTIONS,ANY" doc:"ANY forwards the caller's method."`
	ReqURI       string   `json:"req_uri" doc:"Path, at most 512 characters; may hold {name} and #variables#."`
	Timeout      int      `json:"timeout" doc:"Milliseconds, 1 to 60000."`
	Remark       string   `json:"remark,omitempty"`
	VPCStatus    int      `json:"vpc_status,omitempty" doc:"1 through a VPC channel, 2 not. Default 2."`
	VPCInfo      *VPCInfo `json:"vpc_info,omitempty" doc:"In requests an object {vpc_id, vpc_proxy_host}, in answers the channel's id."`
	VPCProxyHost string   `json:"vpc_proxy_host,omitempty"`
	AuthorizerID string   `json:"authorizer_id,omitempty"`
	Times
}

// Times are the moments that backend blocks repeat from their API.
type Times struct {
	RegisterTime string `json:"register_time,omitempty"`
	UpdateTime   string `json:"update_time,omitempty"`
}

// Mock is a backend that answers by itself (table 4-41).
type Mock struct {
	ID            string `json:"id,omitempty"`
	Status        int    `json:"status,omitempty"`
	ResultContent string `json:"result_content,omitempty" doc:"Body of the answer; its status is 200."`
	Version       string `json:"version,omitempty"`
	Remark        string `json:"remark,omitempty"`
	Times
}

// Function is a function backend (table 4-42).
type Function struct {
	ID             string `json:"id,omitempty"`
	Status         int    `json:"status,omitempty"`
	FunctionURN    string `json:"function_urn"`
	InvocationType string `json:"invocation_type" enum:"async,sync"`
	Timeout        int    `json:"timeout" doc:"Milliseconds, 1 to 60000."`
	Version        string `json:"version,omitempty"`
	Remark         string `json:"remark,omitempty"`
	Times
}

// Param is a request parameter (table 4-43).
type Param struct {
	ID           string  `json:"id,omitempty"`
	Name         string  `json:"name"`
	Type         string  `json:"type" enum:"STRING,NUMBER"`
	Location     string  `json:"location" enum:"PATH,QUERY,HEADER"`
	DefaultValue *string `json:"default_value,omitempty"`
	SampleValue  string  `json:"sample_value,omitempty"`
	Required     int     `json:"required" doc:"1 required, 2 optional. Default 1 for PATH, else 2."`
	ValidEnable  int     `json:"valid_enable" doc:"1 checks the value, 2 does not. Default 2."`
	Remark       string  `json:"remark,omitempty"`
	Enumerations string  `json:"enumerations,omitempty" doc:"Allowed values, separated by commas."`
	MinNum       *int64  `json:"min_num,omitempty"`
	MaxNum       *int64  `json:"max_num,omitempty"`
	MinSize      *int    `json:"min_size,omitempty"`
	MaxSize      *int    `json:"max_size,omitempty"`
	Regular      string  `json:"regular,omitempty" doc:"Stored, not applied (so in the reference)."`
	JSONSchema   string  `json:"json_schema,omitempty" doc:"Stored, not applied (so in the reference)."`
}

// BackendParam fills one parameter of the backend request (table 4-44).
type BackendParam struct {
	ID         string `json:"id,omitempty"`
	ReqParamID string `json:"req_param_id,omitempty"`
	Name       string `json:"name"`
	Location   string `json:"location" enum:"PATH,QUERY,HEADER"`
	Origin     string `json:"origin" enum:"REQUEST,CONSTANT,SYSTEM"`
	Value      string `json:"value" doc:"A request parameter's name, a constant, or a gateway parameter's name."`
	Remark     string `json:"remark,omitempty"`
}

// Policy is what the three kinds of policy backends share.
type Policy struct {
	ID            string         `json:"id,omitempty"`
	Name          string         `json:"name"`
	EffectMode    string         `json:"effect_mode" enum:"ALL,ANY"`
	Conditions    []Condition    `json:"conditions"`
	BackendParams []BackendParam `json:"backend_params,omitempty"`
}

// PolicyWeb is an HTTP policy backend (table 4-45).
type PolicyWeb struct {
	Policy
	URLDomain    string   `json:"url_domain,omitempty"`
	ReqProtocol  string   `json:"req_protocol" enum:"HTTP,HTTPS"`
	ReqMethod    string   `json:"req_method" enum:"GET,POST,PUT,DELETE,HEAD,PATCH,OPTIONS,ANY"`
	ReqURI       string   `json:"req_uri"`
	Timeout      int      `json:"timeout" doc:"Milliseconds, 1 to 60000."`
	VPCStatus    int      `json:"vpc_status,omitempty"`
	VPCInfo      *VPCInfo `json:"vpc_info,omitempty"`
	VPCProxyHost string   `json:"vpc_proxy_host,omitempty"`
}

// PolicyMock is a MOCK policy backend (table 4-46).
type PolicyMock struct {
	Policy
	ResultContent string `json:"result_content,omitempty"`
}

// PolicyFunction is a function policy backend (table 4-47).
type PolicyFunction struct {
	Policy
	FunctionURN    string `json:"function_urn"`
	InvocationType string `json:"invocation_type" enum:"async,sync"`
	Timeout        int    `json:"timeout"`
	Version        string `json:"version,omitempty"`
}

// Condition is one test of a policy backend (table 4-48).
type Condition struct {
	ID               string `json:"id,omitempty"`
	ConditionType    string `json:"condition_type,omitempty" enum:"exact,enum,pattern"`
	ConditionValue   string `json:"condition_value"`
	ConditionOrigin  string `json:"condition_origin" enum:"param,source"`
	ReqParamName     string `json:"req_param_name,omitempty"`
	ReqParamID       string `json:"req_param_id,omitempty"`
	ReqParamLocation string `json:"req_param_location,omitempty"`
}
