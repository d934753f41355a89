package bearer_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/verify"
)

const unauthorized = "the credentials are missing or not valid"

// TestTokenAsTheReferenceHasIt replays the sample of the reference field by
// field: its header, the names and the order of its claims, seven days for
// cycle=7 (wire-facts §18.1).
func TestTokenAsTheReferenceHasIt(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p := newPair(t, w, w.Root)
		token := w.Do("GET", tokenPath+"?ak="+p.ak+"&sk="+p.sk+"&cycle=7", nil).Want(200).Text("token")
		_, kid := active(t, w)
		if got, want := part(t, token, 0), `{"alg":"RS256","kid":"`+kid+`","typ":"JWT"}`; got != want {
			t.Errorf("header %s, want %s", got, want)
		}
		begun := w.Clock.Now().Unix()
		want := fmt.Sprintf(`^\{"exp":%d,"iat":%d,"iss":"ghippo.io","sub":"%s","preferred_username":"admin","groups":\[\],"jti":"[0-9a-f]{32}","lintel_credential":"accesskey:%s"\}$`,
			begun+604800, begun, w.Root.ID, bearer.Digest(p.ak))
		if got := part(t, token, 1); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("claims %s, want %s", got, want)
		}
		if strings.Contains(part(t, token, 1), p.ak) {
			t.Error("the token tells the access key")
		}
		w.Do("POST", probe, nil, with(token)...).Want(200)
	})
}

// TestCycle: three days unless said otherwise, in both forms of the call.
func TestCycle(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p := newPair(t, w, w.Alice)
		days := func(token string) float64 {
			c := claimsOf(t, token)
			return (c["exp"].(float64) - c["iat"].(float64)) / 86400
		}
		query := tokenPath + "?ak=" + p.ak + "&sk=" + p.sk
		for form, want := range map[string]float64{"": 3, "&cycle=1": 1, "&cycle=365": 365} {
			if got := days(w.Do("GET", query+form, nil).Want(200).Text("token")); got != want {
				t.Errorf("GET %s: %v days, want %v", form, got, want)
			}
		}
		for cycle, want := range map[int]float64{1: 1, 365: 365} {
			if got := days(w.Do("POST", tokenPath, object{"ak": p.ak, "sk": p.sk, "cycle": cycle}).Want(200).Text("token")); got != want {
				t.Errorf("POST %d: %v days, want %v", cycle, got, want)
			}
		}
		for _, form := range []string{"&cycle=0", "&cycle=366", "&cycle=-1", "&cycle=", "&cycle=3d", "&cycle=1.5", "&cycle=99999999999999999999", "&cycle=1&cycle=2"} {
			w.Do("GET", query+form, nil).Refused(400, "", "cycle")
		}
		for _, cycle := range []any{0, 366, -1, "3", 1.5, true} {
			w.Do("POST", tokenPath, object{"ak": p.ak, "sk": p.sk, "cycle": cycle}).Refused(400, "", "cycle")
		}
	})
}

// TestTokenNamesGroups: the names of the user's groups, in order, and no more
// than MaxGroups of them.
func TestTokenNamesGroups(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		join := func(name string) {
			g, err := w.Accounts.CreateGroup(t.Context(), accounts.Everywhere, accounts.NewGroup{DomainID: "default", Name: name})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Accounts.AddMember(t.Context(), accounts.Everywhere, g.ID, w.Alice.ID); err != nil {
				t.Fatal(err)
			}
		}
		join("operators")
		join("auditors")
		p := newPair(t, w, w.Alice)
		if got := fmt.Sprint(claimsOf(t, p.token(w))["groups"]); got != "[auditors operators]" {
			t.Errorf("groups %s", got)
		}
		for i := range bearer.MaxGroups {
			join(fmt.Sprintf("group %02d %s", i, strings.Repeat("组", 30)))
		}
		token := p.token(w)
		if n := len(claimsOf(t, token)["groups"].([]any)); n != bearer.MaxGroups {
			t.Errorf("%d groups, want %d", n, bearer.MaxGroups)
		}
		w.Do("POST", probe, nil, with(token)...).Want(200)
	})
}

