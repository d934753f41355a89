package openapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/quota"
)

// TestPublicDescriptions imports descriptions that others wrote, exports them,
// and imports the export again.
func TestPublicDescriptions(t *testing.T) {
	limits, err := quota.Default().With(map[quota.Item]int{quota.Imports: 304, quota.APIs: 2000})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []struct {
		file              string
		operations, fails int
		title, address    string
		actions           map[string]string // what became of some words
	}{
		{"harbor-swagger2.yaml", 203, 0, "Harbor_API", "", map[string]string{"/host": "ignored", "/basePath": "converted", "/definitions": "ignored"}},
		{"argocd-swagger2.json", 106, 0, "Consolidate_Services", "", map[string]string{"/info/title": "converted", "/definitions": "ignored"}},
		// Seven of its paths have a query in them, which no request path has, and
		// 16 of its 304 operations are webhooks: calls that its server makes.
		{"openai-openapi31.yaml", 288, 7, "OpenAI_API", "api.openai.com", map[string]string{"/servers": "converted", "/webhooks": "ignored"}},
	} {
		t.Run(d.file, func(t *testing.T) {
			if slower > 1 && d.operations > 150 {
				t.Skip("too slow under the race detector, which sees the same code in the smallest; runs without it")
			}
			text := sibling(t, "data", "openapi", d.file)
			eachWith(t, limits, func(h *house) {
				begun := time.Now()
				res := h.imported(h.Do("POST", path, text))
				h.t.Logf("%d APIs in %v", len(res.Success), time.Since(begun))
				if took := time.Since(begun); took > 10*time.Second*slower {
					h.t.Errorf("the import took %v", took)
				}
				if len(res.Success) != d.operations-d.fails || len(res.Failure) != d.fails {
					h.t.Fatalf("%d and %d operations, %+v", len(res.Success), len(res.Failure), res.Failure)
				}
				for _, f := range res.Failure {
					if f.Code != "APIG.2011" || !strings.Contains(f.Path, "?") {
						h.t.Errorf("%+v", f)
					}
				}
				if len(res.Report) != min(res.ReportTotal, 1000) || res.ReportTotal < 1000 {
					h.t.Errorf("%d of %d entries", len(res.Report), res.ReportTotal)
				}
				counted := 0
				for _, c := range res.ReportCount {
					counted += c.Count
				}
				if counted != res.ReportTotal {
					h.t.Errorf("%d entries are counted, there are %d", counted, res.ReportTotal)
				}
				for pointer, action := range d.actions {
					h.reported(res, pointer, action)
				}
				if d.address != "" {
					api := h.Do("GET", "/v1.0/apigw/apis/"+res.Success[0].ID, nil).Want(200)
					if api.Text("backend_api.url_domain") != d.address || api.Text("backend_api.req_uri") != api.Text("req_uri") {
						h.t.Errorf("the backend is %s", api.Body)
					}
				}
				h.publish(res)
				first := h.export(res.GroupID, "&define=all&format=openapi3")
				again := h.whole(h.Do("POST", path, strings.Replace(first, `"`+d.title+`"`, `"Again"`, 1)))
				h.publish(again)
				h.same(first, h.export(again.GroupID, "&define=all&format=openapi3"))
				two := h.export(res.GroupID, "&define=all&type=yaml")
				third := h.whole(h.Do("POST", path, strings.Replace(two, d.title, "Third", 1)))
				h.publish(third)
				h.same(two, h.export(third.GroupID, "&define=all&type=yaml"))
			})
		})
	}
}
