package authorizers_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/authorizers"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 110, authorizers.Schema()) }

func TestLife(t *testing.T) {
	each(t, func(x *fixture) {
		made := x.alice.Do("POST", collection, body("ttl", 10, "user_data", "aaaa", "identities", identities("Authorization"))).Want(201)
		id := made.Text("id")
		x.touched(id)
		for path, want := range map[string]any{
			"name": "Authorizer_1", "type": "FRONTEND", "authorizer_type": "FUNC", "authorizer_uri": own, "ttl": float64(10), "user_data": "aaaa",
			"identities.0.name": "Authorization", "identities.0.location": "HEADER", "create_time": "2026-01-02T03:04:05Z",
		} {
			if got := made.Get(path); got != want {
				x.Errorf("%s is %v, want %v", path, got, want)
			}
		}
		published, err := x.area.Contribute(x.Context(), x.db, id)
		want := definition.Authorizer{
			ID: id, Name: "Authorizer_1", ProjectID: "p1", Type: "FRONTEND", URN: own + ":latest", TTL: 10, UserData: "aaaa",
			Identities: []definition.IdentitySource{{Name: "Authorization", In: "HEADER"}},
		}
		if err != nil || !reflect.DeepEqual(published, want) {
			x.Errorf("%+v, want %+v, %v", published, want, err)
		}

		// What a PUT leaves out stays; an empty list is a list.
		x.alice.Do("PUT", collection+"/"+id, body("name", "renamed", "authorizer_uri", own+":v1", "type", "frontend")).Want(200)
		x.touched(id)
		shown := x.alice.Do("GET", collection+"/"+id, nil).Want(200)
		if shown.Text("name") != "renamed" || shown.Text("ttl") != "10" || shown.Text("user_data") != "aaaa" || shown.Text("authorizer_uri") != own+":v1" || !shown.Has("identities.0") {
			x.Errorf("%s", shown.Body)
		}
		if published, _ := x.area.Contribute(x.Context(), x.db, id); published.(definition.Authorizer).URN != own+":v1" {
			x.Errorf("%+v", published)
		}
		cleared := x.alice.Do("PUT", collection+"/"+id, body("ttl", 0, "user_data", "", "identities", identities())).Want(200)
		if cleared.Text("ttl") != "0" || cleared.Text("user_data") != "" || len(cleared.Get("identities").([]any)) != 0 {
			x.Errorf("%s", cleared.Body)
		}
		x.alice.Do("DELETE", collection+"/"+id, nil).Want(204)
		x.touched(id)
		x.alice.Do("GET", collection+"/"+id, nil).Refused(404, "APIG.3081", "authorizer with id: "+id+" not found")
		if published, err := x.area.Contribute(x.Context(), x.db, id); published != nil || err != nil {
			x.Errorf("%v, %v", published, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.alice.Do("POST", collection, body()).Want(201).Text("id")
		other := x.alice.Do("POST", collection, body("name", "other")).Want(201).Text("id")
		x.touch = nil
		many := make([]object, 1001)
		for i := range many {
			many[i] = object{"name": "a", "location": "QUERY"}
		}
		for _, c := range []struct {
			name string
			body object
			code string
			text string
		}{
			{"no type", body("type", ""), "APIG.2001", "type"},
			{"another type", body("type", "MIDDLE"), "APIG.2011", "type"},
			{"another kind", body("authorizer_type", "HTTP"), "APIG.2011", "authorizer_type"},
			{"no URI", body("authorizer_uri", ""), "APIG.2001", "authorizer_uri"},
			{"negative ttl", body("ttl", -1), "APIG.2002", "ttl"},
			{"ttl of more than an hour", body("ttl", 3601), "APIG.2003", "ttl"},
			{"long user data", body("user_data", strings.Repeat("数", 2049)), "APIG.2006", "user_data"},
			{"control characters", body("user_data", "a\x01"), "APIG.2011", "user_data"},
			{"answers kept without a key", body("ttl", 1), "APIG.2001", "identities"},
			{"an identity without a name", body("identities", identities("")), "APIG.2001", "identities[0].name"},
			{"an identity in the path", body("identities", []object{{"name": "a", "location": "PATH"}}), "APIG.2011", "identities[0].location"},
			{"an identity without a location", body("identities", []object{{"name": "a"}}), "APIG.2001", "identities[0].location"},
			{"a long name", body("identities", identities(strings.Repeat("a", 65))), "APIG.2006", "identities[0].name"},
			{"a header of the gateway", body("identities", identities("X-Apig-Mode")), "APIG.2011", "identities[0].name"},
			{"a header of signatures", body("identities", identities("x-sdk-date")), "APIG.2011", "identities[0].name"},
			{"the stage", body("identities", identities("X-STAGE")), "APIG.2011", "identities[0].name"},
			{"an underscore in a header", body("identities", identities("a_b")), "APIG.2011", "identities[0].name"},
			{"no header name", body("identities", identities("a b")), "APIG.2011", "identities[0].name"},
			{"the same name", body("identities", identities("Token", "TOKEN")), "APIG.3212", "name:TOKEN"},
			{"a thousand and one", body("identities", many), "APIG.2006", "identities"},
			{"a taken name", body("name", "other"), "APIG.3211", "name:other"},
			{"an unknown function", body("authorizer_uri", own+"x"), "APIG.3019", ""},
			{"an unknown version", body("authorizer_uri", own+":v2"), "APIG.3019", ""},
			{"a foreign function", body("authorizer_uri", foreign), "APIG.3019", ""},
			{"no URN", body("authorizer_uri", "https://a.test"), "APIG.3019", ""},
		} {
			status := 400
			if c.code == "APIG.3019" {
				status = 404
			}
			x.alice.Do("POST", collection, c.body).Refused(status, c.code, c.text)
			x.alice.Do("PUT", collection+"/"+id, c.body).Refused(status, c.code, c.text)
		}
		x.alice.Do("POST", collection, body("name", "x_3", "identities", identities("a", "b", "c"))).Refused(403, "APIG.3117")
		if x.touch != nil {
			x.Errorf("refusals touched %v", x.touch)
		}
		x.alice.Do("POST", collection, body("name", "query", "identities", []object{{"name": "a_b", "location": "query"}, {"name": "x", "location": "Header"}})).Want(201)
		x.alice.Do("POST", collection, body("name", "fourth")).Want(201)
		x.alice.Do("POST", collection, body("name", "fifth")).Refused(403, "APIG.3116")
		x.bob.Do("POST", collection, body("name", "other", "authorizer_uri", foreign)).Want(201) // names and quotas are the project's

		for _, method := range []string{"GET", "DELETE", "PUT"} {
			var in any
			if method == "PUT" {
				in = body("name", "mine")
			}
			x.bob.Do(method, collection+"/"+other, in).Refused(403, "APIG.1137")
			x.bob.Do(method, collection+"/nothing", in).Refused(404, "APIG.3081", "authorizer with id: nothing not found")
		}
		// An administrator changes it, within the authorizer's own project.
		x.admin.Do("PUT", collection+"/"+other, body("name", "changed")).Want(200)
		x.admin.Do("PUT", collection+"/"+other, body("name", "changed", "authorizer_uri", foreign)).Refused(404, "APIG.3019")
	})
}

func TestWhatAPIsName(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.alice.Do("POST", collection, body()).Want(201).Text("id")
		x.exec(`INSERT INTO api_uses VALUES ('api1', '', 'authorizer', '` + id + `'), ('api2', '', 'channel', 'x')`)
		x.touch = nil
		x.alice.Do("DELETE", collection+"/"+id, nil).Refused(409, "APIC.7701", "API api1 names the authorizer")
		x.alice.Do("PUT", collection+"/"+id, body("type", "BACKEND")).Refused(400, "APIG.2011", "parameterName:type", "api1")
		x.touched()
		x.alice.Do("PUT", collection+"/"+id, body("name", "still_changes")).Want(200)
		x.exec(`DELETE FROM api_uses`)
		x.alice.Do("PUT", collection+"/"+id, body("type", "BACKEND", "ttl", 5)).Want(200) // without identities: it has none to keep by
		x.alice.Do("DELETE", collection+"/"+id, nil).Want(204)
	})
}

