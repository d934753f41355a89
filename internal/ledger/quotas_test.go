package ledger_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/ledger"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func (x *fixture) show(path string) figures {
	x.Helper()
	return x.figures(x.admin.Do("GET", path, nil))
}

// TestLimits: a department gets what the cloud has less what others have, and
// gives no more than it got.
func TestLimits(t *testing.T) {
	each(t, func(x *fixture) {
		x.domain("default", "cores", 100, "ram", 10.5).Want(200)
		x.domain("east", "cores", 60).Want(200)
		west := x.show(domains + "west")
		x.equal("west", west["limits"], map[string]float64{"cores": 40, "ram": 10.5, "port": -1, "apps": -1})
		x.equal("west", west["quotas"], map[string]float64{"cores": -1, "ram": -1})
		x.domain("west", "cores", 41).Refused(409, "", "at most 40")
		x.domain("west", "cores", 40, "ram", 0.000001).Want(200)
		x.domain("default", "cores", 99).Refused(409, "", "100 was given on")
		x.project("e1", "cores", 50).Want(200)
		x.project("e2", "cores", 10.000001).Refused(409, "", "at most 10 ")
		x.project("e2", "cores", 10, "ram", 11).Refused(409, "", "ram")
		if got := x.show(project + "e2"); got["quotas"]["cores"] != -1 {
			x.Errorf("half an edit was kept: %v", got["quotas"]["cores"])
		}
		x.domain("east", "cores", 49).Refused(409, "", "50 was given on")
		x.equal("east", x.show(domains + "east")["usage"], map[string]float64{"cores": 50, "ram": 0})
		// Without a quota of its own a department counts with what it gave on.
		x.domain("east", "cores", -1).Want(200)
		x.equal("west", x.show(domains + "west")["limits"], map[string]float64{"cores": 50})
		x.equal("default", x.show(domains + "default")["usage"], map[string]float64{"cores": 90})
		// The default department's projects take from the cloud itself.
		x.project("d1", "cores", 11).Refused(409, "", "at most 10 ")
		x.project("d1", "cores", 10).Want(200)
		x.equal("e2", x.show(project + "e2")["limits"], map[string]float64{"cores": 0})
	})
}

// TestBelowUse: nobody gets less than it has.
func TestBelowUse(t *testing.T) {
	each(t, func(x *fixture) {
		x.reserve("r", "e1", object{"cores": 4})
		x.own("apps", "e1", "a1", "a2")
		for _, r := range []*wiretest.Response{
			x.domain("default", "cores", 3), x.domain("east", "cores", 3), x.project("e1", "cores", 3),
			x.domain("default", "apps", 1), x.domain("east", "apps", 1), x.project("e1", "apps", 1),
		} {
			r.Refused(409, "", "is in use")
		}
		x.domain("west", "cores", 3, "apps", 1).Want(200)
		x.domain("east", "cores", 4, "apps", 2).Want(200)
		x.equal("e1", x.show(project + "e1")["usage"], map[string]float64{"cores": 4, "apps": 2, "apis": 0})
	})
}

// TestRoom: the platform's own items are held under the quotas of department
// and cloud, in the words of the area.
func TestRoom(t *testing.T) {
	each(t, func(x *fixture) {
		full := &wire.Error{Code: "APIG.3103", Status: 403, Message: "Full."}
		room := func(projectID string, count int, text string) {
			x.Helper()
			err := x.book.Room(x.Context(), x.db, projectID, quota.Apps, count, full)
			if text == "" && err != nil || text != "" && (!errors.Is(err, full) || !strings.Contains(err.Error(), text)) {
				x.Errorf("%s with %d apps: %v, want %q", projectID, count, err, text)
			}
		}
		room("e1", 11, "")
		room("e1", 12, "Full.")
		x.own("apps", "e1", "1", "2")
		x.own("apps", "e2", "3")
		x.own("apps", "w1", "4")
		x.domain("east", "apps", 4).Want(200)
		room("e1", 2, "")
		room("w1", 1, "")
		x.own("apps", "e2", "5")
		room("e1", 2, "the quota of the department is used up")
		room("w1", 1, "")
		x.domain("default", "apps", 5).Want(200)
		room("w1", 1, "the quota of the cloud is used up")
		room("d1", 0, "the quota of the cloud is used up")
		x.domain("default", "apps", -1).Want(200)
		room("d1", 0, "")
		// What one thing holds has no quota above.
		if err := x.book.Room(x.Context(), x.db, "e1", quota.AppCodes, 4, full); err != nil {
			x.Error(err)
		}
		// A number for a project fits into its department's, whoever sets it.
		x.project("e1", "apps", 5).Refused(409, "", "at most 4")
		x.project("e1", "apps", 3).Want(200)
		room("e1", 3, "Full.")
		x.project("e2", "apps", 2).Refused(409, "", "at most 1")
		x.project("e1", "apps", -1).Want(200) // as configured again
		x.equal("e1", x.show(project + "e1")["quotas"], map[string]float64{"apps": 12})
	})
}

