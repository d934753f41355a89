package config

import (
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/quota"
)

// off is what turns a listener or a log off.
const off = "off"

// setting is one row of the table. set parses one value into its place; a
// list has clear too, and set is then called once per element.
type setting struct {
	name     string
	kind     kind
	fallback string // the default; "" when there is none
	shown    string // the default for people, when it is computed
	help     string
	noFlag   bool
	noFile   bool
	clear    func(*Config)
	set      func(*Config, string) error
}

// kind is the type a value must have in the YAML file, and how flags and
// variables are split.
type kind string

const (
	text     kind = "text"
	address  kind = "host:port"
	duration kind = "duration"
	boolean  kind = "true or false"
	list     kind = "list"
	pairs    kind = "name=number list"
)

func (s *setting) env() string {
	return "LINTEL_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// table lists every setting in the order of the documentation. Only set
// functions write to a Config.
var table = []setting{
	{name: "config", kind: text, noFile: true,
		help: "YAML file to read settings from",
		set:  func(*Config, string) error { return nil }}, // configPath takes it
	{name: "data-dir", kind: text, fallback: "lintel-data",
		help: "folder of the database, keys, gateway state and logs; made when it is missing",
		set:  func(c *Config, raw string) error { return setPath(&c.DataDir, raw) }},
	{name: "database", kind: text, shown: "SQLite file lintel.db in data-dir",
		help: "sqlite:<path>, or a postgres:// URL; give a password through the environment or the file",
		set:  func(c *Config, raw string) error { return setDatabase(&c.Database, raw) }},

	{name: "management-addr", kind: address, fallback: "127.0.0.1:8080",
		help: "address of the management APIs; beyond loopback it needs TLS",
		set:  func(c *Config, raw string) error { return setAddr(&c.Management.Addr, raw, false) }},
	{name: "management-tls-cert", kind: text,
		help: "PEM file with the certificate chain of the management address",
		set:  func(c *Config, raw string) error { return setFile(&c.Management.TLS.Cert, raw) }},
	{name: "management-tls-key", kind: text,
		help: "PEM file with the private key of management-tls-cert",
		set:  func(c *Config, raw string) error { return setFile(&c.Management.TLS.Key, raw) }},
	{name: "management-insecure", kind: boolean, fallback: "false",
		help: "serve management without TLS beyond loopback: passwords and tokens cross the network in the clear",
		set:  func(c *Config, raw string) error { return setBool(&c.Management.Insecure, raw) }},
	{name: "public-url", kind: text,
		help: "URL under which clients reach the management APIs, for links and the catalogue; default: as each request names it",
		set:  func(c *Config, raw string) error { return setURL(&c.PublicURL, raw) }},
	{name: "region", kind: text, fallback: "RegionOne",
		help: "name of the region, of its endpoints and of the first project",
		set:  func(c *Config, raw string) error { return setRegion(&c.Region, raw) }},
	{name: "admin-password", kind: text, noFlag: true, shown: "random, printed once",
		help: "password of the administrator made at the first start, 8 to 128 characters",
		set:  func(c *Config, raw string) error { return setPassword(&c.AdminPassword, raw) }},
	{name: "password-min-length", kind: number, fallback: "8",
		help: "characters that a user's password must have at least, 8 to 128",
		set:  func(c *Config, raw string) error { return setNumber(&c.Passwords.MinLength, raw, 8, 128) }},
	{name: "password-classes", kind: number, fallback: "2",
		help: "how many of lower case letters, upper case letters, digits and other characters a password must have, 1 to 4",
		set:  func(c *Config, raw string) error { return setNumber(&c.Passwords.Classes, raw, 1, 4) }},
	{name: "password-history", kind: number, fallback: "5",
		help: "how many passwords of a user, the present one included, it may not choose again, 0 to 10",
		set:  func(c *Config, raw string) error { return setNumber(&c.Passwords.History, raw, 0, 10) }},
	{name: "password-expiry", kind: duration, fallback: "0s",
		help: "how long a password lasts, 24h to 87600h (10 years); 0s for ever",
		set:  func(c *Config, raw string) error { return setExpiry(&c.Passwords.Expiry, raw) }},
	{name: "password-first-use", kind: boolean, fallback: "false",
		help: "whether users must change a password that an administrator set before they can log in with it",
		set:  func(c *Config, raw string) error { return setBool(&c.Passwords.FirstUse, raw) }},
	{name: "lockout-failures", kind: number, fallback: "5",
		help: "wrong passwords within lockout-window that lock a user, 1 to 100; 0 for never",
		set:  func(c *Config, raw string) error { return setNumber(&c.Passwords.Failures, raw, 0, 100) }},
	{name: "lockout-window", kind: duration, fallback: "5m",
		help: "how close together wrong passwords must be to lock a user, 1s to 24h",
		set: func(c *Config, raw string) error {
			return setDuration(&c.Passwords.Window, raw, time.Second, 24*time.Hour)
		}},
	{name: "lockout-time", kind: duration, fallback: "5m",
		help: "how long a user stays locked, 1s to 24h",
		set: func(c *Config, raw string) error {
			return setDuration(&c.Passwords.Lock, raw, time.Second, 24*time.Hour)
		}},
	{name: "limits", kind: pairs, shown: "the built-in quotas",
		help:  "quota overrides, for example groups=100",
		clear: func(c *Config) { c.Limits = quota.Default() },
		set:   func(c *Config, raw string) error { return addLimit(&c.Limits, raw) }},

	{name: "gateway-addr", kind: address, fallback: "127.0.0.1:8000",
		help: "address of API calls over HTTP/1.1 and h2c",
		set:  func(c *Config, raw string) error { return setAddr(&c.Gateway.Addr, raw, false) }},
	{name: "gateway-tls-addr", kind: address, fallback: "127.0.0.1:8443",
		help: "address of API calls over TLS, or off",
		set:  func(c *Config, raw string) error { return setAddr(&c.Gateway.TLSAddr, raw, true) }},
	{name: "gateway-tls-cert", kind: text,
		help: "PEM file with the certificate chain of gateway-tls-addr",
		set:  func(c *Config, raw string) error { return setFile(&c.Gateway.TLS.Cert, raw) }},
	{name: "gateway-tls-key", kind: text,
		help: "PEM file with the private key of gateway-tls-cert",
		set:  func(c *Config, raw string) error { return setFile(&c.Gateway.TLS.Key, raw) }},
	{name: "gateway-domain", kind: text, fallback: "apigw.localhost",
		help: "domain under which every API group gets its own host name",
		set:  func(c *Config, raw string) error { return setDomain(&c.Gateway.Domain, raw) }},
	{name: "backend-allow", kind: list,
		help:  "addresses and networks (CIDR) that backends may have although they are denied by default, loopback and private ones included",
		clear: func(c *Config) { c.Gateway.BackendAllow = nil },
		set:   func(c *Config, raw string) error { return addPrefix(&c.Gateway.BackendAllow, raw) }},
	{name: "backend-resolver", kind: address, shown: "the system's",
		help: "DNS server that is asked where backends are, for example 10.0.0.2:53",
		set:  func(c *Config, raw string) error { return setResolver(&c.Gateway.BackendResolver, raw) }},

	{name: "trusted-proxies", kind: list,
		help:  "networks (CIDR) of proxies before the gateway whose X-Forwarded-For is believed; from others it is ignored",
		clear: func(c *Config) { c.Gateway.TrustedProxies = nil },
		set:   func(c *Config, raw string) error { return addPrefix(&c.Gateway.TrustedProxies, raw) }},
	{name: "forwarded-hops", kind: number, fallback: "1",
		help: "which entry of X-Forwarded-For is the caller, counted from the end: the number of trusted proxies in a row, 1 to 16",
		set:  func(c *Config, raw string) error { return setNumber(&c.Gateway.ForwardedHops, raw, 1, 16) }},
	{name: "proxy-protocol", kind: boolean, fallback: "false",
		help: "whether connections from trusted-proxies begin with a PROXY protocol version 2 header",
		set:  func(c *Config, raw string) error { return setBool(&c.Gateway.ProxyProtocol, raw) }},
	{name: "edge", kind: text, fallback: "engine",
		help: "who speaks HTTP/1.1 with callers: engine, or net/http, which costs more and notices at once that a caller has closed",
		set:  func(c *Config, raw string) error { return setEdge(&c.Gateway.NetHTTP, raw) }},
	{name: "cors-preflight", kind: boolean, fallback: "false",
		help: "whether the gateway answers preflight requests for APIs with cors that have no API for OPTIONS beside them",
		set:  func(c *Config, raw string) error { return setBool(&c.Gateway.CORSPreflight, raw) }},
	{name: "api-rate", kind: number, fallback: "200",
		help: "calls a second of an API that no throttling policy is bound to, 1 to 1000000; 0 for no limit",
		set:  func(c *Config, raw string) error { return setNumber(&c.Gateway.APIRate, raw, 0, 1_000_000) }},
	{name: "subdomain-calls", kind: number, fallback: "1000",
		help: "calls a day to the own host name of an API group, which is for trying APIs out; 0 for no limit",
		set:  func(c *Config, raw string) error { return setNumber(&c.Gateway.SubdomainCalls, raw, 0, 1_000_000_000) }},

	{name: "resolver", kind: address, shown: "the system's",
		help: "DNS server that is asked where the domains of API groups lead, for example 10.0.0.2:53",
		set:  func(c *Config, raw string) error { return setResolver(&c.Resolver, raw) }},

	{name: "ops-addr", kind: address, fallback: "127.0.0.1:9090",
		help: "address of /metrics, /healthz and /readyz, or off; it asks for no credentials",
		set:  func(c *Config, raw string) error { return setAddr(&c.OpsAddr, raw, true) }},
	{name: "log-level", kind: text, fallback: "info",
		help: "debug, info, warn or error",
		set:  func(c *Config, raw string) error { return setLevel(&c.LogLevel, raw) }},
	{name: "log-format", kind: text, fallback: "json",
		help: "json or text",
		set:  func(c *Config, raw string) error { return setFormat(&c.LogFormat, raw) }},
	{name: "access-log", kind: text, shown: "access.log in data-dir",
		help: "file with one JSON line per API call, - for standard output, or off",
		set:  func(c *Config, raw string) error { return setLog(&c.AccessLog, raw, true) }},
	{name: "audit-log", kind: text, shown: "audit.log in data-dir",
		help: "file with one JSON line per management write, or - for standard output",
		set:  func(c *Config, raw string) error { return setLog(&c.AuditLog, raw, false) }},
	{name: "drain-timeout", kind: duration, fallback: "30s",
		help: "how long running calls may take to end after SIGTERM, 1s to 10m",
		set: func(c *Config, raw string) error {
			return setDuration(&c.DrainTimeout, raw, time.Second, 10*time.Minute)
		}},
}

func lookup(name string) *setting {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

// Setting describes one setting for documentation.
type Setting struct {
	Name, Env, Kind, Default, Help string
	Flag, File                     bool // whether that source may set it
}

// Settings lists every setting in the order of the documentation.
func Settings() []Setting {
	out := make([]Setting, 0, len(table))
	for i := range table {
		s := &table[i]
		d := s.fallback
		if d == "" {
			d = s.shown
		}
		out = append(out, Setting{
			Name: s.name, Env: s.env(), Kind: string(s.kind), Default: d, Help: s.help,
			Flag: !s.noFlag, File: !s.noFile,
		})
	}
	return out
}
