package verify_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/verify"
	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// ec2 makes an EC2 key of alice's in RegionOne.
func ec2(t testing.TB, w *identitytest.World) pair {
	t.Helper()
	made := w.Do("POST", "/v3/users/"+w.Alice.ID+"/credentials/OS-EC2", identitytest.Object{"tenant_id": w.Region.ID},
		"X-Auth-Token", w.LogIn("alice", nil)).Want(201)
	return pair{made.Text("credential.access"), []byte(made.Text("credential.secret"))}
}

// TestEC2KeySignsInItsProject: CVE-2026-43001. An EC2 key works in one project,
// with roles that its maker's token had and its user still has.
func TestEC2KeySignsInItsProject(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		k := ec2(t, w)
		sign := func(headers ...string) []string {
			return w.Sign(k.access, k.secret, "POST", "/v3/probe", body, headers...)
		}
		allowed := func(roles string, headers ...string) {
			t.Helper()
			r := w.Do("POST", "/v3/probe", body, sign(headers...)...).Want(200)
			for field, want := range map[string]string{"user": "alice", "project": "RegionOne", "roles": roles, "kind": "aksk", "body": "hello"} {
				if got := r.Text(field); got != want {
					t.Errorf("%v: %s is %q, want %q", headers, field, got, want)
				}
			}
		}
		allowed("[member]")
		allowed("[member]", "X-Project-Id", w.Region.ID)
		allowed("[member]", "X-Project-Id", w.Region.ID, "X-Domain-Id", "default")
		for _, headers := range [][]string{
			{"X-Project-Id", w.Workshop.ID}, // where alice holds a role
			{"X-Project-Id", "x"},
			{"X-Domain-Id", "default"},
		} {
			w.Do("POST", "/v3/probe", body, sign(headers...)...).Refused(401, "", "requires authentication")
		}
		// A role given later is not the key's; one taken is gone at once.
		if err := w.Accounts.Assign(t.Context(), w.Alice.ID, accounts.RoleManager, accounts.OnProject, w.Region.ID); err != nil {
			t.Fatal(err)
		}
		allowed("[member]")
		s, err := w.Signatures().Signer(t.Context(), k.access)
		if err != nil || s.UserID != w.Alice.ID || s.ProjectID != w.Region.ID {
			t.Errorf("signs for a gateway as %+v, %v", s, err)
		}
		if actor, _, err := authenticate(w, k.request(t, w, body)); err != nil || !actor.Restricted || actor.AccessKey != k.access {
			t.Errorf("%+v, %v", actor, err)
		}
		if err := w.Accounts.Unassign(t.Context(), w.Alice.ID, accounts.RoleMember, accounts.OnProject, w.Region.ID); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", "/v3/probe", body, sign()...).Refused(401, "")
		if _, err := w.Signatures().Signer(t.Context(), k.access); err != verify.ErrUnknownKey {
			t.Errorf("a key without a role left: %v", err)
		}
	})
}

func TestEC2KeyEnds(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		other := w.Node() // to which only Refresh tells
		for name, end := range map[string]func(k pair) error{
			"deleted": func(k pair) error {
				w.Do("DELETE", "/v3/users/"+w.Alice.ID+"/credentials/OS-EC2/"+k.access, nil, "X-Auth-Token", w.LogIn("alice", nil)).Want(204)
				return nil
			},
			"project disabled": func(pair) error { return w.Accounts.EnableProject(t.Context(), w.Region.ID, false) },
			"user disabled":    func(pair) error { return w.Accounts.EnableUser(t.Context(), w.Alice.ID, false) },
		} {
			k := ec2(t, w)
			r := k.request(t, w, "")
			if _, err := other.Authenticate()(r, none); err != nil {
				t.Fatalf("%s: %v before", name, err)
			}
			if err := end(k); err != nil {
				t.Fatal(err)
			}
			if err := other.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, authenticate := range []wire.Authenticator{w.Authenticate(), other.Authenticate()} {
				if _, err := authenticate(r, none); refusal(err) != wire.Invalid {
					t.Errorf("%s: %v", name, err)
				}
			}
			for _, back := range []error{w.Accounts.EnableProject(t.Context(), w.Region.ID, true), w.Accounts.EnableUser(t.Context(), w.Alice.ID, true)} {
				if back != nil {
					t.Fatal(back)
				}
			}
			w.Clock.Advance(time.Second)
		}
	})
}

