package apps_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
)

const (
	collection = "/v1.0/apigw/apps"
	unknown    = "00000000000000000000000000000000"
)

func TestCreate(t *testing.T) {
	each(t, func(x *fixture) {
		r := x.alice.Do("POST", collection, map[string]any{"name": "app_001", "remark": "first app"}).Want(201)
		for path, want := range map[string]string{
			"name": "app_001", "remark": "first app", "status": "1", "creator": "USER", "app_type": "apig",
			"register_time": "2026-01-02T03:04:05.123456Z", "update_time": "2026-01-02T03:04:05.123456Z",
		} {
			if got := r.Text(path); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}
		for _, path := range []string{"id", "app_key", "app_secret"} {
			if got := r.Text(path); !ids.Valid(got) {
				t.Errorf("generated %s is %q, want 32 hex characters", path, got)
			}
		}
		x.touched("app/" + r.Text("id"))
		show := x.alice.Do("GET", collection+"/"+r.Text("id"), nil).Want(200)
		if string(show.Body) != string(r.Body) {
			t.Errorf("shown %s\ncreated %s", show.Body, r.Body)
		}

		own := x.alice.Do("POST", collection, map[string]any{
			"name": "应用_2", "app_key": "app_key_sample", "app_secret": "app_secret.!@#$%-_",
		}).Want(201)
		if own.Text("app_key") != "app_key_sample" || own.Text("app_secret") != "app_secret.!@#$%-_" || own.Text("remark") != "" {
			t.Errorf("own key and secret: %s", own.Body)
		}
		if n := x.count(`SELECT COUNT(*) FROM apps WHERE app_secret LIKE '%app_secret%'`); n != 0 {
			t.Error("a secret is stored in the clear")
		}
	})
}

func TestCreateRefuses(t *testing.T) {
	each(t, func(x *fixture) {
		x.alice.Do("POST", collection, map[string]any{"name": "taken", "app_key": "taken_key"}).Want(201)
		x.touch = nil
		for _, c := range []struct {
			name string
			body any
			code string
			text string
		}{
			{"no name", map[string]any{}, "APIG.2001", "parameterName:name."},
			{"short name", map[string]any{"name": "ab"}, "APIG.2005", "parameterName:name."},
			{"long name", map[string]any{"name": strings.Repeat("名", 65)}, "APIG.2006", "parameterName:name."},
			{"digit first", map[string]any{"name": "1app"}, "APIG.2011", "parameterName:name."},
			{"blank in name", map[string]any{"name": "my app"}, "APIG.2011", "parameterName:name."},
			{"long remark", map[string]any{"name": "good", "remark": strings.Repeat("x", 256)}, "APIG.2006", "parameterName:remark."},
			{"control in remark", map[string]any{"name": "good", "remark": "a\x1b"}, "APIG.2011", "parameterName:remark."},
			{"short key", map[string]any{"name": "good", "app_key": "1234567"}, "APIG.2005", "parameterName:app_key."},
			{"long key", map[string]any{"name": "good", "app_key": strings.Repeat("k", 65)}, "APIG.2006", "parameterName:app_key."},
			{"key begins with _", map[string]any{"name": "good", "app_key": "_2345678"}, "APIG.2011", "parameterName:app_key."},
			{"key with a comma", map[string]any{"name": "good", "app_key": "12345,78"}, "APIG.2011", "parameterName:app_key."},
			{"key with a newline at its end", map[string]any{"name": "good", "app_key": "12345678\n"}, "APIG.2011", "parameterName:app_key."},
			{"short secret", map[string]any{"name": "good", "app_secret": "1234567"}, "APIG.2005", "parameterName:app_secret."},
			{"secret begins with !", map[string]any{"name": "good", "app_secret": "!2345678"}, "APIG.2011", "parameterName:app_secret."},
			{"secret with &", map[string]any{"name": "good", "app_secret": "1234567&"}, "APIG.2011", "parameterName:app_secret."},
			{"name of another type", map[string]any{"name": 7}, "APIG.2011", "name"},
			{"secret of another type", map[string]any{"name": "good", "app_secret": 12345678}, "APIG.2011", "app_secret"},
			{"name taken", map[string]any{"name": "taken"}, "APIG.3203", "name"},
			{"key taken", map[string]any{"name": "good", "app_key": "taken_key"}, "APIG.3310", "AppKey"},
		} {
			t.Run(c.name, func(t *testing.T) {
				x.alice.For(t).Do("POST", collection, c.body).Refused(400, c.code, c.text)
			})
		}
		x.bob.Do("POST", collection, map[string]any{"name": "other", "app_key": "taken_key"}).Refused(400, "APIG.3310")
		x.bob.Do("POST", collection, map[string]any{"name": "taken"}).Want(201)
		x.reader.Do("POST", collection, map[string]any{"name": "good"}).Refused(403, "APIC.7110")
		if n := x.count(`SELECT COUNT(*) FROM apps WHERE project_id = 'p1'`); n != 1 {
			t.Errorf("%d apps after refusals, want 1", n)
		}
	})
}

