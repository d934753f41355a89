package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/config"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestFiles loads every testdata/*.good.yml and *.bad.yml. A bad file must
// give exactly the message beside it.
func TestFiles(t *testing.T) {
	t.Chdir("testdata")
	files, err := filepath.Glob("*.yml")
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			c, err := config.Load(nil, []string{"LINTEL_CONFIG=" + file})
			got := ""
			switch good := strings.HasSuffix(file, ".good.yml"); {
			case good && err != nil:
				t.Fatalf("a good file was refused: %v", err)
			case !good && err == nil:
				t.Fatal("a bad file was accepted")
			case good:
				got = fmt.Sprintf("%s\ndatabase %s\n", strings.ReplaceAll(fmt.Sprintf("%+v", *c), " ", "\n"), c.DatabaseName())
			default:
				got = err.Error() + "\n"
			}
			if strings.Contains(got, "hush") {
				t.Errorf("a secret is shown: %s", got)
			}
			golden(t, strings.TrimSuffix(file, ".yml")+".txt", got)
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run the test with -update and read what it writes", err)
	}
	if got != string(want) {
		t.Errorf("%s differs, got:\n%s\nwant:\n%s", path, got, want)
	}
}

// TestSettingsDocument keeps docs/operate/settings.md equal to the table.
func TestSettingsDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Settings

<!-- Made from internal/config/settings.go: go test ./internal/config -run TestSettingsDocument -update -->

Every setting has one name and three places: a flag (` + "`--gateway-addr`" + `), an environment variable
(` + "`LINTEL_GATEWAY_ADDR`" + `) and a key of the YAML file that ` + "`--config`" + ` names (` + "`gateway-addr`" + `). A flag beats the
environment, the environment beats the file, the file beats the default. An empty variable counts as not set.
All faults are reported at once, each with its source. Lists are comma separated or repeated as flags, a sequence in
the file; ` + "`limits`" + ` is a mapping in the file.

| setting | environment | type | default | meaning |
|---|---|---|---|---|
`)
	for _, s := range config.Settings() {
		name := "`--" + s.Name + "`"
		switch {
		case !s.Flag:
			name = "`" + s.Name + "` (no flag)"
		case !s.File:
			name += " (not in the file)"
		}
		def := s.Default
		if def == "" {
			def = "–"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", name, s.Env, s.Kind, def, s.Help)
	}
	golden(t, filepath.FromSlash("../../docs/operate/settings.md"), b.String())
}