// TestOwned: a project says what it owns before it can be deleted.
func TestOwned(t *testing.T) {
	each(t, func(x *fixture) {
		x.own("groups", "e1", "g1")
		x.own("throttles", "e1", "t1", "t2")
		x.own("apps", "e2", "a1")
		x.reserve("r", "e1", object{"cores": 2.5})
		for id, want := range map[string][]string{
			"e1": {"1 API group", "2 throttling policies", "2.5 of the quota of cores"}, "e2": {"1 app"}, "w1": nil,
		} {
			if got, err := ledger.Owned(x.Context(), x.db, id); err != nil || !slices.Equal(got, want) {
				x.Errorf("%s owns %q, want %q; %v", id, got, want, err)
			}
		}
	})
}

func TestNames(t *testing.T) {
	each(t, func(x *fixture) {
		got := x.figures(x.domain("east", "networks", 1, "subnets", 2, "security_group_rules", 3, "routers", 4, "ports", 5, "security_groups", 6, "floatingips", 7, "loadbalancers", 8))
		x.equal("plural", got["quotas"], map[string]float64{
			"network": 1, "subnet": 2, "security_group_rule": 3, "router": 4, "port": 5, "security_group": 6, "floatingip": 7, "loadbalancer": 8,
		})
		for item := range got["quotas"] {
			if slices.Contains([]string{"networks", "subnets", "routers", "ports"}, item) {
				x.Errorf("the answer has %s", item)
			}
		}
		for _, item := range []string{"volumes_ssd", "gigabytes_ssd", "snapshots_ssd", "pods", "cpu"} {
			x.domain("east", item, 1).Refused(400, "", "no such quota item")
		}
		x.products("ssd")
		got = x.figures(x.domain("east", "volumes_ssd", 1, "gigabytes_ssd", 1.5, "snapshots_ssd", 2, "pods", 3, "cpu", 0.25))
		x.equal("types and products", got["quotas"], map[string]float64{"volumes_ssd": 1, "gigabytes_ssd": 1.5, "snapshots_ssd": 2, "pods": 3, "cpu": 0.25})
		x.domain("east", "network", 1, "networks", 1).Refused(400, "", "given twice")
	})
}

func TestTypesAndProducts(t *testing.T) {
	each(t, func(x *fixture) {
		const types = "/v3/quota_volume_types"
		named := func(name any) object { return object{"volume_type": object{"name": name}} }
		x.products("ssd", "HDD-2_x")
		x.admin.Do("POST", types, named("SSD")).Refused(409, "", "Duplicate entry found with name SSD")
		for _, bad := range []any{"", "-a", "a b", "ä", "a/b", "a.b", strings.Repeat("x", 65)} {
			x.admin.Do("POST", types, named(bad)).Refused(400, "", "'name'")
		}
		x.admin.Do("POST", types, `{}`).Refused(400, "", "'volume_type'")
		x.admin.Do("POST", types, named(7)).Refused(400, "", "a string")
		var list struct {
			VolumeTypes []struct{ Name string } `json:"volume_types"`
		}
		x.admin.Do("GET", types, nil).Want(200).Decode(&list)
		if len(list.VolumeTypes) != 2 || list.VolumeTypes[0].Name != "HDD-2_x" {
			x.Errorf("%+v", list)
		}
		x.domain("east", "volumes_ssd", 7).Want(200)
		id := x.reserve("r", "e1", object{"volumes_ssd": 1, "pods": 2})
		x.admin.Do("DELETE", types+"/ssd", nil).Refused(409, "", "in use")
		x.admin.Do("PATCH", "/v3/quota_products/containers", object{"product": object{"enabled": false}}).Refused(409, "", "in use")
		x.service.Do("POST", claims+"/"+id+"/release", nil).Want(200)
		x.admin.Do("DELETE", types+"/ssd", nil).Want(204)
		x.admin.Do("DELETE", types+"/ssd", nil).Refused(404, "", "Could not find volume type: ssd.")
		x.products("ssd") // its numbers went with it
		x.equal("east", x.show(domains + "east")["quotas"], map[string]float64{"volumes_ssd": -1})

		x.admin.Do("PATCH", "/v3/quota_products/containers", object{"product": object{"enabled": false}}).Want(200)
		if _, there := x.show(domains + "east")["quotas"]["pods"]; there {
			x.Error("pods are there without their product")
		}
		x.admin.Do("GET", "/v3/quota_products/castles", nil).Refused(404, "", "Could not find product: castles.")
		for body, text := range map[string]string{`{}`: "'product'", `{"product":{}}`: "'enabled'", `{"product":{"enabled":"FALSE"}}`: "true or false"} {
			x.admin.Do("PATCH", "/v3/quota_products/containers", body).Refused(400, "", text)
		}
	})
}

