package signature_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// vector is one request of wire-facts §3.3: signed by the vendor's signer.
type vector struct {
	name           string
	access, secret string
	method, path   string
	query          string
	headers        message.Fields
	body           string
	signed         string
	payload        string // hash that the vector prints; "" when it prints none
	canonical      string // SHA-256 of the canonical request; "" when it prints none
	signature      string
}

func (v *vector) message(t testing.TB) *signature.Message {
	t.Helper()
	query, err := message.ParseQuery(nil, v.query)
	if err != nil {
		t.Fatal(err)
	}
	return &signature.Message{Method: v.method, Path: v.path, Query: query, Headers: v.headers}
}

func (v *vector) date() string { d, _ := v.headers.Get("X-Sdk-Date"); return d }

func (v *vector) authorization() string {
	return "SDK-HMAC-SHA256 Access=" + v.access + ", SignedHeaders=" + v.signed + ", Signature=" + v.signature
}

const (
	emptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	sampleAK  = "AKEXAMPLE0001"
	sampleSK  = "SKEXAMPLE0000000000000000000000000000001"
	sampleAt  = "20260102T030405Z"
)

func vectors() []vector {
	return []vector{
		{
			name: "V1 query, host signed", access: "d49b1cbfcc814a5fb2a061b568e376eb", secret: "s3cr3t-Value_01!@#$%",
			method: "GET", path: "/v1/users/42", query: "limit=10&city=shenzhen",
			headers: message.Fields{
				{Name: "Host", Value: "7383ea59c0cd49a2b61d0fd1d351a619.apigw.example.com"},
				{Name: "X-Sdk-Date", Value: sampleAt},
			},
			signed: "host;x-sdk-date", payload: emptyBody,
			canonical: "eb5cf556432edf3934ae8f18722e066688410468af84b2ca9c65ef788172a301",
			signature: "2d2de3435ff1e9859d7e2d8ad3af28622ac2ba993487611e2fea461582079ff8",
		},
		{
			name: "V2 UTF-8 body, trimmed value, unsigned Content-Type", access: "app_key_sample", secret: "app_secret_sample",
			method: "POST", path: "/orders",
			headers: message.Fields{
				{Name: "Host", Value: "api.example.com"},
				{Name: "X-Sdk-Date", Value: sampleAt},
				{Name: "Content-Type", Value: "application/json"},
				{Name: "X-Stage", Value: "DEVELOP"},
				{Name: "X-My-City", Value: "  beijing  "},
			},
			body: `{"name":"张三","qty":2}`, signed: "host;x-my-city;x-sdk-date;x-stage",
			payload:   "149338845495526131ba1958e870b02c74a2e9694039e6c09dceb9d78ad0eb1d",
			canonical: "d2df835783e53ace363d0007a2a5bc738f06a25762617c57fd581cbbaef7edce",
			signature: "3db03501d533ad84950c4052235fcc9cbe29e2b2f9b1c05d375aa52ffcf79ac4",
		},
		{
			name: "V3 escapes, repeated key, empty value, slash at the end", access: sampleAK, secret: sampleSK,
			method: "GET", path: "/a%20b/%E4%B8%AD%E6%96%87/x~y_z.-/",
			query:   "F&a%2Bb=c%20d%2Fe%26f%3Dg%2A%28~%29&b=2&b=1&b=10",
			headers: message.Fields{{Name: "X-Sdk-Date", Value: sampleAt}},
			signed:  "x-sdk-date", payload: emptyBody,
			canonical: "200bc087fdafbc3daeabbd68e442e8a222e8a533c7bf0b730e09234b968cd5ff",
			signature: "75f06e1f6f1e91868d465b4d2bdcdecfbc24064867dd1aca6cdea52277d0d1e7",
		},
		{
			name: "V4 unsigned payload, port in host", access: sampleAK, secret: sampleSK,
			method: "PUT", path: "/upload/logo",
			headers: message.Fields{
				{Name: "Host", Value: "api.example.com:8443"},
				{Name: "Content-Type", Value: "application/octet-stream"},
				{Name: "X-Sdk-Date", Value: sampleAt},
				{Name: "X-Sdk-Content-Sha256", Value: "UNSIGNED-PAYLOAD"},
			},
			body: "\x00\x01binary", signed: "host;x-sdk-content-sha256;x-sdk-date", payload: "UNSIGNED-PAYLOAD",
			canonical: "c510c405ebf1d2848395f3c7df7882fb6b59c8a03389f59adec96da1f37e05c6",
			signature: "39eb40b1ffd25c515ffaa37cb50455a697160e1513a95f629cb29bb68209049a",
		},
		{
			name: "V5 root, header with an underscore unsigned", access: sampleAK, secret: sampleSK,
			method: "DELETE", path: "/",
			headers: message.Fields{
				{Name: "X-Project-Id", Value: "0123456789abcdef0123456789abcdef"},
				{Name: "X-Sdk-Date", Value: sampleAt},
				{Name: "my_hdr", Value: "zzz"},
			},
			signed: "x-project-id;x-sdk-date", payload: emptyBody,
			canonical: "9d6e3490e163fc674e7604a59896d6809fe4d142e04cb608a2a35b0e33c66ff3",
			signature: "69bf8e34287e8aba5c64610e9e87cc1875b92b986e337caed15e337d58b1e277",
		},
		{
			name: "V6 declared digest", access: sampleAK, secret: sampleSK,
			method: "POST", path: "/hash",
			headers: message.Fields{
				{Name: "Content-Type", Value: "application/json"},
				{Name: "X-Sdk-Date", Value: sampleAt},
				{Name: "X-Sdk-Content-Sha256", Value: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
			},
			body: "{}", signed: "x-sdk-content-sha256;x-sdk-date",
			payload:   "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
			canonical: "af68e9ec9cf5516d7da575fb1121e90ea3831ecdc86f60c061596874407904f1",
			signature: "2aa4d706e1fe2c8b38336d5ab62f25675212c7fa9fe541db0c225735b4972e96",
		},
		{
			name: "V7 the worked example, Content-Type signed", access: "QTWAOYTTINDUT2QVKYUC", secret: "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
			method: "GET", path: "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
			query: "limit=2&marker=13551d6b-755d-4757-b956-536f674975c0",
			headers: message.Fields{
				{Name: "Content-Type", Value: "application/json"},
				{Name: "Host", Value: "service.region.example.com"},
				{Name: "X-Sdk-Date", Value: "20191115T033655Z"},
			},
			signed:    "content-type;host;x-sdk-date",
			canonical: "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
			signature: "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
		},
		{
			name: "V8 of the SDK's own tests", access: "AccessKey", secret: "SecretKey",
			method: "GET", path: "/path", query: "limit=1",
			headers:   message.Fields{{Name: "X-Sdk-Date", Value: "20060102T150405Z"}},
			signed:    "x-sdk-date",
			signature: "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
		},
		{
			name: "V9 of the SDK's own tests, body with a newline", access: "AccessKey", secret: "SecretKey",
			method: "POST", path: "/path", query: "key=value",
			headers:   message.Fields{{Name: "X-Sdk-Date", Value: "20060102T150405Z"}},
			body:      `{"Name":"test","Id":1}` + "\n",
			signed:    "x-sdk-date",
			signature: "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
		},
	}
}

func TestVectors(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.name, func(t *testing.T) {
			m := v.message(t)
			payload, err := signature.PayloadHash(m.Headers, []byte(v.body))
			if err != nil {
				t.Fatal(err)
			}
			if v.payload != "" && payload != v.payload {
				t.Errorf("payload hash %s, want %s", payload, v.payload)
			}
			text, err := signature.Canonical(m, v.signed, payload)
			if err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256([]byte(text)); v.canonical != "" && hex.EncodeToString(sum[:]) != v.canonical {
				t.Errorf("canonical request hashes to %x, want %s:\n%s", sum, v.canonical, text)
			}
			a, ok := signature.ParseAuthorization(v.authorization())
			if !ok || a.Access != v.access {
				t.Fatalf("header does not parse: %+v", a)
			}
			if err := signature.NewKey([]byte(v.secret)).Verify(a, m, v.date(), payload); err != nil {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

// TestSignMakesVectors covers the vectors whose choice of signed headers is
// also Sign's: all but V7, which signs Content-Type.
func TestSignMakesVectors(t *testing.T) {
	for _, v := range vectors() {
		if strings.HasPrefix(v.name, "V7") {
			continue
		}
		now, err := time.Parse("20060102T150405Z", v.date())
		if err != nil {
			t.Fatal(err)
		}
		authorization, date := signature.Sign(v.message(t), v.access, []byte(v.secret), now, []byte(v.body))
		if authorization != v.authorization() || date != v.date() {
			t.Errorf("%s:\n got %s at %s\nwant %s at %s", v.name, authorization, date, v.authorization(), v.date())
		}
	}
}
