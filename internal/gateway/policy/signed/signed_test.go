package signed_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/signed"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

const signatureField = "Authorization: SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature=0"

func TestFind(t *testing.T) {
	for name, test := range map[string]struct {
		fields             []string
		count              int
		signs, code, token bool
	}{
		"nothing":            {nil, 0, false, false, false},
		"another scheme":     {[]string{"Authorization: Basic YTpi"}, 0, false, false, false},
		"in another case":    {[]string{"Authorization: sdk-hmac-sha256 x"}, 0, false, false, false},
		"signature":          {[]string{"aUTHORIZATION" + signatureField[len("Authorization"):]}, 1, true, false, false},
		"malformed":          {[]string{"Authorization: SDK-HMAC-SHA256"}, 1, true, false, false},
		"AppCode":            {[]string{"x-apig-appcode: c"}, 1, false, true, false},
		"empty AppCode":      {[]string{"X-Apig-AppCode: "}, 1, false, true, false},
		"token":              {[]string{"x-auth-token: t"}, 1, false, false, true},
		"scheme and token":   {[]string{"Authorization: Bearer x", "X-Auth-Token: t"}, 1, false, false, true},
		"signature, AppCode": {[]string{signatureField, "X-Apig-AppCode: c"}, 2, true, true, false},
		"all three":          {[]string{signatureField, "X-Apig-AppCode: c", "X-Auth-Token: t"}, 3, true, true, true},
	} {
		found := signed.Find(&gatewaytest.Prepared(t, "GET /", test.fields...).Request)
		if found.Count != test.count || found.Signed != test.signs || found.HasCode != test.code || found.HasToken != test.token {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// TestVerify: which failures are a wrong signature, and which are none.
func TestVerify(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	right, wrong := signature.NewKey([]byte("secret")), signature.NewKey([]byte("other"))
	var mismatch *signature.MismatchError
	for name, test := range map[string]struct {
		key            *signature.Key
		declared, body string // body: what arrives in place of "body"
		limit          int64
		fault          *call.Fault
		err            func(error) bool // nil: none
		unread         bool             // nobody reads the body
	}{
		"right":                             {key: right},
		"right, digest declared":            {key: right, declared: signature.HashPayload([]byte("body"))},
		"right, body unsigned":              {key: right, declared: signature.UnsignedPayload, body: "BODY", unread: true},
		"wrong":                             {key: wrong, err: func(err error) bool { return errors.As(err, &mismatch) }},
		"the decoy":                         {key: signed.Decoy(), err: func(err error) bool { return errors.As(err, &mismatch) }},
		"wrong, digest declared":            {key: wrong, declared: signature.HashPayload([]byte("body")), err: func(err error) bool { return errors.As(err, &mismatch) }, unread: true},
		"another body":                      {key: right, body: "BODY", err: func(err error) bool { return errors.As(err, &mismatch) }},
		"another body than declared":        {key: right, declared: signature.HashPayload([]byte("body")), body: "BODY", err: func(err error) bool { return errors.Is(err, signature.ErrPayload) }},
		"a body that is too large":          {key: right, limit: 3, fault: call.RequestTooLarge},
		"too large, and declared as signed": {key: wrong, limit: 3, declared: signature.HashPayload([]byte("body")), err: func(err error) bool { return errors.As(err, &mismatch) }, unread: true},
	} {
		t.Run(name, func(t *testing.T) {
			var fields []string
			if test.declared != "" {
				fields = []string{"X-Sdk-Content-Sha256: " + test.declared}
			}
			c := gatewaytest.Prepared(t, "POST /orders", fields...)
			m := &signature.Message{Method: "POST", Path: "/orders", Headers: c.Request.Headers}
			authorization, date := signature.Sign(m, "a", []byte("secret"), now, []byte("body"))
			c.Request.Headers = append(c.Request.Headers,
				message.Field{Name: "Authorization", Value: authorization}, message.Field{Name: "X-Sdk-Date", Value: date})
			c.Request.Index()
			c.Out.Headers = append(c.Out.Headers[:0], c.Request.Headers...)
			sent := strings.NewReader("body")
			if test.body != "" {
				sent = strings.NewReader(test.body)
			}
			c.Request.Body, c.Request.BodyLength = sent, -1
			if test.limit == 0 {
				test.limit = 100
			}
			c.LimitBody(test.limit)

			found := signed.Find(&c.Request)
			a, ok := signature.ParseAuthorization(found.Authorization)
			if !ok {
				t.Fatal("malformed")
			}
			fault, err := found.Verify(c, test.key, a)
			if fault != test.fault || (err == nil) != (test.err == nil) || err != nil && !test.err(err) {
				t.Errorf("fault %+v, error %v", fault, err)
			}
			if test.unread && sent.Len() != len("body") {
				t.Errorf("%d bytes of the body are left, want all", sent.Len())
			}
			before := len(c.Out.Headers)
			signed.Spend(c)
			if _, there := c.Out.Headers.Get("Authorization"); there || len(c.Out.Headers) != before-1 {
				t.Errorf("goes on: %s", gatewaytest.Lines(c.Out.Headers))
			}
		})
	}
}
