package responses_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/manage/responses"
)

func TestBodies(t *testing.T) {
	for body, fault := range map[string]string{
		standardBody: "", `{}`: "", `null`: "", `"text"`: "", ` { "a" : [ 1 , true ] } `: "",
		`"$context.apiId $context.appId $context.requestId $context.stage $context.sourceIp"`:     "",
		`"$context.error.message/$context.error.code/$context.error.type"`:                        "",
		`"$context.apiName,$context.appName,$context.reqPath,$context.reqUri,$context.reqMethod"`: "",
		`"$context.authorizer.frontend.user_id$context.authorizer.backend.x9"`:                    "",
		`"at $context.stage."`: "", `"$context"`: "", `"$contexts.x"`: "", `"$ context.x"`: "", `"\u0024context.x"`: "",
		`{"$context.stage":1}`: "",

		`"$context."`: "$context.", `"$context.."`: "$context.", `"$context.apiID"`: "$context.apiID", `"$context.apiIdx"`: "$context.apiIdx",
		`"$context.stage $context.error"`: "$context.error", `"$context.error.stack"`: "$context.error.stack",
		`"$context.authorizer.frontend"`: "frontend", `"$context.authorizer.frontend."`: "frontend", `"$context.authorizer.frontend.a.b"`: "a.b",
		`"$context.authorizer.middle.x"`: "middle", `"$context.$context.stage"`: "$context.",
		`{"a":$context.stage}`: "not JSON", `{`: "not JSON", `{}{}`: "not JSON", `{'a':1}`: "not JSON", "\"a\nb\"": "not JSON", `hello`: "not JSON",
	} {
		err := responses.CheckBody(body)
		if fault == "" && err != nil || fault != "" && (err == nil || !strings.Contains(err.Error(), fault)) {
			t.Errorf("%s: %v, want %q", body, err, fault)
		}
	}
}

func TestLongBodiesAreCheap(t *testing.T) {
	for _, body := range []string{
		`"` + strings.Repeat("$context.", 900) + `"`, strings.Repeat("[", 8000), `"` + strings.Repeat("$context.stage", 580) + `"`,
		`"$context.` + strings.Repeat(".", 8000) + `"`,
	} {
		began := time.Now()
		err := responses.CheckBody(body)
		if d := time.Since(began); d > 100*time.Millisecond || err != nil && len(err.Error()) > 400 {
			t.Errorf("%.30s…: %v, %v", body, d, err)
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{standardBody, `"$context.apiIdx"`, `"$context.authorizer.backend.a."`, `[]`, `"\\$context.stage"`, `"$context.$context.stage"`} {
		f.Add(seed)
	}
	words := regexp.MustCompile(`\$context\.[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*`)
	f.Fuzz(func(t *testing.T, body string) {
		if responses.CheckBody(body) != nil {
			return
		}
		// Whatever stands for the variables, the body stays JSON.
		if filled := words.ReplaceAllString(body, `\"x\\`); !json.Valid([]byte(filled)) {
			t.Errorf("%q becomes %q", body, filled)
		}
	})
}
