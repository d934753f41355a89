package apps_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestAppCodes(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create("app")
		codes := collection + "/" + id + "/app-codes"
		mine := strings.Repeat("Ab3+_!@#$%/=-", 5)
		r := x.alice.Do("POST", codes, map[string]any{"app_code": mine}).Want(201)
		if r.Text("app_code") != mine || r.Text("app_id") != id || r.Text("create_time") != "2026-01-02T03:04:05.123456Z" {
			t.Errorf("created: %s", r.Body)
		}
		x.touched("app/" + id)
		// A whole repetition of it: "ab3" alone stands in one hash of 66 by
		// chance (62 places, 16³ of three hexadecimal digits).
		var sealed, hash string
		if err := x.db.QueryRow(x.Context(), `SELECT code, code_hash FROM app_codes`).Scan(&sealed, &hash); err != nil || sealed == "" || hash == "" {
			t.Fatalf("stored %q and %q: %v", sealed, hash, err)
		}
		if strings.Contains(sealed+" "+hash, mine[:13]) {
			t.Error("an AppCode is stored in the clear")
		}
		if got := x.alice.Do("GET", codes+"/"+r.Text("id"), nil).Want(200); string(got.Body) != string(r.Body) {
			t.Errorf("shown %s, created %s", got.Body, r.Body)
		}

		x.clock.Advance(time.Second)
		made := x.alice.Do("PUT", codes, nil).Want(201)
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(made.Text("app_code")) {
			t.Errorf("generated: %s", made.Body)
		}
		list := x.alice.Do("GET", codes+"/?page_size=1", nil).Want(200) // the reference prints the slash
		if list.Text("total") != "2" || list.Text("size") != "1" || list.Text("app_codes.0.app_code") != made.Text("app_code") {
			t.Errorf("list: %s", list.Body)
		}
		x.alice.Do("PUT", codes, nil).Refused(403, "APIG.3131")
		x.alice.Do("POST", codes, map[string]any{"app_code": strings.Repeat("x", 64)}).Refused(403, "APIG.3131")

		x.alice.Do("DELETE", codes+"/"+r.Text("id"), nil).Want(204)
		x.touched("app/" + id)
		x.alice.Do("DELETE", codes+"/"+r.Text("id"), nil).Refused(404, "APIG.3082", r.Text("id"))
		x.alice.Do("GET", codes+"/"+r.Text("id"), nil).Refused(404, "APIG.3082")
		x.alice.Do("POST", codes, map[string]any{"app_code": mine}).Want(201)
	})
}

func TestAppCodesRefuse(t *testing.T) {
	each(t, func(x *fixture) {
		id, other := x.create("app"), x.create("other")
		codes := collection + "/" + id + "/app-codes"
		good := strings.Repeat("x", 64)
		for _, c := range []struct{ name, value, code string }{
			{"missing", "", "APIG.2001"},
			{"short", strings.Repeat("x", 63), "APIG.2005"},
			{"long", strings.Repeat("x", 181), "APIG.2006"},
			{"blank", good + " ", "APIG.2011"},
			{"dot", good + ".", "APIG.2011"},
			{"newline", good + "\n", "APIG.2011"},
			{"letters outside of ASCII", good + "é", "APIG.2011"},
		} {
			x.alice.Do("POST", codes, map[string]any{"app_code": c.value}).Refused(400, c.code, "parameterName:app_code.")
		}
		made := x.alice.Do("POST", codes, map[string]any{"app_code": good}).Want(201).Text("id")
		x.alice.Do("POST", codes, map[string]any{"app_code": good}).Refused(400, "APIG.3309")

		// Whether somebody else has it must not be told.
		taken := x.alice.Do("POST", collection+"/"+other+"/app-codes", map[string]any{"app_code": good}).Refused(400, "APIG.2011")
		malformed := x.alice.Do("POST", collection+"/"+other+"/app-codes", map[string]any{"app_code": good + "."}).Refused(400, "APIG.2011")
		if taken.Text("error_msg") != malformed.Text("error_msg") {
			t.Errorf("%q differs from %q", taken.Text("error_msg"), malformed.Text("error_msg"))
		}

		// A code is found below its own app only.
		x.alice.Do("GET", collection+"/"+other+"/app-codes/"+made, nil).Refused(404, "APIG.3082")
		x.alice.Do("DELETE", collection+"/"+other+"/app-codes/"+made, nil).Refused(404, "APIG.3082")

		for _, call := range []struct{ method, path string }{
			{"POST", "/app-codes"}, {"PUT", "/app-codes"}, {"GET", "/app-codes"},
			{"GET", "/app-codes/" + made}, {"DELETE", "/app-codes/" + made},
		} {
			var body any
			if call.method == "POST" {
				body = map[string]any{"app_code": strings.Repeat("y", 64)}
			}
			x.bob.Do(call.method, collection+"/"+id+call.path, body).Refused(403, "APIG.1104")
			x.bob.Do(call.method, collection+"/"+unknown+call.path, body).Refused(404, "APIG.3004")
		}
		if n := x.count(`SELECT COUNT(*) FROM app_codes`); n != 1 {
			t.Errorf("%d AppCodes after refusals, want 1", n)
		}
	})
}
