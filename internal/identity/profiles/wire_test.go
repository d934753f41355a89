package profiles_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type object = identitytest.Object

// office is a World with a department of its own, Sales: dora manages it, erin
// reads in it, fred is an administrator of the platform who belongs to it.
type office struct {
	*identitytest.World
	t                                          *testing.T
	sales                                      accounts.Domain
	dora, erin, fred                           accounts.User
	root, alice, manager, reader, unprivileged string // tokens
}

func each(t *testing.T, f func(o *office)) {
	t.Helper()
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) { f(open(t, w)) })
}

func open(t *testing.T, w *identitytest.World) *office {
	t.Helper()
	o := &office{World: w, t: t}
	var err error
	if o.sales, err = w.Accounts.CreateDomain(t.Context(), "Sales", ""); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		into       *accounts.User
		name, role string
		scope      accounts.Scope
		at         string
	}{
		{&o.dora, "dora", accounts.RoleManager, accounts.OnDomain, o.sales.ID},
		{&o.erin, "erin", accounts.RoleReader, accounts.OnDomain, o.sales.ID},
		{&o.fred, "fred", accounts.RoleAdmin, accounts.OnProject, w.Region.ID},
	} {
		if *p.into, err = w.Accounts.CreateUser(t.Context(), accounts.NewUser{DomainID: o.sales.ID, Name: p.name, Password: identitytest.Password(p.name)}); err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.Assign(t.Context(), p.into.ID, p.role, p.scope, p.at); err != nil {
			t.Fatal(err)
		}
	}
	o.root, o.alice = w.LogIn("admin", nil), w.LogIn("alice", nil)
	o.manager, o.reader = o.logIn("dora", o.inSales()), o.logIn("erin", o.inSales())
	o.unprivileged = o.logIn("dora", nil) // the manager without a department in scope
	return o
}

func (o *office) inSales() object { return object{"domain": object{"id": o.sales.ID}} }

// logIn answers a token for somebody of Sales.
func (o *office) logIn(name string, scope any) string {
	o.t.Helper()
	return o.Do("POST", "/v3/auth/tokens", o.byPassword(name, identitytest.Password(name), scope)).Want(201).Header.Get("X-Subject-Token")
}

func (o *office) byPassword(name, password string, scope any) object {
	body := identitytest.ByPassword(name, password, scope)
	identity := body["auth"].(object)["identity"].(object)
	identity["password"].(object)["user"].(object)["domain"] = object{"id": o.sales.ID}
	return body
}

// call makes a call of the dialect: "GET /users".
func (o *office) call(token, call string, body any) *wiretest.Response {
	o.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	var headers []string
	if token != "" {
		headers = []string{"X-Auth-Token", token}
	}
	return o.Do(method, ghippo.Base+path, body, headers...)
}

// done is a success: 200, whatever was done.
func (o *office) done(token, call string, body any) *wiretest.Response {
	o.t.Helper()
	return o.call(token, call, body).Want(http.StatusOK)
}

// nothing is a success that has nothing to say.
func (o *office) nothing(token, call string, body any) {
	o.t.Helper()
	if r := o.done(token, call, body); string(r.Body) != "{}" {
		o.t.Errorf("%s: answers %s, want {}", call, r.Body)
	}
}

// refused is a refusal in the form of rpcStatus with its gRPC code.
func (o *office) refused(token, call string, body any, status int, text string) {
	o.t.Helper()
	r := o.call(token, call, body).Want(status)
	var got struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Details []any  `json:"details"`
	}
	r.Decode(&got)
	code := map[int]int{400: 3, 401: 16, 403: 7, 404: 5, 409: 6}[status]
	if got.Code != code || !strings.Contains(got.Message, text) || got.Details == nil || len(got.Details) > 0 {
		o.t.Errorf("%s: %s, want code %d with %q and no details", call, r.Body, code, text)
	}
}

// names are those of the items of a list, in order.
func names(r *wiretest.Response, list string) string {
	var all []string
	for _, item := range r.Get(list).([]any) {
		all = append(all, fmt.Sprint(item.(object)["name"]))
	}
	return strings.Join(all, " ")
}

// lists checks the names on a page and the total.
func (o *office) lists(token, call, want string, total int) *wiretest.Response {
	o.t.Helper()
	r := o.done(token, call, nil)
	if got := names(r, "items"); got != want || r.Get("pagination.total") != float64(total) {
		o.t.Errorf("%s: %q of %v, want %q of %d", call, got, r.Get("pagination.total"), want, total)
	}
	return r
}
