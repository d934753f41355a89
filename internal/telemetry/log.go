package telemetry

import (
	"io"
	"log/slog"
	"time"
)

// Forms of the log.
const (
	FormatJSON = "json"
	FormatText = "text"
)

// NewLog is the log of the process. Times are UTC. Secrets redact themselves:
// their type implements slog.LogValuer and the JSON and fmt interfaces.
func NewLog(w io.Writer, level slog.Leveler, format string) *slog.Logger {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: utc}
	if format == FormatText {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// utc makes lines of machines in different zones comparable.
func utc(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
		a.Value = slog.TimeValue(a.Value.Time().UTC().Truncate(time.Microsecond))
	}
	return a
}
