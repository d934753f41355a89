package signature_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// signedGet is a small signed request that cases change.
func signedGet(headers ...message.Field) (signature.Authorization, *signature.Message, string) {
	m := &signature.Message{Method: "GET", Path: "/test/", Headers: append(message.Fields{{Name: "Host", Value: "api.example.com"}}, headers...)}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	header, date := signature.Sign(m, "key", []byte("secret"), now, nil)
	m.Headers = append(m.Headers, message.Field{Name: "X-Sdk-Date", Value: date})
	a, ok := signature.ParseAuthorization(header)
	if !ok {
		panic("own header does not parse: " + header)
	}
	return a, m, date
}

func TestVerifyRefuses(t *testing.T) {
	key := signature.NewKey([]byte("secret"))
	mismatch := new(signature.MismatchError)
	for _, c := range []struct {
		name   string
		change func(a *signature.Authorization, m *signature.Message, date, payload *string)
		want   error // nil: *MismatchError
	}{
		{"method", func(_ *signature.Authorization, m *signature.Message, _, _ *string) { m.Method = "PUT" }, nil},
		{"path", func(_ *signature.Authorization, m *signature.Message, _, _ *string) { m.Path = "/test/a" }, nil},
		{"query added", func(_ *signature.Authorization, m *signature.Message, _, _ *string) {
			m.Query = message.Fields{{Name: "a"}}
		}, nil},
		{"signed header changed", func(_ *signature.Authorization, m *signature.Message, _, _ *string) { m.Headers[0].Value = "other" }, nil},
		{"signed header repeated", func(_ *signature.Authorization, m *signature.Message, _, _ *string) {
			m.Headers = append(m.Headers, message.Field{Name: "HOST", Value: "api.example.com"})
		}, nil},
		{"date", func(_ *signature.Authorization, _ *signature.Message, date, _ *string) { *date = "20260102T030406Z" }, nil},
		{"payload", func(_ *signature.Authorization, _ *signature.Message, _, p *string) { *p = signature.UnsignedPayload }, nil},
		{"signature", func(a *signature.Authorization, _ *signature.Message, _, _ *string) {
			a.Signature = "0" + a.Signature[1:]
			if a.Signature[1] == '0' {
				a.Signature = "1" + a.Signature[1:]
			}
		}, nil},
		{"signature cut", func(a *signature.Authorization, _ *signature.Message, _, _ *string) { a.Signature = a.Signature[:63] }, nil},
		{"signature in upper case", func(a *signature.Authorization, _ *signature.Message, _, _ *string) {
			a.Signature = strings.ToUpper(a.Signature)
		}, nil},
		{"signed headers cut", func(a *signature.Authorization, _ *signature.Message, _, _ *string) { a.SignedHeaders = "x-sdk-date" }, nil},
		{"date not signed", func(a *signature.Authorization, _ *signature.Message, _, _ *string) { a.SignedHeaders = "host" }, signature.ErrDateNotSigned},
		{"signed header absent", func(_ *signature.Authorization, m *signature.Message, _, _ *string) { m.Headers[0].Name = "X-Gone" }, signature.ErrHeaderNotPresent},
		{"more names than fields", func(a *signature.Authorization, _ *signature.Message, _, _ *string) {
			a.SignedHeaders += strings.Repeat(";host", 5000)
		}, signature.ErrHeaderNotPresent},
		{"name listed twice", func(a *signature.Authorization, m *signature.Message, _, _ *string) {
			m.Headers = append(m.Headers, message.Field{Name: "X-Other"})
			a.SignedHeaders = "host;Host;x-sdk-date"
		}, signature.ErrSignedHeaders},
		{"empty name", func(a *signature.Authorization, m *signature.Message, _, _ *string) {
			m.Headers = append(m.Headers, message.Field{Name: "X-Other"})
			a.SignedHeaders = "host;;x-sdk-date"
		}, signature.ErrSignedHeaders},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, m, date := signedGet()
			payload := signature.HashPayload(nil)
			if err := key.Verify(a, m, date, payload); err != nil {
				t.Fatalf("before the change: %v", err)
			}
			c.change(&a, m, &date, &payload)
			err := key.Verify(a, m, date, payload)
			if c.want != nil && !errors.Is(err, c.want) || c.want == nil && !errors.As(err, &mismatch) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	t.Run("secret", func(t *testing.T) {
		a, m, date := signedGet()
		if err := signature.NewKey([]byte("Secret")).Verify(a, m, date, signature.HashPayload(nil)); !errors.As(err, &mismatch) {
			t.Errorf("got %v, want a mismatch", err)
		}
	})
}

func TestMismatchShowsCanonicalRequest(t *testing.T) {
	a, m, date := signedGet(message.Field{Name: "X-Auth-Token", Value: "credential-of-the-caller"})
	err := signature.NewKey([]byte("wrong")).Verify(a, m, date, signature.HashPayload(nil))
	want := "verify signature fail, canonicalRequest:GET|/test/||host:api.example.com|x-auth-token:******|x-sdk-date:20260102T030405Z||host;x-auth-token;x-sdk-date|" + signature.HashPayload(nil)
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}

	a, m, date = signedGet(message.Field{Name: "X-Long", Value: strings.Repeat("a", 20000)})
	if err = signature.NewKey([]byte("wrong")).Verify(a, m, date, ""); err == nil || len(err.Error()) > 4200 {
		t.Errorf("the text of a failure is not bounded: %d bytes", len(fmt.Sprint(err)))
	}
}

