package channels

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the area's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// maxBody holds 1000 members with the longest names and hosts.
const maxBody = 1 << 20

// Deps are what the area needs.
type Deps struct {
	DB     *store.DB
	IDs    *ids.Source
	Clock  clock.Clock
	Quotas entitlement.Book
	// Well reports whether a member of a channel takes calls, or with an empty
	// memberID whether one of the channel's members does. known is false for what
	// the gateway has not heard of. It must not block; nil knows nothing.
	Well func(channelID, memberID string) (well, known bool)
	// Targets judges the hosts of members for warnings; nil: none are made.
	Targets *dial.Rules
}

// Area serves VPC channels.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (reference 4.17.2 to 4.17.9).
func (a *Area) Routes() []wire.Route {
	members := []*wire.Error{
		apig.E2001, apig.E2002, apig.E2003, apig.E2006, apig.E2011, apig.E2015, apig.E3092, apig.E3110, apig.E3306,
	}
	fields := append([]*wire.Error{apig.E2004, apig.E2005, apig.E2025, apig.E3208}, members...)
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/vpc-channels", Action: "apigw:vpc_channels:create",
			Summary: "Create a VPC channel, with members or without.", Access: wire.Project, Status: http.StatusCreated,
			Errors: append([]*wire.Error{apig.E1120, apig.E3109}, fields...),
			Handle: wire.Body[Input, *Channel](a.create), MaxBody: maxBody,
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/vpc-channels/{id}", Action: "apigw:vpc_channels:update",
			Summary: "Replace a VPC channel, its health check and its members.", Access: wire.Project, Status: http.StatusOK,
			Errors: append([]*wire.Error{apig.E3023, apig.E1113, apig.E3471}, fields...),
			Handle: wire.Body[Input, *Channel](a.update), MaxBody: maxBody,
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/vpc-channels/{id}", Action: "apigw:vpc_channels:delete",
			Summary: "Delete a VPC channel that no API names, with its members.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3023, apig.E1113, apig.E3414},
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/vpc-channels/{id}", Action: "apigw:vpc_channels:show",
			Summary: "Show a VPC channel with its health check and its members.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3023, apig.E1113},
			Handle: wire.Get[*Details](a.show),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/vpc-channels", Action: "apigw:vpc_channels:list",
			Summary: "List VPC channels, the newest first; administrators see those of all projects.",
			Access:  wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "id", Type: "string", Doc: "Channel id."},
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=name."},
				{Name: "vpc_type", Type: "integer", Doc: "Channel type; all channels have type 2."},
				{Name: "precise_search", Type: "string", Doc: "name: compare the whole name."},
			}, paging()...),
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get[*List](a.list),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/vpc-channels/{id}/members", Action: "apigw:vpc_channels:add_members",
			Summary: "Add members to a VPC channel; the answer lists all of them.", Access: wire.Project, Status: http.StatusCreated,
			Errors: append([]*wire.Error{apig.E3023, apig.E1113}, members...),
			Handle: wire.Body[MembersInput, *Members](a.addMembers), MaxBody: maxBody,
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/vpc-channels/{id}/members/{inst_id}", Action: "apigw:vpc_channels:remove_member",
			Summary: "Remove a member, named by its own id or by its instance id.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3023, apig.E3024, apig.E1113},
			Handle: wire.Done(a.removeMember),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/vpc-channels/{id}/members", Action: "apigw:vpc_channels:list_members",
			Summary: "List the members of a VPC channel, the newest first.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "name", Type: "string", Doc: "Part of the member's name, ignoring case."},
			}, paging()...),
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011, apig.E3023, apig.E1113},
			Handle: wire.Get[*Members](a.listMembers),
		},
	}
}

func paging() []wire.Param {
	return []wire.Param{
		{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
		{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
	}
}
