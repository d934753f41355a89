package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// server is one program under load, which answers at address and, with TLS, at
// secure.
type server struct {
	name            string
	address, secure string
	env             []string
	args            []string
	webSocket       string                      // where it forwards WebSockets, if not at address
	management      string                      // of lintel: the base of its URLs
	goCode          bool                        // ours to count under valgrind; nginx's package has its own ways
	settled         func(context.Context) error // waits for what goes on after it listens; may be nil
	running         *process
}

// edges are the values of -edge that a program knows. An older one has no such
// flag and one edge.
func edges(ctx context.Context, program ...string) []string {
	out, _ := exec.CommandContext(ctx, program[0], append(program[1:], "-h")...).CombinedOutput() // help fails as often as not
	if strings.Contains(string(out), "-edge") {
		return []string{"engine", "net/http"}
	}
	return []string{""}
}

func (f *field) addresses(s *server) (err error) {
	if s.address, err = freeAddress(); err != nil {
		return err
	}
	s.secure, err = freeAddress()
	return err
}

// others are the servers that are not ours.
func (f *field) others(backend string) ([]*server, error) {
	nginx, haproxy, caddy, proxy := &server{name: "nginx"}, &server{name: "haproxy"}, &server{name: "caddy"}, &server{name: "reverseproxy", goCode: true}
	list := []*server{nginx, haproxy, caddy, proxy}
	for _, s := range list {
		if err := f.addresses(s); err != nil {
			return nil, err
		}
	}
	var err error
	if nginx.webSocket, err = freeAddress(); err != nil {
		return nil, err
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // the folder is not its usual user's
	}
	for name, text := range map[string]string{
		"nginx.conf":  fmt.Sprintf(nginxConf, f.work, nginx.address, backend, user, nginx.secure, nginx.webSocket),
		"haproxy.cfg": fmt.Sprintf(haproxyConf, f.work, haproxy.address, haproxy.secure, backend),
		"Caddyfile":   fmt.Sprintf(caddyConf, f.work, portOf(caddy.address), portOf(caddy.secure), backend),
	} {
		if err := os.WriteFile(f.file(name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	nginx.args = []string{"nginx", "-p", f.work, "-c", f.file("nginx.conf"), "-e", f.file("nginx-error.log")}
	haproxy.args = []string{"haproxy", "-f", f.file("haproxy.cfg"), "-db"}
	caddy.args = []string{"caddy", "run", "--config", f.file("Caddyfile"), "--adapter", "caddyfile"}
	caddy.env = []string{"HOME=" + f.work, "XDG_DATA_HOME=" + f.work, "XDG_CONFIG_HOME=" + f.work}
	proxy.args = []string{f.file("reverseproxy"), "-addr", proxy.address, "-backend", backend, "-tls-addr", proxy.secure, "-cert", f.file(certificate), "-key", f.file(key)}
	for i := 0; i < len(list); {
		if _, err := exec.LookPath(list[i].args[0]); err != nil {
			fmt.Fprintf(f.stdout, "no %s on this machine\n", list[i].name)
			list = append(list[:i], list[i+1:]...)
			continue
		}
		i++
	}
	return list, nil
}

// portOf leaves the host out, by which Caddy would choose among sites.
func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

// edgeonly is our edge and our backend side without anything between them: bare,
// for the comparison with nginx, or with the fields that lintel adds.
func (f *field) edgeonly(program, edge, backend string) (*server, error) {
	s := &server{name: nameOf(program, edge), goCode: true}
	if err := f.addresses(s); err != nil {
		return nil, err
	}
	s.args = []string{f.file("edgeonly"), "-addr", s.address, "-backend", backend, "-tls-addr", s.secure, "-cert", f.file(certificate), "-key", f.file(key)}
	if edge != "" {
		s.args = append(s.args, "-edge", edge)
	}
	if program == bare {
		s.args = append(s.args, "-plain")
	}
	return s, nil
}

// bare and dressed are the two ways in which the program edgeonly is measured.
const bare, dressed = "bare", "edgeonly"

// nameOf is the name of a program with one of its edges.
func nameOf(program, edge string) string {
	if edge == "" {
		return program
	}
	return program + " " + strings.ReplaceAll(edge, "/", "-")
}

// lintel is `lintel serve` as it is started by anybody, with its access log, and
// with room for the routes that nobody calls, on a folder of data.
func (f *field) lintel(edge, data string) (*server, error) {
	s := &server{name: nameOf("lintel", edge), goCode: true, env: []string{"LINTEL_ADMIN_PASSWORD=" + f.api.password}}
	if err := f.addresses(s); err != nil {
		return nil, err
	}
	management, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s.management = "http://" + management
	s.settled = newManagement(s.management, f.api.password).ready
	s.args = []string{f.file("lintel"), "serve", "--data-dir", data, "--log-level", "warn",
		"--management-addr", management, "--gateway-addr", s.address, "--gateway-tls-addr", s.secure,
		"--gateway-tls-cert", f.file(certificate), "--gateway-tls-key", f.file(key), "--ops-addr", "off",
		"--backend-allow", "127.0.0.0/8", "--api-rate", "0", "--subdomain-calls", "0",
		"--limits", fmt.Sprintf("apis=%d,apis_per_group=%d", f.o.routes+room, f.o.routes+room)}
	if edge != "" {
		s.args = append(s.args, "--edge", edge)
	}
	if edge != "" && edge == f.edge && f.o.profile != "" {
		s.env = append(s.env, "LINTEL_PROFILE="+f.o.profile)
	}
	return s, nil
}

// publish makes the data that each lintel gets a copy of.
func (f *field) publish(ctx context.Context, backend string) (err error) {
	maker, err := f.lintel("", f.file("data"))
	if err != nil {
		return err
	}
	f.api.base = maker.management
	if err := maker.start(ctx, f.o.out); err != nil {
		return errors.Join(err, maker.stop())
	}
	return errors.Join(f.api.publish(ctx, backend, f.o.routes, f.stdout), maker.stop())
}

// copyOfData is a folder for one lintel, with the permissions of the maker's: lintel
// refuses keys that others may read.
func (f *field) copyOfData(ctx context.Context, edge string) (string, error) {
	data := f.file("data-" + strings.ReplaceAll(nameOf("lintel", edge), " ", "-"))
	if out, err := exec.CommandContext(ctx, "cp", "-a", f.file("data"), data).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copy the data: %w: %s", err, out)
	}
	return data, nil
}

// room is for the APIs that are called.
const room = 10

// nginxConf does nothing but forward, with one worker and connections that are
// kept on both sides. A body of 10 KB fits into its buffer.
const nginxConf = `daemon off; worker_processes 1; worker_rlimit_nofile 16384; pid %[1]s/nginx.pid; error_log %[1]s/nginx-error.log error; %[4]s
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_timeout 600s; keepalive_requests 1000000000; client_body_buffer_size 32k;
  client_body_temp_path %[1]s/nginx-body; proxy_temp_path %[1]s/nginx-proxy; fastcgi_temp_path %[1]s/nginx-fastcgi;
  uwsgi_temp_path %[1]s/nginx-uwsgi; scgi_temp_path %[1]s/nginx-scgi;
  ssl_certificate %[1]s/cert.pem; ssl_certificate_key %[1]s/key.pem; ssl_protocols TLSv1.3;
  upstream backend { server %[3]s; keepalive 512; keepalive_requests 1000000000; }
  server {
    listen %[2]s backlog=4096;
    listen %[5]s ssl backlog=4096;
    location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
  server {
    listen %[6]s backlog=4096;
    location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "upgrade"; proxy_set_header Upgrade $http_upgrade; }
  }
}
`

const haproxyConf = `global
  nbthread 1
  maxconn 8000
defaults
  mode http
  timeout connect 10s
  timeout client 600s
  timeout server 600s
  timeout tunnel 600s
  timeout http-keep-alive 600s
  http-reuse always
frontend f
  bind %[2]s
  bind %[3]s ssl crt %[1]s/both.pem alpn http/1.1 ssl-min-ver TLSv1.3
  default_backend b
backend b
  server s1 %[4]s pool-max-conn 512
`

const caddyConf = `{
  admin off
  auto_https off
  log default {
    level ERROR
  }
}
(forward) {
  reverse_proxy %[4]s {
    transport http {
      keepalive_idle_conns 512
      keepalive_idle_conns_per_host 512
      compression off
    }
  }
}
http://:%[2]s {
  bind 127.0.0.1
  import forward
}
https://:%[3]s {
  bind 127.0.0.1
  tls %[1]s/cert.pem %[1]s/key.pem
  import forward
}
`

// Files of the certificate that all contenders show.
const certificate, key, together = "cert.pem", "key.pem", "both.pem"

func (f *field) file(name string) string { return filepath.Join(f.work, name) }
