//go:build !race

package callers_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
)

func TestReadsDoNotAllocate(t *testing.T) {
	c := callers.New()
	code := strings.Repeat("c", callers.MaxCode)
	c.PutApp(callers.App{ID: "app", Key: "key", Codes: []string{code}})
	c.PutGrant(definition.Grant{ID: "g", AppID: "app", APIID: "api", EnvID: "env"})
	handle := c.Granted("api", "env")
	if n := testing.AllocsPerRun(1000, func() {
		if c.ByKey("key") == nil || c.ByCode(code) == nil || !handle.Has("app") {
			t.Fatal("not found")
		}
		if c.ByKey("unknown") != nil || c.ByCode("unknown") != nil || handle.Has("unknown") {
			t.Fatal("found")
		}
	}); n != 0 {
		t.Errorf("reading allocates %v times", n)
	}
}
