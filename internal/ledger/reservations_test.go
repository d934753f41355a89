package ledger_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type reservation struct {
	ID        string             `json:"id"`
	RequestID string             `json:"request_id"`
	UserID    string             `json:"user_id"`
	ProjectID string             `json:"project_id"`
	DomainID  string             `json:"domain_id"`
	State     string             `json:"state"`
	Items     map[string]float64 `json:"items"`
	ExpiresAt string             `json:"expires_at"`
	CreatedAt string             `json:"created_at"`
	Links     struct{ Self string }
}

func (x *fixture) reservation(r *wiretest.Response, status int) reservation {
	x.Helper()
	var out struct{ Reservation reservation }
	r.Want(status).Decode(&out)
	return out.Reservation
}

// account is what an account holds, in whole things.
func (x *fixture) account(level, owner, item string) (used, reserved int64) {
	x.Helper()
	err := x.db.QueryRow(x.Context(), `
		SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) / 1000000, CAST(COALESCE(SUM(reserved), 0) AS BIGINT) / 1000000 FROM quota_accounts
		WHERE level = $1 AND owner_id = $2 AND item = $3`, level, owner, item).Scan(&used, &reserved)
	if err != nil {
		x.Fatal(err)
	}
	return used, reserved
}

func (x *fixture) holds(level, owner, item string, used, reserved int64) {
	x.Helper()
	if u, r := x.account(level, owner, item); u != used || r != reserved {
		x.Errorf("%s %s: %s used %d, reserved %d; want %d and %d", level, owner, item, u, r, used, reserved)
	}
}

// TestLifeOfAReservation: taken at three levels, committed, given back; each
// step done twice changes nothing.
func TestLifeOfAReservation(t *testing.T) {
	each(t, func(x *fixture) {
		made := x.reservation(x.service.Do("POST", claims, order("build-1", "e1", "cores", 4, "security_groups", 1, "ram", 0.5)), 201)
		if made.State != "reserved" || made.RequestID != "build-1" || made.UserID != "nova" || made.ProjectID != "e1" || made.DomainID != "east" ||
			made.Items["cores"] != 4 || made.Items["security_group"] != 1 || made.Items["ram"] != 0.5 || len(made.Items) != 3 ||
			made.CreatedAt != "2026-01-02T03:04:05.000000Z" || made.ExpiresAt != "2026-01-02T03:09:05.000000Z" ||
			!strings.HasSuffix(made.Links.Self, claims+"/"+made.ID) {
			x.Errorf("%+v", made)
		}
		x.holds("project", "e1", "cores", 0, 4)
		x.holds("domain", "east", "cores", 0, 4)
		x.holds("cloud", "", "cores", 0, 4)
		if again := x.reservation(x.service.Do("POST", claims, order("build-1", "e1", "security_group", 1, "ram", 0.5, "cores", 4)), 201); again.ID != made.ID {
			x.Errorf("the same request made another reservation")
		}
		for _, other := range []object{
			order("build-1", "e1", "cores", 5, "security_group", 1, "ram", 0.5), order("build-1", "e2", "cores", 4, "security_group", 1, "ram", 0.5),
			order("build-1", "e1", "cores", 4), order("build-1", "e1", "security_group", 1, "security_groups", 1, "cores", 4, "ram", 0.5),
		} {
			x.service.Do("POST", claims, other).Refused(409, "", "belongs to another reservation")
		}
		one := claims + "/" + made.ID
		for range 2 {
			if r := x.reservation(x.service.Do("POST", one+"/commit", nil), 200); r.State != "committed" {
				x.Errorf("%+v", r)
			}
			x.holds("project", "e1", "cores", 4, 0)
			x.holds("cloud", "", "cores", 4, 0)
		}
		x.clock.Advance(time.Hour) // what is committed does not expire
		if r := x.reservation(x.service.Do("GET", one, nil), 200); r.State != "committed" {
			x.Errorf("%+v", r)
		}
		for range 2 {
			if r := x.reservation(x.service.Do("POST", one+"/release", nil), 200); r.State != "released" {
				x.Errorf("%+v", r)
			}
			x.holds("domain", "east", "cores", 0, 0)
		}
		x.service.Do("POST", one+"/commit", nil).Refused(409, "", "is released and cannot be committed")
		// Default-department projects are booked on two accounts.
		x.reserve("build-2", "d1", object{"cores": 3})
		x.holds("cloud", "", "cores", 0, 3)
		x.holds("domain", "default", "cores", 0, 0)
		x.balanced(x)
	})
}

