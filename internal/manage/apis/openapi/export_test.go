package openapi_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	"github.com/lintel-gateway/lintel/internal/store"
)

// The export of the sample is the sample: every keyword, every type, every
// value.
func TestExportOfTheSample(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, sample))
		h.publish(res)
		got := parse(h.t, h.export(res.GroupID, "&define=full"))
		if host := got.Get("host").Str(); !hosts.MatchString(host) {
			h.t.Errorf("host is %q", host)
		}
		want := parse(h.t, sample)
		policy := want.At("/paths/~1test~1{path}/get/x-apigateway-backend-policies/0")
		h.covers(got, want, "")
		if policy.Get("parameters") != nil {
			h.t.Error("the sample changed")
		}
		// What the reference's prints of answers have, as far as they can be read.
		for _, pointer := range []string{"/swagger", "/info/title", "/info/version", "/paths", "/responses/default/description", "/securityDefinitions/apig-auth-iam/name"} {
			if got.At(pointer) == nil {
				h.t.Errorf("no %s", pointer)
			}
		}
		if v := got.At("/info/version").Str(); v != "2019-09-12-17:38:10" {
			h.t.Errorf("the default version is %q", v)
		}
		// The order of the sample as well.
		keys := strings.Join(got.At("/paths/~1test~1{path}/get").Keys, " ")
		if keys != "security description schemes operationId parameters responses x-apigateway-backend x-apigateway-backend-policies x-apigateway-cors x-apigateway-match-mode x-apigateway-request-type" {
			h.t.Errorf("the keywords are %s", keys)
		}
	})
}

// covers fails for everything of want that got lacks or has otherwise.
func (h *house) covers(got, want *document.Node, at string) {
	h.t.Helper()
	if got == nil || got.Kind != want.Kind || got.Text != want.Text {
		h.t.Errorf("%s: %+v, want %+v", at, got, want)
		return
	}
	if want.Kind == document.List && len(got.Items) != len(want.Items) {
		h.t.Errorf("%s has %d items, want %d", at, len(got.Items), len(want.Items))
		return
	}
	for i, item := range want.Items {
		if want.Kind == document.Object {
			h.covers(got.Get(want.Keys[i]), item, at+"/"+want.Keys[i])
		} else {
			h.covers(got.Items[i], item, document.Index(at, i))
		}
	}
}

func TestDefine(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, rich))
		h.variable(res.GroupID)
		h.publish(res)
		words := func(query string) string {
			found := map[string]bool{}
			for _, w := range regexp.MustCompile(`"x-[a-z-]+"`).FindAllString(h.export(res.GroupID, query), -1) {
				found[strings.Trim(w, `"`)] = true
			}
			return strings.Join(slices.Sorted(maps.Keys(found)), " ")
		}
		base := "x-apigateway-any-method x-apigateway-auth-opt x-apigateway-auth-type x-apigateway-authorizer x-apigateway-cors x-apigateway-match-mode " +
			"x-apigateway-request-type x-apigateway-result-failure-sample x-apigateway-result-normal-sample x-lintel-checked x-lintel-json-schema " +
			"x-lintel-sample x-lintel-service-tag x-lintel-version"
		backends := "x-apigateway-backend x-apigateway-backend-policies x-lintel-authorizer x-lintel-backend-version"
		policies := "x-apigateway-access-control x-apigateway-access-controls x-apigateway-ratelimit x-apigateway-ratelimits"
		for query, want := range map[string]string{
			"": base, "&define=base": base, "&define=FULL": base + " " + backends, "&define=all": base + " " + backends + " " + policies,
		} {
			sorted := strings.Fields(want)
			slices.Sort(sorted)
			if got := words(query); got != strings.Join(sorted, " ") {
				h.t.Errorf("%s: %s", query, got)
			}
		}
		all := parse(h.t, h.export(res.GroupID, "&define=all"))
		for pointer, want := range map[string]string{
			"/x-apigateway-ratelimits/slow/api-limit": "100", "/x-apigateway-ratelimits/slow/shared": "true", "/x-apigateway-ratelimits/slow/unit": "MINUTE",
			"/x-apigateway-ratelimits/slow/special/0/limit": "10", "/x-apigateway-ratelimits/slow/special/0/type": "USER",
			"/x-apigateway-access-controls/addresses/acl-type": "DENY", "/x-apigateway-access-controls/addresses/value": "10.0.0.0/8,192.168.1.1",
			"/x-apigateway-access-controls/accounts/entity-type":                  "DOMAIN",
			"/paths/~1anything/x-apigateway-any-method/x-apigateway-ratelimit":    "slow",
			"/paths/~1orders~1{id}/delete/x-apigateway-access-control":            "addresses",
			"/paths/~1anything/x-apigateway-any-method/x-apigateway-backend/type": "FUNCTION",
		} {
			if got := all.At(pointer).Str(); got != want {
				h.t.Errorf("%s is %q, want %q", pointer, got, want)
			}
		}
		// A throttle and an address list are bound where the API is served, and
		// not while it is offline.
		for _, s := range res.Success {
			h.Do("DELETE", "/v1.0/apigw/apis/publish/"+s.ID+"?env_id="+releaseEnv, nil).Want(204)
		}
		if empty := parse(h.t, h.export(res.GroupID, "&define=all")); empty.Get("paths").Len() != 0 || empty.Get("x-apigateway-ratelimits") != nil {
			h.t.Error("an export has what is offline")
		}
	})
}