func none() ([]byte, error) { return nil, nil }

// TestSignatureIsNoToken: CVE-2025-65073, CVE-2020-12692, CVE-2025-31489. What was
// captured of a signed request, with either kind of key, is good for that request
// and for 15 minutes: no route turns it into a token, and nothing else passes.
func TestSignatureIsNoToken(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		for name, k := range map[string]pair{"EC2 key": ec2(t, w), "access key": key(t, w, w.Alice)} {
			captured := k.request(t, w, body)
			parts := identitytest.Object{"access": k.access, "host": captured.Host, "verb": "POST", "path": "/v3/probe", "signature": captured.Header.Get("Authorization")}
			for _, at := range []string{"/v3/ec2tokens", "/v3/s3tokens", "/v2.0/ec2tokens", "/v3/OS-EC2/tokens"} {
				for _, in := range []identitytest.Object{{"credentials": parts}, {"ec2Credentials": parts}, {"auth": parts}} {
					w.Do("POST", at, in).Want(404)
					w.Do("POST", at, in, "Authorization", captured.Header.Get("Authorization"), "X-Sdk-Date", captured.Header.Get("X-Sdk-Date")).Want(404)
				}
			}
			for _, in := range []identitytest.Object{
				{"auth": identitytest.Object{"identity": identitytest.Object{"methods": []string{"ec2"}, "ec2": parts}}},
				{"auth": identitytest.Object{"identity": identitytest.Object{"methods": []string{"hw_ak_sk"}, "hw_ak_sk": parts}}},
			} {
				if r := w.Do("POST", "/v3/auth/tokens", in, "Authorization", captured.Header.Get("Authorization")); r.Status != 401 || r.Header.Get("X-Subject-Token") != "" {
					t.Errorf("%s: %d %s", name, r.Status, r.Body)
				}
			}
			replay := func(what string, change func(r *http.Request) *http.Request) {
				t.Helper()
				r := captured.Clone(t.Context())
				r.Body = http.NoBody
				r = change(r)
				content := body
				if what == "another body" {
					content = strings.Replace(body, "hello", "forged", 1)
				}
				if actor, err := w.Authenticate()(r, func() ([]byte, error) { return []byte(content), nil }); err == nil {
					t.Errorf("%s: %s: accepted as %+v", name, what, actor)
				}
				// Rows of failures would end the test with a lock.
				if _, _, err := authenticate(w, k.request(t, w, body)); err != nil {
					t.Fatal(err)
				}
			}
			move := func(method, target, host string) func(*http.Request) *http.Request {
				return func(r *http.Request) *http.Request {
					moved := httptest.NewRequest(method, target, nil)
					moved.Header = r.Header
					if moved.Host = r.Host; host != "" {
						moved.Host = host
					}
					return moved
				}
			}
			const target = "/v3/probe?b=2&a=1%20x"
			replay("another host", move("POST", target, "other.example.com"))
			replay("another method", move("PUT", target, ""))
			replay("another path", move("POST", "/v3/probe/project?b=2&a=1%20x", ""))
			replay("another query", move("POST", "/v3/probe?b=2&a=1%20y", ""))
			replay("no query", move("POST", "/v3/probe", ""))
			replay("another body", move("POST", target, ""))
			replay("a truncated signature", func(r *http.Request) *http.Request { // CVE-2026-27840
				h := r.Header.Get(signature.HeaderAuthorization)
				r.Header.Set(signature.HeaderAuthorization, h[:len(h)-2])
				return r
			})
			replay("another date", func(r *http.Request) *http.Request {
				r.Header.Set(signature.HeaderDate, "20260102T030406Z")
				return r
			})
			// The very request is good again, as long as it is fresh and no longer.
			again := func() error {
				_, err := w.Authenticate()(move("POST", target, "")(captured), func() ([]byte, error) { return []byte(body), nil })
				return err
			}
			if err := again(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			w.Clock.Advance(16 * time.Minute)
			if err := again(); refusal(err) != wire.Expired {
				t.Errorf("%s: 16 minutes later: %v", name, err)
			}
		}
	})
}
