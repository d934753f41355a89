package function

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/lintel-gateway/lintel/internal/dial"
)

// MaxTarget is the length of a target in characters.
const MaxTarget = 1024

// CheckTarget says why a text cannot be the target of an http function, or "".
// Credentials do not belong into a URL that everybody may read who may read the
// function.
func CheckTarget(target string) string {
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return "is not a URL"
	case u.Scheme != "http" && u.Scheme != "https":
		return "begins with neither http:// nor https://"
	case u.Hostname() == "":
		return "has no host"
	case u.User != nil:
		return "holds credentials; use an identity of the function's own service"
	case u.Fragment != "":
		return "has a fragment"
	}
	return ""
}

var errNoDial = errors.New("function: the runtime was made without a dialer")

// NewTransport returns a transport for Options whose connections open opens. It
// is where addresses are refused that tenants must not reach (internal/dial);
// without it nothing is reached.
func NewTransport(open func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
	if open == nil {
		open = func(context.Context, string, string) (net.Conn, error) { return nil, errNoDial }
	}
	return &http.Transport{
		DialContext: open, TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConns: 256, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
		MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
	}
}

// post calls an http function: a success with the answer as its body.
// Redirects are not followed: the target was checked, its word is not.
func (r *Runtime) post(ctx context.Context, f *Function, event []byte) (Result, error) {
	if wrong := CheckTarget(f.Target); wrong != "" {
		return Result{}, fault(Target, "the target %s", wrong)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.Target, bytes.NewReader(event))
	if err != nil {
		return Result{}, fault(Target, "the target is not a URL").because(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "lintel-function")
	request.Header.Set("X-Function-Urn", f.URN)
	request.Header.Set("X-Function-Version", f.Version)
	response, err := r.client.Do(request)
	if err != nil {
		return Result{}, unreached(ctx, f, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxOutput+1))
	switch {
	case err != nil:
		return Result{}, unreached(ctx, f, err)
	case len(body) > MaxOutput:
		return Result{}, fault(Large, "the answer of the target is larger than %d bytes", MaxOutput)
	case response.StatusCode < 200 || response.StatusCode > 299:
		logs := &tail{}
		_, _ = logs.Write(body) // never fails
		return Result{Logs: logs.bytes()}, fault(Target, "the target answered with status %d", response.StatusCode)
	}
	return Result{Output: body}, nil
}

func unreached(ctx context.Context, f *Function, err error) error {
	if ctx.Err() != nil {
		return fault(Timeout, "the target did not answer within %d ms", f.TimeoutMS).because(err)
	}
	var denied *dial.Denied
	if errors.As(err, &denied) {
		return fault(Denied, "the target is at an address that functions must not reach").because(err)
	}
	// The error of net/http repeats the URL and the address it was resolved to.
	return fault(Target, "the target cannot be reached").because(fmt.Errorf("post to the target: %w", err))
}
