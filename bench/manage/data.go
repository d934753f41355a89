package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/lintel-gateway/lintel/bench/tenant"
)

const release = tenant.Release

type object = tenant.Object

// fill brings the installation to the size that was asked for. What is there
// already is used.
func (p *platform) fill(s *settings) error {
	began := time.Now()
	groups, apis := s.groups/s.projects, s.apis/s.groups
	for i, t := range p.projects {
		there, err := find(t)
		if err != nil {
			return err
		}
		if !there {
			if err := furnish(t, groups, apis); err != nil {
				return fmt.Errorf("project %s: %w", t.Name, err)
			}
		}
		if (i+1)%10 == 0 {
			fmt.Fprintf(os.Stderr, "%d of %d projects after %v\n", i+1, len(p.projects), time.Since(began).Round(time.Second))
		}
	}
	return nil
}

// furnish makes the groups of a project with published APIs, and one policy of
// each kind.
func furnish(t *project, groups, apis int) (err error) {
	for g := range groups {
		group, err := t.Make("POST", "api-groups", object{"name": fmt.Sprintf("group_%02d", g), "remark": "bench"}, "id")
		if err != nil {
			return err
		}
		t.groups = append(t.groups, group)
		var made []string
		for i := range apis {
			id, err := t.Make("POST", "apis", document(group, fmt.Sprintf("api_%02d_%03d", g, i)), "id")
			if err != nil {
				return err
			}
			made = append(made, id)
		}
		published, err := publish(t, made)
		if err != nil {
			return err
		}
		t.apis, t.publications = append(t.apis, made...), append(t.publications, published...)
	}
	return policies(t)
}

func policies(t *project) (err error) {
	for _, thing := range []struct {
		id   *string
		path string
		body object
	}{
		{&t.throttle, "throttles", object{"name": "bench", "api_call_limits": 1000, "time_interval": 1, "time_unit": "SECOND", "type": 1}},
		{&t.acl, "acls", object{"acl_name": "bench", "acl_type": "PERMIT", "acl_value": "192.0.2.0/24", "entity_type": "IP"}},
		{&t.sign, "signs", object{"name": "bench"}},
		{&t.app, "apps", object{"name": "bench"}},
	} {
		if *thing.id, err = t.Make("POST", thing.path, thing.body, "id"); err != nil {
			return err
		}
	}
	return nil
}

// publish publishes APIs to RELEASE in one batch and answers the publications.
func publish(t *project, apis []string) ([]string, error) {
	published, err := t.Publish(apis)
	list := make([]string, len(published))
	for i, one := range published {
		list[i] = one.PublishID
	}
	return list, err
}

// find reads what an earlier run made for the project.
func find(t *project) (bool, error) {
	var groups struct{ Groups []struct{ ID string } }
	if err := t.Read("api-groups?page_size=500&name=group_", &groups); err != nil || len(groups.Groups) == 0 {
		return false, err
	}
	for _, g := range groups.Groups {
		t.groups = append(t.groups, g.ID)
		var apis struct {
			APIs []struct {
				ID        string
				PublishID string `json:"publish_id"`
			}
		}
		if err := t.Read("apis?page_size=500&name=api_&group_id="+g.ID, &apis); err != nil {
			return false, err
		}
		for _, a := range apis.APIs {
			t.apis, t.publications = append(t.apis, a.ID), append(t.publications, a.PublishID)
		}
	}
	for _, thing := range []struct {
		id         *string
		path, list string
	}{{&t.throttle, "throttles", "throttles"}, {&t.acl, "acls", "acls"}, {&t.sign, "signs", "signs"}, {&t.app, "apps", "apps"}} {
		var all map[string]json.RawMessage
		if err := t.Read(thing.path, &all); err != nil {
			return false, err
		}
		var list []struct{ ID string }
		if err := json.Unmarshal(all[thing.list], &list); err != nil || len(list) == 0 {
			return false, fmt.Errorf("project %s has no %s; begin with an empty data folder", t.Name, thing.path)
		}
		*thing.id = list[0].ID
	}
	return true, nil
}

// document is an API as teams write them: a path variable, a query parameter,
// both mapped to the backend.
func document(group, name string) object {
	return object{
		"group_id": group, "name": name, "type": 1, "req_protocol": "BOTH", "req_method": "GET", "req_uri": "/" + name + "/{item}",
		"auth_type": "APP", "backend_type": "HTTP", "remark": "made by the benchmark", "tags": []string{"bench"},
		"backend_api": object{
			"url_domain": "192.0.2.1:8080", "req_protocol": "HTTP", "req_method": "GET", "req_uri": "/items/{id}", "timeout": 5000,
		},
		"req_params": []object{
			{"name": "item", "location": "PATH", "type": "STRING", "required": 1},
			{"name": "size", "location": "QUERY", "type": "NUMBER", "required": 2, "valid_enable": 1, "min_num": 1, "max_num": 100},
		},
		"backend_params": []object{
			{"name": "id", "location": "PATH", "origin": "REQUEST", "value": "item"},
			{"name": "limit", "location": "QUERY", "origin": "REQUEST", "value": "size"},
		},
	}
}
