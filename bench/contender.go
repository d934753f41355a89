package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// server is one program under load, which answers at address.
type server struct {
	name    string
	address string
	env     []string
	args    []string
	goCode  bool                        // ours to count under valgrind; nginx's package has its own ways
	settled func(context.Context) error // waits for what goes on after it listens; may be nil
	running *process
}

// contender is a server and the request it gets.
type contender struct {
	name   string
	server *server
	signed bool // the signed request, else the plain one
}

// field is everything that runs for one comparison. All servers run all the
// time, each on the same core: one that gets no requests costs next to nothing.
type field struct {
	o          options
	work       string // programs and data, removed at the end
	stdout     io.Writer
	counter    counting
	results    *journal
	backend    *process
	servers    []*server
	contenders []contender
	api        *management
}

// newField builds the programs, starts them and publishes the APIs. What was
// started is in the field also when an error comes back.
func newField(ctx context.Context, o options, stdout io.Writer) (*field, error) {
	f := &field{o: o, stdout: stdout}
	var note string
	var err error
	if f.work, err = os.MkdirTemp("", "lintel-bench-work-"); err != nil {
		return f, err
	}
	if f.counter, note, err = chooseCounter(ctx, o.instructions, f.work); err != nil {
		return f, err
	}
	if note != "" {
		fmt.Fprintln(stdout, note)
	}
	if f.results, err = newJournal(filepath.Join(o.out, "results.jsonl")); err != nil {
		return f, err
	}
	if err := describeMachine(ctx, stdout, f.results); err != nil {
		return f, err
	}
	if err := f.build(ctx); err != nil {
		return f, err
	}
	backend, err := f.startBackend(ctx)
	if err != nil {
		return f, err
	}
	return f, f.startServers(ctx, backend)
}

// build compiles what is ours, as `make build` does.
func (f *field) build(ctx context.Context) error {
	for _, p := range []string{"./cmd/lintel", "./bench/backend", "./bench/reverseproxy", "./bench/edgeonly"} {
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", f.work+string(filepath.Separator), p).CombinedOutput(); err != nil {
			return fmt.Errorf("go build %s: %w\n%s", p, err, out)
		}
	}
	return nil
}

func (f *field) startBackend(ctx context.Context) (string, error) {
	address, err := freeAddress()
	if err != nil {
		return "", err
	}
	if f.backend, err = start(f.o.out, "backend", loadCore, nil, f.file("backend"), "-addr", address); err != nil {
		return "", err
	}
	return address, f.backend.ready(ctx, address, startTime)
}

// file is a path in the working folder.
func (f *field) file(name string) string { return filepath.Join(f.work, name) }

// startTime is how long a program may take until it listens.
const startTime = 30 * time.Second

func (f *field) startServers(ctx context.Context, backend string) error {
	var addresses [4]string
	for i := range addresses {
		var err error
		if addresses[i], err = freeAddress(); err != nil {
			return err
		}
	}
	conf, err := f.writeNginx(addresses[0], backend)
	if err != nil {
		return err
	}
	nginx := &server{name: "nginx", address: addresses[0], args: []string{"nginx", "-p", f.work, "-c", conf, "-e", filepath.Join(f.o.out, "nginx-error.log")}}
	proxy := &server{name: "reverseproxy", address: addresses[1], goCode: true,
		args: []string{f.file("reverseproxy"), "-addr", addresses[1], "-backend", backend}}
	edge := &server{name: "edgeonly", address: addresses[2], goCode: true,
		args: []string{f.file("edgeonly"), "-addr", addresses[2], "-backend", backend}}
	lintel, err := f.lintel(addresses[3])
	if err != nil {
		return err
	}
	f.servers = []*server{nginx, proxy, edge, lintel}
	f.contenders = []contender{
		{"nginx", nginx, false}, {"reverseproxy", proxy, false}, {"edgeonly", edge, false}, {"lintel NONE", lintel, false},
		{"nginx, signed", nginx, true}, {"edgeonly, signed", edge, true}, {"lintel APP, signed", lintel, true},
	}
	for _, s := range f.servers {
		if err := s.start(ctx, f.o.out); err != nil {
			return err
		}
	}
	return f.api.publish(ctx, backend, f.o.routes, f.stdout)
}

func (s *server) start(ctx context.Context, dir string, under ...string) (err error) {
	name, patience := s.name, startTime
	if len(under) > 0 {
		name, patience = name+" "+under[0], 4*startTime
	}
	if s.running, err = start(dir, name, gatewayCore, s.env, append(under, s.args...)...); err != nil {
		return err
	}
	if err := s.running.ready(ctx, s.address, patience); err != nil || s.settled == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.settled(ctx)
}

func (s *server) stop() error {
	p := s.running
	s.running = nil
	return p.stop()
}

// stop ends everything that was started.
func (f *field) stop() error {
	var faults []error
	for _, s := range f.servers {
		faults = append(faults, s.stop())
	}
	faults = append(faults, f.backend.stop(), f.results.close())
	if f.work != "" {
		faults = append(faults, os.RemoveAll(f.work))
	}
	return errors.Join(faults...)
}

// lintel is `lintel serve` as it is started by anybody, with its access log, and
// with room for the routes that nobody calls.
func (f *field) lintel(address string) (*server, error) {
	management, err := freeAddress()
	if err != nil {
		return nil, err
	}
	password := "bench-" + time.Now().UTC().Format("20060102150405.000000")
	f.api = newManagement("http://"+management, address, password)
	data, err := os.MkdirTemp(f.work, "data-")
	if err != nil {
		return nil, err
	}
	room := f.o.routes + 10
	return &server{
		name: "lintel", address: address, goCode: true, settled: f.api.ready, env: []string{"LINTEL_ADMIN_PASSWORD=" + password},
		args: []string{f.file("lintel"), "serve", "--data-dir", data, "--log-level", "warn",
			"--management-addr", management, "--gateway-addr", address, "--gateway-tls-addr", "off", "--ops-addr", "off",
			"--backend-allow", "127.0.0.0/8", "--api-rate", "0", "--subdomain-calls", "0", "--limits", fmt.Sprintf("apis=%d,apis_per_group=%d", room, room)},
	}, nil
}

// writeNginx writes a configuration that does nothing but forward, with one
// worker and connections that are kept on both sides. nginx writes nothing outside
// of the two folders of the run.
func (f *field) writeNginx(address, backend string) (string, error) {
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // the folder is not its usual user's
	}
	text := fmt.Sprintf(`daemon off; worker_processes 1; worker_rlimit_nofile 8192; pid %[1]s/nginx.pid; error_log %[5]s/nginx-error.log error; %[4]s
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_timeout 120s; keepalive_requests 1000000000;
  client_body_temp_path %[1]s/nginx-body; proxy_temp_path %[1]s/nginx-proxy; fastcgi_temp_path %[1]s/nginx-fastcgi;
  uwsgi_temp_path %[1]s/nginx-uwsgi; scgi_temp_path %[1]s/nginx-scgi;
  upstream backend { server %[3]s; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen %[2]s backlog=4096;
    location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`, f.work, address, backend, user, f.o.out)
	conf := f.file("nginx.conf")
	return conf, os.WriteFile(conf, []byte(text), 0o644)
}
