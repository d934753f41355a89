package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lintel-gateway/lintel/bench/ready"
	"github.com/lintel-gateway/lintel/bench/tenant"
)

// house is one gateway with its APIs and their backend.
type house struct {
	s                          *settings
	name                       string // of the drill, for files
	management, gateway, tlsAt string // addresses
	ops, host                  string
	data                       string
	cmd                        *exec.Cmd
	done                       chan struct{} // closed when the gateway has ended
	backend                    *backend
}

const password = "the drill's administrator 1"

const (
	startTime = time.Minute
	endTime   = time.Minute
)

// open starts backend and gateway and publishes one API for each path of the backend.
// Its answer is to be closed even if there is an error.
func open(ctx context.Context, s *settings, name string) (h *house, err error) {
	h = &house{s: s, name: name, done: make(chan struct{})}
	if h.backend, err = startBackend(); err != nil {
		return h, err
	}
	if h.data, err = os.MkdirTemp("", "lintel-faults-data-"); err != nil {
		return h, err
	}
	if err := h.start(ctx); err != nil {
		return h, err
	}
	return h, h.publish()
}

// start starts the program with the settings of anybody, but for the limits of
// calls, which a drill must not run into, and for the backend's address.
func (h *house) start(ctx context.Context) error {
	for _, a := range []*string{&h.management, &h.gateway, &h.tlsAt, &h.ops} {
		var err error
		if *a, err = freeAddress(); err != nil {
			return err
		}
	}
	log, err := os.OpenFile(filepath.Join(h.s.out, h.name+"-lintel.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	h.cmd = exec.Command(h.s.binary, "serve", "--data-dir", filepath.Join(h.data, "lintel-data"), "--edge", h.s.edge,
		"--management-addr", h.management, "--gateway-addr", h.gateway, "--gateway-tls-addr", h.tlsAt, "--ops-addr", h.ops,
		"--backend-allow", "127.0.0.0/8", "--api-rate", "0", "--subdomain-calls", "0")
	h.cmd.Env = []string{"PATH=/usr/bin:/bin", "LINTEL_ADMIN_PASSWORD=" + password}
	h.cmd.Stdout, h.cmd.Stderr = log, log
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is for us, who stop it in order
	if err := h.cmd.Start(); err != nil {
		h.cmd = nil
		return err
	}
	go func() {
		_ = h.cmd.Wait() // the state says more
		close(h.done)
	}()
	return h.ready(ctx)
}

// ready waits until both planes answer.
func (h *house) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	err := ready.Await(ctx, h.ops, h.done)
	if errors.Is(err, ready.ErrEnded) {
		return fmt.Errorf("lintel ended: %v; see its log", h.cmd.ProcessState)
	}
	if err != nil {
		return fmt.Errorf("lintel is not ready: %w; see its log", err)
	}
	return nil
}

// publish makes the group and its APIs.
func (h *house) publish() error {
	p, err := tenant.LogIn(&http.Client{Timeout: time.Minute}, "http://"+h.management, "admin", password, "RegionOne")
	if err != nil {
		return err
	}
	group, err := p.Make(http.MethodPost, "api-groups", tenant.Object{"name": "faults"}, "id")
	if err != nil {
		return err
	}
	var made struct {
		Domain string `json:"sl_domain"`
	}
	if err := p.Read("api-groups/"+group, &made); err != nil {
		return err
	}
	h.host = made.Domain
	var apis []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, path := range paths {
			id, err := p.Make(http.MethodPost, "apis", tenant.Object{
				"group_id": group, "type": 1, "req_protocol": "BOTH", "name": "faults_" + method + path[1:],
				"req_method": method, "req_uri": path, "auth_type": "NONE", "backend_type": "HTTP",
				"backend_api": tenant.Object{"url_domain": h.backend.address, "req_protocol": "HTTP", "req_method": method, "req_uri": path, "timeout": 60000},
			}, "id")
			if err != nil {
				return err
			}
			apis = append(apis, id)
		}
	}
	_, err = p.Publish(apis)
	return err
}

// again ends the gateway and starts it on the same data: what one flood left in its memory
// must not count as the next one's.
func (h *house) again(ctx context.Context) error {
	if err := h.end(endTime); err != nil {
		return err
	}
	h.done = make(chan struct{})
	return h.start(ctx)
}

// end asks the gateway to end and waits until it has.
func (h *house) end(patience time.Duration) error {
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-h.done:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("lintel did not end within %v of SIGTERM", patience)
	}
}

// close ends everything, the gateway by its own process alone.
func (h *house) close() (err error) {
	if h.cmd != nil {
		if err = h.end(endTime); err != nil {
			err = errors.Join(err, h.cmd.Process.Kill())
			<-h.done
		}
	}
	if h.backend != nil {
		err = errors.Join(err, h.backend.close())
	}
	if h.data != "" {
		err = errors.Join(err, os.RemoveAll(h.data))
	}
	return err
}

// freeAddress is a loopback address on which nobody listens now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
