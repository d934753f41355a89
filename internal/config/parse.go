package config

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
)

func setPath(to *string, raw string) error {
	if raw == "" || strings.ContainsRune(raw, 0) {
		return refuse("give a path", "%s is not a path", shown(raw))
	}
	*to = filepath.Clean(raw)
	return nil
}

func setFile(to *string, raw string) error {
	if err := setPath(to, raw); err != nil {
		return err
	}
	info, err := os.Stat(raw)
	switch {
	case os.IsNotExist(err):
		return refuse("give the path of an existing PEM file", "there is no file %s", shown(raw))
	case err != nil:
		return refuse("let the user that runs lintel read it", "the file %s cannot be reached", shown(raw))
	case info.IsDir():
		return refuse("give the path of a PEM file", "%s is a folder", shown(raw))
	}
	return nil
}

func setAddr(to *string, raw string, mayBeOff bool) error {
	advice := "write host:port, for example 127.0.0.1:8080"
	if mayBeOff {
		if raw == off {
			*to = ""
			return nil
		}
		advice += ", or off"
	}
	host, port, err := net.SplitHostPort(raw)
	if err != nil {
		return refuse(advice, "%s is not an address", shown(raw))
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return refuse(advice, "the port of %s is not a number from 0 to 65535", shown(raw))
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" && !isDomain(strings.ToLower(host)) {
		return refuse(advice, "the host of %s is neither an IP address nor a name", shown(raw))
	}
	*to = raw
	return nil
}

// setResolver takes an address only: a name would have to be resolved first.
func setResolver(to *string, raw string) error {
	server, err := netip.ParseAddrPort(raw)
	if err != nil || server.Port() == 0 {
		return refuse("write address:port, for example 10.0.0.2:53", "%s is not the address of a DNS server", shown(raw))
	}
	*to = raw
	return nil
}

func setBool(to *bool, raw string) error {
	if raw != "true" && raw != "false" {
		return refuse("write true or false", "%s is neither true nor false", shown(raw))
	}
	*to = raw == "true"
	return nil
}

func setEdge(netHTTP *bool, raw string) error {
	if raw != "engine" && raw != "net/http" {
		return refuse("write engine or net/http", "%s is no edge", shown(raw))
	}
	*netHTTP = raw == "net/http"
	return nil
}

func setNumber(to *int, raw string, least, most int) error {
	n, err := strconv.Atoi(raw)
	if err != nil || n < least || n > most {
		return refuse("write one, in digits", "%s is not a whole number from %d to %d", shown(raw), least, most)
	}
	*to = n
	return nil
}

func setURL(to *string, raw string) error {
	const advice = "write for example https://lintel.example.com"
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return refuse(advice, "%s is not an http or https URL", shown(raw))
	case u.User != nil:
		// The value is not repeated: it holds a password.
		return refuse(advice, "the URL carries a user name")
	case u.RawQuery != "" || u.Fragment != "":
		return refuse(advice, "%s carries a query or a fragment", shown(raw))
	}
	*to = strings.TrimRight(raw, "/")
	return nil
}

func setRegion(to *string, raw string) error {
	ok := raw != "" && len(raw) <= 64
	for i := range len(raw) {
		ok = ok && (isAlphanumeric(raw[i]) || i > 0 && strings.IndexByte("-_.", raw[i]) >= 0)
	}
	if !ok {
		return refuse("write 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit",
			"%s cannot name a region", shown(raw))
	}
	*to = raw
	return nil
}

// setPassword never repeats the value.
func setPassword(to *secret.Text, raw string) error {
	n := utf8.RuneCountInString(raw)
	switch {
	case n < 8 || n > 128:
		return refuse("choose 8 to 128 characters", "the password is too short or too long")
	case !utf8.ValidString(raw) || strings.ContainsFunc(raw, unicode.IsControl):
		return refuse("use printable characters", "the password holds control characters or is not UTF-8")
	}
	*to = secret.Text(raw)
	return nil
}

