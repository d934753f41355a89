package domains

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
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
	// Domain is the gateway domain, below which groups have their sub-domains.
	Domain string
	// Lookup answers the name to which the CNAME record of a host leads, or the
	// host itself when it has none. Its errors are those of package net.
	Lookup func(ctx context.Context, host string) (cname string, err error)
}

// Area serves domains and certificates.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// maxBody holds a chain and a key of the largest sizes with every line break
// escaped.
const maxBody = 256 << 10

// Routes is the area's table of contents (reference 4.16.2 to 4.16.6).
func (a *Area) Routes() []wire.Route {
	path := []*wire.Error{apig.E3001, apig.E1101, apig.E3020, apig.E3474}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/api-groups/{group_id}/domains", Action: "apigw:domains:create",
			Summary: "Bind a domain to an API group; its APIs are served under it at once.", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{apig.E2001, apig.E2006, apig.E2011, apig.E2024, apig.E3001, apig.E1101, apig.E3108, apig.E3305},
			Handle: wire.Body[Input, *Domain](a.create),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/api-groups/{group_id}/domains/{id}", Action: "apigw:domains:delete",
			Summary: "Unbind a domain, and delete its certificate.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: path,
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/api-groups/{group_id}/domains/{domain_id}/certificate", Action: "apigw:certificates:create",
			Summary: "Bind a certificate to a domain, in place of the one that it may have.", Access: wire.Project, Status: http.StatusCreated,
			MaxBody: maxBody,
			Errors: append([]*wire.Error{
				apig.E2001, apig.E2005, apig.E2006, apig.E2011,
				apig.E2101, apig.E2102, apig.E2103, apig.E2104, apig.E2105, apig.E2106,
			}, path...),
			Handle: wire.Body[CertificateInput, *Domain](a.certify),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/api-groups/{group_id}/domains/{domain_id}/certificate/{id}", Action: "apigw:certificates:delete",
			Summary: "Delete the certificate of a domain.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: append([]*wire.Error{apig.E3021}, path...),
			Handle: wire.Done(a.decertify),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/api-groups/{group_id}/domains/{domain_id}/certificate/{id}", Action: "apigw:certificates:show",
			Summary: "Show what the certificate of a domain says; its private key is never shown.", Access: wire.Project, Status: http.StatusOK,
			Errors: append([]*wire.Error{apig.E3021}, path...),
			Handle: wire.Get[*View](a.show),
		},
	}
}
