package channel

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// Bounds of a definition. Management's are narrower or equal; what stands here is
// what this package can bear.
const (
	maxMembers = 1000
	maxWeight  = 100
	maxHost    = 253
	maxPath    = 512
)

func checkChannel(d *definition.Channel) error {
	switch {
	case d.ID == "":
		return fmt.Errorf("channel: id is empty")
	case d.Port < 1 || d.Port > 65535:
		return fmt.Errorf("channel %s: port %d is not from 1 to 65535", d.ID, d.Port)
	case d.Balance < roundRobin || d.Balance > uriHash:
		return fmt.Errorf("channel %s: balance %d is not from 1 to 4", d.ID, d.Balance)
	case len(d.Members) > maxMembers:
		return fmt.Errorf("channel %s: %d members are more than %d", d.ID, len(d.Members), maxMembers)
	}
	for i := range d.Members {
		m := &d.Members[i]
		switch {
		case !isHost(m.Host):
			return fmt.Errorf("channel %s: member %s: host %.260q is neither an address nor a name", d.ID, m.ID, m.Host)
		case m.Weight < 0 || m.Weight > maxWeight:
			return fmt.Errorf("channel %s: member %s: weight %d is not from 0 to %d", d.ID, m.ID, m.Weight, maxWeight)
		}
	}
	return nil
}

// isHost takes what can stand before a port: an IP address without brackets and
// zone, or a name. Whether the name exists is found out by dialling.
func isHost(host string) bool {
	if host == "" || len(host) > maxHost {
		return false
	}
	if strings.Contains(host, ":") {
		a, err := netip.ParseAddr(host)
		return err == nil && a.Zone() == ""
	}
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// health is a compiled health check. It is immutable.
type health struct {
	protocol string
	port     int
	path     string
	codes    *codes // nil for tcp
	normal   int
	abnormal int
	timeout  time.Duration
	interval time.Duration
}

// newHealth compiles the health check of a channel, nil when it has none.
func newHealth(d *definition.Channel) (*health, error) {
	c := d.Check
	if c == nil {
		return nil, nil
	}
	refuse := func(format string, args ...any) (*health, error) {
		return nil, fmt.Errorf("channel %s: health check: %w", d.ID, fmt.Errorf(format, args...))
	}
	h := &health{
		protocol: c.Protocol, port: c.Port, normal: c.Normal, abnormal: c.Abnormal,
		timeout: time.Duration(c.Timeout) * time.Second, interval: time.Duration(c.Interval) * time.Second,
	}
	if h.port == 0 {
		h.port = d.Port
	}
	switch {
	case h.port < 1 || h.port > 65535:
		return refuse("port %d is not from 1 to 65535", c.Port)
	case c.Normal < 2 || c.Normal > 10:
		return refuse("normal %d is not from 2 to 10", c.Normal)
	case c.Abnormal < 2 || c.Abnormal > 10:
		return refuse("abnormal %d is not from 2 to 10", c.Abnormal)
	case c.Timeout < 2 || c.Timeout > 30:
		return refuse("timeout %d s is not from 2 to 30", c.Timeout)
	case c.Interval < 5 || c.Interval > 300:
		return refuse("interval %d s is not from 5 to 300", c.Interval)
	case c.Timeout >= c.Interval:
		// A member is never checked twice at once.
		return refuse("timeout %d s is not below the interval of %d s", c.Timeout, c.Interval)
	case c.Protocol == "tcp":
		return h, nil
	case c.Protocol != "http" && c.Protocol != "https":
		return refuse("protocol %q is none of tcp, http, https", c.Protocol)
	case !isTarget(c.Path):
		return refuse("path %.520q does not begin with '/' or holds what a request line cannot", c.Path)
	}
	var err error
	if h.codes, err = parseCodes(c.Codes); err != nil {
		return refuse("%w", err)
	}
	h.path = c.Path
	return h, nil
}

// isTarget takes what can stand in a request line as it is.
func isTarget(path string) bool {
	if path == "" || path[0] != '/' || len(path) > maxPath {
		return false
	}
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c >= 0x7f || c == '#' {
			return false
		}
	}
	return true
}