// TestExceeded: the level, what was asked for and what is left are named, and
// nothing is taken of the other items.
func TestExceeded(t *testing.T) {
	each(t, func(x *fixture) {
		x.domain("default", "cores", 10).Want(200)
		x.domain("east", "cores", 8).Want(200)
		x.project("e1", "cores", 5).Want(200)
		claim := func(id, project string, n any, text string) {
			x.Helper()
			x.service.Do("POST", claims, order(id, project, "backups", 1, "cores", n)).Refused(409, "", text)
		}
		claim("1", "e1", 5.5, "The quota of the project is exceeded: 5.5 of cores was asked for, 5 is left.")
		x.holds("cloud", "", "backups", 0, 0)
		x.reserve("2", "e1", object{"cores": 5})
		claim("3", "e1", 1, "project is exceeded: 1 of cores was asked for, 0 is left")
		claim("4", "e2", 4, "department is exceeded: 4 of cores was asked for, 3 is left")
		x.reserve("5", "w1", object{"cores": 4})
		claim("6", "e2", 2, "cloud is exceeded: 2 of cores was asked for, 1 is left")
		x.service.Do("POST", claims, order("7", "e2", "backups", 1_000_000_000)).Want(201)
		// A refused request id is free: the next attempt may ask for less.
		x.reserve("6", "e2", object{"cores": 1})
		x.balanced(x)
	})
}

// TestExpiry: at the moment of its end a reservation counts no more, for claims
// and for readers alike, whether or not anybody has tidied up.
func TestExpiry(t *testing.T) {
	each(t, func(x *fixture) {
		x.domain("default", "cores", 4).Want(200)
		o := order("short", "e1", "cores", 4)
		o["reservation"].(object)["expires_in"] = 10
		made := x.reservation(x.service.Do("POST", claims, o), 201)
		one := claims + "/" + made.ID
		x.clock.Advance(10*time.Second - time.Microsecond)
		x.service.Do("POST", claims, order("early", "e2", "cores", 1)).Refused(409, "", "0 is left")
		x.equal("used", x.usage(), map[string]float64{"cores": 4})
		x.clock.Advance(time.Microsecond)
		x.equal("used", x.usage(), map[string]float64{"cores": 0})
		x.equal("e1", x.show(project + "e1")["usage"], map[string]float64{"cores": 0})
		if r := x.reservation(x.service.Do("GET", one, nil), 200); r.State != "expired" {
			x.Errorf("%+v", r)
		}
		x.holds("cloud", "", "cores", 0, 4) // not returned yet
		x.reserve("in time", "e2", object{"cores": 4})
		x.holds("cloud", "", "cores", 0, 4)
		x.service.Do("POST", one+"/commit", nil).Refused(409, "", "is expired and cannot be committed")
		if r := x.reservation(x.service.Do("POST", one+"/release", nil), 200); r.State != "expired" {
			x.Errorf("%+v", r)
		}
		// The same request is still the same reservation; a day later it is forgotten.
		if r := x.reservation(x.service.Do("POST", claims, o), 201); r.ID != made.ID || r.State != "expired" {
			x.Errorf("%+v", r)
		}
		x.balanced(x)
		x.clock.Advance(23 * time.Hour)
		x.tidy()
		x.service.Do("GET", one, nil).Want(200)
		x.clock.Advance(time.Hour + time.Second)
		x.tidy()
		x.service.Do("GET", one, nil).Refused(404, "", "Could not find reservation: "+made.ID)
		x.balanced(x)
	})
}

