package debug

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

const (
	// maxAnswer is how much of a body is shown (reference table 4-155).
	maxAnswer = 2_097_152
	truncated = "[TRUNCATED]"
	agent     = "APIGatewayDebugClient/1.0"
)

// Debugger makes calls. It is safe for concurrent use.
type Debugger struct {
	Gateway *gateway.Gateway // serves what is published
	Env     plan.Env         // of the plans of drafts, but for the callers
	Open    func(purpose, id string, sealed []byte) ([]byte, error)
	IDs     *ids.Source
	Clock   clock.Clock
	Log     *slog.Logger
}

// Request is the call to make. Host and Path are canonical or refused by the
// gateway; header names and values hold no line breaks.
type Request struct {
	Draft   *definition.API // nil: what is published
	TLS     bool
	Method  string
	Host    string
	Path    string // percent-encoded
	Query   message.Fields
	Headers message.Fields
	Body    []byte
	// Stranger: another project's, which may call the API and sees no more of it
	// than that (call.Stranger).
	Stranger bool
	// Client is the address from which the debugger is used, which lists of
	// addresses are asked about.
	Client netip.Addr
	// Key and Secret sign the request when they are not empty.
	Key, Secret string
}

// Result is what became of it.
type Result struct {
	Request, Response string
	Latency           time.Duration
	Log               string
}

// Run makes the call. It fails when a draft cannot be served at all.
func (d *Debugger) Run(ctx context.Context, q *Request) (*Result, error) {
	g := d.Gateway
	if q.Draft != nil {
		var err error
		if g, err = d.draft(q); err != nil {
			return nil, err
		}
	}
	c := call.Acquire(ctx)
	defer call.Release(c)
	d.fill(c, q)
	c.Trace = &call.Trace{Now: d.Clock, Viewer: call.Owner}
	if q.Stranger {
		c.Trace.Viewer = call.Stranger
	}
	c.Trace.Hide(q.Secret)
	out := &Result{Request: d.text(c, q)}
	c.Started = d.Clock()
	g.Serve(c)
	body, err := answer(c)
	if err != nil {
		// Why is the backend's affair, and may name it.
		c.Trace.Say("body: %v", err)
		c.Trace.Step("body: broke off after %d bytes", len(body))
	} else {
		c.Trace.Step("body: %d bytes", len(body))
	}
	out.Response = response(c, body)
	out.Latency = d.Clock().Sub(c.Started)
	out.Log = strings.Join(c.Trace.Lines(), "\n")
	return out, nil
}

// draft is a gateway that serves the draft alone.
func (d *Debugger) draft(q *Request) (*gateway.Gateway, error) {
	api := *q.Draft
	known := callers.New()
	if api.Auth == definition.AuthApp && q.Key == "" {
		api.Auth = definition.AuthNone
	}
	if app := d.Env.Callers.ByKey(q.Key); app != nil {
		known.PutApp(*app)
		known.PutGrant(definition.Grant{ID: "debug", AppID: app.ID, APIID: api.ID, EnvID: api.EnvID})
	}
	env := d.Env
	env.Callers = known
	s := snapshot.New(snapshot.Options{
		Build:   func(a *definition.API) (*plan.Plan, error) { return plan.Build(a, env) },
		Callers: known, Beside: env.Beside, Open: d.Open,
	})
	var records []definition.Record
	for i, part := range []struct {
		kind definition.Kind
		id   string
		body any
	}{
		{definition.KindGroup, api.GroupID, definition.Group{ID: api.GroupID, ProjectID: api.ProjectID, Hosts: []string{q.Host}}},
		{definition.KindAPI, api.ID + "/" + api.EnvID, api},
	} {
		body, err := definition.Encode(part.body)
		if err != nil {
			return nil, err
		}
		records = append(records, definition.Record{Key: definition.Key{Kind: part.kind, ID: part.id}, Revision: uint64(i + 1), Body: body})
	}
	if err := s.Apply(records); err != nil {
		return nil, fmt.Errorf("debug: %w", err)
	}
	return gateway.New(gateway.Options{Snapshot: s, Answers: env.Beside.Answers, IDs: d.IDs, Clock: d.Clock, Log: d.Log}), nil
}

// fill is what an edge does with a message.
func (d *Debugger) fill(c *call.Call, q *Request) {
	r := &c.Request
	r.Method, r.RawPath, r.Host, r.Proto, r.TLS = q.Method, q.Path, q.Host, "HTTP/1.1", q.TLS
	r.NoTunnel = call.UpgradeRefused // nobody is there to talk
	r.RawQuery = encode(q.Query)
	r.Remote = netip.AddrPortFrom(q.Client, 0)
	r.Headers = append(r.Headers,
		message.Field{Name: "Host", Value: q.Host},
		message.Field{Name: "User-Agent", Value: agent},
		message.Field{Name: "X-Apig-Mode", Value: "debug"})
	r.Headers = append(r.Headers, q.Headers...)
	if len(q.Body) > 0 {
		r.Headers = append(r.Headers, message.Field{Name: "Content-Length", Value: fmt.Sprint(len(q.Body))})
		r.Body, r.BodyLength = bytes.NewReader(q.Body), int64(len(q.Body))
	}
	if q.Key == "" {
		return
	}
	m := signature.Message{Method: q.Method, Path: q.Path, Query: q.Query, Headers: r.Headers}
	authorization, date := signature.Sign(&m, q.Key, []byte(q.Secret), d.Clock(), q.Body)
	r.Headers = append(r.Headers,
		message.Field{Name: "X-Sdk-Date", Value: date}, message.Field{Name: "Authorization", Value: authorization})
}

// answer reads the body of the answer, as far as it is shown.
func answer(c *call.Call) (body []byte, err error) {
	r := &c.Response
	if r.Tunnel != nil { // a debug client cannot talk over one
		return nil, r.Tunnel.Close()
	}
	if r.Stream == nil {
		return cut(r.Bytes), nil
	}
	defer r.Stream.Close()
	body, err = io.ReadAll(io.LimitReader(r.Stream, maxAnswer+1))
	return cut(body), err
}

func cut(body []byte) []byte {
	if len(body) <= maxAnswer {
		return body
	}
	return append(body[:maxAnswer:maxAnswer], truncated...)
}