// TestWhoMay: what is out of reach is not found, what the rule forbids is
// forbidden, and a department comes from the token alone (CVE-2019-19687).
func TestWhoMay(t *testing.T) {
	each(t, func(x *fixture) {
		edit, gift := object{"domain": numbers("cores", 1)}, object{"project": numbers("cores", 1)}
		elsewhere := x.client.As("user=w;scope_domain=west;roles=manager")
		nothing := x.client.As("user=n")
		for _, c := range []*wiretest.Client{x.manager, x.reader} {
			c.Do("GET", domains+"east", nil).Want(200)
			c.Do("GET", project+"e1", nil).Want(200)
			c.Do("GET", domains+"west", nil).Refused(404, "", "Could not find domain: west.")
			c.Do("GET", domains+"nowhere", nil).Refused(404, "", "Could not find domain: nowhere.")
			c.Do("GET", project+"w1", nil).Refused(404, "", "Could not find project: w1.")
			c.Do("PATCH", domains+"east", edit).Refused(403, "", "quota:update_domain_quotas")
			c.Do("PATCH", domains+"west", edit).Refused(403, "", "quota:update_domain_quotas")
			c.Do("GET", "/v3/domain_usage", nil).Refused(403, "", "quota:get_domain_usage")
			c.Do("POST", claims, order("r", "e1", "cores", 1)).Refused(403, "", "quota:create_reservation")
		}
		x.manager.Do("PATCH", project+"e1", gift).Want(200)
		x.reader.Do("PATCH", project+"e1", gift).Refused(403, "", "quota:update_project_quotas")
		elsewhere.Do("PATCH", project+"e1", gift).Refused(404, "", "Could not find project: e1.")
		x.member.Do("GET", project+"e1", nil).Want(200)
		x.member.Do("GET", project+"e2", nil).Refused(404, "", "Could not find project: e2.")
		x.member.Do("PATCH", project+"e1", gift).Refused(403, "", "")
		x.member.Do("GET", domains+"east", nil).Refused(403, "", "")
		nothing.Do("GET", project+"e1", nil).Refused(404, "", "Could not find project: e1.")
		// "manager" on a project means member, and "service" on a department nothing.
		x.client.As("user=m;project=e1;roles=manager").Do("PATCH", project+"e1", gift).Refused(403, "", "")
		x.client.As("user=m;scope_domain=east;roles=service").Do("GET", claims, nil).Refused(403, "", "quota:list_reservations")
		x.admin.Do("PATCH", domains+"nowhere", edit).Refused(404, "", "Could not find domain: nowhere.")
		x.admin.Do("PATCH", project+"nowhere", gift).Refused(404, "", "Could not find project: nowhere.")
	})
}

