package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/config"
)

// FuzzFile: whatever the file holds, loading ends with a configuration or with
// faults that are complete and name their line or the default they meet.
func FuzzFile(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	path := filepath.Join(f.TempDir(), "fuzz.yml")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(nil, []string{"LINTEL_CONFIG=" + path})
		var faults config.Faults
		switch {
		case err == nil && c == nil:
			t.Error("neither a configuration nor faults")
		case err != nil && !errors.As(err, &faults):
			t.Errorf("an error that is not Faults: %v", err)
		}
		for _, fault := range faults {
			if fault.Setting == "" || fault.Reason == "" || fault.Advice == "" || fault.Source == "" {
				t.Errorf("incomplete fault: %+v", fault)
			}
			if strings.ContainsAny(fault.String(), "\x00\x1b\n\r") {
				t.Errorf("a fault carries control characters: %q", fault.String())
			}
		}
	})
}
