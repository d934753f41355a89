package e2e_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver with which databases are made
)

// link is a way to PostgreSQL that can be cut: while it is, its port is closed.
type link struct {
	t       *testing.T
	server  string // host:port of PostgreSQL
	address string

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	wg       sync.WaitGroup
}

// newLink makes a database and a way to it, and answers the URL for lintel.
func newLink(t *testing.T) (*link, string) {
	t.Helper()
	server := os.Getenv("LINTEL_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(`LINTEL_TEST_POSTGRES is not set; run: eval "$(scripts/engines.sh start)"`)
		}
		t.Skip(`LINTEL_TEST_POSTGRES is not set; to run this: eval "$(scripts/engines.sh start)"`)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("LINTEL_TEST_POSTGRES is not a URL") // its text may hold a password
	}
	b := make([]byte, 8)
	rand.Read(b) // never fails
	name := "lintel_e2e_" + hex.EncodeToString(b)
	administer(t, server, `CREATE DATABASE "`+name+`"`)
	t.Cleanup(func() { administer(t, server, `DROP DATABASE "`+name+`" WITH (FORCE)`) })
	l := &link{t: t, server: u.Host, conns: map[net.Conn]bool{}}
	l.open()
	t.Cleanup(l.cut)
	u.Host, u.Path = l.address, "/"+name
	return l, u.String()
}

func administer(t *testing.T, server, statement string) {
	t.Helper()
	// Not t.Context(), which is over when clean-up runs.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pool, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

// open lets connections through, at the same address as before. That address
// is out of the range from which the system gives free ports, so that nobody
// else has it in the meantime.
func (l *link) open() {
	l.t.Helper()
	if l.address == "" {
		l.address = opsAddress()
	}
	listener, err := net.Listen("tcp", l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	l.listener = listener
	l.mu.Unlock()
	l.wg.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			l.wg.Go(func() { l.carry(c) })
		}
	})
}

func (l *link) carry(c net.Conn) {
	defer c.Close()
	s, err := net.DialTimeout("tcp", l.server, patience)
	if err != nil {
		return
	}
	defer s.Close()
	l.mu.Lock()
	open := l.listener != nil
	if open {
		l.conns[c], l.conns[s] = true, true
	}
	l.mu.Unlock()
	if !open {
		return
	}
	l.wg.Go(func() { io.Copy(s, c); s.Close() })
	io.Copy(c, s)
	l.mu.Lock()
	delete(l.conns, c)
	delete(l.conns, s)
	l.mu.Unlock()
}

// cut closes the port and every connection.
func (l *link) cut() {
	l.mu.Lock()
	if l.listener != nil {
		l.listener.Close()
		l.listener = nil
	}
	for c := range l.conns {
		c.Close()
	}
	l.mu.Unlock()
	l.wg.Wait()
}

// shop is what the tests of outages publish.
type shop struct {
	open, closed group
	owner, other app
	secured      string
}

func newShop(a *admin) shop {
	a.t.Helper()
	s := shop{open: a.group("open"), closed: a.group("closed"), owner: a.app("owner"), other: a.app("other")}
	a.api(s.open.ID, "free_api", "/free", "NONE", "")
	s.secured = a.api(s.closed.ID, "secured_api", "/secured", "APP", "")
	a.grant(s.secured, s.owner)
	return s
}

// served wants everything of the shop: the open API, the signed one with the
// app that may call it, and the refusals.
func (s shop) served(t *testing.T, p *process) {
	t.Helper()
	p.call(t, s.open, "/free").want(t, 200, "mock free_api")
	p.signed(t, s.closed, "/secured", s.owner).want(t, 200, "mock secured_api")
	p.signed(t, s.closed, "/secured", s.other).want(t, 403, "APIG.0304")
	p.signed(t, s.closed, "/secured", app{Key: s.owner.Key, Secret: "wrong"}).want(t, 401, "APIG.0303")
	p.call(t, s.closed, "/secured").want(t, 401, "APIG.0303")
	p.call(t, s.open, "/absent").want(t, 404, "APIG.0101")
}

// away wants the answers of a process whose database is away: 503 in the words
// of each dialect, alive but not ready.
func away(t *testing.T, p *process, a *admin) {
	t.Helper()
	refusal := a.do("GET", "/v1.0/apigw/api-groups", nil).want(t, 503, `"error_code":"APIC.9100"`)
	if refusal.header.Get("X-Request-Id") == "" {
		t.Error("a refusal without X-Request-Id")
	}
	login(t, p, password).want(t, 503, `"code":503`)
	for path, status := range map[string]int{"/healthz": 200, "/readyz": 503} {
		answer, err := tryGet("http://" + p.ops + path)
		if err != nil || answer.status != status {
			t.Errorf("%s: %+v (%v), want %d", path, answer, err, status)
		}
	}
}

