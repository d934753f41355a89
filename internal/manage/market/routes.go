package market

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the area's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// Deps are what the area needs.
type Deps struct {
	DB     *store.DB
	IDs    *ids.Source
	Clock  clock.Clock
	Quotas entitlement.Book
	Sealer *secret.Sealer
	// Domain is the gateway domain, under which groups have their sub-domains.
	Domain string
	// Calls are those of orders that are not stored yet; nil: nobody counts.
	Calls *statistics.Orders
}

// Area serves the marketplace.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents: reference 4.12.1 to 4.12.3, then what
// makes it live, which is ours.
func (a *Area) Routes() []wire.Route {
	listed := []*wire.Error{apig.E2002, apig.E2003, apig.E2011}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/purchases/groups", Action: "apigw:purchases:list",
			Summary: "List the API groups that were ordered, the newest order first.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "id", Type: "string", Doc: "Order id."},
				{Name: "group_id", Type: "string", Doc: "Group id."},
				{Name: "group_name", Type: "string", Doc: "Part of the group's name, ignoring case."},
			}, paging...),
			Errors: listed,
			Handle: wire.Get(a.purchases),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/purchases/groups/{purchase_id}", Action: "apigw:purchases:show",
			Summary: "Show an order with the domains under which its APIs are called.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3014, apig.E1111},
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/purchases/apis", Action: "apigw:purchases:list_apis",
			Summary: "List the APIs of the groups that were ordered and have not expired.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "api_id", Type: "string", Doc: "API id."},
				{Name: "api_name", Type: "string", Doc: "Part of the API's name, ignoring case."},
				{Name: "group_id", Type: "string", Doc: "Group id."},
				{Name: "group_name", Type: "string", Doc: "Part of the group's name, ignoring case."},
			}, paging...),
			Errors: listed,
			Handle: wire.Get(a.purchasedAPIs),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/purchases", Action: "apigw:purchases:create",
			Summary: "Order an API group for some time and a number of calls; it makes an app.",
			Access:  wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{
				apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3001, apig.E1101, apig.E1119,
				apig.E3420, apig.E3412, apig.E3304, apig.E3103,
			},
			Handle: wire.Body[Order, *Purchase](a.order),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/purchases/groups/{purchase_id}", Action: "apigw:purchases:delete",
			Summary: "End an order with its app; calls are refused at once.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3014, apig.E1111},
			Handle: wire.Done(a.end),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/market/groups", Action: "apigw:listings:list",
			Summary: "List the API groups that can be ordered, whoever offers them.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "id", Type: "string", Doc: "Group id."},
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case."},
				{Name: "on_sell_status", Type: "integer", Doc: "1 on sale, the default; 3 under review: the own ones, for administrators all."},
			}, paging...),
			Errors: listed,
			Handle: wire.Get(a.catalogue),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/api-groups/{id}/listing", Action: "apigw:listings:create",
			Summary: "Offer an API group for sale; an administrator decides.", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{apig.E3001, apig.E1101, apig.E3309},
			Handle: wire.Get(a.submit),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/api-groups/{id}/listing", Action: "apigw:listings:decide",
			Summary: "Approve or refuse the sale of an API group; for administrators.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E2001, apig.E2011, apig.E3001, apig.E1101, apig.E3016, apig.E3309},
			Handle: wire.Body[Decision, *Listing](a.decide),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/api-groups/{id}/listing", Action: "apigw:listings:delete",
			Summary: "Withdraw an API group from sale; orders stay until they expire.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3001, apig.E1101, apig.E3016},
			Handle: wire.Done(a.withdraw),
		},
	}
}

var paging = []wire.Param{
	{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
	{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
}