func TestMalformedEdits(t *testing.T) {
	each(t, func(x *fixture) {
		for body, text := range map[string]string{
			`{}`:           "'domain'",
			`{"domain":1}`: "an object", `{"domain":{}}`: "'region'", `{"domain":{"region":1}}`: "'region'", `{"domain":{"region":""}}`: "'region'",
			`{"domain":{"region":"RegionTwo"}}`:                                 "no region RegionTwo",
			`{"domain":{"region":"RegionOne","cores":"10"}}`:                    "'cores'",
			`{"domain":{"region":"RegionOne","cores":null}}`:                    "'cores'",
			`{"domain":{"region":"RegionOne","cores":true}}`:                    "'cores'",
			`{"domain":{"region":"RegionOne","cores":[1]}}`:                     "'cores'",
			`{"domain":{"region":"RegionOne","cores":-2}}`:                      "'cores'",
			`{"domain":{"region":"RegionOne","cores":-1.5}}`:                    "'cores'",
			`{"domain":{"region":"RegionOne","cores":-0}}`:                      "'cores'",
			`{"domain":{"region":"RegionOne","cores":NaN}}`:                     "not valid JSON",
			`{"domain":{"region":"RegionOne","cores":1e999999999}}`:             "'cores'",
			`{"domain":{"region":"RegionOne","cores":1e2}}`:                     "without an exponent",
			`{"domain":{"region":"RegionOne","cores":0.0000001}}`:               "6 decimals",
			`{"domain":{"region":"RegionOne","cores":1000000000.1}}`:            "'cores'",
			`{"domain":{"region":"RegionOne","cores":99999999999999999999999}}`: "'cores'",
			`{"domain":{"region":"RegionOne","castles":1}}`:                     "no such quota item",
			`{"domain":{"region":"RegionOne","apps":1.5}}`:                      "a whole number",
			`{"domain":{"region":"RegionOne","apps":1000001}}`:                  "a whole number",
			`{"domain":{"region":"RegionOne","cores":1,"Cores":2}}`:             "twice",
		} {
			x.admin.Do("PATCH", domains+"east", body).Refused(400, "", text)
		}
		x.admin.Do("PATCH", project+"e1", `{}`).Refused(400, "", "'project'")
		x.admin.Do("PATCH", domains+"east", `{"domain":{"region":"RegionOne"}}`).Want(200)
		var accounts int
		if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM quota_accounts`).Scan(&accounts); err != nil || accounts != 0 {
			x.Errorf("refused edits left %d accounts; %v", accounts, err)
		}
		// Numbers come back with as few digits as they have.
		body := string(x.domain("east", "cores", 156.5, "ram", 60).Want(200).Body)
		for _, want := range []string{`"cores":156.5`, `"ram":60,`} {
			if !strings.Contains(body, want) {
				x.Errorf("%s is missing in %s", want, body)
			}
		}
	})
}

// TestRegions: an operator's regions have quotas of their own, for what other
// services keep there; the platform itself is in one.
func TestRegions(t *testing.T) {
	each(t, func(x *fixture) {
		edit := object{"domain": object{"region": "RegionTwo", "cores": 5}}
		x.admin.Do("PATCH", domains+"east", edit).Refused(400, "", "no region RegionTwo. The regions are RegionOne.")
		exec(x, x.db, `INSERT INTO identity_regions (id, description, parent_id, create_time) VALUES ('RegionTwo', '', '', 0)`)
		x.admin.Do("PATCH", domains+"east", edit).Want(200)
		x.domain("east", "cores", 7).Want(200)
		var body struct{ Domain map[string]figures }
		x.manager.Do("GET", domains+"east", nil).Want(200).Decode(&body)
		x.equal("one", body.Domain["RegionOne"]["quotas"], map[string]float64{"cores": 7, "apps": -1})
		x.equal("two", body.Domain["RegionTwo"]["quotas"], map[string]float64{"cores": 5})
		if _, there := body.Domain["RegionTwo"]["quotas"]["apps"]; there || len(body.Domain) != 2 {
			x.Errorf("the platform keeps apps in RegionTwo: %v", body.Domain)
		}
		x.admin.Do("PATCH", domains+"east", object{"domain": object{"region": "RegionTwo", "apps": 5}}).Refused(400, "", "no such quota item")
		o := order("1", "e1", "cores", 6)
		o["reservation"].(object)["region"] = "RegionTwo"
		x.service.Do("POST", claims, o).Refused(409, "", "5 is left")
		x.reserve("2", "e1", object{"cores": 7})
		x.equal("e1 in one", x.show(project + "e1")["usage"], map[string]float64{"cores": 7})
	})
}