// TestRestartWithoutDatabase: the gateway serves what it served before while
// the database is away, management says so, and comes back with the database,
// with a restart and without one.
func TestRestartWithoutDatabase(t *testing.T) {
	t.Parallel()
	line, database := newLink(t)
	config := filepath.Join(t.TempDir(), "lintel.yml")
	if err := os.WriteFile(config, []byte(fmt.Sprintf("database: %q\n", database)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--config", config}
	p := start(t, setup{args: args})
	a := p.admin(t, password)
	s := newShop(a)
	s.served(t, p)
	p.stop()

	line.cut()
	p = start(t, setup{data: p.data, args: args, unready: true})
	a = a.at(p)
	s.served(t, p)
	away(t, p, a)
	if secret := secretOf(t, database); secret != "" && strings.Contains(p.stderr.String(), secret) {
		t.Error("the log holds the password of the database")
	}

	// The database comes back under the running process.
	line.open()
	eventually(t, "management to come back", func() bool {
		answer, err := tryGet("http://" + p.ops + "/readyz")
		return err == nil && answer.status == http.StatusOK
	})
	s.served(t, p)
	a.api(s.open.ID, "later_api", "/later", "NONE", "")
	p.call(t, s.open, "/later").want(t, 200, "mock later_api")
	p.stop()

	// It is there at the start.
	p = start(t, setup{data: p.data, args: args})
	s.served(t, p)
	p.call(t, s.open, "/later").want(t, 200)
	a.at(p).do("GET", "/v1.0/apigw/api-groups", nil).want(t, 200, `"total":2`)
}

func secretOf(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal("the URL of the database is none")
	}
	secret, _ := u.User.Password()
	return secret
}

// TestDatabaseLost: a database that goes away under a running process takes
// management with it and nothing else; it needs no restart.
func TestDatabaseLost(t *testing.T) {
	t.Parallel()
	line, database := newLink(t)
	p := start(t, setup{env: []string{"LINTEL_DATABASE=" + database}})
	a := p.admin(t, password)
	s := newShop(a)
	line.cut()
	s.served(t, p)
	began := time.Now()
	// 500 is the status that the catalogue has for this code.
	a.do("POST", "/v1.0/apigw/api-groups", object{"name": "lost"}).want(t, 503, `"error_code":"APIC.9100"`)
	a.do("GET", "/v1.0/apigw/api-groups", nil).want(t, 503, `"error_code":"APIC.9100"`)
	login(t, p, password).want(t, 503, `"code":503`)
	if took := time.Since(began); took > patience/2 {
		t.Errorf("three refusals took %v", took)
	}
	line.open()
	eventually(t, "management to come back", func() bool {
		return a.do("GET", "/v1.0/apigw/api-groups", nil).status == http.StatusOK
	})
	a.do("GET", "/v1.0/apigw/api-groups?name=lost", nil).want(t, 200, `"total":0`)
	a.group("found")
	s.served(t, p)
}

// TestNeverHadADatabase: a first start without its database keeps trying.
func TestNeverHadADatabase(t *testing.T) {
	t.Parallel()
	line, database := newLink(t)
	line.cut()
	p := start(t, setup{env: []string{"LINTEL_DATABASE=" + database}, unready: true})
	login(t, p, password).want(t, 503)
	line.open()
	eventually(t, "the first start to be made", func() bool { return login(t, p, password).status == http.StatusCreated })
}

// TestDatabaseThatIsNone: a SQLite file that is damaged is like a database that
// is away. The gateway goes on, management says so, and the file is left as it
// is for whoever repairs it.
func TestDatabaseThatIsNone(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := p.admin(t, password)
	s := newShop(a)
	p.stop()
	file := filepath.Join(p.data, "lintel.db")
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	garbage := strings.Repeat("this is no database. ", 1000)
	if err := os.WriteFile(file, []byte(garbage), 0o600); err != nil {
		t.Fatal(err)
	}
	p = start(t, setup{data: p.data, unready: true})
	s.served(t, p)
	away(t, p, a.at(p))
	if !strings.Contains(p.stderr.String(), "lintel.db") {
		t.Errorf("the log does not name the file:\n%s", p.stderr)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != garbage {
		t.Errorf("the file was changed (%v)", err)
	}
	// A restored file is taken into service without a restart.
	if err := os.WriteFile(file, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "management to come back", func() bool {
		return a.at(p).do("GET", "/v1.0/apigw/api-groups", nil).status == http.StatusOK
	})
	s.served(t, p)
}

// TestDamagedState: the file from which a gateway restarts is damaged in every
// way that a disk has. With the database everything is served again; without
// it the process still comes up, serves nothing wrong, and says what happened.
func TestDamagedState(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		damage func(content []byte) []byte
	}{
		{"bytes in the middle", func(b []byte) []byte {
			for i := len(b) / 2; i < min(len(b)/2+16, len(b)); i++ {
				b[i] ^= 0xff
			}
			return b
		}},
		{"first byte", func(b []byte) []byte { b[0] ^= 0xff; return b }},
		{"last byte", func(b []byte) []byte { b[len(b)-1] ^= 0x01; return b }},
		{"cut in the middle", func(b []byte) []byte { return b[:len(b)/2] }},
		{"empty", func([]byte) []byte { return nil }},
		{"other bytes behind", func(b []byte) []byte { return append(b, "\x00\xffgarbage"...) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, setup{})
			a := p.admin(t, password)
			s := newShop(a)
			p.stop()
			damaged := 0
			for name := range files(t, filepath.Join(p.data, "gateway")) {
				content, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if len(content) == 0 {
					continue
				}
				damaged++
				if err := os.WriteFile(name, tt.damage(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if damaged == 0 {
				t.Fatal("there is no state to damage")
			}
			again := start(t, setup{data: p.data})
			s.served(t, again)
			a.at(again).api(s.open.ID, "later_api", "/later", "NONE", "")
			again.stop()

			// What was repaired is whole: nothing is left to complain about.
			third := start(t, setup{data: p.data})
			s.served(t, third)
			third.call(t, s.open, "/later").want(t, 200)
			if strings.Contains(third.stderr.String(), "damaged") {
				t.Errorf("the state is still damaged:\n%s", third.stderr)
			}
		})
	}
}