func TestLists(t *testing.T) {
	each(t, func(x *fixture) {
		for _, b := range []object{body("name", "First_one"), body("name", "second", "type", "BACKEND"), body("name", "third_ONE")} {
			x.alice.Do("POST", collection, b).Want(201)
			x.clock.Advance(time.Second)
		}
		x.bob.Do("POST", collection, body("name", "first_one", "authorizer_uri", foreign)).Want(201)
		second := x.alice.Do("GET", collection+"?name=second", nil).Want(200).Text("authorizer_list.0.id")
		names := func(query string) string {
			answer := x.alice.Do("GET", collection+query, nil).Want(200)
			var out []string
			for _, entry := range answer.Get("authorizer_list").([]any) {
				out = append(out, entry.(object)["name"].(string))
			}
			if int(answer.Get("size").(float64)) != len(out) {
				x.Errorf("%s: %s", query, answer.Body)
			}
			return answer.Text("total") + " " + strings.Join(out, " ")
		}
		for query, want := range map[string]string{
			"":                                    "3 third_ONE second First_one",
			"?type=backend":                       "1 second",
			"?name=_one":                          "2 third_ONE First_one",
			"?name=first_one&precise_search=name": "0 ",
			"?name=First_one&precise_search=name": "1 First_one",
			"?id=" + second:                       "1 second",
			"?name=%25":                           "0 ",
			"?page_size=1&page_no=2":              "3 second",
			"?page_size=1&page_no=9":              "3 ",
		} {
			if got := names(query); got != want {
				x.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		x.alice.Do("GET", collection+"?type=NONE", nil).Refused(400, "APIG.2011", "type")
		x.alice.Do("GET", collection+"?page_size=501", nil).Refused(400, "APIG.2003")
		if total := x.admin.Do("GET", collection, nil).Want(200).Text("total"); total != "4" {
			x.Errorf("an administrator sees %s", total)
		}
	})
}