func TestVerifyTolerates(t *testing.T) {
	payload := signature.HashPayload(nil)
	key := signature.NewKey([]byte("secret"))
	t.Run("values of one header in any order", func(t *testing.T) {
		a, m, date := signedGet(message.Field{Name: "Accept", Value: "b"}, message.Field{Name: "accept", Value: "a"})
		m.Headers[1].Value, m.Headers[2].Value = "a", "b"
		if err := key.Verify(a, m, date, payload); err != nil {
			t.Error(err)
		}
	})
	t.Run("other spelling of the path", func(t *testing.T) {
		a, m, date := signedGet()
		m.Path = "/%74est"
		if err := key.Verify(a, m, date, payload); err != nil {
			t.Error(err)
		}
	})
	t.Run("more headers than signed", func(t *testing.T) {
		a, m, date := signedGet()
		m.Headers = append(m.Headers, message.Field{Name: "X-Forwarded-For", Value: "192.0.2.1"})
		if err := key.Verify(a, m, date, payload); err != nil {
			t.Error(err)
		}
	})
	t.Run("upper-case names in SignedHeaders", func(t *testing.T) {
		a, m, date := signedGet()
		a.SignedHeaders = "Host;X-Sdk-Date"
		if err := key.Verify(a, m, date, payload); err != nil {
			t.Error(err)
		}
	})
}

func TestCheckDate(t *testing.T) {
	signed := time.Date(2023, 5, 27, 0, 4, 31, 0, time.UTC)
	const date = "20230527T000431Z"
	for _, c := range []struct {
		away time.Duration
		ok   bool
	}{
		{0, true},
		{15 * time.Minute, true}, {-15 * time.Minute, true},
		{15*time.Minute + 999*time.Millisecond, true}, // still the same second
		{15*time.Minute + time.Second, false}, {-15*time.Minute - time.Second, false},
		{-15*time.Minute - time.Millisecond, false},
		{24 * time.Hour, false},
	} {
		err := signature.CheckDate(date, signed.Add(c.away))
		var skew *signature.SkewError
		if (err == nil) != c.ok || !c.ok && !errors.As(err, &skew) {
			t.Errorf("%v away: %v, want ok %v", c.away, err, c.ok)
		}
	}
	zone := time.FixedZone("UTC+8", 8*3600)
	if err := signature.CheckDate(date, signed.In(zone)); err != nil {
		t.Errorf("a local clock: %v", err)
	}
	err := signature.CheckDate(date, time.Date(2023, 5, 27, 2, 6, 8, 0, time.UTC))
	if want := "signature expired, signature time:20230527T000431Z,server time:20230527T020608Z"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for _, bad := range []string{"", "20230527T000431", "2023-05-27T00:04:31Z", "20230527T000431.1Z", "20230527t000431Z", "20231327T000431Z", "20230527T246000Z", "+0230527T000431Z", "20230527T000431ZZ", "20230431T000431Z", "20230229T000431Z", "20230500T000431Z", "20230027T000431Z", "20230527T000460Z", "20230527T006031Z", "20230527 000431Z", "20230527T00043:Z"} {
		if err := signature.CheckDate(bad, signed); !errors.Is(err, signature.ErrDate) {
			t.Errorf("CheckDate(%q) = %v, want ErrDate", bad, err)
		}
	}
}

func TestPayloadHash(t *testing.T) {
	digest := signature.HashPayload([]byte("{}"))
	declare := func(v string) message.Fields {
		return message.Fields{{Name: "x-sdk-content-sha256", Value: v}}
	}
	for _, c := range []struct {
		name    string
		headers message.Fields
		body    string
		needs   bool
		want    string // "" refuses
	}{
		{"undeclared", nil, "{}", true, digest},
		{"undeclared, empty", nil, "", true, emptyBody},
		{"unsigned", declare("UNSIGNED-PAYLOAD"), "{}", false, "UNSIGNED-PAYLOAD"},
		{"declared", declare(digest), "{}", true, digest},
		{"declared in upper case goes on verbatim", declare(strings.ToUpper(digest)), "{}", true, strings.ToUpper(digest)},
		{"declared for another body", declare(digest), "{ }", true, ""},
		{"neither", declare("unsigned-payload"), "{}", true, ""},
		{"empty", declare(""), "{}", true, ""},
	} {
		if n := signature.NeedsBody(c.headers); n != c.needs {
			t.Errorf("%s: NeedsBody = %v", c.name, n)
		}
		got, err := signature.PayloadHash(c.headers, []byte(c.body))
		if got != c.want || (err != nil) != (c.want == "") || err != nil && !errors.Is(err, signature.ErrPayload) {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestKeyPrintsNothing(t *testing.T) {
	key := signature.NewKey([]byte("secret"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, key); got != "[redacted]" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}

// FuzzCheckDate: only what time.Parse reads as well, and the same moment.
func FuzzCheckDate(f *testing.F) {
	for _, s := range []string{"20230527T000431Z", "20230431T000431Z", "20240229T235959Z", "20230229T000000Z", "00000101T000000Z", "99991231T235959Z", "20230527T000431.1Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		signed, parseErr := time.Parse("20060102T150405Z", s)
		good := parseErr == nil && len(s) == len("20060102T150405Z")
		if good != (signature.CheckDate(s, signed) == nil) {
			t.Errorf("%q: time.Parse says %v, CheckDate %v", s, parseErr, signature.CheckDate(s, signed))
		}
		var skew *signature.SkewError
		if err := signature.CheckDate(s, signed.Add(time.Hour)); good && (!errors.As(err, &skew) || !skew.Signed.Equal(signed)) {
			t.Errorf("%q: %v, want the moment %v", s, err, signed)
		}
	})
}
