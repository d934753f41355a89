package functions

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Function is a function in one version as it is answered.
type Function struct {
	FuncURN            string    `json:"func_urn" doc:"With the version."`
	ResourceID         string    `json:"resource_id" doc:"What the audit trail calls the function."`
	FuncName           string    `json:"func_name"`
	DomainID           string    `json:"domain_id" doc:"Of the project; empty when the project is gone."`
	Namespace          string    `json:"namespace" doc:"Id of the project."`
	ProjectName        string    `json:"project_name"`
	Package            string    `json:"package"`
	Runtime            string    `json:"runtime" enum:"wasi,http"`
	Timeout            int       `json:"timeout" doc:"Seconds."`
	Handler            string    `json:"handler" doc:"The module reads it from the variable FUNCTION_HANDLER."`
	MemorySize         int       `json:"memory_size" doc:"MB."`
	CodeType           string    `json:"code_type" enum:"inline,http"`
	CodeSize           int       `json:"code_size" doc:"Bytes of the module."`
	UserData           string    `json:"user_data"`
	Digest             string    `json:"digest" doc:"SHA-512 of the module."`
	Version            string    `json:"version"`
	Description        string    `json:"description"`
	VersionDescription string    `json:"version_description"`
	LastModified       apig.Time `json:"last_modified"`
	HTTPTarget         string    `json:"http_target,omitempty" doc:"What an http function calls."`
	Warnings           []string  `json:"warnings,omitempty" doc:"Why calls will be refused although the function is accepted; an extension."`

	urn    string // without the version
	starts int    // MB that the module begins with
}

// Input is what creating takes.
type Input struct {
	FuncName string `json:"func_name" required:"true" doc:"1 to 60 letters, digits, _ and -; first a letter, last a letter or a digit. Unique in the package."`
	Package  string `json:"package" doc:"As func_name; default \"default\"."`
	Runtime  string `json:"runtime" required:"true" doc:"wasi or http."`
	CodeInput
	ConfigInput
}

// ConfigInput is what changing a function takes. What is absent stays.
type ConfigInput struct {
	Handler     *string `json:"handler" doc:"Up to 128 characters; a module may choose by it what it does."`
	Timeout     *int    `json:"timeout" doc:"1 to 60 seconds. Needed when creating."`
	MemorySize  *int    `json:"memory_size" doc:"16 to 1024 MB. Needed when creating."`
	Description *string `json:"description" doc:"Up to 512 characters."`
	UserData    *string `json:"user_data" doc:"Up to 4096 characters."`
}

const (
	latest = "latest"

	minTimeout, maxTimeout = 1, 60
	minMemory, maxMemory   = 16, 1024
)

