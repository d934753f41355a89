package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/bench/tenant"
)

// Constants that an API sends to its backend.
const (
	apiHeader    = "X-Storm-Api"
	serialHeader = "X-Storm-Serial"
)

// batch is how many APIs are published at once: a request must not hold up what
// the others write for long.
const batch = 100

// throttles is how many a project has; each allows another number of calls, so
// that an answer tells which one is bound. All are more than anybody makes.
const throttles = 4

func limitOf(n int) int { return 1_000_001 + n }

// fill makes everything over the management API.
func (h *house) fill(ctx context.Context) error {
	began := time.Now()
	admin, err := tenant.LogIn(h.http, "http://"+h.server.management, "admin", password, "RegionOne")
	if err != nil {
		return err
	}
	if err := h.makeProjects(admin); err != nil {
		return err
	}
	if err := h.furnishProjects(); err != nil {
		return err
	}
	h.plot.Groups = make([]group, h.s.groups+1)
	h.plot.APIs = make([]*api, h.s.apis)
	work := make(chan int)
	var made, faults = make(chan int, len(h.plot.Groups)), make(chan error, 4)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for g := range work {
				if err := h.furnish(g); err != nil {
					faults <- fmt.Errorf("group %d: %w", g, err)
					return
				}
				made <- g
			}
		})
	}
	for g := range h.plot.Groups {
		select {
		case work <- g:
		case err = <-faults:
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			break
		}
		if g%50 == 49 {
			fmt.Fprintf(os.Stderr, "%d of %d groups after %v\n", len(made), len(h.plot.Groups), time.Since(began).Round(time.Second))
		}
	}
	close(work)
	all.Wait()
	if err == nil && len(faults) > 0 {
		err = <-faults
	}
	fmt.Fprintf(os.Stderr, "filled in %v\n", time.Since(began).Round(time.Second))
	return err
}

// makeProjects makes the projects, in each of which the administrator is one.
func (h *house) makeProjects(admin *tenant.Project) error {
	var who struct {
		Token struct {
			User  struct{ ID string }
			Roles []struct{ ID, Name string }
		}
	}
	out, _, err := admin.Ask("GET", "/v3/auth/tokens?nocatalog", nil, "X-Subject-Token", admin.Token)
	if err == nil {
		err = json.Unmarshal(out, &who)
	}
	if err != nil {
		return err
	}
	for i := range h.s.projects {
		name := fmt.Sprintf("storm_%03d", i)
		var made struct{ Project struct{ ID string } }
		out, _, err := admin.Ask("POST", "/v3/projects", tenant.Object{"project": tenant.Object{"name": name}})
		if err == nil {
			err = json.Unmarshal(out, &made)
		}
		if err != nil {
			return err
		}
		for _, role := range who.Token.Roles {
			path := "/v3/projects/" + made.Project.ID + "/users/" + who.Token.User.ID + "/roles/" + role.ID
			if _, _, err := admin.Ask("PUT", path, nil); err != nil {
				return err
			}
		}
		h.plot.Projects = append(h.plot.Projects, project{Name: name})
	}
	return nil
}

// furnishProjects logs in to each project and makes its throttles.
func (h *house) furnishProjects() error {
	if err := h.logIn(); err != nil {
		return err
	}
	return h.makeThrottles()
}

// makeThrottles makes what may be bound in each project.
func (h *house) makeThrottles() error {
	for n := range h.plot.Projects {
		for i := range throttles {
			id, err := h.projects[n].Make("POST", "throttles", tenant.Object{"name": fmt.Sprintf("storm_%d", i),
				"api_call_limits": limitOf(i), "time_interval": 1, "time_unit": "SECOND", "type": 1}, "id")
			if err != nil {
				return err
			}
			h.plot.Projects[n].Throttles = append(h.plot.Projects[n].Throttles, id)
		}
	}
	return nil
}

// share says which APIs are in a group: group 0 is the large one.
func (s *settings) share(g int) (first, end int) {
	if g == 0 {
		return 0, s.large
	}
	rest := s.apis - s.large
	return s.large + rest*(g-1)/s.groups, s.large + rest*g/s.groups
}

// furnish makes a group with its APIs and publishes them.
func (h *house) furnish(n int) error {
	g := &h.plot.Groups[n]
	g.Project = n % h.s.projects
	p := h.projects[g.Project]
	out, _, err := p.Call("POST", "api-groups", tenant.Object{"name": fmt.Sprintf("storm_%04d", n)})
	if err != nil {
		return err
	}
	var made struct {
		ID     string
		Domain string `json:"sl_domain"`
	}
	if err := json.Unmarshal(out, &made); err != nil {
		return err
	}
	g.ID, g.Host = made.ID, made.Domain
	first, end := h.s.share(n)
	for first < end {
		last := min(end, first+batch)
		if err := h.furnishAPIs(n, first, last); err != nil {
			return err
		}
		first = last
	}
	return nil
}

func (h *house) furnishAPIs(g, first, end int) error {
	p := h.projects[h.plot.Groups[g].Project]
	var ids []string
	for i := first; i < end; i++ {
		a := &api{Group: g, Name: fmt.Sprintf("api_%06d", i), HTTP: i%2 == 0}
		var err error
		if a.ID, err = p.Make("POST", "apis", h.document(a, 0), "id"); err != nil {
			return err
		}
		ids = append(ids, a.ID)
		h.plot.APIs[i] = a
	}
	published, err := p.Publish(ids)
	if err != nil {
		return err
	}
	for i, one := range published {
		a := h.plot.APIs[first+i]
		if a.ID != one.APIID {
			return errors.New("publications are not in the order of the APIs")
		}
		a.PublishID = one.PublishID
		a.Content.begin(content{Online: true}, one.VersionID)
		a.Bound.begin(0, "")
	}
	return nil
}

// document is the draft of an API: half of them answer by themselves (MOCK),
// half ask a backend and send it their serial.
func (h *house) document(a *api, serial int) tenant.Object {
	d := tenant.Object{
		"group_id": h.plot.Groups[a.Group].ID, "name": a.Name, "type": 1, "req_protocol": "BOTH", "req_method": "GET",
		"req_uri": "/v1/" + a.Name + "/{item}", "auth_type": "NONE",
		"req_params": []tenant.Object{{"name": "item", "location": "PATH", "type": "STRING", "required": 1}},
	}
	if !a.HTTP {
		d["backend_type"] = "MOCK"
		d["mock_info"] = tenant.Object{"result_content": fmt.Sprintf(`{"api":"%s","serial":%d}`, a.Name, serial)}
		return d
	}
	d["backend_type"] = "HTTP"
	d["backend_api"] = tenant.Object{
		"url_domain": h.plot.Backend, "req_protocol": "HTTP", "req_method": "GET", "req_uri": "/items/{id}", "timeout": 5000,
	}
	d["backend_params"] = []tenant.Object{
		{"name": "id", "location": "PATH", "origin": "REQUEST", "value": "item"},
		{"name": apiHeader, "location": "HEADER", "origin": "CONSTANT", "value": a.Name},
		{"name": serialHeader, "location": "HEADER", "origin": "CONSTANT", "value": strconv.Itoa(serial)},
	}
	return d
}
