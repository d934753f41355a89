package wire_test

import (
	"net/http"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// Who is let in where: a row is an actor, and its letters are the accesses that
// admit it, capitals for what writes as well as reads.
func TestAdmits(t *testing.T) {
	letters := []struct {
		read, write string
		access      wire.Access
	}{{"p", "P", wire.Public}, {"a", "A", wire.Authenticated}, {"j", "J", wire.Project}, {"d", "D", wire.Domain}, {"m", "M", wire.Admin}, {"x", "X", 0}, {"y", "Y", 99}}
	for _, c := range []struct {
		who   string
		actor wire.Actor
		want  string
	}{
		{"no scope", wire.Actor{UserID: "u"}, "pPaA"},
		{"roles without a scope", wire.Actor{Roles: []string{"manager"}}, "pPaA"},
		{"reader of a project", wire.Actor{ProjectID: "p", Roles: []string{"reader"}}, "pPaAj"},
		{"member of a project", wire.Actor{ProjectID: "p", Roles: []string{"member"}}, "pPaAjJ"},
		{"manager in a project", wire.Actor{ProjectID: "p", Roles: []string{"manager"}}, "pPaAjJ"},
		{"own department without a role", wire.Actor{DomainID: "d", ScopeDomainID: "d"}, "pPaA"},
		{"reader of a department", wire.Actor{ScopeDomainID: "d", Roles: []string{"reader"}}, "pPaAd"},
		{"member of a department", wire.Actor{ScopeDomainID: "d", Roles: []string{"member"}}, "pPaAd"},
		{"manager of a department", wire.Actor{ScopeDomainID: "d", Roles: []string{"manager"}}, "pPaAdD"},
		{"administrator in a project", wire.Actor{ProjectID: "p", Roles: []string{"admin"}}, "pPaAjJdDmM"},
		{"administrator in a department", wire.Actor{ScopeDomainID: "d", Roles: []string{"admin"}}, "pPaAdDmM"},
		{"a role in capitals", wire.Actor{ProjectID: "p", ScopeDomainID: "d", Roles: []string{"Admin"}}, "pPaAjd"},
	} {
		got := ""
		for _, l := range letters {
			for _, way := range []struct{ method, letter string }{{http.MethodGet, l.read}, {http.MethodPut, l.write}} {
				if (&wire.Route{Method: way.method, Access: l.access}).Admits(&c.actor) {
					got += way.letter
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.who, got, c.want)
		}
	}
}
