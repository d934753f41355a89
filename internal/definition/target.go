package definition

// Channel is a VPC channel: a port on several members, with balancing and
// health checks (reference 4.17).
type Channel struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	ProjectID string   `json:"project_id"`
	Port      int      `json:"port"`
	Balance   int      `json:"balance"` // 1 weighted round robin, 2 weighted least connections, 3 source hash, 4 URI hash
	Check     *Health  `json:"check,omitempty"`
	Members   []Member `json:"members,omitempty"`
}

// Health says how members are checked. Times are whole seconds.
type Health struct {
	Protocol string `json:"protocol"` // tcp | http | https
	Path     string `json:"path,omitempty"`
	Port     int    `json:"port,omitempty"` // 0: the port of the channel
	Normal   int    `json:"normal"`         // successes in a row until a member is used again
	Abnormal int    `json:"abnormal"`       // failures in a row until it is not
	Timeout  int    `json:"timeout"`
	Interval int    `json:"interval"`
	Codes    string `json:"codes,omitempty"` // "200,201", "200-299"
}

// Member is one server of a channel.
type Member struct {
	ID     string `json:"id"`
	Host   string `json:"host"`
	Weight int    `json:"weight"` // 1 to 100; 0 takes no calls
}

// Certificate serves one domain over TLS. Key is sealed for the purpose
// "certificate-key" and the id of the certificate.
type Certificate struct {
	ID     string `json:"id"`
	Domain string `json:"domain"`
	Chain  string `json:"chain"` // PEM, leaf first
	Key    []byte `json:"key"`
}

// Function is what a function URN names, in one version. The id of its record
// is URN + ":" + Version; the version "latest" always exists.
type Function struct {
	URN       string `json:"urn"` // without the version
	Version   string `json:"version"`
	ProjectID string `json:"project_id"`
	Runtime   string `json:"runtime"` // wasi | http
	Handler   string `json:"handler,omitempty"`
	TimeoutMS int    `json:"timeout_ms"`
	MemoryMB  int    `json:"memory_mb"`
	Module    []byte `json:"module,omitempty"` // wasi: the WebAssembly module
	Target    string `json:"target,omitempty"` // http: URL that takes the event as a POST
}
