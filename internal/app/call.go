package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// callOptions are the flags of `lintel call`.
type callOptions struct {
	appKey, appSecret string
	method, data      string
	headers           []string
	caCert            string
	insecure, show    bool
	timeout           time.Duration
}

func callCommand(environ []string) *cobra.Command {
	var o callOptions
	c := &cobra.Command{
		Use:   "call --app-key KEY --app-secret SECRET URL",
		Short: "Call an API with a signed request, like curl.",
		Long: `Call signs a request with SDK-HMAC-SHA256, sends it and prints the answer's body.
The exit code is 0 for a status below 400, else 1.

Names below .localhost are reached on the loopback interface, wherever they resolve.`,
		Example: "  lintel call --app-key $KEY --app-secret $SECRET -X POST -d '{\"qty\":2}' https://…/orders",
		Args:    strict(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			o.fromEnvironment(environ)
			if o.appKey == "" || o.appSecret == "" {
				return usageError{errors.New("call: --app-key and --app-secret are needed (or LINTEL_APP_KEY and LINTEL_APP_SECRET)")}
			}
			return o.run(c.Context(), args[0], c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.appKey, "app-key", "", "key of the app (or LINTEL_APP_KEY)")
	f.StringVar(&o.appSecret, "app-secret", "", "secret of the app (or LINTEL_APP_SECRET, which other users of the machine cannot see)")
	f.StringVarP(&o.method, "request", "X", "", "method; default GET, or POST with --data")
	f.StringVarP(&o.data, "data", "d", "", "body; @file reads a file")
	f.StringArrayVarP(&o.headers, "header", "H", nil, "header, \"Name: value\"; may be repeated")
	f.StringVar(&o.caCert, "cacert", "", "PEM file with the certificate authority to trust")
	f.BoolVarP(&o.insecure, "insecure", "k", false, "do not verify the gateway's certificate")
	f.BoolVarP(&o.show, "include", "i", false, "print the status and headers of the answer too")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "how long the whole call may take")
	return c
}

func (o *callOptions) fromEnvironment(environ []string) {
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		switch {
		case name == "LINTEL_APP_KEY" && o.appKey == "":
			o.appKey = value
		case name == "LINTEL_APP_SECRET" && o.appSecret == "":
			o.appSecret = value
		}
	}
}

func (o *callOptions) run(ctx context.Context, url string, stdout, stderr io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	request, err := o.request(ctx, url)
	if err != nil {
		return usageError{fmt.Errorf("call: %w", err)}
	}
	if err := signature.SignRequest(request, o.appKey, []byte(o.appSecret), clock.System()); err != nil {
		return fmt.Errorf("call: sign: %w", err)
	}
	transport, err := o.transport()
	if err != nil {
		return usageError{fmt.Errorf("call: %w", err)}
	}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request) // no redirects: a signature is for one URL
	if err != nil {
		return fmt.Errorf("call: %w", err)
	}
	defer response.Body.Close()
	if o.show {
		fmt.Fprintf(stdout, "%s %s\n", response.Proto, response.Status)
		if err := response.Header.Write(stdout); err != nil {
			return fmt.Errorf("call: %w", err)
		}
		fmt.Fprintln(stdout)
	}
	if _, err := io.Copy(stdout, response.Body); err != nil {
		return fmt.Errorf("call: read answer: %w", err)
	}
	if response.StatusCode >= 400 {
		fmt.Fprintf(stderr, "\nlintel: the gateway answered %s\n", response.Status)
		return exitStatus(exitFailure)
	}
	return nil
}

func (o *callOptions) request(ctx context.Context, url string) (*http.Request, error) {
	data := o.data
	if file, ok := strings.CutPrefix(data, "@"); ok {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		data = string(b)
	}
	method := o.method
	if method == "" {
		method = http.MethodGet
		if data != "" {
			method = http.MethodPost
		}
	}
	var body io.Reader
	if data != "" {
		body = strings.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	if r.URL.Host == "" {
		return nil, fmt.Errorf("URL %q has no host; it begins with http:// or https://", url)
	}
	for _, h := range o.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return nil, fmt.Errorf("header %q is not of the form \"Name: value\"", h)
		}
		r.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	if data != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}

func (o *callOptions) transport() (*http.Transport, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.insecure}
	if o.caCert != "" {
		pem, err := os.ReadFile(o.caCert)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--cacert %s holds no certificate", o.caCert)
		}
	}
	return &http.Transport{TLSClientConfig: config, DialContext: dialLocalhost}, nil
}

// dialLocalhost reaches names below .localhost on loopback, as RFC 6761 §6.3
// asks of clients and as curl and browsers do, but Go's resolver does not.
func dialLocalhost(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil && strings.HasSuffix(strings.TrimSuffix(strings.ToLower(host), "."), ".localhost") {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}
