package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

// object is a JSON object.
type object = map[string]any

const (
	// maxAnswer bounds an answer: a list of 10,000 users takes some 6 MB.
	maxAnswer = 32 << 20
	patience  = time.Minute
)

// session is a connection to one platform as somebody.
type session struct {
	base  string
	http  *http.Client
	token string
}

// open logs in, unless a token was given.
func open(ctx context.Context, s *settings) (*session, error) {
	base, err := s.base()
	if err != nil {
		return nil, err
	}
	transport, err := s.transport()
	if err != nil {
		return nil, err
	}
	c := &session{base: base, token: s.token, http: &http.Client{
		Transport: transport, Timeout: patience,
		// A token must not follow a redirect to somewhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if c.token != "" {
		return c, nil
	}
	body, err := s.login()
	if err != nil {
		return nil, err
	}
	header, err := c.do(ctx, http.MethodPost, "/v3/auth/tokens?nocatalog", body, nil)
	if err != nil {
		return nil, fmt.Errorf("log in at %s: %w", base, err)
	}
	c.token = header.Get("X-Subject-Token")
	return c, nil
}

func (s *settings) transport() (*http.Transport, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.insecure}
	if s.cacert != "" {
		pem, err := os.ReadFile(s.cacert)
		if err != nil {
			return nil, UsageError{err}
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, usage("--cacert %s holds no certificate", s.cacert)
		}
	}
	return &http.Transport{TLSClientConfig: config, Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}, nil
}

// close gives the connection back.
func (c *session) close() { c.http.CloseIdleConnections() }

// refused is an answer of 400 and above, in the platform's words.
type refused struct {
	status  int
	message string
}

func (e *refused) Error() string {
	return fmt.Sprintf("%s (%d %s)", e.message, e.status, http.StatusText(e.status))
}

// status is that of a refusal, 0 for any other error.
func status(err error) int {
	var r *refused
	if errors.As(err, &r) {
		return r.status
	}
	return 0
}

// do sends one request and decodes the answer into out, unless that is nil.
func (c *session) do(ctx context.Context, method, path string, in, out any) (http.Header, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("X-Auth-Token", c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // its text repeats the URL, whose query may hold names
			err = u.Err
		}
		return nil, fmt.Errorf("the platform at %s does not answer: %w", c.base, err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s %s: %w", method, r.URL.Path, err)
	}
	if answer.StatusCode >= 300 {
		return nil, &refused{answer.StatusCode, words(b, answer.Status)}
	}
	if out == nil || len(b) == 0 {
		return answer.Header, nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // quotas must come out as they were put in
	if err := d.Decode(out); err != nil {
		return nil, fmt.Errorf("the answer of %s %s is not JSON: %w", method, r.URL.Path, err)
	}
	return answer.Header, nil
}

// words are the text of a refusal in any of the platform's dialects.
func words(body []byte, otherwise string) string {
	var e struct {
		Error   struct{ Message string }
		Message string
		Text    string `json:"error_msg"`
	}
	if json.Unmarshal(body, &e) != nil {
		return otherwise
	}
	for _, text := range []string{e.Error.Message, e.Message, e.Text} {
		if text != "" {
			return plain(text)
		}
	}
	return otherwise
}
