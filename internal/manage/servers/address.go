package servers

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Input is what a client sends of a server.
type Input struct {
	Server struct {
		Name       string               `json:"name" required:"true" doc:"1 to 255 characters."`
		Status     string               `json:"status" doc:"A status of the compute API, default ACTIVE."`
		Addresses  map[string][]Address `json:"addresses" doc:"Addresses by the name of the network, up to 64. May be left out when accessIPv4 or accessIPv6 is there."`
		AccessIPv4 string               `json:"accessIPv4" doc:"The address that gateways call; default the first fixed one of addresses."`
		AccessIPv6 string               `json:"accessIPv6"`
	} `json:"server" required:"true"`
}

// Address is one address of a server.
type Address struct {
	Addr    string `json:"addr"`
	Version int    `json:"version" doc:"4 or 6; what the address is when it is left out."`
	Type    string `json:"OS-EXT-IPS:type,omitempty" enum:"fixed,floating" doc:"fixed or floating; without it fixed."`
}

const (
	maxName      = 255
	maxID        = 64
	maxAddresses = 64

	fixed    = "fixed"
	floating = "floating"
)

var identifier = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// statuses are those of the compute API.
func statuses() []string {
	return []string{
		"ACTIVE", "BUILD", "DELETED", "ERROR", "HARD_REBOOT", "MIGRATING", "PASSWORD", "PAUSED", "REBOOT", "REBUILD",
		"RESCUE", "RESIZE", "REVERT_RESIZE", "SHELVED", "SHELVED_OFFLOADED", "SHUTOFF", "SOFT_DELETED", "SUSPENDED",
		"UNKNOWN", "VERIFY_RESIZE",
	}
}

// server checks what was sent and makes the server of it.
func (in *Input) server(id string) (*Server, error) {
	s := &Server{
		ID: id, Name: in.Server.Name, Status: in.Server.Status, Addresses: in.Server.Addresses,
		AccessIPv4: in.Server.AccessIPv4, AccessIPv6: in.Server.AccessIPv6,
	}
	var c apig.Check
	c.Pattern("id", id, identifier, 1, maxID)
	c.Required("server.name", s.Name)
	c.Text("server.name", s.Name, maxName)
	if s.Status == "" {
		s.Status = "ACTIVE"
	}
	c.Enum("server.status", &s.Status, statuses()...)
	if c.Err() != nil {
		return nil, c.Err()
	}
	if s.Addresses == nil {
		s.Addresses = map[string][]Address{}
	}
	if fault := s.checkAddresses(); fault != nil {
		return nil, fault
	}
	if s.host = s.choose(); s.host == "" {
		return nil, apig.Missing("server.addresses")
	}
	return s, nil
}

// checkAddresses leaves one spelling of each address.
func (s *Server) checkAddresses() error {
	var fault error
	if s.AccessIPv4, fault = access("server.accessIPv4", s.AccessIPv4, 4); fault != nil {
		return fault
	}
	if s.AccessIPv6, fault = access("server.accessIPv6", s.AccessIPv6, 6); fault != nil {
		return fault
	}
	n := 0
	for _, network := range slices.Sorted(maps.Keys(s.Addresses)) {
		var c apig.Check
		c.Required("server.addresses", network)
		c.Text("server.addresses", network, maxName)
		n += len(s.Addresses[network])
		c.Count("server.addresses", max(n, len(s.Addresses)), maxAddresses)
		if c.Err() != nil {
			return c.Err()
		}
		if s.Addresses[network] == nil { // null in the request
			s.Addresses[network] = []Address{}
		}
		for i := range s.Addresses[network] {
			if fault := s.Addresses[network][i].check(fmt.Sprintf("server.addresses.%.64s[%d]", network, i)); fault != nil {
				return fault
			}
		}
	}
	return nil
}

func (a *Address) check(param string) error {
	addr, version, fault := parse(param+".addr", a.Addr)
	if fault != nil {
		return fault
	}
	if a.Version == 0 {
		a.Version = version
	}
	var c apig.Check
	c.That(a.Version == version, apig.Invalid(param+".version"))
	c.That(a.Type == "" || a.Type == fixed || a.Type == floating, apig.Invalid(param+".OS-EXT-IPS:type"))
	a.Addr = addr
	return c.Err()
}

// access checks one of the two addresses that nova names for reaching a server.
func access(param, v string, want int) (string, error) {
	if v == "" {
		return "", nil
	}
	addr, version, fault := parse(param, v)
	switch {
	case fault != nil:
		return "", fault
	case version != want:
		return "", badAddress(param)
	}
	return addr, nil
}

func parse(param, v string) (addr string, version int, fault error) {
	if v == "" {
		return "", 0, apig.Missing(param)
	}
	ip, err := netip.ParseAddr(v)
	if err != nil || ip.Zone() != "" {
		return "", 0, badAddress(param)
	}
	version = 6
	if ip = ip.Unmap(); ip.Is4() {
		version = 4
	}
	return ip.String(), version, nil
}

func badAddress(param string) *wire.Error {
	return apig.E2015.Msg("%s,parameterName:%s", apig.E2015.Text(), param)
}

// choose answers the address that gateways call, see the package comment.
func (s *Server) choose() string {
	for _, kind := range []string{fixed, floating} {
		for _, version := range []int{4, 6} {
			switch {
			case kind == fixed && version == 4 && s.AccessIPv4 != "":
				return s.AccessIPv4
			case kind == fixed && version == 6 && s.AccessIPv6 != "":
				return s.AccessIPv6
			}
			for _, network := range slices.Sorted(maps.Keys(s.Addresses)) {
				for _, a := range s.Addresses[network] {
					if a.Version == version && (a.Type == kind || a.Type == "" && kind == fixed) {
						return a.Addr
					}
				}
			}
		}
	}
	return ""
}
