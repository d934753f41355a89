package ghippo_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type said struct {
	Text string `json:"text"`
}

// routes answer with what their last segment says.
func routes() []wire.Route {
	fail := func(name string, err error) wire.Route {
		return wire.Route{
			Method: http.MethodGet, Pattern: ghippo.Base + "/" + name, Action: "t:" + name, Summary: "Fails.", Access: wire.Public,
			Handle: wire.Get(func(*wire.Request) (said, error) { return said{}, err }),
		}
	}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: ghippo.Base + "/say", Action: "t:say", Summary: "Answers what was said.", Access: wire.Authenticated, Status: http.StatusOK,
			Handle: wire.Body(func(_ *wire.Request, in *said) (said, error) { return *in, nil }),
		},
		{
			Method: http.MethodGet, Pattern: ghippo.Base + "/admin", Action: "t:admin", Summary: "For administrators.", Access: wire.Admin,
			Handle: wire.Get(func(*wire.Request) (said, error) { return said{}, nil }),
		},
		{
			Method: http.MethodGet, Pattern: ghippo.Base + "/panic", Action: "t:panic", Summary: "Panics.", Access: wire.Public,
			Handle: wire.Get(func(*wire.Request) (said, error) { panic("a fault of ours") }),
		},
		fail("missing", ghippo.NotFound("user", "x")), fail("conflict", &wire.Error{Status: http.StatusConflict, Message: "there is one"}),
		fail("many", ghippo.TooMany("at most %d", 2)), fail("fault", errors.New("the password of the database is x")),
		fail("away", errAway), fail("teapot", &wire.Error{Status: http.StatusTeapot, Message: "short and stout"}),
	}
}

var errAway = errors.New("away")

// TestErrors: each refusal is an rpcStatus with the code that grpc-gateway maps
// to its status (wire-facts §18.4).
func TestErrors(t *testing.T) {
	c := wiretest.ServeWith(t, wire.Options{
		Dialects: []*wire.Dialect{ghippo.Dialect(routes())}, Unavailable: func(err error) bool { return errors.Is(err, errAway) },
	})
	for call, want := range map[string]struct {
		status, code int
		text         string
	}{
		"GET /missing":                {404, 5, `user "x" was not found`},
		"GET /nowhere":                {404, 5, "Not Found"},
		"GET /conflict":               {409, 6, "there is one"},
		"GET /many":                   {429, 8, "at most 2"},
		"GET /fault":                  {500, 13, "an unexpected error prevented the server from fulfilling the request (incident "},
		"GET /away":                   {503, 14, "currently unavailable"},
		"GET /teapot":                 {418, 2, "short and stout"},
		"GET /admin":                  {403, 7, "permission denied: t:admin"},
		"PATCH /say":                  {501, 12, "Method Not Allowed"},
		"GET /say?x=%zz":              {501, 12, "Method Not Allowed"},
		"GET /missing?x=%zz":          {400, 3, "the query of the URL"},
		"GET /a%2f..":                 {400, 3, "canonical form"},
		"POST /say":                   {400, 3, "the body is empty"},
		"POST /say {\"text\":1}":      {400, 3, `field "text" must be a string`},
		"POST /say {\"text\":":        {400, 3, "not valid JSON"},
		"POST /say []":                {400, 3, "must be an object"},
		"POST /say {\"a\":1,\"A\":2}": {400, 3, "twice"},
	} {
		method, rest, _ := strings.Cut(call, " ")
		path, body, _ := strings.Cut(rest, " ")
		a := c.As("user=u").Do(method, ghippo.Base+path, body)
		var got struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
			Details []any  `json:"details"`
		}
		a.Want(want.status).Decode(&got)
		if got.Code != want.code || !strings.Contains(got.Message, want.text) || got.Details == nil || len(got.Details) != 0 {
			t.Errorf("%s: %s, want code %d and %q", call, a.Body, want.code, want.text)
		}
	}
	if a := c.Do("POST", ghippo.Base+"/say", `{}`); a.Status != 401 || a.Header.Get("WWW-Authenticate") != `Bearer realm="lintel"` {
		t.Errorf("without credentials: %d %v %s", a.Status, a.Header, a.Body)
	}
	c.As("user=u").Do("POST", ghippo.Base+"/say", `{"text":"<&>","more":1}`).Want(200)
}

// TestFaultsDoNotLogTheQuery: a panic and a fault are logged with their cause,
// and without the query, which may hold a secret.
func TestFaultsDoNotLogTheQuery(t *testing.T) {
	var log bytes.Buffer
	c := wiretest.ServeWith(t, wire.Options{
		Dialects: []*wire.Dialect{ghippo.Dialect(routes())},
		Log:      slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for _, path := range []string{"/panic", "/fault"} {
		a := c.Do("GET", ghippo.Base+path+"?sk=planted-secret", nil, "Referer", "http://x/?sk=planted-secret").Want(500)
		if strings.Contains(string(a.Body), "planted-secret") || strings.Contains(string(a.Body), "password") {
			t.Errorf("%s answers %s", path, a.Body)
		}
	}
	if text := log.String(); !strings.Contains(text, "a fault of ours") || !strings.Contains(text, "password of the database") || strings.Contains(text, "planted-secret") {
		t.Errorf("log: %s", text)
	}
}
