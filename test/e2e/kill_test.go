package e2e_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // reads the file that a kill -9 left
)

var seed = flag.Uint64("seed", 1, "seed of the moments at which TestKill kills")

const (
	killRounds = 20
	writers    = 50
)

// ledger is what writers were told, over all rounds.
type ledger struct {
	mu        sync.Mutex
	attempted map[string]bool   // names
	acked     map[string]string // name → id
}

// TestKill kills the process with kill -9 at a random moment while 50 clients
// write, 20 times over on one database. No acknowledged write is lost, no other
// is there in part, and the gateway knows exactly the groups and apps that the
// database has.
func TestKill(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(*seed, 0))
	args := []string{"--limits", "groups=100000,apps=100000"}
	p := start(t, setup{args: args})
	a := p.admin(t, password)
	l := &ledger{attempted: map[string]bool{}, acked: map[string]string{}}
	var slowest time.Duration
	began := time.Now()
	for round := range killRounds {
		after := 150*time.Millisecond + time.Duration(random.Int64N(int64(750*time.Millisecond)))
		l.write(t, p, a, round, after)
		sound(t, filepath.Join(p.data, "lintel.db"))
		p = start(t, setup{data: p.data, args: args})
		slowest = max(slowest, p.ready)
		a = a.at(p) // the token of before the first kill
		l.compare(t, a, fmt.Sprintf("w%02d_", round))
		if t.Failed() {
			t.Fatalf("round %d with seed %d, killed after %v", round, *seed, after)
		}
	}
	l.compare(t, a, "")
	p.stop()
	published(t, filepath.Join(p.data, "lintel.db"))
	t.Logf("%d rounds in %v: %d writes attempted, %d acknowledged, none lost; slowest restart %v",
		killRounds, time.Since(began).Round(time.Millisecond), len(l.attempted), len(l.acked), slowest.Round(time.Millisecond))
}

// write lets the writers loose and kills the process, so long after the first write
// that was acknowledged.
func (l *ledger) write(t *testing.T, p *process, a *admin, round int, after time.Duration) {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: writers}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport, Timeout: patience}
	var wg sync.WaitGroup
	acked := make(chan struct{}, 1)
	for w := range writers {
		wg.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("w%02d_%02d_%d", round, w, i)
				path := []string{"/v1.0/apigw/api-groups", "/v1.0/apigw/apps"}[(w+i)%2]
				status, id, err := l.post(c, a, path, name)
				if err != nil {
					return // killed
				}
				if status != http.StatusCreated {
					t.Errorf("POST %s %s: status %d", path, name, status)
					return
				}
				l.mu.Lock()
				l.acked[name] = id
				l.mu.Unlock()
				select {
				case acked <- struct{}{}:
				default:
				}
			}
		})
	}
	// From the first write on: how long that takes says more of the machine than of us.
	select {
	case <-acked:
	case <-p.done:
	case <-time.After(patience):
		t.Errorf("round %d: no write was acknowledged in %v", round, patience)
	}
	select {
	case <-time.After(after):
		p.kill()
	case <-p.done:
		t.Errorf("the process ended by itself; stderr:\n%s", p.stderr)
	}
	wg.Wait()
}

func (l *ledger) post(c *http.Client, a *admin, path, name string) (status int, id string, err error) {
	l.mu.Lock()
	l.attempted[name] = true
	l.mu.Unlock()
	body, err := json.Marshal(object{"name": name, "remark": "of " + name})
	if err != nil {
		return 0, "", err
	}
	r, err := http.NewRequest(http.MethodPost, a.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("X-Auth-Token", a.token)
	response, err := c.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, "", err
	}
	var made struct {
		ID string `json:"id"`
	}
	err = json.Unmarshal(raw, &made)
	return response.StatusCode, made.ID, err
}

// row is what the lists show of a group or an app.
type row struct {
	ID, Name, Remark string
	SLDomain         string `json:"sl_domain"`
	AppKey           string `json:"app_key"`
	AppSecret        string `json:"app_secret"`
}

// compare reads everything whose name begins with prefix and compares it with
// what the writers were told.
func (l *ledger) compare(t *testing.T, a *admin, prefix string) {
	t.Helper()
	rows := map[string]row{}
	for _, list := range []string{"groups", "apps"} {
		for _, r := range all(t, a, list, prefix) {
			if rows[r.Name].ID != "" {
				t.Errorf("%s is there twice", r.Name)
			}
			rows[r.Name] = r
			whole := len(r.ID) == 32 && r.Remark == "of "+r.Name &&
				(list == "groups" && len(r.SLDomain) > 33 || list == "apps" && r.AppKey != "" && r.AppSecret != "")
			if !l.attempted[r.Name] || !whole {
				t.Errorf("there is a half-written row or one that nobody wrote: %+v", r)
			}
		}
	}
	for name, id := range l.acked {
		if len(name) >= len(prefix) && name[:len(prefix)] == prefix && rows[name].ID != id {
			t.Errorf("%s was acknowledged with id %s, but there is %q", name, id, rows[name].ID)
		}
	}
}

