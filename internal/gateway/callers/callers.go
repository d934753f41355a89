package callers

import (
	"cmp"
	"crypto/sha256"
	"hash/maphash"
	"slices"
	"sync"
	"unique"

	"github.com/lintel-gateway/lintel/internal/gateway/shard"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// MaxCode bounds an AppCode in bytes. The reference allows 180 characters of
// ASCII (wire-facts §3.4); anything longer is nobody's code.
const MaxCode = 180

// App is an application as policies see it. It is immutable.
type App struct {
	ID, Name, ProjectID string
	Key                 string
	Secret              *signature.Key
	// Codes are the AppCodes in the clear. PutApp takes them; an App that is
	// looked up has none.
	Codes []string

	sum uint64 // of ID
}

// Sum is what Grants.Allow wants to know beside ID.
func (a *App) Sum() uint64 { return a.sum }

// Callers holds all applications and grants of an installation. All methods
// are safe for concurrent use.
type Callers struct {
	mu     sync.Mutex // writers
	apps   map[string]*held
	grants map[string]access // by grant id
	most   int               // the most that grants has held

	byKey   *shard.Map[string, []*App] // claims, smallest app id first
	byCode  *shard.Map[sum, []*App]
	granted *shard.Sums[*allowance] // by the sums of app and place
	seed    maphash.Seed            // of these sums
}

type sum [sha256.Size]byte

// held is an application with the sums of its codes.
type held struct {
	app   *App
	codes []sum
}

// New returns a Callers that knows nobody.
func New() *Callers {
	return &Callers{
		apps:    make(map[string]*held),
		grants:  make(map[string]access),
		byKey:   shard.New[string, []*App](),
		byCode:  shard.New[sum, []*App](),
		granted: shard.NewSums[*allowance](),
		seed:    maphash.MakeSeed(),
	}
}

// ByKey returns the application with this app key, or nil.
func (c *Callers) ByKey(key string) *App {
	if key == "" {
		return nil // an application without a key is not everybody's
	}
	claims, _ := c.byKey.Get(key)
	return first(claims)
}

// ByCode returns the application with this AppCode, or nil.
func (c *Callers) ByCode(code string) *App {
	s, ok := sumOf(code)
	if !ok {
		return nil
	}
	claims, _ := c.byCode.Get(s)
	return first(claims)
}

func first(claims []*App) *App {
	if len(claims) == 0 {
		return nil
	}
	return claims[0]
}

// sumOf hashes a code in a buffer of the stack: converting the string would
// allocate once per call.
func sumOf(code string) (sum, bool) {
	if code == "" || len(code) > MaxCode {
		return sum{}, false
	}
	var buffer [MaxCode]byte
	n := copy(buffer[:], code)
	return sha256.Sum256(buffer[:n]), true
}

// PutApp adds an application or replaces the one with its id. Its new key and
// codes work before the old ones stop.
func (c *Callers) PutApp(app App) {
	c.mu.Lock()
	defer c.mu.Unlock()

	app.ID = unique.Make(app.ID).Value() // one text with the grants, so that Allow compares addresses
	app.sum = maphash.String(c.seed, app.ID)
	next := &held{app: &app}
	for _, code := range app.Codes {
		if s, ok := sumOf(code); ok {
			next.codes = append(next.codes, s)
		}
	}
	app.Codes = nil
	old := c.apps[app.ID]
	c.apps[app.ID] = next

	claim(c.byKey, app.Key, next.app)
	for _, s := range next.codes {
		claim(c.byCode, s, next.app)
	}
	if old == nil {
		return
	}
	if old.app.Key != app.Key {
		release(c.byKey, old.app.Key, app.ID)
	}
	for _, s := range old.codes {
		if !slices.Contains(next.codes, s) {
			release(c.byCode, s, app.ID)
		}
	}
}

// DropApp removes an application. Its grants stay until they are dropped.
func (c *Callers) DropApp(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.apps[id]
	if old == nil {
		return
	}
	delete(c.apps, id)
	release(c.byKey, old.app.Key, id)
	for _, s := range old.codes {
		release(c.byCode, s, id)
	}
}

// claim makes app the claimant of key in place of the app with the same id.
func claim[K comparable](m *shard.Map[K, []*App], key K, app *App) {
	m.Update(key, func(old []*App, _ bool) ([]*App, bool) {
		claims := append(without(old, app.ID), app)
		slices.SortFunc(claims, func(a, b *App) int { return cmp.Compare(a.ID, b.ID) })
		return claims, true
	})
}

func release[K comparable](m *shard.Map[K, []*App], key K, id string) {
	m.Update(key, func(old []*App, _ bool) ([]*App, bool) {
		claims := without(old, id)
		return claims, len(claims) > 0
	})
}

// without returns a new list: readers hold the old one.
func without(claims []*App, id string) []*App {
	rest := make([]*App, 0, len(claims)+1)
	for _, a := range claims {
		if a.ID != id {
			rest = append(rest, a)
		}
	}
	return rest
}

// Counts says how many applications and grants are held.
func (c *Callers) Counts() (apps, grants int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.apps), len(c.grants)
}
