package definition

// Group is an API group: the hosts under which its APIs are reached.
type Group struct {
	ID        string   `json:"id"`
	ProjectID string   `json:"project_id"`
	Hosts     []string `json:"hosts"` // lower case, no port, no trailing dot
	// SubDomain is the one of Hosts that the group was born with.
	SubDomain string      `json:"sub_domain,omitempty"`
	Limit     *GroupLimit `json:"limit,omitempty"` // nil: none
}

// GroupLimit bounds the calls of all APIs of a group together (reference table
// 4-4).
type GroupLimit struct {
	Calls    int64  `json:"calls"`
	Interval int64  `json:"interval"`
	Unit     string `json:"unit"` // SECOND | MINUTE | HOUR | DAY
}

// App is an application that calls APIs. Secret and Codes are sealed.
type App struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	ProjectID string   `json:"project_id"`
	Key       string   `json:"key"`
	Secret    []byte   `json:"secret"`
	Codes     [][]byte `json:"codes,omitempty"`
}

// Grant allows one app to call one API in one environment.
type Grant struct {
	ID    string `json:"id"`
	AppID string `json:"app_id"`
	APIID string `json:"api_id"`
	EnvID string `json:"env_id"`
}