func (x *fixture) tidy() {
	x.Helper()
	if err := x.area.Tidy(x.Context()); err != nil {
		x.Fatal(err)
	}
}

// usage is what is really used of the cloud.
func (x *fixture) usage() map[string]float64 {
	x.Helper()
	var body struct{ Domain map[string]figures }
	x.admin.Do("GET", "/v3/domain_usage", nil).Want(200).Decode(&body)
	return body.Domain[region]["usage"]
}

// TestTidyForgetsWhoIsGone: quotas of a project or department that was deleted
// count for nobody, at once.
func TestTidyForgetsWhoIsGone(t *testing.T) {
	each(t, func(x *fixture) {
		x.domain("default", "cores", 100, "apps", 100).Want(200)
		x.domain("west", "cores", 50).Want(200)
		x.project("e1", "cores", 10, "apps", 7).Want(200)
		exec(x, x.db, `DELETE FROM identity_projects WHERE id IN ('e1', 'w1')`)
		exec(x, x.db, `DELETE FROM identity_domains WHERE id = 'west'`)
		x.equal("east", x.show(domains + "east")["limits"], map[string]float64{"cores": 100, "apps": 100})
		x.equal("east", x.show(domains + "east")["usage"], map[string]float64{"cores": 0, "apps": 0})
		x.tidy()
		for table, want := range map[string]int{"quota_accounts": 2, "project_quotas": 0} {
			var n int
			if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil || n != want {
				x.Errorf("%s has %d rows, want %d; %v", table, n, want, err)
			}
		}
	})
}

// TestReservationsOfOthers: a service sees its own alone, and nobody without
// the role sees any (CVE-2019-19687).
func TestReservationsOfOthers(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.reserve("1", "e1", object{"cores": 1})
		other := x.client.As("user=cinder;project=d1;roles=service")
		for _, call := range []string{"GET " + claims + "/" + id, "POST " + claims + "/" + id + "/commit", "POST " + claims + "/" + id + "/release"} {
			method, path, _ := strings.Cut(call, " ")
			unknown := strings.Replace(path, id, "unknown", 1)
			other.Do(method, path, nil).Refused(404, "", "Could not find reservation: "+id)
			other.Do(method, unknown, nil).Refused(404, "", "Could not find reservation: unknown")
			x.member.Do(method, path, nil).Refused(403, "", "quota:")
			x.manager.Do(method, unknown, nil).Refused(403, "", "quota:")
		}
		if n := len(x.list(other, "")); n != 0 {
			x.Errorf("another service lists %d", n)
		}
		// The same request id of another service is another request.
		if again := x.reservation(other.Do("POST", claims, order("1", "e1", "cores", 2)), 201); again.ID == id {
			x.Error("two services share a reservation")
		}
		if n := len(x.list(x.admin, "")); n != 2 {
			x.Errorf("an administrator lists %d, want 2", n)
		}
		x.admin.Do("POST", claims+"/"+id+"/release", nil).Want(200)
		x.holds("cloud", "", "cores", 0, 2)
	})
}

func (x *fixture) list(c *wiretest.Client, query string) []reservation {
	x.Helper()
	var out struct{ Reservations []reservation }
	c.Do("GET", claims+query, nil).Want(200).Decode(&out)
	return out.Reservations
}