func TestExportRefusals(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, mocks("/a", "api_a", "/b", "api_b")))
		a, b := res.Success[0].ID, res.Success[1].ID
		h.Do("POST", "/v1.0/apigw/apis/publish/"+a, map[string]any{"env_id": releaseEnv}).Want(201)
		second := h.whole(h.Do("POST", path, strings.Replace(mocks("/c", "api_c"), "Orders", "Others", 1)))
		h.publish(second)
		env := h.Do("POST", "/v1.0/apigw/envs", map[string]any{"name": "TEST"}).Want(201).Text("id")
		theirs := h.As(foreign).Do("POST", "/v1.0/apigw/envs", map[string]any{"name": "TEST"}).Want(201).Text("id")
		get := func(as, query string) func(int, string, ...string) {
			return func(status int, code string, text ...string) {
				h.t.Helper()
				h.As(as).Do("GET", path+query, nil).Refused(status, code, text...)
			}
		}
		group := "?group_id=" + res.GroupID
		get(member, "")(400, "APIG.2001", "group_id")
		get(member, "?group_id=none")(404, "APIG.3001", "API group none does not exist")
		get(foreign, group)(403, "APIG.1101")
		get("", group)(401, "APIG.1000")
		get(member, group+"&env_id=none")(404, "APIG.3003", "Environment none does not exist")
		get(member, group+"&env_id="+theirs)(403, "APIG.1103")
		get(admin, group+"&env_id="+theirs)(400, "APIG.1201")
		get(member, group+"&define=some")(400, "APIG.2011", "define")
		get(member, group+"&type=xml")(400, "APIG.2011", "type")
		get(member, group+"&format=raml")(400, "APIG.2011", "format")
		get(member, group+"&version="+strings.Repeat("1", 65))(400, "APIG.2006", "version")
		get(member, group+"&version=%07")(400, "APIG.2011", "version")

		post := func(as, query string, ids any) func(int, string, ...string) {
			return func(status int, code string, text ...string) {
				h.t.Helper()
				h.As(as).Do("POST", path+"/apis"+query, ids).Refused(status, code, text...)
			}
		}
		post(member, "", []string{})(400, "APIG.2001", "api_ids")
		post(member, "", slices.Collect(maps.Keys(numbers(1001))))(400, "APIG.2006", "api_ids")
		post(member, "", `{"ids":[]}`)(400, "APIG.2000", "a list")
		post(member, "", []string{a, "none"})(404, "APIG.3002", "API none does not exist")
		post(foreign, "", []string{a})(403, "APIG.1102")
		post(member, "", []string{a, b})(404, "APIG.3015", b)
		post(member, "?env_id="+env, []string{a})(404, "APIG.3015", a)
		post(member, "", []string{a, second.Success[0].ID})(400, "APIG.2011", "several groups")
		post(member, "?env_id=none", []string{a})(404, "APIG.3003")
		post(member, "?env_id="+theirs, []string{a})(403, "APIG.1103")
		post(admin, "?env_id="+theirs, []string{a})(400, "APIG.1201")
		post(member, "?type=xml", []string{a})(400, "APIG.2011", "type")
		post(member, "?version="+strings.Repeat("1", 65), []string{a})(400, "APIG.2006", "version")
		post(reader, "", []string{a})(403, "APIC.7110")
		post("", "", []string{a})(401, "APIG.1000")
	})
}

func numbers(n int) map[string]bool {
	out := map[string]bool{}
	for i := range n {
		out[strings.Repeat("x", i+1)] = true
	}
	return out
}

