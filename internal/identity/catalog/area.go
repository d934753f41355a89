package catalog

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the schema folder of this package.
func Schema() fs.FS { return store.Schema(schema) }

// The bounds of the catalog: all of it travels in the answer to every log-in.
const (
	MaxServices  = 200
	MaxEndpoints = 1000
	MaxRegions   = 200
	// maxText bounds types, names and ids of regions in characters.
	maxText = 255
	// maxDescription bounds descriptions in characters.
	maxDescription = 1000
)

// Deps is what the area works with.
type Deps struct {
	DB      *store.DB
	IDs     *ids.Source
	Clock   clock.Clock
	Revoked *tokens.Revocations
	Site    keystone.Site
	Region  string // of this installation
}

// Area knows the services of a site. It is safe for concurrent use.
type Area struct {
	Deps
	kept atomic.Pointer[listing]
}

// New returns the area.
func New(d Deps) *Area { return &Area{Deps: d} }

// builtIn refuses to change what the configuration says.
var builtIn = keystone.Denied("This is part of the installation itself: it follows from its configuration and can be neither changed nor deleted.")

func full(what string, bound int) error {
	return keystone.Denied("The catalog is full: it may have %d %s.", bound, what)
}

// id is the same on every node and after every start: clients may keep it.
func (a *Area) id(parts ...string) string {
	h := sha256.New()
	for _, p := range append([]string{"catalog", a.Region}, parts...) {
		h.Write([]byte(p + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// bounded refuses one more row than a table may have.
func bounded(ctx context.Context, tx *store.Tx, count, what string, bound int) error {
	var n int
	if err := tx.QueryRow(ctx, count).Scan(&n); err != nil {
		return err
	}
	if n >= bound {
		return full(what, bound)
	}
	return nil
}

// field is a text of a request with its bounds in characters.
type field struct {
	name, text  string
	least, most int
}

// check refuses texts that do not fit into their fields.
func check(fields ...field) error {
	for _, f := range fields {
		if n := utf8.RuneCountInString(f.text); n < f.least || n > f.most || !utf8.ValidString(f.text) ||
			strings.ContainsFunc(f.text, func(c rune) bool { return unicode.IsControl(c) && c != '\n' }) {
			return keystone.BadRequest("Invalid input for field '%s': it has %d to %d characters, none of them a control character.", f.name, f.least, f.most)
		}
	}
	return nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
