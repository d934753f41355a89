package market_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/market"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// TestOrder: what an order answers, makes and sends to gateways.
func TestOrder(t *testing.T) {
	each(t, func(x *fixture) {
		x.sell("g1")
		p := x.order(x.bob, "g1", 1)
		if !ids.Valid(p.ID) || !ids.Valid(p.AppKey) || !ids.Valid(p.AppSecret) || p.GroupID != "g1" || p.GroupName != "Weather" ||
			p.GroupRemark != "about weather" || !reflect.DeepEqual(p.GroupDomains, []string{"weather.test", "label1.apigw.test"}) ||
			p.QuotaLeft != 1000 || p.QuotaUsed != 0 || p.OrderTime.String() != "2026-01-31T12:00:00Z" ||
			p.StartTime.String() != "2026-01-31T12:00:00Z" || p.ExpireTime.String() != "2026-02-28T12:00:00Z" {
			x.Errorf("%+v", p)
		}
		app := x.text(`SELECT id FROM apps WHERE app_key = $1 AND project_id = 'p2' AND creator = 'MARKET'`, p.AppKey)
		if x.touched("app", app) != 1 || x.touched("order", p.ID) != 1 || x.touched("grant", "") != 2 {
			x.Errorf("touched %v", x.touch)
		}
		if n := x.number(`SELECT COUNT(*) FROM grants WHERE app_id = $1 AND auth_role = 'CONSUMER' AND env_id = $2 AND project_id = 'p1' AND api_id IN ('api1', 'api2')`, app, releaseEnv); n != 2 {
			x.Errorf("%d grants", n)
		}
		got, err := x.area.Contribute(x.Context(), x.db, p.ID)
		want := definition.Order{ID: p.ID, AppID: app, GroupID: "g1", Calls: 1000, Expires: time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC).Unix()}
		if err != nil || got != want {
			x.Errorf("%+v, %v, want %+v", got, err, want)
		}
		if stored := x.text(`SELECT app_secret FROM apps WHERE id = $1`, app); strings.Contains(stored, p.AppSecret) {
			x.Error("the secret is stored in the clear")
		}
	})
}

func TestOrderRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		order := func(as *wiretest.Client, body any, status int, code string, text ...string) {
			x.Helper()
			as.Do("POST", root+"purchases", body).Refused(status, code, text...)
		}
		order(x.bob, wanted("nothing", 1, 1), 404, "APIG.3001", "API group nothing does not exist")
		order(x.alice, wanted("g1", 1, 1), 400, "APIG.1119")
		order(x.bob, wanted("g1", 1, 1), 403, "APIG.1101")
		x.alice.Do("POST", root+"api-groups/g1/listing", nil).Want(201)
		order(x.bob, wanted("g1", 1, 1), 403, "APIG.1101")
		x.admin.Do("PUT", root+"api-groups/g1/listing", `{"approve":true}`).Want(200)
		order(x.alice, wanted("g1", 1, 1), 400, "APIG.1119")
		order(x.reader, wanted("g1", 1, 1), 403, "APIC.7110")

		order(x.bob, map[string]any{"calls": 1, "period": 1}, 400, "APIG.2001", "group_id")
		order(x.bob, map[string]any{"group_id": "g1", "period": 1}, 400, "APIG.2001", "calls")
		order(x.bob, map[string]any{"group_id": "g1", "calls": 1}, 400, "APIG.2001", "period")
		order(x.bob, wanted("g1", 0, 1), 400, "APIG.2002", "calls")
		order(x.bob, wanted("g1", 1_000_000_000_001, 1), 400, "APIG.2003", "calls")
		order(x.bob, wanted("g1", 1, 0), 400, "APIG.2002", "period")
		order(x.bob, wanted("g1", 1, 121), 400, "APIG.2003", "period")
		order(x.bob, map[string]any{"group_id": "g1", "calls": 1, "period": 3651, "period_unit": "day"}, 400, "APIG.2003", "period")
		order(x.bob, map[string]any{"group_id": "g1", "calls": 1, "period": 1, "period_unit": "YEAR"}, 400, "APIG.2011", "period_unit")
		order(x.bob, map[string]any{"group_id": "g1", "calls": "many", "period": 1}, 400, "APIG.2011", "calls")

		x.exec(`UPDATE identity_projects SET enabled = 0 WHERE id = 'p1'`)
		order(x.bob, wanted("g1", 1, 1), 403, "APIG.3412")
		x.exec(`UPDATE identity_projects SET enabled = 1 WHERE id = 'p1'`)
		x.order(x.bob, "g1", 1)
		order(x.bob, wanted("g1", 1, 1), 400, "APIG.3304")
		x.order(x.carol, "g1", 1) // another project's
		x.alice.Do("DELETE", root+"api-groups/g1/listing", nil).Want(204)
		order(x.bob, wanted("g1", 1, 1), 403, "APIG.3420")
		x.alice.Do("POST", root+"api-groups/g1/listing", nil).Want(201)
		order(x.bob, wanted("g1", 1, 1), 403, "APIG.3420") // not again yet

		if n := x.number(`SELECT COUNT(*) FROM apps`); n != 2 {
			x.Errorf("%d apps, so a refused order left one", n)
		}
		x.sell("g2")
		for i := range apps - 1 {
			x.exec(`INSERT INTO apps VALUES ($1, 'p2', $1, '', 1, $1, '', 'USER', 'apig', 0, 0)`, "filler"+string(rune('a'+i)))
		}
		order(x.bob, wanted("g2", 1, 1), 403, "APIG.3103")
	})
}

func TestPeriods(t *testing.T) {
	each(t, func(x *fixture) {
		x.sell("g1")
		for _, test := range []struct {
			start, unit string
			period      int
			end         string
		}{
			{"2026-01-31T12:00:00Z", "month", 1, "2026-02-28T12:00:00Z"},
			{"2026-03-31T12:00:00Z", "Month", 1, "2026-04-30T12:00:00Z"},
			{"2026-08-30T12:00:00Z", "MONTH", 18, "2028-02-29T12:00:00Z"},
			{"2028-02-29T23:59:59Z", "", 120, "2038-02-28T23:59:59Z"},
			{"2038-02-28T23:59:59Z", "DAY", 1, "2038-03-01T23:59:59Z"},
		} {
			at, err := time.Parse(time.RFC3339, test.start)
			if err != nil {
				x.Fatal(err)
			}
			x.at(at)
			body := wanted("g1", 1, test.period)
			body["period_unit"] = test.unit
			var p market.Purchase
			x.bob.Do("POST", root+"purchases", body).Want(201).Decode(&p)
			if p.ExpireTime.String() != test.end {
				x.Errorf("%d %s from %s end at %s, want %s", test.period, test.unit, test.start, p.ExpireTime, test.end)
			}
			x.bob.Do("DELETE", root+"purchases/groups/"+p.ID, nil).Want(204)
		}
	})
}
