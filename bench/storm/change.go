package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/bench/tenant"
)

// kind is what a change does.
type kind string

const (
	republish kind = "republish"
	offline   kind = "take offline"
	online    kind = "bring online"
	bind      kind = "bind a throttle"
	unbind    kind = "unbind it"
	create    kind = "publish a new API"
	remove    kind = "delete an API"
)

// most is how many APIs are offline, how many have a throttle, and how many new
// ones there are, at a time.
const most = 20

// changer makes changes. It is safe for concurrent use.
type changer struct {
	h *house
	w watch
	// recent tells those who call that an API changes, as they prefer such.
	recent func(*api) error
	probes *prober

	mu      sync.Mutex
	offline []*api
	bound   []*api // those with a throttle
	born    []*api
	count   int // of new APIs
}

// one makes a change of a random kind.
func (c *changer) one() (kind, error) {
	first, end := 0, c.h.s.large
	if rand.IntN(2) == 0 {
		first, end = end, c.h.s.apis
	}
	var a *api
	for a = nil; a == nil || !a.busy.CompareAndSwap(false, true); {
		a = c.h.plot.APIs[first+rand.IntN(end-first)]
	}
	defer a.busy.Store(false)
	switch n := rand.IntN(100); {
	case n < 60:
		return c.republish(a)
	case n < 75:
		return c.toggle(a)
	case n < 90:
		return c.throttle(a)
	}
	return c.life(a.Group)
}

// put sends a draft of the next serial.
func (c *changer) put(a *api) error {
	a.Serial++
	_, _, err := c.project(a).Call("PUT", "apis/"+a.ID, c.h.document(a, a.Serial))
	return err
}

func (c *changer) project(a *api) *tenant.Project {
	return c.h.projects[c.h.plot.Groups[a.Group].Project]
}

// publish sends what publishes the draft, and watches when it is served.
func (c *changer) publish(a *api, k kind) error {
	var p tenant.Publication
	err := c.show(a, k, content{Online: true, Serial: a.Serial}, func() error {
		out, _, err := c.project(a).Call("POST", "apis/publish/"+a.ID, tenant.Object{"env_id": tenant.Release})
		if err == nil {
			err = json.Unmarshal(out, &p)
		}
		return err
	})
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.Content.last()
	if s.version != "" && s.version != p.VersionID {
		return fmt.Errorf("API %s: serial %d was served as version %s and published as %s", a.Name, a.Serial, s.version, p.VersionID)
	}
	s.version, a.PublishID = p.VersionID, p.PublishID
	return nil
}

// show makes the request that leads to a content.
func (c *changer) show(a *api, k kind, to content, ask func() error) error {
	return watched(c, a, k, &a.Content, to, func(r *reply) bool {
		return content{r.online, r.serial} == to
	}, ask)
}

// watched makes a request that takes a track to a state, while a prober looks
// when calls see it.
func watched[S comparable](c *changer, a *api, k kind, t *track[S], to S, seen func(*reply) bool, ask func() error) error {
	a.mu.Lock()
	began := c.w.now()
	t.change(to, began)
	a.mu.Unlock()
	if err := c.recent(a); err != nil {
		return err
	}
	answered := c.probes.watch(a, k, began, seen)
	err := ask()
	if err == nil {
		a.mu.Lock()
		t.last().ended = c.w.now()
		a.mu.Unlock()
	}
	return errors.Join(err, answered(err == nil))
}

func (c *changer) republish(a *api) (kind, error) {
	if !a.Content.last().state.Online {
		return c.comeOnline(a)
	}
	if err := c.put(a); err != nil {
		return republish, err
	}
	return republish, c.publish(a, republish)
}

// toggle takes an API offline, or brings back the one that is for the longest
// time, or this one when it is offline.
func (c *changer) toggle(a *api) (kind, error) {
	if back := c.oldest(&c.offline); back != nil {
		defer back.busy.Store(false)
		return c.comeOnline(back)
	}
	if !a.Content.last().state.Online {
		return c.comeOnline(a)
	}
	err := c.goOffline(a, offline)
	if err == nil {
		c.note(&c.offline, a)
	}
	return offline, err
}

