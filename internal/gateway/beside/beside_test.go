package beside_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
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

func newBeside() *beside.Beside {
	return beside.New(beside.Options{Open: open, Functions: functions.New(nil), Channels: channel.New(channel.Options{}), Clock: clock.System})
}

// TestEveryKind: a checked record changes nothing, a taken one is found, a
// withdrawn one is gone.
func TestEveryKind(t *testing.T) {
	b := newBeside()
	at := b.At(beside.Place{APIID: "api", EnvID: "env"})
	for _, v := range []definition.Binding{
		{ID: "1", Policy: "throttle", PolicyID: "t", APIID: "api", EnvID: "env"},
		{ID: "2", Policy: "acl", Slot: "IP", PolicyID: "a", APIID: "api", EnvID: "env"},
		{ID: "3", Policy: "sign", PolicyID: "s", APIID: "api", EnvID: "env"},
	} {
		if _, err := b.Take(record(t, definition.KindBinding, v.ID, v)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		kind  definition.Kind
		id    string
		value any
		found func() bool
	}{
		{definition.KindThrottle, "t", definition.Throttle{ID: "t", API: 3, Interval: 1, Unit: "SECOND"}, func() bool { return at.Throttle.Load() != nil }},
		{definition.KindACL, "a", definition.ACL{ID: "a", Entity: "IP", Values: []string{"10.0.0.1"}}, func() bool { return at.Addresses.Load() != nil }},
		{definition.KindSign, "s", definition.SignatureKey{ID: "s", Key: "k", Secret: []byte("sign-secret/s/x")}, func() bool { return at.Sign.Load() != nil }},
		{definition.KindFunction, "urn:1", definition.Function{URN: "urn", Version: "1"}, func() bool { return b.Functions.Get("urn", "1") != nil }},
		{definition.KindOrder, "o", definition.Order{ID: "o", AppID: "app", GroupID: "g"}, func() bool { _, ok := b.Orders.Left("o"); return ok }},
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
	b := newBeside()
	for _, sealed := range []string{"", "sign-secret/other/x", "sign-secret/s/", "certificate-key/s/x"} {
		if _, err := b.Take(record(t, definition.KindSign, "s", definition.SignatureKey{ID: "s", Secret: []byte(sealed)})); err == nil {
			t.Errorf("%q was taken", sealed)
		}
	}
}

// TestBound: what is bound to a place follows bindings and policies, in
// whatever order they come, and what moves leaves nothing behind.
func TestBound(t *testing.T) {
	b := newBeside()
	take := func(kind definition.Kind, id string, v any) {
		t.Helper()
		r := definition.Record{Key: definition.Key{Kind: kind, ID: id}, Revision: 1}
		if v != nil {
			r = record(t, kind, id, v)
		}
		if _, err := b.Take(r); err != nil {
			t.Fatal(err)
		}
	}
	acl := func(id, entity string) {
		take(definition.KindACL, id, definition.ACL{ID: id, Name: id, Entity: entity, Values: []string{"10.0.0.1"}})
	}
	bind := func(id, slot, policy, api string) {
		take(definition.KindBinding, id, definition.Binding{ID: id, Policy: "acl", Slot: slot, PolicyID: policy, APIID: api, EnvID: "e"})
	}
	x, y := b.At(beside.Place{APIID: "x", EnvID: "e"}), b.At(beside.Place{APIID: "y", EnvID: "e"})
	now := func(at *beside.Bound) string {
		text := ""
		if v := at.Addresses.Load(); v != nil {
			text += v.Name
		}
		if v := at.Accounts.Load(); v != nil {
			text += "+" + v.Name
		}
		return text
	}
	expect := func(when, wantX, wantY string) {
		t.Helper()
		if gotX, gotY := now(x), now(y); gotX != wantX || gotY != wantY {
			t.Errorf("%s: x has %q and y %q, want %q and %q", when, gotX, gotY, wantX, wantY)
		}
	}
	bind("1", "IP", "a", "x") // before its policy
	expect("no policy yet", "", "")
	acl("a", "IP")
	acl("b", "IP")
	acl("d", "DOMAIN")
	expect("the policy came", "a", "")
	bind("2", "DOMAIN", "d", "x")
	expect("a second slot", "a+d", "")
	bind("3", "IP", "b", "x")
	expect("a newer binding of the slot", "b+d", "")
	take(definition.KindBinding, "1", nil)
	expect("the older one went", "b+d", "")
	bind("3", "IP", "b", "y")
	expect("a binding moved", "+d", "b")
	bind("3", "IP", "a", "y")
	expect("a binding took another policy", "+d", "a")
	take(definition.KindACL, "a", nil)
	expect("a policy went", "+d", "")
	acl("a", "IP")
	expect("and came again", "+d", "a")
	take(definition.KindBinding, "2", nil)
	take(definition.KindBinding, "3", nil)
	take(definition.KindBinding, "3", nil)
	expect("all went", "", "")
	if other := b.At(beside.Place{APIID: "x", EnvID: "e"}); other != x {
		t.Error("a place has two sets of slots")
	}
}
