package telemetry_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs", "access.log")
	open := func() func(string) {
		w, err := telemetry.Open(path, nil, telemetry.Rotation{MaxBytes: 100, Keep: 2})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.Close() })
		return func(line string) {
			if n, err := w.Write([]byte(line)); err != nil || n != len(line) {
				t.Fatalf("wrote %d: %v", n, err)
			}
		}
	}
	write := open()
	line := func(c string) string { return strings.Repeat(c, 59) + "\n" }
	write(line("a"))
	write(line("b")) // does not fit: a moves to .1
	write = open()   // a restart goes on where it was
	write(line("c"))
	write(line("d")) // a would be .3 and is gone
	want := map[string]string{"": line("d"), ".1": line("c"), ".2": line("b")}
	for suffix, text := range want {
		got, err := os.ReadFile(path + suffix)
		if err != nil || string(got) != text {
			t.Errorf("%s holds %q, %v; want %q", suffix, got, err, text)
		}
	}
	if _, err := os.Stat(path + ".3"); err == nil {
		t.Error("more files are kept than asked for")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: others could read it", info.Mode(), err)
	}
}

// TestRotationThatFails keeps writing to the old file: too large beats lost.
func TestRotationThatFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "access.log")
	// A folder that is not empty cannot be replaced by a file.
	if err := os.MkdirAll(filepath.Join(path+".1", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	w, err := telemetry.Open(path, nil, telemetry.Rotation{MaxBytes: 10, Keep: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := w.Write([]byte("0123456789\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); len(got) != 33 {
		t.Errorf("%d bytes, want 33", len(got))
	}
}

func TestOpenRefusals(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "file", "access.log")} {
		if w, err := telemetry.Open(path, nil, telemetry.Rotation{}); err == nil {
			t.Errorf("%s was opened as %v", path, w)
		}
	}
}

func TestStandardOutputIsNotClosed(t *testing.T) {
	var out bytes.Buffer
	w, err := telemetry.Open("-", &out, telemetry.Rotation{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("line\n")); err != nil || out.String() != "line\n" || w.Close() != nil {
		t.Errorf("%q, %v", out.String(), err)
	}
}
