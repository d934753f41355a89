package debug

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Call is what the gateway is to do.
type Call struct {
	Draft       *definition.API // nil: what is published
	TLS         bool
	Method      string
	Host        string
	Path        string // canonical
	Query       message.Fields
	Headers     message.Fields
	Body        []byte
	Stranger    bool       // of another project, one of whose apps may call the API
	Client      netip.Addr // from which the request to debug came
	Key, Secret string
}

// Outcome is what became of it.
type Outcome struct {
	Request, Response string
	Latency           time.Duration
	Log               string
}

// Deps are what the area needs.
type Deps struct {
	DB     *store.DB
	Domain string // under which each group has its sub-domain
	// Run makes the call in the gateway.
	Run func(ctx context.Context, c *Call) (*Outcome, error)
}

// Area serves the debugging of APIs.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/apis/debug/{api_id}", Action: "apigw:apis:debug",
			Summary: "Make one call of an API and show what became of it, step by step.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{
				apig.E2001, apig.E2006, apig.E2011, apig.E2030, apig.E3002, apig.E3003, apig.E3015, apig.E1102,
			},
			Handle: wire.Body[Input, *Output](a.debug), MaxBody: maxRequest,
		},
	}
}