func TestLists(t *testing.T) {
	each(t, func(x *fixture) {
		for n := range 5 {
			x.clock.Advance(time.Second)
			x.reserve(fmt.Sprint("r", n), []string{"e1", "e2"}[n%2], object{"cores": 1})
		}
		all := x.list(x.service, "")
		for n, r := range all {
			if r.RequestID != fmt.Sprint("r", n) {
				x.Errorf("%d is %s: not in the order in which they were made", n, r.RequestID)
			}
		}
		x.service.Do("POST", claims+"/"+all[4].ID+"/commit", nil).Want(200)
		x.clock.Advance(297 * time.Second) // the first two have expired
		for query, want := range map[string]int{
			"?project_id=e2": 2, "?request_id=r3": 1, "?state=committed": 1, "?state=expired": 2, "?state=reserved": 2, "?state=released": 0,
			"?project_id=e1&state=reserved": 1, "?limit=2": 2, "?marker=" + all[3].ID: 1, "?project_id=x": 0,
		} {
			if n := len(x.list(x.service, query)); n != want {
				x.Errorf("%s: %d, want %d", query, n, want)
			}
		}
		seen, next := 0, claims+"?limit=2&state=reserved"
		for pages := 0; next != "" && pages < 5; pages++ {
			var out struct {
				Reservations []reservation
				Links        struct{ Next *string }
			}
			x.service.Do("GET", next, nil).Want(200).Decode(&out)
			seen += len(out.Reservations)
			next = ""
			if out.Links.Next != nil {
				u, err := url.Parse(*out.Links.Next)
				if err != nil {
					x.Fatal(err)
				}
				next = u.RequestURI()
			}
		}
		if seen != 2 || next != "" {
			x.Errorf("%d on all pages, then %q", seen, next)
		}
		// A marker is a value, never a piece of the query (CVE-2026-33503).
		if n := len(x.list(x.service, "?marker="+url.QueryEscape("' OR '1'='1"))); n != 5 {
			x.Errorf("%d behind a marker that sorts before all", n)
		}
		for _, bad := range []string{"limit=0", "limit=501", "limit=x", "limit=-1", "limit=1e2", "state=lost", "state=RESERVED"} {
			x.service.Do("GET", claims+"?"+bad, nil).Refused(400, "", bad[:5])
		}
	})
}

func TestMalformedReservations(t *testing.T) {
	each(t, func(x *fixture) {
		const form = `{"reservation":{"request_id":"r","project_id":"e1","region":"RegionOne","items":{"cores":1}}}`
		x.service.Do("POST", claims, form).Want(201)
		for from, tos := range map[string]map[string]string{
			`"request_id":"r"`:     {`"request_id":""`: "'request_id'", `"request_id":7`: "a string", `"x":1`: "'request_id'", `"request_id":"` + strings.Repeat("x", 256) + `"`: "'request_id'"},
			`"project_id":"e1"`:    {`"project_id":""`: "'project_id'", `"x":1`: "'project_id'"},
			`"region":"RegionOne"`: {`"region":"RegionTwo"`: "no region RegionTwo", `"x":1`: "'region'"},
			`"items":{"cores":1}`:  {`"x":1`: "'items'", `"items":{}`: "'items'", `"items":null`: "'items'", `"items":[]`: "'items'", `"items":7`: "'items'"},
			`{"cores":1}`:          {`{"cores":0}`: "more than 0", `{"cores":-1}`: "'cores'", `{"cores":"1"}`: "'cores'", `{"castles":1}`: "no such quota item", `{"apps":1}`: "counted by the platform", `{"router":1,"routers":1}`: "given twice", `{"pods":1}`: "no such quota item"},
			`{"request_id":"r",`:   {`{"request_id":"r","expires_in":0,`: "'expires_in'", `{"request_id":"r","expires_in":86401,`: "'expires_in'", `{"request_id":"r","expires_in":1.5,`: "expires_in", `{"request_id":"r","expires_in":"9",`: "expires_in"},
			`{"reservation":`:      {`{"x":`: "'reservation'"},
		} {
			for to, text := range tos {
				body := strings.Replace(strings.Replace(form, from, to, 1), `"r"`, `"other"`, 1)
				x.service.Do("POST", claims, body).Refused(400, "", text)
			}
		}
		x.service.Do("POST", claims, order("p", "nowhere", "cores", 1)).Refused(404, "", "Could not find project: nowhere.")
		x.service.Do("POST", claims, order("p", "e3", "cores", 1)).Refused(403, "", "The project e3 is disabled.")
		x.client.Do("POST", claims, form).Refused(401, "", "")
		x.balanced(x)
	})
}