func TestExportSaysWhatIsServed(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, mocks("/a", "api_a", "/b", "api_b")))
		env := h.Do("POST", "/v1.0/apigw/envs", map[string]any{"name": "TEST"}).Want(201).Text("id")
		h.publish(res)
		h.Do("POST", "/v1.0/apigw/apis/publish/"+res.Success[0].ID, map[string]any{"env_id": env}).Want(201)
		// A draft that changed since is not what is served.
		h.whole(h.Do("PUT", path+"?mode=override&group_id="+res.GroupID, strings.Replace(mocks("/a", "api_a"), "hi}", "ho}", 1)))
		names := func(text string) string {
			return strings.Join(regexp.MustCompile(`api_[a-z]+|result-content": "[a-z]+`).FindAllString(text, -1), " ")
		}
		id := "?group_id=" + res.GroupID
		for query, want := range map[string]string{
			id + "&define=full":                                   `result-content": "hi api_a`,
			id + "&env_id=" + env:                                 "api_a",
			id + "&env=" + env:                                    "api_a",
			id + "&env=" + releaseEnv + "&env_id=" + env:          "api_a",
			"?group=" + res.GroupID:                               "api_a api_b",
			"?group=none&group_id=" + res.GroupID + "&env=" + env: "api_a",
		} {
			got := names(string(h.As(reader).Do("GET", path+query, nil).Want(200).Body))
			if strings.Contains(query, "full") {
				if !strings.Contains(got, `"hi`) || strings.Contains(got, `"ho`) {
					h.t.Errorf("%s: %s", query, got)
				}
			} else if got != want {
				h.t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		one := h.Do("POST", path+"/apis", []string{res.Success[1].ID, res.Success[1].ID}).Want(200)
		if got := names(string(one.Body)); got != "api_b" {
			h.t.Errorf("by id: %s", got)
		}
		if got := h.As(admin).Do("POST", path+"/apis?version=mine&format=openapi3", []string{res.Success[0].ID}).Want(200); got.Text("info.version") != "mine" || got.Text("openapi") != "3.0.3" {
			h.t.Errorf("%s", got.Body)
		}
		yaml := h.Do("GET", path+id+"&type=yaml", nil).Want(200)
		if yaml.Header.Get("Content-Type") != "application/yaml" || !strings.HasPrefix(string(yaml.Body), "swagger: '2.0'\n") {
			h.t.Errorf("%s\n%s", yaml.Header.Get("Content-Type"), yaml.Body)
		}
	})
}

// What others may not see is not in an export either, and what an export names
// is found in the project that imports it.
func TestNamesAreOfTheProject(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, sample))
		h.publish(res)
		text := h.export(res.GroupID, "&define=full")
		theirs := h.imported(h.As(foreign).Do("POST", path, text))
		if len(theirs.Failure) != 1 || theirs.Failure[0].Code != "APIG.3023" {
			h.t.Errorf("another project: %+v %+v", theirs.Success, theirs.Failure)
		}
	})
}

// A response is named; the group that imports has one of that name or none.
func TestResponsesAreNamed(t *testing.T) {
	each(t, func(h *house) {
		group := h.group("with_response")
		if err := h.db.Write(h.t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(h.t.Context(), `INSERT INTO group_responses VALUES ('r1', $1, 'p1', 'polite')`, group)
			return err
		}); err != nil {
			h.t.Fatal(err)
		}
		text := strings.Replace(mocks("/a", "api_a"), "x-apigateway-backend", "x-apigateway-response: polite\n      x-apigateway-backend", 1)
		res := h.whole(h.Do("PUT", path+"?mode=merge&group_id="+group, text))
		h.reported(res, "/paths/~1a/get/x-apigateway-response", "used")
		h.publish(res)
		exported := h.export(group, "&define=all")
		if got := parse(h.t, exported).At("/paths/~1a/get/x-apigateway-response").Str(); got != "polite" {
			h.t.Errorf("exported %q", got)
		}
		h.reported(h.whole(h.Do("POST", path, strings.Replace(exported, "with_response", "without", 1))), "/paths/~1a/get/x-apigateway-response", "ignored")
	})
}

// An export of a base import that goes back in does not call this gateway.
func TestBaseDefinitionsComeBackAsMocks(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, mocks("/a", "api_a")))
		h.publish(res)
		again := h.whole(h.Do("POST", path, strings.Replace(h.export(res.GroupID, ""), "Orders", "Again", 1)))
		api := h.Do("GET", "/v1.0/apigw/apis/"+again.Success[0].ID, nil).Want(200)
		if api.Text("backend_type") != "MOCK" {
			h.t.Errorf("%s", api.Body)
		}
		h.reported(again, "/host", "ignored")
	})
}

func TestEveryRouteIsCovered(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, mocks("/a", "api_a")))
		h.publish(res)
		h.whole(h.Do("PUT", path+"?mode=override&group_id="+res.GroupID, mocks("/a", "api_a")))
		h.export(res.GroupID, "")
		h.Do("POST", path+"/apis", []string{res.Success[0].ID}).Want(200)
		h.Do("GET", path, nil).Want(400)
		h.Do("POST", path, nil).Refused(400, "APIG.3609")
		h.Do("PUT", path, nil).Want(400)
		h.Do("POST", path+"/apis", []string{}).Want(400)
		h.Covered(h.routes)
	})
}
