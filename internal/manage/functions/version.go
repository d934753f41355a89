package functions

import (
	"errors"
	"regexp"
	"strconv"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// VersionInput is what publishing a version takes.
type VersionInput struct {
	Version     string `json:"version" doc:"1 to 42 letters, digits, _ . and -; first a letter or a digit, not latest. v1, v2, … when empty."`
	Description string `json:"description" doc:"Up to 512 characters."`
	Digest      string `json:"digest" doc:"Refuses to publish when the latest version has another one."`
}

var versionPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

func (a *Area) publish(r *wire.Request, in *VersionInput) (*Function, error) {
	if _, err := apig.InProject(r); err != nil {
		return nil, err
	}
	var c apig.Check
	c.Pattern("version", in.Version, versionPattern, 0, 42)
	c.That(in.Version != latest, apig.Invalid("version").With("the version latest is always there"))
	c.Text("description", in.Description, 512)
	if err := c.Err(); err != nil {
		return nil, err
	}
	var f *Function
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		if f, err = changeable(r, tx); err != nil {
			return err
		}
		if in.Digest != "" && in.Digest != f.Digest {
			return apig.Invalid("digest").With("the latest version has another module")
		}
		if f.Version, err = a.number(r, tx, f, in.Version); err != nil {
			return err
		}
		f.FuncURN, f.VersionDescription, f.LastModified = f.urn+":"+f.Version, in.Description, apig.Time(a.Clock())
		touch(tx, f)
		return insertVersion(r.Context(), tx, f)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// number answers the name of the next version: the wanted one if it is free, or
// the first of v1, v2, … that is.
func (a *Area) number(r *wire.Request, tx *store.Tx, f *Function, wanted string) (string, error) {
	count, err := countVersions(r.Context(), tx, f.urn)
	if err != nil {
		return "", err
	}
	// One of the versions is latest, which is not counted.
	if err := a.Quotas.Room(r.Context(), tx, f.Namespace, quota.FunctionVersions, count-1, apig.E3100); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		version := wanted
		if wanted == "" {
			version = "v" + strconv.Itoa(n)
		}
		_, err := selectVersion(r.Context(), tx, f.urn, version)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return version, nil
		case err != nil:
			return "", err
		case wanted != "":
			return "", apig.E3309.With("the function has a version " + wanted)
		}
	}
}