// TestRefusedExchange: whatever is wrong, there is one answer
// (CVE-2021-38155, CVE-2026-32595).
func TestRefusedExchange(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p, off, gone, theirs := newPair(t, w, w.Alice), newPair(t, w, w.Alice), newPair(t, w, w.Bob), newPair(t, w, w.Carol)
		admin := []string{"X-Auth-Token", w.LogIn("admin", nil)}
		w.Do("PUT", "/v3.0/OS-CREDENTIAL/credentials/"+off.ak, object{"credential": object{"status": "inactive"}}, admin...).Want(200)
		w.Do("DELETE", "/v3.0/OS-CREDENTIAL/credentials/"+gone.ak, nil, admin...).Want(204)
		if err := w.Accounts.EnableUser(t.Context(), w.Carol.ID, false); err != nil {
			t.Fatal(err)
		}
		var first []byte
		for name, p := range map[string]pair{
			"wrong secret": {p.ak, p.sk[1:] + "x"}, "truncated secret": {p.ak, p.sk[:35]}, "longer secret": {p.ak, p.sk + "x"}, "other case": {strings.ToUpper(p.ak), p.sk},
			"unknown": {"0f70e597-31a7-4e34-a43c-400deadb4109", p.sk}, "inactive": off, "deleted": gone, "disabled user": theirs,
			"giant access key": {strings.Repeat("a", 60000), p.sk}, "giant secret": {p.ak, strings.Repeat("a", 60000)},
			"access key of another user": {off.ak, p.sk}, "SQL": {"x' OR '1'='1", p.sk},
		} {
			a := w.Do("POST", tokenPath, object{"ak": p.ak, "sk": p.sk}).Refused(401, "", unauthorized)
			if first == nil {
				first = a.Body
			}
			if string(a.Body) != string(first) || a.Header.Get("WWW-Authenticate") != `Bearer realm="lintel"` {
				t.Errorf("%s: %s %v, others %s", name, a.Body, a.Header, first)
			}
		}
		for _, query := range []string{"", "?ak=" + p.ak, "?sk=" + p.sk, "?ak=&sk="} {
			w.Do("GET", tokenPath+query, nil).Refused(400, "", "ak and sk are needed")
		}
		w.Do("GET", tokenPath+"?ak="+p.ak+"&ak=x&sk="+p.sk, nil).Refused(400, "", "ak is given more than once")
		w.Do("POST", tokenPath, object{"ak": 1, "sk": p.sk}).Refused(400, "", "ak")
		w.Do("POST", tokenPath, "").Refused(400, "", "empty")
		p.token(w)
	})
}

// TestExchangeLocks: wrong secrets are counted together with the wrong
// signatures of the same key, and a locked one answers like a wrong one
// (CVE-2021-38155).
func TestExchangeLocks(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p := newPair(t, w, w.Alice)
		wrong := func(ak string) string {
			return string(w.Do("POST", tokenPath, object{"ak": ak, "sk": "wrong"}).Refused(401, "", unauthorized).Body)
		}
		for range verify.MaxFailures - 1 {
			wrong(p.ak)
		}
		p.token(w) // ends the row
		for range verify.MaxFailures - 1 {
			wrong(p.ak)
		}
		w.Do("POST", probe, "{}", w.Sign(p.ak, []byte("wrong"), "POST", probe, "{}")...).Want(401)
		locked := string(w.Do("POST", tokenPath, object{"ak": p.ak, "sk": p.sk}).Refused(401, "", unauthorized).Body)
		if locked != wrong(p.ak) || locked != wrong("unknown") {
			t.Errorf("a lock is told: %s", locked)
		}
		w.Do("POST", probe, "{}", w.Sign(p.ak, []byte(p.sk), "POST", probe, "{}")...).Want(401)
		w.Clock.Advance(verify.LockTime)
		p.token(w)
		w.Clock.Advance(time.Second)
		w.Do("POST", probe, "{}", w.Sign(p.ak, []byte(p.sk), "POST", probe, "{}")...).Want(200)
	})
}

// TestPairs: two per user, whatever their form; the secret once; others' are not
// found.
func TestPairs(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, bob := []string{"X-Auth-Token", w.LogIn("alice", nil)}, []string{"X-Auth-Token", w.LogIn("bob", nil)}
		uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
		made := w.Do("POST", pairsPath, nil, alice...).Want(200)
		p := pair{made.Text("ak"), made.Text("sk")}
		if !uuid.MatchString(p.ak) || !uuid.MatchString(p.sk) {
			t.Errorf("pair %+v, want UUIDs", p)
		}
		if made.Text("createdAt") != fmt.Sprint(w.Clock.Now().UnixMilli()) || made.Text("lastUsedAt") != "0" {
			t.Errorf("pair %s", made.Body)
		}
		w.Clock.Advance(time.Millisecond)
		w.Do("POST", "/v3.0/OS-CREDENTIAL/credentials", object{"credential": object{}}, alice...).Want(201)
		w.Do("POST", pairsPath, object{}, alice...).Refused(400, "", "akSkNumExceed")
		list := w.Do("GET", pairsPath, nil, alice...).Want(200)
		if list.Text("items.0.ak") != p.ak || list.Has("items.0.sk") || !list.Has("items.1.ak") {
			t.Errorf("list %s", list.Body)
		}
		w.Do("GET", pairsPath, nil).Refused(401, "", unauthorized)
		w.Do("DELETE", pairsPath+"/"+p.ak, nil, bob...).Refused(404, "", p.ak)
		w.Do("DELETE", pairsPath+"/unknown", nil, alice...).Refused(404, "", "unknown")
		token := p.token(w)
		w.Do("POST", probe, nil, with(token)...).Want(200)
		if got := string(w.Do("DELETE", pairsPath+"/"+p.ak, nil, alice...).Want(200).Body); got != "{}" {
			t.Errorf("deletion answers %s", got)
		}
		w.Do("POST", probe, nil, with(token)...).Want(401)
		w.Do("POST", tokenPath, object{"ak": p.ak, "sk": p.sk}).Refused(401, "", unauthorized)
	})
}
