package market_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/manage/market"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func (x *fixture) purchases(c *wiretest.Client, query string) (out market.Purchases) {
	x.Helper()
	c.Do("GET", root+"purchases/groups"+query, nil).Want(200).Decode(&out)
	if out.Purchases == nil || out.Size != len(out.Purchases) {
		x.Errorf("%s: %+v", query, out)
	}
	return out
}

func (x *fixture) apis(c *wiretest.Client, query string) string {
	x.Helper()
	var out market.APIs
	c.Do("GET", root+"purchases/apis"+query, nil).Want(200).Decode(&out)
	if out.APIs == nil || out.Size != len(out.APIs) {
		x.Errorf("%s: %+v", query, out)
	}
	var names []string
	for _, api := range out.APIs {
		names = append(names, api.Name)
	}
	return strings.Join(names, " ")
}

func TestPurchases(t *testing.T) {
	each(t, func(x *fixture) {
		x.sell("g1")
		x.sell("g2")
		first := x.order(x.bob, "g1", 1)
		x.clock.Advance(time.Second)
		second := x.order(x.bob, "g2", 2)
		foreign := x.order(x.carol, "g1", 1)

		for query, want := range map[string]string{
			"":                                second.ID + " " + first.ID,
			"?page_size=1&page_no=2":          first.ID,
			"?id=" + first.ID:                 first.ID,
			"?id=" + foreign.ID:               "",
			"?group_id=g2":                    second.ID,
			"?group_name=WEA":                 first.ID,
			"?group_name=_":                   "",
			"?group_id=g2&group_name=weather": "",
		} {
			var got []string
			for _, p := range x.purchases(x.bob, query).Purchases {
				got = append(got, p.ID)
				if p.GroupDomains != nil || p.AppSecret == "*****" {
					x.Errorf("%+v", p)
				}
			}
			if strings.Join(got, " ") != want {
				x.Errorf("%s: %v, want %s", query, got, want)
			}
		}
		if all := x.purchases(x.admin, ""); all.Total != 3 || all.Purchases[0].AppSecret != "*****" {
			x.Errorf("%+v", all)
		}
		if mine := x.purchases(x.reader, "?id="+first.ID).Purchases[0]; mine.AppSecret != "*****" || mine.AppKey != first.AppKey {
			x.Errorf("%+v", mine)
		}
		if none := x.purchases(x.alice, ""); none.Total != 0 {
			x.Errorf("a provider sees who bought: %+v", none)
		}
		var shown market.Purchase
		x.bob.Do("GET", root+"purchases/groups/"+first.ID, nil).Want(200).Decode(&shown)
		if shown.AppSecret != first.AppSecret || len(shown.GroupDomains) != 2 {
			x.Errorf("%+v", shown)
		}
		x.admin.Do("GET", root+"purchases/groups/"+first.ID, nil).Want(200)
		x.carol.Do("GET", root+"purchases/groups/"+first.ID, nil).Refused(403, "APIG.1111")
		x.carol.Do("DELETE", root+"purchases/groups/"+first.ID, nil).Refused(403, "APIG.1111")
		x.reader.Do("DELETE", root+"purchases/groups/"+first.ID, nil).Refused(403, "APIC.7110")
		x.bob.Do("GET", root+"purchases/groups/nothing", nil).Refused(404, "APIG.3014")
		unknown := strings.Repeat("0", 32)
		x.bob.Do("DELETE", root+"purchases/groups/"+unknown, nil).Refused(404, "APIG.3014", "id:"+unknown)
	})
}

