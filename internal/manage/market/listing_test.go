package market_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/manage/market"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// TestSale walks a group through all that can become of an offer.
func TestSale(t *testing.T) {
	each(t, func(x *fixture) {
		listing := root + "api-groups/g1/listing"
		status := func(want int) {
			x.Helper()
			if got := x.number(`SELECT on_sell_status FROM groups WHERE id = 'g1'`); got != want {
				x.Errorf("on_sell_status is %d, want %d", got, want)
			}
			if x.touch != nil {
				x.Errorf("touched %v, although gateways know nothing of sales", x.touch)
			}
		}
		approve := func(yes bool) map[string]any { return map[string]any{"approve": yes} }
		var got market.Listing

		x.admin.Do("PUT", listing, approve(true)).Refused(404, "APIG.3016", "id:g1")
		x.alice.Do("DELETE", listing, nil).Refused(404, "APIG.3016", "id:g1")
		x.alice.Do("POST", listing, nil).Want(201).Decode(&got)
		if got.ID != "g1" || got.Name != "Weather" || got.Remark != "about weather" || got.OnSellStatus != 3 ||
			got.SubmitTime.String() != "2026-01-31T12:00:00Z" || got.SellTime != nil || got.APINum != 3 {
			x.Errorf("%+v", got)
		}
		status(3)
		x.alice.Do("POST", listing, nil).Refused(400, "APIG.3309")

		x.admin.Do("PUT", listing, approve(false)).Want(200)
		status(2)
		x.alice.Do("POST", listing, nil).Want(201)
		x.clock.Advance(time.Hour)
		x.admin.Do("PUT", listing, approve(true)).Want(200).Decode(&got)
		if got.OnSellStatus != 1 || got.SellTime == nil || got.SellTime.String() != "2026-01-31T13:00:00Z" {
			x.Errorf("%+v", got)
		}
		status(1)
		x.admin.Do("PUT", listing, approve(true)).Refused(400, "APIG.3309")
		x.admin.Do("PUT", listing, approve(false)).Refused(400, "APIG.3309")
		x.alice.Do("POST", listing, nil).Refused(400, "APIG.3309")

		x.alice.Do("DELETE", listing, nil).Want(204)
		status(2)
		x.alice.Do("POST", listing, nil).Want(201).Decode(&got)
		if got.SellTime == nil {
			x.Error("that it was on sale once is forgotten")
		}
		x.alice.Do("DELETE", listing, nil).Want(204) // while it is under review
		status(2)

		x.exec(`DELETE FROM groups WHERE id = 'g2'`)
		x.exec(`DELETE FROM domains`)
		x.exec(`DELETE FROM apis`)
		x.exec(`DELETE FROM groups`)
		if n := x.number(`SELECT COUNT(*) FROM listings`); n != 0 {
			x.Error("a listing outlives its group")
		}
	})
}

func TestSaleRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		listing := root + "api-groups/g1/listing"
		for _, test := range []struct {
			as           *wiretest.Client
			method, path string
			body         any
			status       int
			code         string
		}{
			{x.bob, "POST", listing, nil, 403, "APIG.1101"},
			{x.bob, "DELETE", listing, nil, 403, "APIG.1101"},
			{x.alice, "PUT", listing, `{"approve":true}`, 403, "APIG.1101"},
			{x.alice, "PUT", root + "api-groups/nothing/listing", `{"approve":true}`, 403, "APIG.1101"},
			{x.reader, "PUT", listing, `{"approve":true}`, 403, "APIC.7110"},
			{x.reader, "POST", listing, nil, 403, "APIC.7110"},
			{x.alice, "POST", root + "api-groups/nothing/listing", nil, 404, "APIG.3001"},
			{x.alice, "DELETE", root + "api-groups/nothing/listing", nil, 404, "APIG.3001"},
			{x.admin, "PUT", root + "api-groups/nothing/listing", `{"approve":true}`, 404, "APIG.3001"},
			{x.admin, "PUT", listing, `{}`, 400, "APIG.2001"},
			{x.admin, "PUT", listing, `{"approve":"yes"}`, 400, "APIG.2011"},
		} {
			test.as.Do(test.method, test.path, test.body).Refused(test.status, test.code)
		}
	})
}

func TestCatalogue(t *testing.T) {
	each(t, func(x *fixture) {
		names := func(c *wiretest.Client, query string) string {
			x.Helper()
			var out market.Catalogue
			c.Do("GET", root+"market/groups"+query, nil).Want(200).Decode(&out)
			var all []string
			for _, g := range out.Groups {
				all = append(all, g.Name)
			}
			if out.Groups == nil || out.Size != len(all) || out.Total < out.Size {
				x.Errorf("%s: %+v", query, out)
			}
			return strings.Join(all, " ")
		}
		check := func(c *wiretest.Client, query, want string) {
			x.Helper()
			if got := names(c, query); got != want {
				x.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		check(x.bob, "", "")
		x.sell("g1")
		x.clock.Advance(time.Second)
		x.sell("g2")
		check(x.bob, "", "Maps Weather")
		check(x.bob, "?name=EATH", "Weather")
		check(x.bob, "?id=g2", "Maps")
		check(x.bob, "?page_size=1&page_no=2", "Weather")
		check(x.bob, "?name=%25", "")
		x.alice.Do("DELETE", root+"api-groups/g1/listing", nil).Want(204)
		x.alice.Do("POST", root+"api-groups/g1/listing", nil).Want(201)
		check(x.bob, "?on_sell_status=1", "Maps")
		check(x.bob, "?on_sell_status=3", "")
		check(x.alice, "?on_sell_status=3", "Weather")
		check(x.admin, "?on_sell_status=3", "Weather")
		x.bob.Do("GET", root+"market/groups?on_sell_status=2", nil).Refused(400, "APIG.2011", "on_sell_status")
		x.bob.Do("GET", root+"market/groups?page_size=501", nil).Refused(400, "APIG.2003", "page_size")
	})
}

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 130, market.Schema()) }
