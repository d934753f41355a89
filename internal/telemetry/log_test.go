package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

func TestLogRedactsSecrets(t *testing.T) {
	type credentials struct {
		User     string
		Password secret.Text
	}
	for _, format := range []string{telemetry.FormatJSON, telemetry.FormatText} {
		var out bytes.Buffer
		log := telemetry.NewLog(&out, slog.LevelInfo, format)
		s := secret.Text("hush")
		log.Info("one", "password", s, slog.Group("nested", "password", s),
			"struct", credentials{"u", s}, "pointer", &credentials{"u", s}, "list", []secret.Text{s}, "map", map[string]secret.Text{"k": s})
		log.With("password", s).Info("two")
		if strings.Contains(out.String(), "hush") || strings.Count(out.String(), "[redacted]") < 3 {
			t.Errorf("%s: %s", format, out.String())
		}
	}
}

func TestLogLines(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.NewLog(&out, slog.LevelWarn, telemetry.FormatJSON)
	log.Info("not shown")
	log.Warn("shown\n{}", telemetry.KeyDetail, "a\"\x1b[31m")
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("not one JSON line: %v in %s", err, out.String())
	}
	at, err := time.Parse(time.RFC3339Nano, line["time"].(string))
	if err != nil || at.Location() != time.UTC || line["level"] != "WARN" || line["detail"] != "a\"\x1b[31m" {
		t.Errorf("%v, %v", line, err)
	}
	if strings.ContainsRune(out.String(), 0x1b) {
		t.Error("a control character reaches the terminal")
	}
}
