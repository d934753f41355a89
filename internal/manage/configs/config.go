package configs

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of the configuration.
type List struct {
	Total   int      `json:"total"`
	Size    int      `json:"size"`
	Configs []Config `json:"configs"`
}

// Config is one quota of a project.
type Config struct {
	ID     string     `json:"config_id"`
	Name   string     `json:"config_name"`
	Value  string     `json:"config_value" doc:"A number, as text."`
	Time   *apig.Time `json:"config_time" doc:"When an administrator changed it; null while it is as configured."`
	Remark string     `json:"remark"`
}

// Input is what changing a quota takes.
type Input struct {
	Value     string `json:"config_value" required:"true" doc:"0 to 1000000, as text."`
	ProjectID string `json:"project_id" doc:"Whose quota; without it the own project's."`
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	projectID, err := a.whose(r, a.DB, q.Get("project_id"))
	if err != nil {
		return nil, err
	}
	all, err := a.configs(r, a.DB, projectID)
	if err != nil {
		return nil, err
	}
	id, name := q.Get("config_id"), strings.ToUpper(q.Get("config_name"))
	all = slices.DeleteFunc(all, func(c Config) bool {
		return id != "" && c.ID != id || !strings.Contains(c.Name, name)
	})
	out := &List{Total: len(all), Configs: all[min(page.Offset, len(all)):min(page.Offset+page.Limit, len(all))]}
	out.Size = len(out.Configs)
	return out, nil
}

func (a *Area) set(r *wire.Request, in *Input) (*Config, error) {
	at, err := named(r)
	if err != nil {
		return nil, err
	}
	n, err := number(in.Value)
	if err != nil {
		return nil, err
	}
	var out *Config
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error {
		projectID, err := a.whose(r, tx, in.ProjectID)
		if err != nil {
			return err
		}
		r.Touched(projectID)
		if err := a.Quotas.Set(r.Context(), tx, projectID, entries()[at].item, n, a.Clock()); err != nil {
			return beyond(err)
		}
		all, err := a.configs(r, tx, projectID)
		if err != nil {
			return err
		}
		out = &all[at]
		return nil
	})
	return out, err
}

// beyond words a number that the department, or the cloud, does not have to give.
func beyond(err error) error {
	var excess *entitlement.Excess
	if !errors.As(err, &excess) {
		return err
	}
	return apig.TooLarge("config_value").With(fmt.Sprintf("the quota of the %s leaves %d", excess.Level, excess.Most/entitlement.Unit))
}

func (a *Area) reset(r *wire.Request) error {
	at, err := named(r)
	if err != nil {
		return err
	}
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		projectID, err := a.whose(r, tx, r.Query().Get("project_id"))
		if err != nil {
			return err
		}
		r.Touched(projectID)
		return entitlement.Reset(r.Context(), tx, projectID, entries()[at].item)
	})
}

// configs is the whole configuration of a project, in the order of the ids.
func (a *Area) configs(r *wire.Request, q store.Querier, projectID string) ([]Config, error) {
	limits, err := a.Quotas.For(r.Context(), q, projectID)
	if err != nil {
		return nil, err
	}
	changed, err := selectChanged(r.Context(), q, projectID)
	if err != nil {
		return nil, err
	}
	var all []Config
	for i, e := range entries() {
		c := Config{ID: strconv.Itoa(i + 1), Name: e.name, Value: strconv.Itoa(limits.Of(e.item)), Remark: e.remark}
		if at, ok := changed[e.item]; ok {
			c.Time = &at
		}
		all = append(all, c)
	}
	return all, nil
}

// whose is the project that a request means: the actor's own, or for
// administrators any that exists.
func (a *Area) whose(r *wire.Request, q store.Querier, projectID string) (string, error) {
	if projectID == "" || projectID == r.Actor.ProjectID {
		return r.Actor.ProjectID, nil
	}
	if !r.Actor.Admin() {
		return "", apig.E1107
	}
	exists, err := projectExists(r.Context(), q, projectID)
	if err == nil && !exists {
		err = apig.Invalid("project_id")
	}
	return projectID, err
}

// named is the place of the entry of the path, for administrators only: quotas
// are what a project is given, not what it takes.
func named(r *wire.Request) (int, error) {
	if !r.Actor.Admin() {
		return 0, apig.E1107
	}
	name := r.Path("config_name")
	at := slices.IndexFunc(entries(), func(e entry) bool { return e.name == name })
	if at < 0 {
		return 0, apig.E3007.With("the names are those that GET /v1.0/apigw/config/project lists")
	}
	return at, nil
}

// number reads a quota.
func number(text string) (int, error) {
	if text == "" {
		return 0, apig.Missing("config_value")
	}
	if strings.Trim(text, "0123456789") != "" {
		return 0, apig.Invalid("config_value")
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > quota.Most { // only digits: what does not fit is too large
		return 0, apig.TooLarge("config_value")
	}
	return n, nil
}
