package secret_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/secret"
)

func sealer(t testing.TB, fill ...byte) *secret.Sealer {
	t.Helper()
	var keys [][]byte
	for _, b := range fill {
		keys = append(keys, bytes.Repeat([]byte{b}, secret.KeySize))
	}
	s, err := secret.NewSealer(keys[0], keys[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func seal(t testing.TB, s *secret.Sealer, purpose, id, plain string) []byte {
	t.Helper()
	sealed, err := s.Seal(purpose, id, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealedOpensForItsRowOnly(t *testing.T) {
	s := sealer(t, 1)
	sealed := seal(t, s, "app-secret", "a1", "hunter2")
	if bytes.Contains(sealed, []byte("hunter2")) {
		t.Error("not encrypted")
	}
	if bytes.Equal(sealed, seal(t, s, "app-secret", "a1", "hunter2")) {
		t.Error("equal secrets look equal")
	}
	if plain, err := s.Open("app-secret", "a1", sealed); err != nil || string(plain) != "hunter2" {
		t.Errorf("%q, %v", plain, err)
	}
	for _, c := range []struct{ name, purpose, id string }{
		{"other purpose", "app-code", "a1"},
		{"other row", "app-secret", "a2"},
		{"boundary moved", "app-secreta", "1"},
	} {
		_, err := s.Open(c.purpose, c.id, sealed)
		if !errors.Is(err, secret.ErrSealed) || !strings.Contains(err.Error(), c.purpose) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := sealer(t, 2).Open("app-secret", "a1", sealed); !errors.Is(err, secret.ErrSealed) || !strings.Contains(err.Error(), "key file") {
		t.Errorf("other installation: %v", err)
	}
}

func TestEveryChangedByteIsNoticed(t *testing.T) {
	s := sealer(t, 1)
	sealed := seal(t, s, "p", "1", "hunter2")
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := s.Open("p", "1", changed); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("byte %d: %v", i, err)
		}
		if _, err := s.Open("p", "1", sealed[:i]); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}

func TestRotation(t *testing.T) {
	old := sealer(t, 1)
	both := sealer(t, 2, 1)
	fresh := sealer(t, 2)
	sealed := seal(t, old, "p", "1", "x")
	if !both.Stale(sealed) || old.Stale(sealed) {
		t.Error("Stale is wrong about an old value")
	}
	plain, err := both.Open("p", "1", sealed)
	if err != nil {
		t.Fatal(err)
	}
	again := seal(t, both, "p", "1", string(plain))
	if both.Stale(again) {
		t.Error("sealed again, yet stale")
	}
	if _, err := fresh.Open("p", "1", again); err != nil {
		t.Errorf("after the old key was dropped: %v", err)
	}
	if _, err := fresh.Open("p", "1", sealed); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("what was not sealed again: %v", err)
	}
}

func TestDerive(t *testing.T) {
	s := sealer(t, 1)
	a := s.Derive("token-signing")
	if len(a) != 32 || !bytes.Equal(a, s.Derive("token-signing")) {
		t.Error("not a stable key of 32 bytes")
	}
	if bytes.Equal(a, s.Derive("app-code-index")) || bytes.Equal(a, sealer(t, 2).Derive("token-signing")) {
		t.Error("purposes or installations share a key")
	}
	if !bytes.Equal(a, sealer(t, 2, 1).Derive("token-signing")) {
		t.Error("a new key in front changes what was derived")
	}
	a[0]++
	if bytes.Equal(a, s.Derive("token-signing")) {
		t.Error("the answer is shared with the caller")
	}
}

func TestNewSealerRefuses(t *testing.T) {
	ok, short := make([]byte, 32), make([]byte, 31)
	for _, keys := range [][][]byte{{nil}, {short}, {ok, short}, {ok, ok}} {
		if _, err := secret.NewSealer(keys[0], keys[1:]...); err == nil {
			t.Errorf("%v is accepted", keys)
		}
	}
}

func TestSealOpenProperty(t *testing.T) {
	s := sealer(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		purpose, id := rapid.String().Draw(t, "purpose"), rapid.String().Draw(t, "id")
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed, err := s.Seal(purpose, id, plain)
		if err != nil {
			t.Fatal(err)
		}
		if opened, err := s.Open(purpose, id, sealed); err != nil || !bytes.Equal(opened, plain) {
			t.Fatalf("%x, %v", opened, err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	s := sealer(f, 1)
	f.Add(seal(f, s, "other", "1", "x"))
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{1}, 45))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := s.Open("p", "1", sealed); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("%x opens: %v", sealed, err)
		}
		s.Stale(sealed)
	})
}