// oldest answers the first of a list that is full, with nobody else changing
// it; nil when there is room, or somebody is.
func (c *changer) oldest(list *[]*api) *api {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(*list) < most || !(*list)[0].busy.CompareAndSwap(false, true) {
		return nil
	}
	return (*list)[0]
}

// note adds an API to a list, once; forget takes it off.
func (c *changer) note(list *[]*api, a *api) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(*list, a) {
		*list = append(*list, a)
	}
}

func (c *changer) forget(list *[]*api, a *api) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*list = slices.DeleteFunc(*list, func(other *api) bool { return other == a })
}

func (c *changer) goOffline(a *api, k kind) error {
	return c.show(a, k, content{}, func() error {
		_, _, err := c.project(a).Call("DELETE", "apis/publish/"+a.ID+"?env_id="+tenant.Release, nil)
		return err
	})
}

func (c *changer) comeOnline(a *api) (kind, error) {
	if err := c.put(a); err != nil {
		return online, err
	}
	err := c.publish(a, online)
	c.forget(&c.offline, a)
	return online, err
}

// throttle binds another throttle to an API, or takes away the one that an API
// has for the longest time.
func (c *changer) throttle(a *api) (kind, error) {
	if old := c.oldest(&c.bound); old != nil {
		defer old.busy.Store(false)
		a = old
	}
	if !a.Content.last().state.Online {
		return c.comeOnline(a)
	}
	was := a.Bound.last().state
	if was != 0 && rand.IntN(2) == 0 {
		err := c.limit(a, unbind, 0, func() error {
			_, _, err := c.project(a).Call("DELETE", "throttle-bindings/"+a.BindID, nil)
			return err
		})
		c.forget(&c.bound, a)
		return unbind, err
	}
	c.note(&c.bound, a)
	n := rand.IntN(throttles)
	if limitOf(n) == was {
		n = (n + 1) % throttles
	}
	return bind, c.limit(a, bind, limitOf(n), func() error {
		out, _, err := c.project(a).Call("POST", "throttle-bindings", tenant.Object{
			"strategy_id": c.h.plot.Projects[c.h.plot.Groups[a.Group].Project].Throttles[n], "publish_ids": []string{a.PublishID}})
		if err != nil {
			return err
		}
		var made struct {
			Bindings []struct{ ID string } `json:"throttle_applys"`
		}
		if err := json.Unmarshal(out, &made); err != nil || len(made.Bindings) != 1 {
			return fmt.Errorf("binding a throttle: %s, %w", out, err)
		}
		a.BindID = made.Bindings[0].ID
		return nil
	})
}

func (c *changer) limit(a *api, k kind, to int, ask func() error) error {
	return watched(c, a, k, &a.Bound, to, func(r *reply) bool { return r.online && r.limit == to }, ask)
}

// life makes a new API in a group, or deletes the oldest of the new ones.
func (c *changer) life(g int) (kind, error) {
	c.mu.Lock()
	var old *api
	if len(c.born) >= most {
		old, c.born = c.born[0], c.born[1:]
	}
	c.count++
	name := fmt.Sprintf("new_%d_%06d", time.Now().Unix(), c.count)
	c.mu.Unlock()
	if old != nil {
		return remove, c.delete(old)
	}
	a := &api{Group: g, Name: name, HTTP: rand.IntN(2) == 0}
	a.Content.begin(content{}, "")
	a.Bound.begin(0, "")
	var err error
	if a.ID, err = c.project(a).Make("POST", "apis", c.h.document(a, 0), "id"); err != nil {
		return create, err
	}
	err = c.publish(a, create)
	c.mu.Lock()
	c.born = append(c.born, a)
	c.mu.Unlock()
	return create, err
}

func (c *changer) delete(a *api) error {
	if err := c.goOffline(a, remove); err != nil {
		return err
	}
	_, _, err := c.project(a).Call("DELETE", "apis/"+a.ID, nil)
	return err
}

// settle deletes the new APIs, with nobody else changing anything.
func (c *changer) settle() error {
	for _, a := range c.born {
		if err := c.delete(a); err != nil {
			return err
		}
	}
	c.born = nil
	return nil
}
