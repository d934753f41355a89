package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/lintel-gateway/lintel/internal/secret"
)

func TestTextIsNeverShown(t *testing.T) {
	const clear = "hunter2"
	text := secret.Text(clear)
	type holder struct {
		Exported secret.Text            `json:"exported" yaml:"exported"`
		Pointer  *secret.Text           `json:"pointer" yaml:"pointer"`
		List     []secret.Text          `json:"list" yaml:"list"`
		Map      map[string]secret.Text `json:"map" yaml:"map"`
	}
	h := holder{text, &text, []secret.Text{text}, map[string]secret.Text{"k": text}}

	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "% x", "%10s", "%-3v", "%t"} {
		shown["Text "+verb] = fmt.Sprintf(verb, text)
		shown["pointer "+verb] = fmt.Sprintf(verb, &text)
		shown["struct "+verb] = fmt.Sprintf(verb, h)
		shown["any "+verb] = fmt.Sprintf(verb, []any{text})
	}
	shown["Sprint"] = fmt.Sprint(text, " ", []secret.Text{text})
	shown["error"] = fmt.Errorf("bad key %s: %w", text, errors.New("no")).Error()
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		log := slog.New(handler(&b)).With("with", text)
		log.Info("m", "value", text, "pointer", &text, "struct", h, slog.Group("g", "in", text))
		shown[name] = b.String()
	}
	j, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	shown["json"] = string(j)
	y, err := yaml.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	shown["yaml"] = string(y)

	for how, s := range shown {
		if strings.Contains(s, clear) || strings.Contains(strings.ToLower(s), fmt.Sprintf("%x", clear)) {
			t.Errorf("%s: the secret is shown", how)
		}
	}
	for _, how := range []string{"Text %v", "Text %x", "struct %+v", "slog text", "slog json", "json", "yaml", "error"} {
		if !strings.Contains(shown[how], "[redacted]") {
			t.Errorf("%s: %q does not say that something was left out", how, shown[how])
		}
	}
	if text.Reveal() != clear {
		t.Error("Reveal does not")
	}
}

func TestTextIsReadFromJSON(t *testing.T) {
	var in struct{ Password secret.Text }
	if err := json.Unmarshal([]byte(`{"password":"hunter2"}`), &in); err != nil || in.Password.Reveal() != "hunter2" {
		t.Errorf("%q, %v", in.Password.Reveal(), err)
	}
}
