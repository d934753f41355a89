package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
)

// Config is the typed configuration of one process.
type Config struct {
	DataDir string

	Management Management
	Gateway    Gateway
	OpsAddr    string // "" when off
	Resolver   string // DNS server that is asked where independent domains lead; "" for the system's

	Region        string // also the name of the first project
	PublicURL     string // "" when not set; no trailing slash
	AdminPassword secret.Text
	Passwords     Passwords
	// Database is "sqlite:<path>" or "postgres://…", password included.
	Database secret.Text

	LogLevel  slog.Level
	LogFormat string // "json" | "text"
	AccessLog string // a path, "-" for standard output, "" when off
	AuditLog  string // a path or "-"

	DrainTimeout time.Duration
	Limits       quota.Limits // the defaults and what overrides them

	// Warnings are remarks that do not stop the start.
	Warnings []string
}

// Management is where the management APIs are served.
type Management struct {
	Addr     string
	TLS      KeyPair
	Insecure bool // the operator accepts credentials in the clear
}

// Passwords is what the passwords of users must be like, how long they last, and
// when wrong ones lock a user out. The zero value asks for nothing.
type Passwords struct {
	MinLength    int // in characters
	Classes      int // of lower case, upper case, digits and others
	History      int // how many may not come again
	Expiry       time.Duration
	FirstUse     bool
	Failures     int // 0: wrong passwords lock nobody
	Window, Lock time.Duration
}

// Gateway is where API calls are accepted and where they may go.
type Gateway struct {
	Addr    string
	TLSAddr string // "" when off
	TLS     KeyPair
	Domain  string // parent of every group's own host name
	// BackendAllow are addresses that backends may have beyond the default.
	BackendAllow []netip.Prefix
	// BackendResolver is the DNS server that is asked where backends are, "" for
	// those of the machine.
	BackendResolver string
	// TrustedProxies are believed about who called them.
	TrustedProxies []netip.Prefix
	ForwardedHops  int  // which entry of X-Forwarded-For, from the end
	ProxyProtocol  bool // trusted proxies send a PROXY header
	NetHTTP        bool // net/http speaks HTTP/1.1, and not the engine
	CORSPreflight  bool // preflight requests are answered without an API for them
	APIRate        int  // calls a second of an API without a policy; 0: no limit
	SubdomainCalls int  // calls a day to a group's own host name; 0: no limit
}

// KeyPair names a certificate and its key; both are set or none.
type KeyPair struct{ Cert, Key string }

// Set reports whether a certificate is configured.
func (k KeyPair) Set() bool { return k.Cert != "" && k.Key != "" }

// DatabaseName is the database for people and logs: no password, and no query,
// since libpq accepts a password there too.
func (c *Config) DatabaseName() string {
	raw := c.Database.Reveal()
	if path, ok := strings.CutPrefix(raw, "sqlite:"); ok {
		return "sqlite:" + path
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "postgres://[redacted]"
	}
	u.RawQuery = ""
	return u.Redacted()
}

// Load reads every source and answers the configuration, or Faults with all
// that is wrong. Flags must have been parsed from the set that Flags filled;
// environ has the form of os.Environ.
func Load(fs *pflag.FlagSet, environ []string) (*Config, error) {
	l := &loader{won: map[string]string{}, bad: map[string]bool{}}
	l.defaults()
	flags, env := fromFlags(fs), fromEnvironment(environ)
	if path := configPath(flags, env); path.raw != "" {
		file, faults := fromFile(path)
		for _, f := range faults {
			l.bad[f.Setting] = true
		}
		l.faults = append(l.faults, faults...)
		l.apply(file)
		slices.SortStableFunc(l.faults, func(a, b Fault) int { return a.line - b.line })
	}
	l.apply(env)
	l.apply(flags)
	l.resolve()
	l.check()
	l.c.Warnings = nearMisses(environ)
	if len(l.faults) > 0 {
		return nil, l.faults
	}
	return &l.c, nil
}

// loader applies the sources from the weakest to the strongest.
type loader struct {
	c      Config
	faults Faults
	won    map[string]string // setting → the source that decided it
	bad    map[string]bool   // settings with a fault; check leaves them alone
}

// given is what one source says about one setting: one value, or the elements
// of a list, each knowing where it stands.
type given struct {
	setting *setting
	values  []value
}

type value struct {
	raw, source string
	line        int // in the file, else 0
}

func (l *loader) defaults() {
	for i := range table {
		s := &table[i]
		l.won[s.name] = "default"
		if s.fallback == "" {
			continue
		}
		if err := s.set(&l.c, s.fallback); err != nil {
			panic("BUG: config: default of " + s.name + ": " + err.Error())
		}
	}
}

func (l *loader) apply(source []given) {
	for _, g := range source {
		if g.setting.clear != nil {
			g.setting.clear(&l.c)
		}
		for _, v := range g.values {
			l.won[g.setting.name] = v.source
			if err := g.setting.set(&l.c, v.raw); err != nil {
				l.refused(g.setting, v, err)
			}
		}
	}
}

func (l *loader) refused(s *setting, v value, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		panic("BUG: config: " + s.name + " refuses without advice: " + err.Error())
	}
	l.bad[s.name] = true
	l.faults = append(l.faults, Fault{Setting: s.name, Source: v.source, Reason: r.reason, Advice: r.advice, line: v.line})
}

// resolve fills the defaults that depend on the data folder.
func (l *loader) resolve() {
	if l.c.Database == "" {
		l.c.Database = secret.Text("sqlite:" + filepath.Join(l.c.DataDir, "lintel.db"))
	}
	if l.c.AccessLog == "" {
		l.c.AccessLog = filepath.Join(l.c.DataDir, "access.log")
	}
	if l.c.AuditLog == "" {
		l.c.AuditLog = filepath.Join(l.c.DataDir, "audit.log")
	}
	if l.c.AccessLog == off {
		l.c.AccessLog = ""
	}
}

// configPath finds the file before anything else is applied.
func configPath(flags, env []given) value {
	for _, source := range [][]given{flags, env} {
		i := slices.IndexFunc(source, func(g given) bool { return g.setting.name == "config" })
		if i >= 0 {
			return source[i].values[len(source[i].values)-1]
		}
	}
	return value{}
}