// setDatabase never repeats the value: a URL may hold a password, and the
// errors of url.Parse quote their input.
func setDatabase(to *secret.Text, raw string) error {
	const advice = "write sqlite:<path> or postgres://user:password@host:5432/name"
	scheme, rest, _ := strings.Cut(raw, ":")
	switch scheme {
	case "sqlite":
		if rest == "" || strings.ContainsAny(rest, "?#\x00") {
			return refuse("write sqlite:<path>", "the path of the SQLite file is empty or holds '?', '#' or NUL")
		}
		*to = secret.Text("sqlite:" + filepath.Clean(rest))
		return nil
	case "postgres", "postgresql":
		u, err := url.Parse("postgres:" + rest)
		if err != nil || !strings.HasPrefix(rest, "//") {
			return refuse(advice+"; percent-encode special characters of the password", "the postgres URL is malformed")
		}
		if strings.Trim(u.Path, "/") == "" && !u.Query().Has("dbname") {
			return refuse(advice, "the postgres URL names no database")
		}
		*to = secret.Text("postgres:" + rest)
		return nil
	}
	return refuse(advice, "the database is neither a SQLite file nor a postgres URL")
}

func setDomain(to *string, raw string) error {
	name := strings.ToLower(raw)
	_, ip := netip.ParseAddr(name)
	// 33 characters stay free for the 32-hex label of a group and its dot.
	if !isDomain(name) || len(name) > 253-33 || ip == nil {
		return refuse("write a domain without port and trailing dot, for example apigw.example.com",
			"%s is not a domain name of at most 220 characters", shown(raw))
	}
	*to = name
	return nil
}

func isDomain(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !isAlphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func addPrefix(to *[]netip.Prefix, raw string) error {
	const advice = "write for example 10.20.0.0/16 or 127.0.0.1"
	p, err := netip.ParsePrefix(raw)
	if err != nil {
		addr, err := netip.ParseAddr(raw)
		if err != nil || addr.Zone() != "" {
			return refuse(advice, "%s is neither a network nor an IP address", shown(raw))
		}
		addr = addr.Unmap()
		p = netip.PrefixFrom(addr, addr.BitLen())
	}
	switch {
	case p.Addr().Is4In6():
		return refuse(advice, "%s is an IPv4 network written as IPv6", shown(raw))
	case p != p.Masked():
		return refuse("write "+p.Masked().String()+" if you mean the whole network", "%s has bits set behind its prefix", shown(raw))
	}
	*to = append(*to, p)
	return nil
}

func addLimit(to *quota.Limits, raw string) error {
	name, number, ok := strings.Cut(raw, "=")
	if !ok {
		return refuse("write item=number, for example groups=100", "%s is not item=number", shown(raw))
	}
	item := quota.Item(name)
	if items := quota.Items(); !slices.Contains(items, item) {
		names := make([]string, len(items))
		for i := range items {
			names[i] = string(items[i])
		}
		if best := nearest(name, names); best != "" {
			return refuse("did you mean "+best+"?", "there is no quota %s", shown(name))
		}
		return refuse("choose one of "+strings.Join(names, ", "), "there is no quota %s", shown(name))
	}
	n, err := strconv.ParseUint(number, 10, 31)
	if err == nil {
		var next quota.Limits
		if next, err = to.With(map[quota.Item]int{item: int(n)}); err == nil {
			*to = next
			return nil
		}
	}
	return refuse("write item=number, for example groups=100",
		"the quota %s is not a whole number from 0 to %d", shown(name), quota.Most)
}

func setLevel(to *slog.Level, raw string) error {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[raw]
	if !ok {
		return refuse("write debug, info, warn or error", "%s is not a log level", shown(raw))
	}
	*to = level
	return nil
}

func setFormat(to *string, raw string) error {
	if raw != "json" && raw != "text" {
		return refuse("write json or text", "%s is not a log format", shown(raw))
	}
	*to = raw
	return nil
}

func setLog(to *string, raw string, mayBeOff bool) error {
	if raw == off && !mayBeOff {
		return refuse("give a path or -", "this log cannot be turned off")
	}
	return setPath(to, raw)
}

func setDuration(to *time.Duration, raw string, least, most time.Duration) error {
	d, err := time.ParseDuration(raw)
	if err != nil || d < least || d > most {
		return refuse("write a duration such as 30s or 2m", "%s is not a duration from %s to %s", shown(raw), brief(least), brief(most))
	}
	*to = d
	return nil
}

// brief is a duration without the zeros at its end: 10m, not 10m0s.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// setExpiry takes nothing between never and a day: a password that lasts for
// minutes is a slip of the unit, and would lock everybody out.
func setExpiry(to *time.Duration, raw string) error {
	const day, most = 24 * time.Hour, 10 * 365 * 24 * time.Hour
	d, err := time.ParseDuration(raw)
	if err != nil || d != 0 && (d < day || d > most) {
		return refuse("write hours, for example 2160h for 90 days", "%s is neither 0s nor a duration from 24h to 87600h", shown(raw))
	}
	*to = d
	return nil
}
