package app_test

import (
	"runtime"
	"testing"

	"github.com/lintel-gateway/lintel/internal/app"
)

func TestTuneProcessors(t *testing.T) {
	was := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(was) })
	app.TuneProcessors(func(name string) (string, bool) { return "3", name == "GOMAXPROCS" })
	if got := runtime.GOMAXPROCS(0); got != was {
		t.Errorf("GOMAXPROCS is set, and %d became %d", was, got)
	}
	app.TuneProcessors(func(string) (string, bool) { return "", false })
	if got := runtime.GOMAXPROCS(0); got != was+1 {
		t.Errorf("%d became %d, want one more", was, got)
	}
}