func TestQuota(t *testing.T) {
	each(t, func(x *fixture) {
		for _, name := range []string{"one", "two", "three", "four"} {
			x.create(name)
		}
		x.alice.Do("POST", collection, map[string]any{"name": "five"}).Refused(403, "APIG.3103")
		x.bob.Do("POST", collection, map[string]any{"name": "five"}).Want(201)
	})
}

func TestUpdate(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create("before")
		x.create("neighbour")
		was := x.alice.Do("GET", collection+"/"+id, nil).Want(200)
		x.clock.Advance(time.Minute)
		r := x.alice.Do("PUT", collection+"/"+id, map[string]any{"name": "after", "remark": "r"}).Want(200)
		if r.Text("name") != "after" || r.Text("remark") != "r" || r.Text("app_key") != was.Text("app_key") || r.Text("app_secret") != was.Text("app_secret") {
			t.Errorf("updated: %s\nbefore: %s", r.Body, was.Body)
		}
		if r.Text("update_time") != "2026-01-02T03:05:05.123456Z" || r.Text("register_time") != was.Text("register_time") {
			t.Errorf("times: %s", r.Body)
		}
		x.touched("app/" + id)
		r = x.alice.Do("PUT", collection+"/"+id, map[string]any{"name": "after", "app_key": "another_key", "app_secret": "another_secret"}).Want(200)
		if r.Text("remark") != "r" || r.Text("app_key") != "another_key" || r.Text("app_secret") != "another_secret" {
			t.Errorf("own key and secret: %s", r.Body)
		}
		if got := x.alice.Do("GET", collection+"/"+id, nil).Want(200); string(got.Body) != string(r.Body) {
			t.Errorf("shown %s, updated %s", got.Body, r.Body)
		}
		if r = x.alice.Do("PUT", collection+"/"+id, map[string]any{"name": "after", "remark": ""}).Want(200); r.Text("remark") != "" {
			t.Errorf("remark is not cleared: %s", r.Body)
		}

		x.alice.Do("PUT", collection+"/"+id, map[string]any{"name": "neighbour"}).Refused(400, "APIG.3203")
		x.alice.Do("PUT", collection+"/"+id, map[string]any{"remark": "r"}).Refused(400, "APIG.2001", "name")
		x.alice.Do("PUT", collection+"/"+unknown, map[string]any{"name": "after"}).Refused(404, "APIG.3004", unknown)
		x.bob.Do("PUT", collection+"/"+id, map[string]any{"name": "after"}).Refused(403, "APIG.1104")
		x.admin.Do("PUT", collection+"/"+id, map[string]any{"name": "by_admin"}).Want(200)
		if n := x.count(`SELECT COUNT(*) FROM apps WHERE project_id = 'p1' AND name = 'by_admin'`); n != 1 {
			t.Error("an administrator's change moved the app to another project")
		}
	})
}

func TestResetSecret(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create("app")
		was := x.alice.Do("GET", collection+"/"+id, nil).Text("app_secret")
		path := collection + "/secret/" + id
		made := x.alice.Do("PUT", path, map[string]any{}).Want(200).Text("app_secret")
		if !ids.Valid(made) || made == was {
			t.Errorf("generated %q, was %q", made, was)
		}
		x.touched("app/" + id)
		if again := x.alice.Do("PUT", path, nil).Want(200).Text("app_secret"); !ids.Valid(again) || again == made {
			t.Errorf("without a body: %q, was %q", again, made)
		}
		if own := x.alice.Do("PUT", path, map[string]any{"app_secret": "my.own.secret"}).Want(200).Text("app_secret"); own != "my.own.secret" {
			t.Errorf("own secret: %q", own)
		}
		if got := x.alice.Do("GET", collection+"/"+id, nil).Text("app_secret"); got != "my.own.secret" {
			t.Errorf("shown after a reset: %q", got)
		}
		x.alice.Do("PUT", path, map[string]any{"app_secret": "short"}).Refused(400, "APIG.2005", "app_secret")
		x.alice.Do("PUT", collection+"/secret/"+unknown, nil).Refused(404, "APIG.3004")
		x.bob.Do("PUT", path, nil).Refused(403, "APIG.1104")
		x.reader.Do("PUT", path, nil).Refused(403, "APIC.7110")
	})
}