// TestPurchasedAPIs: all that RELEASE serves of what was ordered, while the
// order lasts.
func TestPurchasedAPIs(t *testing.T) {
	each(t, func(x *fixture) {
		x.sell("g1")
		x.sell("g2")
		x.order(x.carol, "g2", 1)
		p := x.order(x.bob, "g1", 1)
		for query, want := range map[string]string{
			"":                                "Rain Sun Wind",
			"?api_id=api1":                    "Rain",
			"?api_id=other":                   "",
			"?api_name=IN":                    "Rain Wind",
			"?group_id=g2":                    "",
			"?group_name=weather&page_size=1": "Rain",
		} {
			if got := x.apis(x.bob, query); got != want {
				x.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		var out market.APIs
		x.bob.Do("GET", root+"purchases/apis?api_id=api1", nil).Want(200).Decode(&out)
		if want := (market.API{ID: "api1", Name: "Rain", PurchaseID: p.ID, Remark: "about rain", ReqURI: "/rain"}); out.APIs[0] != want {
			x.Errorf("%+v, want %+v", out.APIs[0], want)
		}
		if got := x.apis(x.carol, ""); got != "" {
			x.Errorf("of a group without APIs: %s", got)
		}
		if got := x.apis(x.admin, ""); got != "Rain Sun Wind" {
			x.Errorf("of all projects: %s", got)
		}
		x.at(time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC))
		if got := x.apis(x.bob, ""); got != "" {
			x.Errorf("after the order: %s", got)
		}
	})
}

// TestExpiry: an order ends with its grants, and is kept; what others granted
// its app stays, and the group can be ordered again.
func TestExpiry(t *testing.T) {
	each(t, func(x *fixture) {
		x.sell("g1")
		p := x.order(x.bob, "g1", 1)
		app := x.text(`SELECT app_id FROM purchases WHERE id = $1`, p.ID)
		x.exec(`INSERT INTO grants VALUES ('gift', $1, 'other', 'e1', 'p1', 'PROVIDER', 0)`, app)
		x.alice.Do("DELETE", root+"api-groups/g1/listing", nil).Want(204)
		expire := func() {
			x.Helper()
			x.touch = nil
			if err := x.area.Expire(x.Context()); err != nil {
				x.Fatal(err)
			}
		}
		grants := func(want int) {
			x.Helper()
			if n := x.number(`SELECT COUNT(*) FROM grants WHERE app_id = $1`, app); n != want {
				x.Errorf("%d grants, want %d", n, want)
			}
		}
		x.at(time.Date(2026, 2, 28, 11, 59, 59, 0, time.UTC))
		expire()
		grants(3) // withdrawn, and not expired yet
		x.clock.Advance(time.Second)
		expire()
		grants(1)
		if n := x.touched("grant", ""); n != 2 {
			x.Errorf("touched %v", x.touch)
		}
		expire()
		if x.touch != nil {
			x.Errorf("ended twice: %v", x.touch)
		}
		old := x.purchases(x.bob, "").Purchases[0]
		if old.ID != p.ID || old.QuotaLeft != 0 || old.AppKey != p.AppKey {
			x.Errorf("%+v", old)
		}
		x.sell("g1")
		if again := x.order(x.bob, "g1", 1); again.AppKey == p.AppKey || x.purchases(x.bob, "").Total != 2 {
			x.Errorf("%+v", again)
		}
	})
}

// TestEnd: an order goes with its app and all that hangs on it.
func TestEnd(t *testing.T) {
	each(t, func(x *fixture) {
		x.sell("g1")
		p := x.order(x.bob, "g1", 1)
		app := x.text(`SELECT app_id FROM purchases WHERE id = $1`, p.ID)
		x.exec(`INSERT INTO app_codes VALUES ('code', $1)`, app)
		x.exec(`INSERT INTO grants VALUES ('gift', $1, 'other', 'e1', 'p1', 'PROVIDER', 0)`, app)
		x.bob.Do("DELETE", root+"purchases/groups/"+p.ID, nil).Want(204)
		if x.touched("app", app) != 1 || x.touched("order", p.ID) != 1 || x.touched("grant", "gift") != 3 {
			x.Errorf("touched %v", x.touch)
		}
		if n := x.number(`SELECT (SELECT COUNT(*) FROM apps) + (SELECT COUNT(*) FROM app_codes) + (SELECT COUNT(*) FROM grants) + (SELECT COUNT(*) FROM purchases)`); n != 0 {
			x.Errorf("%d rows are left", n)
		}
		if gone, err := x.area.Contribute(x.Context(), x.db, p.ID); gone != nil || err != nil {
			x.Errorf("%v, %v", gone, err)
		}
		x.bob.Do("DELETE", root+"purchases/groups/"+p.ID, nil).Refused(404, "APIG.3014")
		x.order(x.bob, "g1", 1)
	})
}