func all(t *testing.T, a *admin, list, prefix string) (rows []row) {
	t.Helper()
	path := map[string]string{"groups": "/v1.0/apigw/api-groups", "apps": "/v1.0/apigw/apps"}[list]
	for page := 1; ; page++ {
		var found map[string]json.RawMessage
		a.do("GET", fmt.Sprintf("%s?page_size=500&page_no=%d&name=%s", path, page, prefix), nil).want(t, 200).decode(t, &found)
		var some []row
		if err := json.Unmarshal(found[list], &some); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, some...)
		if len(some) < 500 {
			return rows
		}
	}
}

// sound asks SQLite for its own opinion, of a copy: opening the file itself
// would do the recovery that the next start has to do.
func sound(t *testing.T, file string) {
	t.Helper()
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(file + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "copy.db"+suffix), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := open(t, filepath.Join(dir, "copy.db"))
	defer db.Close()
	var verdict string
	if err := db.QueryRow(`PRAGMA quick_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("quick_check: %s (%v)", verdict, err)
	}
	var broken int
	if err := db.QueryRow(`SELECT COUNT(*) FROM pragma_foreign_key_check`).Scan(&broken); err != nil || broken != 0 {
		t.Errorf("%d rows refer to nothing (%v)", broken, err)
	}
}

// published compares the records that gateways get with the rows they came
// from: both are written in one transaction.
func published(t *testing.T, file string) {
	t.Helper()
	db := open(t, file)
	defer db.Close()
	for _, query := range []string{
		`SELECT COUNT(*) FROM (SELECT id FROM groups EXCEPT SELECT id FROM records WHERE kind = 'group')`,
		`SELECT COUNT(*) FROM (SELECT id FROM records WHERE kind = 'group' EXCEPT SELECT id FROM groups)`,
		`SELECT COUNT(*) FROM (SELECT id FROM apps EXCEPT SELECT id FROM records WHERE kind = 'app')`,
		`SELECT COUNT(*) FROM (SELECT id FROM records WHERE kind = 'app' EXCEPT SELECT id FROM apps)`,
	} {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d (%v), want 0", query, n, err)
		}
	}
}

func open(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestKillFirstStart kills first starts at random moments: the next start finds
// an installation to which somebody can log in.
func TestKillFirstStart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(*seed, 1))
	for round := range 10 {
		after := time.Duration(random.Int64N(int64(400 * time.Millisecond)))
		data := filepath.Join(t.TempDir(), "data")
		p := launch(t, setup{data: data, generated: true})
		select {
		case <-time.After(after):
			p.kill()
		case <-p.done:
			t.Fatalf("the process ended by itself; stderr:\n%s", p.stderr)
		}
		again := start(t, setup{data: data, generated: true})
		secret, err := os.ReadFile(filepath.Join(data, "admin-password"))
		if err != nil {
			t.Fatalf("round %d with seed %d, killed after %v: %v", round, *seed, after, err)
		}
		if a := login(t, again, strings.TrimSpace(string(secret))); a.status != http.StatusCreated {
			t.Errorf("round %d with seed %d, killed after %v: nobody can log in (%d)", round, *seed, after, a.status)
		}
		again.stop()
	}
}

// TestSignalDuringStart asks processes to end while they start: they end
// without a panic, and what they leave is as good as nothing or as a whole
// first start.
func TestSignalDuringStart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(*seed, 2))
	for range 8 {
		after := time.Duration(random.Int64N(int64(250 * time.Millisecond)))
		data := filepath.Join(t.TempDir(), "data")
		p := launch(t, setup{data: data})
		time.Sleep(after) // the moment is what is tested
		p.signal(syscall.SIGTERM)
		// -1: the signal came before the process could handle any.
		if code := p.ended(); code != 0 && code != 1 && code != -1 || strings.Contains(p.stderr.String(), "goroutine ") {
			t.Fatalf("seed %d, SIGTERM after %v: exit code %d; stderr:\n%s", *seed, after, code, p.stderr)
		}
		again := start(t, setup{data: data})
		again.admin(t, password)
		again.stop()
	}
}
