package ledger

import (
	"errors"
	"regexp"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// maxTypes bounds the types of volumes: each adds three numbers to every sheet.
const maxTypes = 100

type typeView struct {
	Name string `json:"name" doc:"1 to 64 letters, digits, - and _; the first is a letter or a digit. Unique without case."`
}

type typeAnswer struct {
	VolumeType typeView `json:"volume_type"`
}

type typeInput struct {
	VolumeType *typeView `json:"volume_type" required:"true"`
}

type typeList struct {
	VolumeTypes []typeView     `json:"volume_types" doc:"In the order of their names."`
	Links       keystone.Links `json:"links" doc:"URL of the list."`
}

// typeName is what can stand in the name of an item. No two may differ in case
// only: keys of one object that do are refused in every body.
func typeName(s string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`).MatchString(s)
}

func (a *Area) listTypes(r *wire.Request) (typeList, error) {
	list, err := store.List(r.Context(), a.DB, func(row store.Scanner) (v typeView, err error) {
		err = row.Scan(&v.Name)
		return v, err
	}, selectTypes)
	return typeList{VolumeTypes: list, Links: a.Site.List(r)}, err
}

func (a *Area) createType(r *wire.Request, in *typeInput) (typeAnswer, error) {
	if in.VolumeType == nil {
		return typeAnswer{}, invalid("volume_type", "an object")
	}
	name, ctx := in.VolumeType.Name, r.Context()
	if !typeName(name) {
		return typeAnswer{}, invalid("name", "1 to 64 letters, digits, - and _, beginning with a letter or a digit")
	}
	r.Touched(name)
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		var all, same int
		if err := tx.QueryRow(ctx, countTypes, strings.ToLower(name)).Scan(&all, &same); err != nil {
			return err
		}
		if same > 0 {
			return keystone.Conflict("volume type", "Duplicate entry found with name "+name)
		}
		if all >= maxTypes {
			return conflict("There can be %d types of volumes, and there are.", maxTypes)
		}
		_, err := tx.Exec(ctx, insertType, name, strings.ToLower(name), store.Micros(a.Clock()))
		return err
	})
	return typeAnswer{typeView{name}}, err
}

func (a *Area) deleteType(r *wire.Request) error {
	name, ctx := r.Path("name"), r.Context()
	r.Touched(name)
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		if err := a.sweep(ctx, tx, a.newBooks()); err != nil {
			return err
		}
		for _, prefix := range volumeItems() {
			if err := free(r, tx, prefix+name); err != nil {
				return err
			}
		}
		n, err := tx.Exec(ctx, deleteType, name)
		if err != nil || n == 0 {
			return orMissing(err, "volume type", name)
		}
		for _, prefix := range volumeItems() {
			if err := tx.Send(ctx, deleteItem, prefix+name); err != nil {
				return err
			}
		}
		return nil
	})
}

// free refuses to take an item away of which something is taken.
func free(r *wire.Request, tx *store.Tx, key string) error {
	var taken bool
	err := tx.QueryRow(r.Context(), itemTaken, key).Scan(&taken)
	if err == nil && taken {
		return conflict("Some of the quota of %s is in use. Release it first.", key)
	}
	return err
}

type productView struct {
	Name    string `json:"name" doc:"containers."`
	Enabled bool   `json:"enabled" doc:"Whether the product's quota items exist."`
}

type productAnswer struct {
	Product productView `json:"product"`
}

type productInput struct {
	Product *struct {
		Enabled *bool `json:"enabled" required:"true" doc:"Whether the product's quota items exist."`
	} `json:"product" required:"true"`
}

// product is the name of the path.
func product(r *wire.Request) (string, error) {
	name := r.Path("name")
	if name != containers {
		return "", keystone.NotFound("product", name)
	}
	return name, nil
}

func (a *Area) showProduct(r *wire.Request) (productAnswer, error) {
	name, err := product(r)
	if err != nil {
		return productAnswer{}, err
	}
	var enabled bool
	err = a.DB.QueryRow(r.Context(), selectProduct, name).Scan(&enabled)
	return productAnswer{productView{name, enabled}}, err
}

// editProduct takes items away only while nothing of them is taken: what nobody
// can see any more should not count against anybody.
func (a *Area) editProduct(r *wire.Request, in *productInput) (productAnswer, error) {
	name, err := product(r)
	switch {
	case err != nil:
		return productAnswer{}, err
	case in.Product == nil:
		return productAnswer{}, invalid("product", "an object")
	case in.Product.Enabled == nil:
		return productAnswer{}, invalid("enabled", "true or false")
	}
	r.Touched(name)
	ctx, enabled := r.Context(), 0
	if *in.Product.Enabled {
		enabled = 1
	}
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		err := a.sweep(ctx, tx, a.newBooks())
		for _, key := range containerItems() {
			if enabled == 0 {
				err = errors.Join(err, free(r, tx, key))
			}
			if err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, upsertProduct, name, enabled)
		return err
	})
	return productAnswer{productView{name, enabled == 1}}, err
}
