package debug

import (
	"errors"
	"net/netip"
	"net/textproto"
	"slices"
	"strconv"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const (
	release   = "RELEASE"
	releaseID = "DEFAULT_ENVIRONMENT_RELEASE_ID"
)

func (a *Area) debug(r *wire.Request, in *Input) (*Output, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	id := r.Path("api_id")
	r.Touched(id)
	api, err := loadAPI(r.Context(), a.DB, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoAPI(id)
	}
	if err != nil {
		return nil, err
	}
	c := &Call{
		TLS: in.Scheme == "HTTPS", Method: in.Method, Path: in.Path, Query: ordered(in.Query),
		Body: []byte(in.Body), Client: peer(r), Key: in.AppKey, Secret: in.AppSecret,
	}
	for _, f := range ordered(in.Header) { // shown and sent in the one form
		c.Headers = append(c.Headers, message.Field{Name: textproto.CanonicalMIMEHeaderKey(f.Name), Value: f.Value})
	}
	if in.Mode == developer {
		err = a.draft(r, api, c)
	} else {
		err = a.published(r, api, in, c)
	}
	if err != nil {
		return nil, err
	}
	if c.Host, err = a.host(r, api, in.Domain); err != nil {
		return nil, err
	}
	out, err := a.Run(r.Context(), c)
	if err != nil {
		return nil, err
	}
	return &Output{
		Request: out.Request, Response: out.Response, Log: out.Log,
		Latency: strconv.FormatInt(out.Latency.Milliseconds(), 10),
	}, nil
}

// peer is the address that the request came from.
func peer(r *wire.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.HTTP.RemoteAddr)
	if err != nil { // no TCP
		return netip.IPv6Loopback()
	}
	return at.Addr()
}

// draft compiles the draft for a call by its owner.
func (a *Area) draft(r *wire.Request, api *apiRow, c *Call) (err error) {
	if err := apig.Own(&r.Actor, api.projectID, apig.E1102); err != nil {
		return err
	}
	if len(api.doc.Variables()) > 0 {
		return apig.E2030.With("the draft uses environment variables; publish it and debug it with mode CONSUMER")
	}
	if c.Draft, err = api.doc.Compile(nil); err != nil {
		return apig.E2030.With(err.Error())
	}
	d := c.Draft
	d.ID, d.ProjectID, d.GroupID = api.id, api.projectID, api.doc.GroupID
	d.EnvID, d.EnvName = releaseID, release
	d.PublishID, d.VersionID = "debug", "debug"
	return nil
}

// published makes sure that the API is served in the environment and that the
// actor may see it there.
func (a *Area) published(r *wire.Request, api *apiRow, in *Input, c *Call) error {
	stage := in.Stage
	if stage == "" {
		stage = release
	}
	envID := releaseID
	if stage != release {
		id, err := selectEnv(r.Context(), a.DB, api.projectID, stage)
		if errors.Is(err, store.ErrNotFound) {
			return apig.NoEnv(stage)
		}
		if err != nil {
			return err
		}
		envID = id
	}
	if err := apig.Own(&r.Actor, api.projectID, apig.E1102); err != nil {
		granted, lerr := selectGranted(r.Context(), a.DB, r.Actor.ProjectID, api.id, envID)
		if lerr != nil {
			return lerr
		}
		if !granted {
			return err
		}
		c.Stranger = true
	}
	published, err := selectPublished(r.Context(), a.DB, api.id, envID)
	if err != nil {
		return err
	}
	if !published {
		return apig.NoPublication(api.id)
	}
	c.Headers = append(c.Headers, message.Field{Name: "X-Stage", Value: stage})
	return nil
}

// host is the group's sub-domain, or another domain of the group: a debug
// request reaches its own API and no other.
func (a *Area) host(r *wire.Request, api *apiRow, domain string) (string, error) {
	sub := api.label + "." + a.Domain
	if domain == "" {
		return sub, nil
	}
	host, err := message.CanonicalHost(domain)
	if err != nil {
		return "", apig.Invalid("domain").With(err.Error())
	}
	bound, err := selectDomains(r.Context(), a.DB, api.doc.GroupID)
	if err != nil {
		return "", err
	}
	if host != sub && !slices.Contains(bound, host) {
		return "", apig.Invalid("domain").With("the API's group has no such domain")
	}
	return host, nil
}
