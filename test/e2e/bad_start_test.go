package e2e_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadStart: what is wrong is said in one text that tells what to do, and
// the exit code tells mistakes of the command line (2) from the rest (1).
func TestBadStart(t *testing.T) {
	t.Parallel()
	faulty := filepath.Join(t.TempDir(), "faulty.yml")
	content := "managment-addr: 127.0.0.1:0\nlog-level: loud\ndrain-timeout: 30\n"
	if err := os.WriteFile(faulty, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	free := []string{"--management-addr", "127.0.0.1:0", "--gateway-addr", "127.0.0.1:0", "--gateway-tls-addr", "off", "--ops-addr", "off"}
	tests := []struct {
		name string
		args []string
		env  []string
		code int
		want []string
	}{
		{"unknown command", []string{"sevre"}, nil, 2, []string{`unknown command "sevre"`}},
		{"unknown flag", []string{"serve", "--mangement-addr", "127.0.0.1:0"}, nil, 2, []string{"--mangement-addr", `lintel serve --help`}},
		{"argument", append([]string{"serve", "now"}, free...), nil, 2, []string{`"now"`}},
		{"flag without value", []string{"serve", "--data-dir"}, nil, 2, []string{"--data-dir", "--help"}},
		{"three faults in the file", append([]string{"serve", "--config", faulty}, free...), nil, 2, []string{
			"the configuration has 3 faults",
			"managment-addr", "line 1", "did you mean management-addr?",
			"log-level", "line 2", "debug, info, warn or error",
			"drain-timeout", "line 3", "30s",
		}},
		{"faults of three sources", append([]string{"serve", "--config", faulty, "--log-format", "xml"}, free...), []string{"LINTEL_REGION= "}, 2, []string{
			"5 faults", "managment-addr", "flag --log-format", "environment LINTEL_REGION",
		}},
		{"no such file", append([]string{"serve", "--config", "absent.yml"}, free...), nil, 2, []string{"absent.yml"}},
		{"management beyond loopback", []string{"serve", "--management-addr", "0.0.0.0:0"}, nil, 2, []string{
			"management-addr", "0.0.0.0:0", "no TLS", "management-tls-cert", "management-insecure",
		}},
		{"management on every address", []string{"serve", "--management-addr", ":0"}, nil, 2, []string{"management-addr", "no TLS"}},
		{"short password", append([]string{"serve"}, free...), []string{"LINTEL_ADMIN_PASSWORD=short"}, 2, []string{"admin-password", "8"}},
		{"call without key", []string{"call", "http://127.0.0.1:1/"}, nil, 2, []string{"--app-key", "LINTEL_APP_KEY"}},
		{"call without URL", []string{"call", "--app-key", "k", "--app-secret", "s"}, nil, 2, []string{"arg"}},
		{"call of a closed port", []string{"call", "--app-key", "k", "--app-secret", "s", "http://127.0.0.1:1/"}, nil, 1, []string{"127.0.0.1:1", "refused"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			code, _, errs := run(t, dir, tt.env, binary, tt.args...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, text := range tt.want {
				if !strings.Contains(errs, text) {
					t.Errorf("the text lacks %q", text)
				}
			}
			if strings.Contains(errs, "goroutine ") {
				t.Error("it panicked")
			}
			if left := files(t, dir); len(left) > 0 {
				t.Errorf("a start that was refused wrote %v", left)
			}
			if t.Failed() {
				t.Logf("stderr:\n%s", errs)
			}
		})
	}
}

// TestPortInUse: every port that is taken is named, and no database is made.
func TestPortInUse(t *testing.T) {
	t.Parallel()
	taken := make([]string, 2)
	for i := range taken {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		taken[i] = l.Addr().String()
	}
	p := launch(t, setup{exits: true, args: []string{"--management-addr", taken[0], "--gateway-tls-addr", taken[1]}})
	if code := p.ended(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	for i, flag := range []string{"--management-addr", "--gateway-tls-addr"} {
		if want := flag + " " + taken[i] + " is in use; choose another with " + flag; !strings.Contains(p.stderr.String(), want) {
			t.Errorf("stderr lacks %q:\n%s", want, p.stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(p.data, "lintel.db")); !os.IsNotExist(err) {
		t.Errorf("a database was made (%v)", err)
	}
}

// TestSecondProcess: one data folder has one process. The first one does not
// notice the second, and its lock ends with it, also by kill -9.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	first := start(t, setup{})
	second := launch(t, setup{data: first.data, exits: true})
	if code := second.ended(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if want := "is in use by another lintel; stop it or choose another --data-dir"; !strings.Contains(second.stderr.String(), want) {
		t.Errorf("stderr lacks %q:\n%s", want, second.stderr)
	}
	first.admin(t, password)
	first.kill()
	third := start(t, setup{data: first.data})
	third.admin(t, password)
}
