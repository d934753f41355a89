package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/lintel-gateway/lintel/bench/tenant"
)

// house is the installation under measurement, with what this command knows of
// it.
type house struct {
	s        *settings
	server   *server
	backend  *part
	sending  *sending
	http     *http.Client
	projects []*tenant.Project
	plot     *plot
}

// plot is what is kept beside the data of the installation, to use it again.
type plot struct {
	Backend  string    `json:"backend"` // address that the APIs name
	Projects []project `json:"projects"`
	Groups   []group   `json:"groups"` // the large one first
	APIs     []*api    `json:"apis"`
}

type project struct {
	Name      string   `json:"name"`
	Throttles []string `json:"throttles"` // number n allows limitOf(n) calls
}

// group is an API group.
type group struct {
	Project int    `json:"project"`
	ID      string `json:"id"`
	Host    string `json:"host"`
}

// plotFile is there while nobody changes the installation.
const plotFile = "storm.json"

// open starts everything, and fills the installation when it is empty.
func open(ctx context.Context, s *settings) (h *house, err error) {
	h = &house{s: s, http: &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if h.plot, err = readPlot(s.data); err != nil {
		return h, err
	}
	full := h.plot != nil
	if !full {
		h.plot = &plot{Backend: "127.0.0.1:0"}
	}
	if err := h.startBackend(); err != nil {
		return h, err
	}
	began := time.Now()
	if h.server, err = start(ctx, s, h.plot.Backend); err != nil {
		return h, err
	}
	fmt.Fprintf(os.Stderr, "lintel started in %v\n", time.Since(began).Round(time.Millisecond))
	h.sending, err = startSending(h.server.gateway, func(a *api) string { return h.plot.Groups[a.Group].Host })
	if err != nil {
		return h, err
	}
	if err := errors.Join(goAhead(h.backend), goAhead(h.sending.part)); err != nil {
		return h, err
	}
	if err := stepBack(); err != nil { // after all that must not
		return h, err
	}
	if full {
		return h, h.logIn()
	}
	if err := h.fill(ctx); err != nil {
		return h, err
	}
	return h, h.keep()
}

// readPlot answers nil for a new folder.
func readPlot(dir string) (*plot, error) {
	b, err := os.ReadFile(filepath.Join(dir, plotFile))
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, "lintel-data")); err == nil {
			return nil, fmt.Errorf("%s has no %s: the run before did not end in order; begin with an empty folder", dir, plotFile)
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := new(plot)
	return p, json.Unmarshal(b, p)
}

// keep writes the plot.
func (h *house) keep() error {
	b, err := json.Marshal(h.plot)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(h.s.data, plotFile), b, 0o644)
}

// disturb says that the plot is not true any more, until keep.
func (h *house) disturb() error { return os.Remove(filepath.Join(h.s.data, plotFile)) }

func (h *house) logIn() error {
	for i := range h.plot.Projects {
		p, err := tenant.LogIn(h.http, "http://"+h.server.management, "admin", password, h.plot.Projects[i].Name)
		if err != nil {
			return err
		}
		h.projects = append(h.projects, p)
	}
	return nil
}

func (h *house) close() (err error) {
	if h.server != nil {
		err = h.server.stop()
		h.server = nil
	}
	if h.sending != nil {
		err = errors.Join(err, h.sending.close())
	}
	if h.backend != nil {
		err = errors.Join(err, h.backend.stop())
	}
	return err
}
