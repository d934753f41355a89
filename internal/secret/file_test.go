package secret_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/secret"
)

func TestKeyFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	var all sync.WaitGroup
	sealed := make([][]byte, 8)
	for i := range sealed {
		all.Go(func() {
			s, err := secret.LoadOrCreate(path)
			if err != nil {
				t.Error(err)
				return
			}
			sealed[i] = seal(t, s, "p", "1", "x")
		})
	}
	all.Wait()
	s, err := secret.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		if _, err := s.Open("p", "1", sealed[i]); err != nil {
			t.Errorf("process %d used another key: %v", i, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestKeyFileWithAnOlderKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	young, old := strings.Repeat("02", 32), strings.Repeat("01", 32)
	write(t, path, "# young\n"+young+"\r\n\n# old\n  "+old, 0o600)
	s, err := secret.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open("p", "1", seal(t, sealer(t, 1), "p", "1", "x")); err != nil {
		t.Error(err)
	}
	if _, err := sealer(t, 2).Open("p", "1", seal(t, s, "p", "1", "x")); err != nil {
		t.Error(err)
	}
}

func TestKeyFileRefusals(t *testing.T) {
	good := strings.Repeat("ab", 32)
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"empty", "", 0o600, "no key"},
		{"only a comment", "# " + good, 0o600, "no key"},
		{"short", good[1:], 0o600, "line 1 has 63"},
		{"not hex", "\n" + good[:63] + "g", 0o600, "line 2 is not hex"},
		{"twice", good + "\n" + good, 0o600, "twice"},
		{"huge", strings.Repeat("#", 5000), 0o600, "4096"},
		{"readable by the group", good, 0o640, "chmod 600"},
		{"readable by all", good, 0o604, "chmod 600"},
	} {
		path := filepath.Join(t.TempDir(), "master.key")
		write(t, path, c.text, c.mode)
		_, err := secret.LoadOrCreate(path)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && strings.Contains(err.Error(), good[:8]) {
			t.Errorf("%s: the key is in the error", c.name)
		}
		if text, _ := os.ReadFile(path); string(text) != c.text {
			t.Errorf("%s: the file was changed", c.name)
		}
	}
	if _, err := secret.LoadOrCreate(filepath.Join(t.TempDir(), "none", "master.key")); err == nil {
		t.Error("no folder: accepted")
	}
	if _, err := secret.LoadOrCreate(t.TempDir()); err == nil {
		t.Error("a folder: accepted")
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
