package differential_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// addProxies starts nginx and haproxy and gives every lane an address and a recorder of
// each.
func addProxies(t testing.TB, all []lane) {
	for _, p := range []struct {
		name  string
		start func(t testing.TB, program string, fronts, backs []string)
	}{{"nginx", startNginx}, {"haproxy", startHaproxy}} {
		program := find(t, p.name)
		fronts, backs := sockets(t, len(all)), sockets(t, len(all))
		for i := range all {
			r := startRecorder(t, backs[i])
			all[i].columns = append(all[i].columns, column{name: p.name, address: fronts[i], recorder: r})
		}
		p.start(t, program, fronts, backs)
	}
}

// find looks where Debian puts servers too, which is not in everybody's PATH.
func find(t testing.TB, name string) string {
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	t.Fatalf("%s is not installed; scripts/differential.sh does it", name)
	return ""
}

// sockets are paths of Unix sockets. A free port of the loopback may be taken, by a
// connection that goes out, before the server has it; and a fuzzer uses up all ports,
// which the kernel keeps for a minute.
func sockets(t testing.TB, n int) []string {
	dir, err := os.MkdirTemp("", "d") // short: such a path has 107 bytes at most
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var out []string
	for i := range n {
		out = append(out, filepath.Join(dir, fmt.Sprint(i)))
	}
	return out
}

// startNginx runs nginx with its defaults for everything that is about messages. Kept
// backend connections are switched on, because our side has them.
func startNginx(t testing.TB, program string, fronts, backs []string) {
	dir := t.TempDir()
	var servers strings.Builder
	for i := range fronts {
		fmt.Fprintf(&servers, `
  upstream b%[1]d { server unix:%[2]s; keepalive 4; }
  server { listen unix:%[3]s; location / { proxy_pass http://b%[1]d; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_ignore_client_abort on; } }`, i, backs[i], fronts[i])
	}
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;"
	}
	conf := fmt.Sprintf(`daemon off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/error.log; %[3]s
events { worker_connections 512; }
http {
  access_log off; client_max_body_size 12m; client_body_timeout 60s; client_header_timeout 60s;
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;%[2]s
}
`, dir, servers.String(), user)
	file := write(t, dir, "nginx.conf", conf)
	start(t, fronts, program, "-p", dir, "-c", file, "-e", filepath.Join(dir, "error.log"))
}

func startHaproxy(t testing.TB, program string, fronts, backs []string) {
	dir := t.TempDir()
	var conf strings.Builder
	conf.WriteString("global\n  maxconn 512\ndefaults\n  mode http\n  retries 0\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n  timeout http-request 60s\n  timeout http-keep-alive 60s\n")
	for i := range fronts {
		fmt.Fprintf(&conf, "frontend f%[1]d\n  bind unix@%[2]s\n  default_backend b%[1]d\nbackend b%[1]d\n  server s unix@%[3]s\n", i, fronts[i], backs[i])
	}
	start(t, fronts, program, "-db", "-f", write(t, dir, "haproxy.cfg", conf.String()))
}

func write(t testing.TB, dir, name, text string) string {
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// start runs a server until the test ends, and returns when it listens everywhere.
func start(t testing.TB, fronts []string, program string, args ...string) {
	cmd := exec.Command(program, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
	})
	for _, address := range fronts {
		for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			c, err := dial(address)
			if err == nil {
				c.Close()
				break
			}
			if len(ended) > 0 || time.Since(began) > 20*time.Second {
				cmd.Process.Kill()
				t.Fatalf("%s does not listen on %s: %v\n%s", program, address, err, said.String())
			}
		}
	}
}
