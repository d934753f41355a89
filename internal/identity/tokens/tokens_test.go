package tokens_test

import (
	"context"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)

const userID, projectID = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"

func sample() tokens.Token {
	return tokens.Token{
		Methods: tokens.Password, UserID: userID, UserName: "admin", DomainID: "default", DomainName: "Default",
		ProjectID: projectID, ProjectName: "RegionOne", Roles: []string{"admin", "member"},
	}
}

// authority is one on an empty SQLite database, with its clock.
func authority(t testing.TB) (*tokens.Authority, *clock.Fake) {
	t.Helper()
	now := clock.NewFake(start)
	a, _ := open(t, emptyDB(t), now, 1)
	return a, now
}

func emptyDB(t testing.TB) *store.DB {
	t.Helper()
	url := "sqlite:" + t.TempDir() + "/test.db"
	db, err := store.Open(context.Background(), url, store.Options{Schemas: []fs.FS{tokens.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// open is what a node does at start; key tells installations apart.
func open(t testing.TB, db *store.DB, now *clock.Fake, key byte) (*tokens.Authority, *tokens.Revocations) {
	t.Helper()
	revoked, err := tokens.OpenRevocations(context.Background(), db, now.Now)
	if err != nil {
		t.Fatal(err)
	}
	return tokens.New([]byte(strings.Repeat(string(rune(key)), 32)), revoked, now.Now, ids.Random()), revoked
}

func issue(t testing.TB, a *tokens.Authority, token tokens.Token) (string, tokens.Token) {
	t.Helper()
	raw, issued, err := a.Issue(token, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return raw, issued
}

func TestVerifyAnswersWhatWasIssued(t *testing.T) {
	a, _ := authority(t)
	raw, issued := issue(t, a, sample())
	got, err := a.Verify(raw)
	if err != nil || !reflect.DeepEqual(got, issued) {
		t.Errorf("Verify = %+v, %v\nwant %+v", got, err, issued)
	}
	if len(raw) > 400 {
		t.Errorf("the token has %d characters", len(raw))
	}
	t.Logf("a usual token has %d characters", len(raw))
}

func TestLife(t *testing.T) {
	a, now := authority(t)
	raw, issued := issue(t, a, sample())
	now.Advance(tokens.Life - time.Second)
	if _, err := a.Verify(raw); err != nil {
		t.Errorf("one second before its end: %v", err)
	}
	child := sample()
	child.Methods |= tokens.FromToken
	childRaw, childToken, err := a.Issue(child, issued.Expires)
	if err != nil || !childToken.Expires.Equal(issued.Expires) {
		t.Errorf("a token made from another ends at %v, %v; the other at %v", childToken.Expires, err, issued.Expires)
	}
	now.Advance(time.Second)
	for _, raw := range []string{raw, childRaw} {
		if _, err := a.Verify(raw); !errors.Is(err, tokens.ErrExpired) {
			t.Errorf("at its end: %v", err)
		}
	}
}

// Every other spelling of a token is refused: cut (CVE-2026-27840), longer,
// one character changed, line breaks, another installation's key.
func TestOnlyOneSpelling(t *testing.T) {
	// Base64 comes in groups of four characters: each remainder has its own
	// way to hide one more.
	for more := range 4 {
		token := sample()
		token.UserName += strings.Repeat("x", more)
		onlyOneSpelling(t, token)
	}
}

func onlyOneSpelling(t *testing.T, token tokens.Token) {
	t.Helper()
	a, now := authority(t)
	raw, _ := issue(t, a, token)
	for i := range len(raw) {
		for _, c := range []byte{'A', 'B', '_', raw[i] ^ 1, '\n'} {
			if c == raw[i] {
				continue
			}
			if _, err := a.Verify(raw[:i] + string(c) + raw[i+1:]); !errors.Is(err, tokens.ErrInvalid) {
				t.Fatalf("character %d as %q: %v", i, c, err)
			}
		}
		if _, err := a.Verify(raw[:i]); !errors.Is(err, tokens.ErrInvalid) {
			t.Fatalf("cut to %d: %v", i, err)
		}
		if _, err := a.Verify(raw[:i] + "\n" + raw[i:]); !errors.Is(err, tokens.ErrInvalid) {
			t.Fatalf("line break at %d: %v", i, err)
		}
	}
	for _, other := range []string{raw + "A", raw + "=", raw + raw, " " + raw, strings.Repeat("A", 1<<16)} {
		if _, err := a.Verify(other); !errors.Is(err, tokens.ErrInvalid) {
			t.Errorf("%.20q…: %v", other, err)
		}
	}
	db := storetest.Open(t, "sqlite:"+t.TempDir()+"/other.db", tokens.Schema())
	stranger, _ := open(t, db, now, 2)
	if _, err := stranger.Verify(raw); !errors.Is(err, tokens.ErrInvalid) {
		t.Errorf("with another key: %v", err)
	}
}

func TestRevocation(t *testing.T) {
	storetest.Each(t, []fs.FS{tokens.Schema()}, func(t *testing.T, db *store.DB) {
		now := clock.NewFake(start)
		here, revoked := open(t, db, now, 1)
		there, elsewhere := open(t, db, now, 1)
		raw, token := issue(t, here, sample())
		other, _ := issue(t, here, sample())
		before := revoked.Generation()
		if err := here.Revoke(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		want(t, here, raw, tokens.ErrRevoked)
		want(t, here, other, nil)
		if revoked.Generation() == before {
			t.Error("caches are not told")
		}
		want(t, there, raw, nil) // until it looks
		if err := elsewhere.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, there, raw, tokens.ErrRevoked)
		restarted, _ := open(t, db, now, 1)
		want(t, restarted, raw, tokens.ErrRevoked)

		// Everything of the user so far, but nothing later.
		void(t, db, revoked, tokens.Void, tokens.OfUser, userID, now)
		want(t, here, other, tokens.ErrRevoked)
		now.Advance(time.Microsecond)
		later, _ := issue(t, here, sample())
		want(t, here, later, nil)

		// A project that is barred takes nothing until it is released.
		void(t, db, revoked, tokens.Bar, tokens.OfProject, projectID, now)
		now.Advance(time.Minute)
		barred, _ := issue(t, here, sample())
		want(t, here, barred, tokens.ErrRevoked)
		domain := sample()
		domain.ProjectID, domain.ProjectName, domain.ScopeDomainID = "", "", "default"
		unconcerned, _ := issue(t, here, domain)
		want(t, here, unconcerned, nil)
		void(t, db, revoked, tokens.Void, tokens.OfProject, projectID, now)
		now.Advance(time.Microsecond)
		released, _ := issue(t, here, sample())
		want(t, here, released, nil)
		want(t, here, barred, tokens.ErrRevoked)
	})
}

func want(t *testing.T, a *tokens.Authority, raw string, want error) {
	t.Helper()
	if _, err := a.Verify(raw); !errors.Is(err, want) {
		t.Errorf("Verify: %v, want %v", err, want)
	}
}

type voider = func(context.Context, *store.Tx, tokens.Kind, string, time.Time) error

func void(t *testing.T, db *store.DB, r *tokens.Revocations, f voider, kind tokens.Kind, id string, now *clock.Fake) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return f(t.Context(), tx, kind, id, now.Now()) }); err != nil {
		t.Fatal(err)
	}
	if err := r.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Revoking without end costs the user its tokens, not the nodes their memory;
// and rows leave SQL and memory when no token they concern can live.
func TestRevocationsAreBounded(t *testing.T) {
	storetest.Each(t, []fs.FS{tokens.Schema()}, func(t *testing.T, db *store.DB) {
		now := clock.NewFake(start)
		a, revoked := open(t, db, now, 1)
		kept, _ := issue(t, a, sample())
		var last string
		for i := range tokens.MaxRevokedPerUser + 1 {
			raw, token := issue(t, a, sample())
			if err := a.Revoke(t.Context(), token); err != nil {
				t.Fatal(err)
			}
			want(t, a, raw, tokens.ErrRevoked)
			if i == tokens.MaxRevokedPerUser-1 {
				want(t, a, kept, nil)
			}
			last = raw
		}
		want(t, a, kept, tokens.ErrRevoked)
		want(t, a, last, tokens.ErrRevoked)
		if n := revoked.Len(); n != 1 {
			t.Errorf("%d revocations in memory, want the user's alone", n)
		}
		now.Advance(3 * tokens.Life)
		if err := revoked.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := revoked.Len(); n != 0 {
			t.Errorf("%d revocations in memory after all tokens have expired", n)
		}
		// The newest row stays, so that numbers go on; then only it.
		for range 2 {
			_, token := issue(t, a, sample())
			if err := a.Revoke(t.Context(), token); err != nil {
				t.Fatal(err)
			}
			now.Advance(3 * tokens.Life)
		}
		var rows int
		if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_revocations`).Scan(&rows); err != nil || rows > 2 {
			t.Errorf("%d rows left, %v", rows, err)
		}
	})
}

func TestIssueRefusesWhatDoesNotFit(t *testing.T) {
	a, _ := authority(t)
	long := sample()
	long.UserName = strings.Repeat("x", 256)
	many := sample()
	many.Roles = make([]string, 17)
	for _, token := range []tokens.Token{long, many} {
		if raw, _, err := a.Issue(token, time.Time{}); err == nil {
			t.Errorf("issued %d characters", len(raw))
		}
	}
}

func TestRoundTrip(t *testing.T) {
	a, _ := authority(t)
	id := rapid.OneOf(rapid.StringMatching(`[0-9a-f]{32}`), rapid.StringMatching(`[a-z]{1,12}`))
	name := rapid.StringN(0, 64, 255)
	rapid.Check(t, func(t *rapid.T) {
		in := tokens.Token{
			Methods: tokens.Methods(rapid.ByteRange(1, 3).Draw(t, "methods")), ParentID: rapid.OneOf(rapid.Just(""), id).Draw(t, "parent"),
			UserID: id.Draw(t, "user"), UserName: name.Draw(t, "name"),
			DomainID: id.Draw(t, "domain"), DomainName: name.Draw(t, "domain name"),
		}
		switch rapid.IntRange(0, 2).Draw(t, "scope") {
		case 1:
			in.ProjectID, in.ProjectName = id.Draw(t, "project"), name.Draw(t, "project name")
		case 2:
			in.ScopeDomainID = id.Draw(t, "scope domain")
		}
		if n := rapid.IntRange(0, 16).Draw(t, "roles"); n > 0 {
			in.Roles = rapid.SliceOfN(rapid.StringMatching(`[a-z_]{1,20}`), n, n).Draw(t, "role")
		}
		raw, issued, err := a.Issue(in, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := a.Verify(raw); err != nil || !reflect.DeepEqual(got, issued) {
			t.Fatalf("Verify = %+v, %v\nwant %+v", got, err, issued)
		}
	})
}

func FuzzVerify(f *testing.F) {
	revoked, err := tokens.OpenRevocations(context.Background(), emptyDB(f), clock.NewFake(start).Now)
	if err != nil {
		f.Fatal(err)
	}
	// The workers of a fuzzer are processes of their own: all must make the
	// same token.
	same := ids.From(strings.NewReader(strings.Repeat("x", 64)))
	a := tokens.New(make([]byte, 32), revoked, clock.NewFake(start).Now, same)
	raw, _ := issue(f, a, sample())
	f.Add(raw)
	f.Add(raw[:len(raw)-1])
	f.Add("")
	f.Add("AQEB\r\n")
	f.Fuzz(func(t *testing.T, in string) {
		if _, err := a.Verify(in); err == nil && in != raw {
			t.Errorf("%q was never issued", in)
		}
	})
}

func TestVerifyAllocates(t *testing.T) {
	a, _ := authority(t)
	raw, _ := issue(t, a, sample())
	got := testing.AllocsPerRun(100, func() {
		if _, err := a.Verify(raw); err != nil {
			t.Fatal(err)
		}
	})
	if got > 2 && !raceDetector {
		t.Errorf("%v allocations, want 2: the texts and the roles", got)
	}
}

func BenchmarkVerify(b *testing.B) {
	a, _ := authority(b)
	raw, _ := issue(b, a, sample())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Verify(raw); err != nil {
			b.Fatal(err)
		}
	}
}
