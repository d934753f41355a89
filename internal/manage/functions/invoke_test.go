package functions_test

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	nethttp "net/http"

	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

func TestInvocations(t *testing.T) {
	each(t, func(x *fixture) {
		invoke := func(name string, body any) object {
			x.Helper()
			answer := x.alice.Do("POST", collection+"/"+prefix+"default:"+name+"/invocations", body).Want(200)
			return answer.JSON().(object)
		}
		for name, module := range map[string][]byte{
			"echo": functiontest.Echo(), "says": functiontest.Says("{}", "a line"), "exits": functiontest.Exits(3), "loops": functiontest.Loops(),
			"floods": functiontest.Floods(1), "grows": functiontest.Grows(),
		} {
			x.alice.Do("POST", collection, wasi(name, module, "timeout", 1)).Want(200)
		}
		event := `{"k": "v",  "n": 1.50}`
		if got := invoke("echo", event); got["result"] != event || got["status"] != 200.0 || got["log"] != "" || len(got["request_id"].(string)) != 32 {
			x.Errorf("%v", got)
		}
		if got := invoke("echo", nil); got["result"] != "{}" {
			x.Errorf("%v", got)
		}
		if got := invoke("says", "{}"); got["result"] != "{}" || got["log"] != "a line" {
			x.Errorf("%v", got)
		}
		for name, want := range map[string]string{
			"exits": `{"errorType":"FunctionFailed","errorMessage":"the function ended with code 3"}`, "loops": `"errorType":"Timeout"`,
			"floods": `"errorType":"TooLarge"`, "grows": `"errorType":"OutOfMemory"`,
		} {
			if got := invoke(name, "{}"); got["status"] != 500.0 || !strings.Contains(got["result"].(string), want) {
				x.Errorf("%s: %v", name, got)
			}
		}
		if got := invoke("exits", "{}"); got["log"] != "about to end" {
			x.Errorf("%v", got)
		}
		at := collection + "/" + prefix + "default:echo/invocations"
		x.alice.Do("POST", at, "[1]").Refused(400, "APIG.2000", "must be an object")
		x.alice.Do("POST", at, `{"a":`).Refused(400, "APIG.2000")
		x.alice.Do("POST", collection+"/nothing/invocations", "{}").Refused(404, "APIG.3019")
	})
}

func TestTargetsAreCalled(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	server := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		mu.Lock()
		seen = append(seen, r.Header.Get("X-Function-Urn"))
		mu.Unlock()
		_, _ = w.Write([]byte("pong"))
	}))
	defer server.Close()
	each(t, func(x *fixture) {
		x.alice.Do("POST", collection, http("hook", server.URL)).Want(200)
		at := collection + "/" + prefix + "default:hook"
		if got := x.alice.Do("POST", at+"/invocations", object{"a": 1}).Want(200); got.Text("result") != "pong" {
			x.Errorf("%s", got.Body)
		}
		accepted := x.alice.Do("POST", at+"/invocations-async", object{"a": 1}).Want(202)
		if len(accepted.Text("request_id")) != 32 {
			x.Errorf("%s", accepted.Body)
		}
		for range 200 {
			mu.Lock()
			n := len(seen)
			mu.Unlock()
			if n == 2 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(seen) != 2 || seen[1] != prefix+"default:hook" {
			x.Errorf("seen: %v", seen)
		}
		seen = nil
		x.alice.Do("PUT", at+"/code", object{"http_target": "http://127.0.0.1:1"}).Want(200)
		if got := x.alice.Do("POST", at+"/invocations", object{}).Want(200); got.Text("status") != "500" || !strings.Contains(got.Text("result"), `"TargetFailed"`) {
			x.Errorf("%s", got.Body)
		}
	})
}

// TestBusy: one runs and one waits, as the fixture's runtime has it.
func TestBusy(t *testing.T) {
	each(t, func(x *fixture) {
		x.alice.Do("POST", collection, wasi("sleeps", functiontest.Sleeps(300, "x"))).Want(200)
		at := collection + "/" + prefix + "default:sleeps"
		for range 2 {
			x.alice.Do("POST", at+"/invocations-async", object{}).Want(202)
		}
		x.alice.Do("POST", at+"/invocations-async", object{}).Refused(500, "APIG.9008")
		x.alice.Do("POST", at+"/invocations", object{}).Refused(500, "APIG.9008")
		time.Sleep(time.Second)
		x.alice.Do("POST", at+"/invocations", object{}).Want(200)
	})
}