// namePattern is FunctionGraph's. A ':' would break the URN.
var namePattern = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?$`)

func (in *Input) check() error {
	if in.Package == "" {
		in.Package = "default"
	}
	var c apig.Check
	c.Pattern("func_name", in.FuncName, namePattern, 1, 60)
	c.Pattern("package", in.Package, namePattern, 1, 60)
	c.Enum("runtime", &in.Runtime, "WASI", "HTTP")
	c.That(in.Timeout != nil, apig.Missing("timeout"))
	c.That(in.MemorySize != nil, apig.Missing("memory_size"))
	if err := c.Err(); err != nil {
		return err
	}
	in.Runtime = strings.ToLower(in.Runtime) // FunctionGraph's are not in upper case either
	return in.ConfigInput.check()
}

func (in *ConfigInput) check() error {
	var c apig.Check
	if in.Handler != nil {
		c.Text("handler", *in.Handler, 128)
	}
	if in.Timeout != nil {
		c.Range("timeout", *in.Timeout, minTimeout, maxTimeout)
	}
	if in.MemorySize != nil {
		c.Range("memory_size", *in.MemorySize, minMemory, maxMemory)
	}
	if in.Description != nil {
		c.Text("description", *in.Description, 512)
	}
	if in.UserData != nil {
		c.Text("user_data", *in.UserData, 4096)
	}
	return c.Err()
}

// give puts what is there into f.
func (in *ConfigInput) give(f *Function) {
	for _, text := range []struct{ from, to *string }{
		{in.Handler, &f.Handler}, {in.Description, &f.Description}, {in.UserData, &f.UserData},
	} {
		if text.from != nil {
			*text.to = *text.from
		}
	}
	for _, number := range []struct{ from, to *int }{{in.Timeout, &f.Timeout}, {in.MemorySize, &f.MemorySize}} {
		if number.from != nil {
			*number.to = *number.from
		}
	}
}

// fits refuses a module that needs more memory than its function has.
func (f *Function) fits() error {
	if f.Runtime == function.WASI && f.starts > f.MemorySize {
		return moduleNeeds(f.starts)
	}
	return nil
}

func (a *Area) create(r *wire.Request, in *Input) (*Function, error) {
	projectID, err := apig.InProject(r)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	urn := strings.Join([]string{"urn:fss", a.Region, projectID, "function", in.Package, in.FuncName}, ":")
	f := &Function{
		ResourceID: a.IDs.New(), FuncName: in.FuncName, Namespace: projectID, Package: in.Package, Runtime: in.Runtime, Version: latest,
		LastModified: apig.Time(a.Clock()), urn: urn,
	}
	in.give(f)
	module, err := a.code(r, f, &in.CodeInput)
	if err != nil {
		return nil, err
	}
	r.Touched(f.ResourceID)
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error {
		count, err := countFunctions(r.Context(), tx, projectID)
		if err != nil {
			return err
		}
		if err := a.Quotas.Room(r.Context(), tx, projectID, quota.Functions, count, apig.E3100); err != nil {
			return err
		}
		switch _, err := selectFunction(r.Context(), tx, projectID, urn, latest); {
		case err == nil:
			return apig.E3309.With("the package " + in.Package + " has a function " + in.FuncName)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		if err := insertFunction(r.Context(), tx, f, module); err != nil {
			return err
		}
		touch(tx, f)
		f, err = selectFunction(r.Context(), tx, projectID, urn, latest)
		return err
	})
	return a.warned(f, err)
}

func (a *Area) show(r *wire.Request) (*Function, error) { return a.warned(own(r, a.DB)) }

func (a *Area) updateConfig(r *wire.Request, in *ConfigInput) (*Function, error) {
	return a.warned(a.change(r, in.check, func(*store.Tx, *Function) ([]byte, error) { return nil, nil }, in.give))
}

// warned says whether the target of an answered function is known to be refused.
func (a *Area) warned(f *Function, err error) (*Function, error) {
	if err != nil {
		return nil, err
	}
	if target, err := url.Parse(f.HTTPTarget); a.Targets != nil && err == nil && target.Host != "" {
		if denied := a.Targets.Host(target.Host); denied != nil {
			f.Warnings = []string{"http_target: calls will be refused with APIG.0404: " + denied.Error()}
		}
	}
	return f, nil
}

// change alters the version latest of the function of the path: check looks at
// the request alone, code at the function, outside of the transaction, because
// compiling takes its time; give fills in the rest.
func (a *Area) change(r *wire.Request, check func() error, code func(*store.Tx, *Function) ([]byte, error), give func(*Function)) (f *Function, err error) {
	if _, err := apig.InProject(r); err != nil {
		return nil, err
	}
	if err := check(); err != nil {
		return nil, err
	}
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error {
		if f, err = changeable(r, tx); err != nil {
			return err
		}
		before := f.Digest
		module, err := code(tx, f)
		if err != nil {
			return err
		}
		give(f)
		if err := f.fits(); err != nil {
			return err
		}
		f.LastModified = apig.Time(a.Clock())
		if err := updateFunction(r.Context(), tx, f, module, before); err != nil {
			return err
		}
		touch(tx, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// changeable answers the function of the path if it is the version that changes.
func changeable(r *wire.Request, q store.Querier) (*Function, error) {
	f, err := own(r, q)
	if err == nil && f.Version != latest {
		return nil, apig.Invalid("function_urn").With("a published version cannot be changed")
	}
	return f, err
}

func (a *Area) delete(r *wire.Request) error {
	if _, err := apig.InProject(r); err != nil {
		return err
	}
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		f, err := own(r, tx)
		if err != nil {
			return err
		}
		whole := r.Path("function_urn") == f.urn
		if !whole && f.Version == latest {
			return apig.Invalid("function_urn").With("the version latest goes with the function only; leave the version out to delete both")
		}
		if err := unused(r.Context(), tx, f, whole); err != nil {
			return err
		}
		if !whole {
			touch(tx, f)
			return deleteVersion(r.Context(), tx, f)
		}
		versions, err := deleteFunction(r.Context(), tx, f.urn)
		for _, v := range versions {
			tx.Touch(string(definition.KindFunction), f.urn+":"+v)
		}
		return err
	})
}

func touch(tx *store.Tx, f *Function) { tx.Touch(string(definition.KindFunction), f.FuncURN) }

// own answers the function of the path, in the version that its URN ends with.
func own(r *wire.Request, q store.Querier) (*Function, error) {
	projectID, err := apig.InProject(r)
	if err != nil {
		return nil, err
	}
	urn := r.Path("function_urn")
	f, err := selectFunction(r.Context(), q, projectID, urn, latest)
	if i := strings.LastIndexByte(urn, ':'); errors.Is(err, store.ErrNotFound) && i > 0 {
		f, err = selectFunction(r.Context(), q, projectID, urn[:i], urn[i+1:])
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.E3019
	}
	if err != nil {
		return nil, err
	}
	r.Touched(f.ResourceID)
	return f, nil
}