func TestDelete(t *testing.T) {
	each(t, func(x *fixture) {
		id, kept := x.create("gone"), x.create("kept")
		for _, app := range []string{id, kept} {
			x.alice.Do("PUT", collection+"/"+app+"/app-codes", nil).Want(201)
			x.exec(`INSERT INTO grants (id, app_id, api_id, env_id) VALUES ($1, $2, 'api', 'e1')`, "g1"+app, app)
			x.exec(`INSERT INTO grants (id, app_id, api_id, env_id) VALUES ($1, $2, 'api', 'e2')`, "g2"+app, app)
		}
		x.bob.Do("DELETE", collection+"/"+id, nil).Refused(403, "APIG.1104")
		x.exec(`INSERT INTO throttle_specials (id, throttle_id, app_id) VALUES ('s1', 't1', $1)`, id)
		x.exec(`INSERT INTO throttle_specials (id, throttle_id, app_id) VALUES ('s2', 't2', $1)`, kept)
		x.alice.Do("DELETE", collection+"/"+id, nil).Want(204)
		x.touched("app/"+id, "grant/g1"+id, "grant/g2"+id, "throttle/t1")
		if n := x.count(`SELECT COUNT(*) FROM throttle_specials`); n != 1 {
			t.Errorf("%d special limits, want the other app's", n)
		}
		for _, table := range []string{"apps", "app_codes"} {
			if n := x.count(`SELECT COUNT(*) FROM ` + table); n != 1 {
				t.Errorf("%s has %d rows, want the other app's", table, n)
			}
		}
		if n := x.count(`SELECT COUNT(*) FROM grants WHERE app_id = $1`, kept); n != 2 {
			t.Errorf("the other app has %d grants, want 2", n)
		}
		x.alice.Do("DELETE", collection+"/"+id, nil).Refused(404, "APIG.3004")
		if v, err := x.area.Contribute(x.Context(), x.db, id); v != nil || err != nil {
			t.Errorf("published form of a deleted app: %v, %v", v, err)
		}

		x.exec(`UPDATE apps SET creator = 'MARKET' WHERE id = $1`, kept)
		x.alice.Do("DELETE", collection+"/"+kept, nil).Refused(403, "APIG.1104", "marketplace")
		x.alice.Do("PUT", collection+"/"+kept, `{"name":"renamed"}`).Refused(403, "APIG.1104", "marketplace")
		x.alice.Do("PUT", collection+"/secret/"+kept, nil).Want(200)
	})
}

func TestValidateAnswersEverybody(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create("app")
		r := x.bob.Do("GET", collection+"/validation/"+id, nil).Want(200)
		if got, want := strings.TrimSpace(string(r.Body)), `{"id":"`+id+`","name":"app","remark":""}`; got != want {
			t.Errorf("answer %s, want %s", got, want)
		}
		x.bob.Do("GET", collection+"/validation/"+unknown, nil).Refused(404, "APIG.3004", unknown)
	})
}

