package snapshot

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// Purposes of sealed secrets; their id is the application's.
const (
	purposeSecret = "app-secret"
	purposeCode   = "app-code"
)

// decode reads a record's body, whose own id must be the record's: otherwise a
// deletion would never meet what it deletes.
func decode[T any](r definition.Record, id func(*T) string) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(r.Body, v); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	if got := id(v); got != r.ID {
		return nil, fmt.Errorf("body: describes %q, not %q", got, r.ID)
	}
	return v, nil
}

func (s *Snapshot) takeApp(r definition.Record) error {
	if r.Deleted() {
		s.options.Callers.DropApp(r.ID)
		return nil
	}
	app, err := s.app(r)
	if err == nil {
		s.options.Callers.PutApp(app)
	}
	return err
}

// app opens the secrets of an application.
func (s *Snapshot) app(r definition.Record) (callers.App, error) {
	var none callers.App
	d, err := decode(r, func(a *definition.App) string { return a.ID })
	if err != nil {
		return none, err
	}
	if d.Key == "" {
		return none, errors.New("body: key is empty; an application needs one")
	}
	secret, err := s.open(purposeSecret, d.ID, d.Secret)
	if err != nil {
		return none, err
	}
	app := callers.App{ID: d.ID, Name: d.Name, ProjectID: d.ProjectID, Key: d.Key, Secret: signature.NewKey(secret)}
	for _, sealed := range d.Codes {
		code, err := s.open(purposeCode, d.ID, sealed)
		if err != nil {
			return none, err
		}
		if len(code) > callers.MaxCode {
			return none, fmt.Errorf("%s: longer than %d bytes", purposeCode, callers.MaxCode)
		}
		app.Codes = append(app.Codes, string(code))
	}
	return app, nil
}

// open refuses empty secrets: with one, anybody could compute valid signatures.
func (s *Snapshot) open(purpose, id string, sealed []byte) ([]byte, error) {
	plain, err := s.options.Open(purpose, id, sealed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", purpose, err)
	}
	if len(plain) == 0 {
		return nil, fmt.Errorf("%s: is empty", purpose)
	}
	return plain, nil
}

func (s *Snapshot) takeGrant(r definition.Record, m *made) error {
	switch {
	case r.Deleted():
		s.options.Callers.DropGrant(r.ID)
	case m.err == nil:
		s.options.Callers.PutGrant(*m.grant)
	}
	return m.err
}

func grant(r definition.Record) (*definition.Grant, error) {
	g, err := decode(r, func(g *definition.Grant) string { return g.ID })
	if err != nil {
		return nil, err
	}
	if g.AppID == "" || g.APIID == "" || g.EnvID == "" {
		return nil, errors.New("body: app_id, api_id and env_id must all be set")
	}
	return g, nil
}

func (s *Snapshot) takeGroup(r definition.Record, c *change) error {
	hosts, entrance := []string(nil), (*call.Entrance)(nil)
	if !r.Deleted() {
		d, e, err := group(r)
		if err != nil {
			return err
		}
		hosts, entrance = d.Hosts, e
	}
	g := s.group(r.ID)
	g.entrance.Store(entrance)
	c.groups[g] = true
	g.former = append(g.former, g.hosts...)
	g.hosts, g.revision, g.known = hosts, r.Revision, !r.Deleted()
	return nil
}

func group(r definition.Record) (*definition.Group, *call.Entrance, error) {
	d, err := decode(r, func(g *definition.Group) string { return g.ID })
	if err != nil {
		return nil, nil, err
	}
	for _, host := range d.Hosts {
		canonical, err := message.CanonicalHost(host)
		if err != nil {
			return nil, nil, fmt.Errorf("body: host %q: %w", host, err)
		}
		if canonical != host {
			return nil, nil, fmt.Errorf("body: host %q is not canonical; record it as %q", host, canonical)
		}
	}
	if d.SubDomain != "" && !slices.Contains(d.Hosts, d.SubDomain) {
		return nil, nil, fmt.Errorf("body: sub_domain %q is none of hosts", d.SubDomain)
	}
	e, err := throttle.CompileEntrance(d)
	if err != nil {
		return nil, nil, fmt.Errorf("body: %w", err)
	}
	return d, e, nil
}

// claim makes the hosts of g lead to it, unless a newer record claims them.
func (s *Snapshot) claim(g *Group) {
	for _, host := range g.hosts {
		s.hosts.Update(host, func(old []*Group, _ bool) ([]*Group, bool) {
			claims := append(without(old, g), g)
			slices.SortFunc(claims, func(a, b *Group) int {
				return cmp.Or(cmp.Compare(b.revision, a.revision), cmp.Compare(a.id, b.id))
			})
			return claims, true
		})
	}
}

// release gives up the hosts that g had and has no more.
func (s *Snapshot) release(g *Group) {
	for _, host := range g.former {
		if !slices.Contains(g.hosts, host) {
			s.hosts.Update(host, func(old []*Group, _ bool) ([]*Group, bool) {
				claims := without(old, g)
				return claims, len(claims) > 0
			})
		}
	}
	g.former = nil
}

// without returns a new list: readers hold the old one.
func without(claims []*Group, g *Group) []*Group {
	rest := make([]*Group, 0, len(claims)+1)
	for _, other := range claims {
		if other != g {
			rest = append(rest, other)
		}
	}
	return rest
}
