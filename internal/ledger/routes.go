package ledger

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Deps is what the area works with.
type Deps struct {
	DB     *store.DB
	IDs    *ids.Source
	Clock  clock.Clock
	Book   entitlement.Book
	Region string
	Site   keystone.Site
}

// Area is the open ledger. It is safe for concurrent use.
type Area struct {
	Deps
	claims *combiner
	memory memory
	tidied string // id up to which Tidy has looked
}

// New returns the area. Close it before the database.
func New(d Deps) *Area {
	a := &Area{Deps: d}
	a.claims = &combiner{run: a.settle}
	return a
}

// Close refuses the claims that wait and lets the batch under way end.
func (a *Area) Close() error {
	a.claims.close()
	return nil
}

// Routes is the table of contents of the area: the reference's three operations
// (EOS 6.1.1, 1.3), then what it leaves to the administrator's screen, then
// what other services need.
func (a *Area) Routes() []wire.Route {
	return append(a.quotaRoutes(), append(a.itemRoutes(), a.reservationRoutes()...)...)
}

func (a *Area) quotaRoutes() []wire.Route {
	domain := keystone.NotFound("domain", "<id>")
	project := keystone.NotFound("project", "<id>")
	body, taken := badRequest("<reason>"), conflict("<reason>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/domain_quotas/{domain_id}", Action: "quota:get_domain_quotas", Access: wire.Domain,
			Summary: "Shows the quotas of a department, what it gave to its projects, and the most that can be set. The quotas of the domain default are the cloud's.",
			Errors:  []*wire.Error{domain},
			Handle:  wire.Get(a.showDomain),
		},
		{
			Method: http.MethodPatch, Pattern: "/v3/domain_quotas/{domain_id}", Action: "quota:update_domain_quotas", Access: wire.Admin,
			Summary: "Changes quotas of a department, or of the cloud, in a region.", Status: http.StatusOK,
			Errors: []*wire.Error{domain, body, taken}, MaxBody: 64 << 10,
			Handle: wire.Body(a.editDomain),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/domain_usage", Action: "quota:get_domain_usage", Access: wire.Admin,
			Summary: "Shows the quotas of the cloud, what it gave to departments, and what is really used.",
			Handle:  wire.Get(a.showUsage),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/project_quotas/{project_id}", Action: "quota:get_project_quotas", Access: wire.Authenticated,
			Summary: "Shows the quotas of a project and what it uses: to its department, and to those who work in it.",
			Errors:  []*wire.Error{project},
			Handle:  wire.Get(a.showProject),
		},
		{
			Method: http.MethodPatch, Pattern: "/v3/project_quotas/{project_id}", Action: "quota:update_project_quotas", Access: wire.Domain,
			Summary: "Changes quotas of a project in a region.", Status: http.StatusOK,
			Errors: []*wire.Error{project, body, taken}, MaxBody: 64 << 10,
			Handle: wire.Body(a.editProject),
		},
	}
}

func (a *Area) itemRoutes() []wire.Route {
	kind := keystone.NotFound("volume type", "<name>")
	product := keystone.NotFound("product", "<name>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/quota_volume_types", Action: "quota:list_volume_types", Access: wire.Admin,
			Summary: "Lists the types of volumes that have quota items.",
			Handle:  wire.Get(a.listTypes),
		},
		{
			Method: http.MethodPost, Pattern: "/v3/quota_volume_types", Action: "quota:create_volume_type", Access: wire.Admin,
			Summary: "Registers a type of volumes, which makes its quota items: volumes_, gigabytes_ and snapshots_ with the name of the type.",
			Status:  http.StatusCreated, Errors: []*wire.Error{badRequest("<reason>"), conflict("<reason>")}, MaxBody: 64 << 10,
			Handle: wire.Body(a.createType),
		},
		{
			Method: http.MethodDelete, Pattern: "/v3/quota_volume_types/{name}", Action: "quota:delete_volume_type", Access: wire.Admin,
			Summary: "Deletes a type of volumes with its quota items, when nothing of them is taken.",
			Errors:  []*wire.Error{kind, conflict("<reason>")},
			Handle:  wire.Done(a.deleteType),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/quota_products/{name}", Action: "quota:get_product", Access: wire.Admin,
			Summary: "Shows whether a product is installed; the one product with quota items of its own is containers.",
			Errors:  []*wire.Error{product},
			Handle:  wire.Get(a.showProduct),
		},
		{
			Method: http.MethodPatch, Pattern: "/v3/quota_products/{name}", Action: "quota:update_product", Access: wire.Admin,
			Summary: "Says that a product is installed, which makes its quota items, or is not.", Status: http.StatusOK,
			Errors: []*wire.Error{product, badRequest("<reason>"), conflict("<reason>")}, MaxBody: 64 << 10,
			Handle: wire.Body(a.editProduct),
		},
	}
}

func (a *Area) reservationRoutes() []wire.Route {
	missing, rule := keystone.NotFound("reservation", "<id>"), keystone.Forbidden("<rule>")
	const path = "/v3/quota_reservations"
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: path, Action: "quota:create_reservation", Access: wire.Authenticated,
			Summary: "Reserves amounts for a project: all of them, or none. For services: needs the role admin, or service on the project in scope.",
			Status:  http.StatusCreated, MaxBody: 64 << 10,
			Errors: []*wire.Error{badRequest("<reason>"), rule, keystone.NotFound("project", "<id>"), conflict("<reason>")},
			Handle: wire.Body(a.createReservation),
		},
		{
			Method: http.MethodGet, Pattern: path, Action: "quota:list_reservations", Access: wire.Authenticated,
			Summary: "Lists a service's own reservations by id; all of them to an administrator.",
			Query: []wire.Param{
				{Name: "project_id", Type: "string", Doc: "Only those for this project."},
				{Name: "request_id", Type: "string", Doc: "Only those with this request id."},
				{Name: "state", Type: "string", Doc: "Only those that are reserved, committed, released or expired."},
				{Name: "limit", Type: "integer", Doc: "1 to 500, default 500."},
				{Name: "marker", Type: "string", Doc: "Id of the last reservation of the page before."},
			},
			Errors: []*wire.Error{badRequest("<reason>"), rule},
			Handle: wire.Get(a.listReservations),
		},
		{
			Method: http.MethodGet, Pattern: path + "/{id}", Action: "quota:get_reservation", Access: wire.Authenticated,
			Summary: "Shows a reservation.", Errors: []*wire.Error{missing, rule},
			Handle: wire.Get(a.showReservation),
		},
		{
			Method: http.MethodPost, Pattern: path + "/{id}/commit", Action: "quota:commit_reservation", Access: wire.Authenticated,
			Summary: "Turns a reservation into usage. Done twice it changes nothing.", Status: http.StatusOK,
			Errors: []*wire.Error{missing, rule, conflict("<reason>")},
			Handle: wire.Get(a.commitReservation),
		},
		{
			Method: http.MethodPost, Pattern: path + "/{id}/release", Action: "quota:release_reservation", Access: wire.Authenticated,
			Summary: "Gives back what a reservation took, committed or not. Done twice it changes nothing.", Status: http.StatusOK,
			Errors: []*wire.Error{missing, rule},
			Handle: wire.Get(a.releaseReservation),
		},
	}
}
