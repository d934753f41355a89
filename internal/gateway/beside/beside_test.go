package beside_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
)

// open stands in for the sealer: what is sealed begins with its purpose and id.
func open(purpose, id string, sealed []byte) ([]byte, error) {
	plain, ok := strings.CutPrefix(string(sealed), purpose+"/"+id+"/")
	if !ok {
		return nil, errors.New("sealed for something else")
	}
	return []byte(plain), nil
}

func record(t *testing.T, kind definition.Kind, id string, v any) definition.Record {
	t.Helper()
	body, err := definition.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return definition.Record{Key: definition.Key{Kind: kind, ID: id}, Revision: 1, Body: body}
}

// TestEveryKind: a checked record changes nothing, a taken one is found, a
// withdrawn one is gone.
func TestEveryKind(t *testing.T) {
	b := beside.New(open)
	for _, c := range []struct {
		kind  definition.Kind
		id    string
		value any
		found func() bool
	}{
		{definition.KindThrottle, "t", definition.Throttle{ID: "t", API: 3}, func() bool { v, ok := b.Throttles.Get("t"); return ok && v.API == 3 }},
		{definition.KindACL, "a", definition.ACL{ID: "a"}, func() bool { _, ok := b.ACLs.Get("a"); return ok }},
		{definition.KindSign, "s", definition.SignatureKey{ID: "s", Secret: []byte("sign-secret/s/x")}, func() bool { _, ok := b.SignKeys.Get("s"); return ok }},
		{definition.KindChannel, "c", definition.Channel{ID: "c"}, func() bool { _, ok := b.Channels.Get("c"); return ok }},
		{definition.KindAuthorizer, "z", definition.Authorizer{ID: "z"}, func() bool { _, ok := b.Authorizers.Get("z"); return ok }},
		{definition.KindFunction, "urn:1", definition.Function{URN: "urn", Version: "1"}, func() bool { _, ok := b.Functions.Get("urn:1"); return ok }},
		{definition.KindResponse, "r", definition.Response{ID: "r"}, func() bool { _, ok := b.Responses.Get("r"); return ok }},
		{definition.KindCertificate, "k", definition.Certificate{ID: "k", Key: []byte("certificate-key/k/x")}, func() bool { _, ok := b.Certificates.Get("k"); return ok }},
		{definition.KindOrder, "o", definition.Order{ID: "o"}, func() bool { _, ok := b.Orders.Get("o"); return ok }},
		{definition.KindBinding, "b", definition.Binding{ID: "b", Policy: "throttle", APIID: "api", EnvID: "env"}, func() bool {
			return len(b.Bound(beside.Place{APIID: "api", EnvID: "env"})) == 1
		}},
	} {
		r := record(t, c.kind, c.id, c.value)
		if known, err := b.Check(r); !known || err != nil || c.found() {
			t.Errorf("%s: check answers %v, %v; found %v", c.kind, known, err, c.found())
		}
		for range 2 { // a record may come again
			if known, err := b.Take(r); !known || err != nil || !c.found() {
				t.Errorf("%s: take answers %v, %v; found %v", c.kind, known, err, c.found())
			}
		}
		other := r
		other.ID = "other"
		if _, err := b.Take(other); err == nil || !strings.Contains(err.Error(), `not "other"`) && !strings.Contains(err.Error(), "sealed") {
			t.Errorf("%s: a record with another id: %v", c.kind, err)
		}
		broken := r
		broken.Body = json.RawMessage(`{"id":7}`)
		if c.kind == definition.KindFunction {
			broken.Body = json.RawMessage(`{"urn":7}`)
		}
		if _, err := b.Take(broken); err == nil || !c.found() {
			t.Errorf("%s: a broken record: %v; found %v", c.kind, err, c.found())
		}
		gone := definition.Record{Key: r.Key, Revision: 2}
		if _, err := b.Check(gone); err != nil || !c.found() {
			t.Errorf("%s: a checked deletion took it away: %v", c.kind, err)
		}
		for range 2 {
			if _, err := b.Take(gone); err != nil || c.found() {
				t.Errorf("%s: deletion: %v; found %v", c.kind, err, c.found())
			}
		}
	}
	if known, err := b.Take(record(t, definition.KindAPI, "x", definition.API{})); known || err != nil {
		t.Errorf("APIs are not held here: %v, %v", known, err)
	}
}

func TestSecretsMustOpen(t *testing.T) {
	b := beside.New(open)
	for _, sealed := range []string{"", "sign-secret/other/x", "sign-secret/s/", "certificate-key/s/x"} {
		if _, err := b.Take(record(t, definition.KindSign, "s", definition.SignatureKey{ID: "s", Secret: []byte(sealed)})); err == nil {
			t.Errorf("%q was taken", sealed)
		}
	}
	if _, ok := b.SignKeys.Get("s"); ok {
		t.Error("a key whose secret does not open is held")
	}
}

// TestBound: bindings of a place are in one order, whatever order they came in,
// and one that moves leaves nothing behind.
func TestBound(t *testing.T) {
	b := beside.New(open)
	bind := func(id, policy, slot, api string) {
		t.Helper()
		v := definition.Binding{ID: id, Policy: policy, Slot: slot, APIID: api, EnvID: "e"}
		if _, err := b.Take(record(t, definition.KindBinding, id, v)); err != nil {
			t.Fatal(err)
		}
	}
	bound := func(api string) (ids string) {
		for _, v := range b.Bound(beside.Place{APIID: api, EnvID: "e"}) {
			ids += v.ID
		}
		return ids
	}
	bind("4", "throttle", "", "x")
	bind("2", "acl", "IP", "x")
	bind("3", "sign", "", "x")
	bind("1", "acl", "DOMAIN", "x")
	before := b.Bound(beside.Place{APIID: "x", EnvID: "e"})
	if bound("x") != "1234" {
		t.Errorf("order %s", bound("x"))
	}
	bind("2", "acl", "IP", "y")
	if bound("x") != "134" || bound("y") != "2" {
		t.Errorf("after a move: %s, %s", bound("x"), bound("y"))
	}
	if len(before) != 4 || before[1].ID != "2" {
		t.Error("a list that somebody reads was changed")
	}
	if b.Bound(beside.Place{APIID: "x", EnvID: "other"}) != nil {
		t.Error("bindings of another environment")
	}
}