func TestWhoSeesSecrets(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create("app")
		code := x.alice.Do("PUT", collection+"/"+id+"/app-codes", nil).Want(201).Text("id")
		x.bob.Do("GET", collection+"/"+id, nil).Refused(403, "APIG.1104")
		if n := x.bob.Do("GET", collection, nil).Want(200).Text("total"); n != "0" {
			t.Errorf("another project lists %s apps", n)
		}
		if got := x.alice.Do("GET", collection, nil).Want(200).Text("apps.0.app_secret"); !ids.Valid(got) {
			t.Errorf("the owner's list has the secret %q", got)
		}
		answers := []string{
			x.reader.Do("GET", collection+"/"+id, nil).Want(200).Text("app_secret"),
			x.reader.Do("GET", collection, nil).Want(200).Text("apps.0.app_secret"),
			x.reader.Do("GET", collection+"/"+id+"/app-codes", nil).Want(200).Text("app_codes.0.app_code"),
			x.reader.Do("GET", collection+"/"+id+"/app-codes/"+code, nil).Want(200).Text("app_code"),
			x.admin.Do("GET", collection+"/"+id, nil).Want(200).Text("app_secret"),
			x.admin.Do("PUT", collection+"/secret/"+id, nil).Want(200).Text("app_secret"),
			x.admin.Do("PUT", collection+"/"+id+"/app-codes", nil).Want(201).Text("app_code"),
		}
		for i, got := range answers {
			if got != "*****" {
				t.Errorf("answer %d shows %q", i, got)
			}
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(x *fixture) {
		for _, name := range []string{"App_one", "app_two", "other"} {
			x.create(name)
			x.clock.Advance(time.Second)
		}
		x.bob.Do("POST", collection, map[string]any{"name": "foreign"}).Want(201)
		first := x.alice.Do("GET", collection+"?name=App_one", nil).Want(200)
		id := first.Text("apps.0.id")
		x.exec(`UPDATE apps SET creator = 'MARKET' WHERE name = 'other'`)
		x.exec(`INSERT INTO grants (id, app_id, api_id, env_id) VALUES ('g1', $1, 'a', 'e'), ('g2', $1, 'b', 'e')`, id)

		for _, c := range []struct{ query, total, names string }{
			{"", "3", "other app_two App_one"},
			{"?page_size=2", "3", "other app_two"},
			{"?page_size=2&page_no=2", "3", "App_one"},
			{"?page_size=0", "3", "other app_two App_one"},
			{"?page_no=9", "3", ""},
			{"?name=APP_", "2", "app_two App_one"},
			{"?name=%25", "0", ""},
			{"?name=app&precise_search=name", "0", ""},
			{"?name=app_two&precise_search=name", "1", "app_two"},
			{"?id=" + id, "1", "App_one"},
			{"?id=" + unknown, "0", ""},
			{"?app_key=" + first.Text("apps.0.app_key"), "1", "App_one"},
			{"?creator=market", "1", "other"},
			{"?creator=USER&status=1", "2", "app_two App_one"},
			{"?status=2", "0", ""},
			{"?id=&name=&status=&creator=", "3", "other app_two App_one"},
		} {
			r := x.alice.Do("GET", collection+c.query, nil).Want(200)
			var list struct {
				Apps []struct {
					Name    string `json:"name"`
					BindNum *int   `json:"bind_num"`
				} `json:"apps"`
				Size int `json:"size"`
			}
			r.Decode(&list)
			var names []string
			for _, a := range list.Apps {
				names = append(names, a.Name)
				if want := map[string]int{"App_one": 2}[a.Name]; a.BindNum == nil || *a.BindNum != want {
					t.Errorf("%s: bind_num of %s is not %d", c.query, a.Name, want)
				}
			}
			if got := strings.Join(names, " "); got != c.names || r.Text("total") != c.total || list.Size != len(names) {
				t.Errorf("%s: %q of %s, want %q of %s", c.query, got, r.Text("total"), c.names, c.total)
			}
		}
		if n := x.admin.Do("GET", collection, nil).Want(200).Text("total"); n != "4" {
			t.Errorf("an administrator lists %s apps, want all 4", n)
		}
		for query, code := range map[string]string{
			"?status=x": "APIG.2011", "?status=9": "APIG.2011", "?creator=nobody": "APIG.2011",
			"?page_size=501": "APIG.2003", "?page_no=0": "APIG.2002", "?page_size=x": "APIG.2011",
		} {
			x.alice.Do("GET", collection+query, nil).Refused(400, code)
		}
	})
}

func TestContribute(t *testing.T) {
	each(t, func(x *fixture) {
		created := x.alice.Do("POST", collection, map[string]any{"name": "app", "app_secret": "in_the_clear"}).Want(201)
		id := created.Text("id")
		text := x.alice.Do("PUT", collection+"/"+id+"/app-codes", nil).Want(201).Text("app_code")
		v, err := x.area.Contribute(x.Context(), x.db, id)
		if err != nil {
			t.Fatal(err)
		}
		app, ok := v.(definition.App)
		if !ok || app.ID != id || app.Name != "app" || app.ProjectID != "p1" || app.Key != created.Text("app_key") || len(app.Codes) != 1 {
			t.Fatalf("published form: %+v", v)
		}
		if got, err := x.sealer.Open("app-secret", id, app.Secret); err != nil || string(got) != "in_the_clear" {
			t.Errorf("secret opens to %q, %v", got, err)
		}
		if got, err := x.sealer.Open("app-code", id, app.Codes[0]); err != nil || string(got) != text {
			t.Errorf("AppCode opens to %q, %v", got, err)
		}
	})
}
