package livetrace

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/ids"
)

// Bounds of keys and of what is kept.
const (
	MaxLifetime = 10 * time.Minute
	MaxCalls    = 100 // of one key
	MaxKeys     = 100 // that have not expired
	// Keep is how long a trace can be read after its call was made, and a key be
	// listed after it expired.
	Keep = 10 * time.Minute

	maxBytes = 16 << 20 // of all traces together
	keyBytes = 32
	keyText  = (keyBytes*8 + 5) / 6 // in base64 without padding
)

// ErrTooMany says that MaxKeys keys are live.
var ErrTooMany = errors.New("livetrace: too many keys are live")

// Wish is what a key is asked for.
type Wish struct {
	APIID, GroupID string        // "": any
	MadeBy         string        // name of the administrator
	Lifetime       time.Duration // to MaxLifetime
	Calls          int           // 1 to MaxCalls
}

// Key is a key as it is listed: everything but what a caller sends.
type Key struct {
	ID, APIID, GroupID, MadeBy string
	Made, Expires              time.Time
	Calls, Used                int // how many it may watch, and how many began
}

// Trace is one call that was watched.
type Trace struct {
	RequestID, APIID   string
	Method, Host, Path string
	Status             int
	Began              time.Time
	Took               time.Duration // until the answer was written
	Lines              []string
}

// Options are what a Keys needs.
type Options struct {
	IDs   *ids.Source
	Clock clock.Clock
}

// Keys are the keys of this gateway and what they showed. All methods are safe
// for concurrent use.
type Keys struct {
	o Options
	// bySum is replaced as a whole, so that calls read it without a lock.
	bySum atomic.Pointer[map[sum]*key]

	mu     sync.Mutex
	keys   map[string]*key // by id
	traces []kept          // oldest first
	bytes  int             // of them
}

type sum [sha256.Size]byte

type key struct {
	Key
	sum  sum
	left atomic.Int64 // calls that may still begin
}

type kept struct {
	keyID string
	trace *Trace
	size  int
}

// New returns a Keys without any.
func New(o Options) *Keys {
	k := &Keys{o: o, keys: map[string]*key{}}
	k.bySum.Store(&map[sum]*key{})
	return k
}

// Mint makes a key. What is returned second is what a caller sends; it is not
// kept. ErrTooMany when there are MaxKeys.
func (k *Keys) Mint(w Wish) (Key, string, error) {
	if w.Lifetime <= 0 || w.Lifetime > MaxLifetime || w.Calls < 1 || w.Calls > MaxCalls {
		return Key{}, "", fmt.Errorf("livetrace: a key for %v and %d calls: at most %v and %d", w.Lifetime, w.Calls, MaxLifetime, MaxCalls)
	}
	now := k.o.Clock()
	text := base64.RawURLEncoding.EncodeToString(k.o.IDs.Bytes(keyBytes))
	made := &key{Key: Key{
		ID: k.o.IDs.New(), APIID: w.APIID, GroupID: w.GroupID, MadeBy: w.MadeBy,
		Made: now, Expires: now.Add(w.Lifetime), Calls: w.Calls,
	}, sum: sumOf(text)}
	made.left.Store(int64(w.Calls))
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweep(now)
	if len(*k.bySum.Load()) >= MaxKeys {
		return Key{}, "", ErrTooMany
	}
	k.keys[made.ID] = made
	k.publish(now)
	return made.Key, text, nil
}

// List returns the keys, the newest first.
func (k *Keys) List() []Key {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweep(k.o.Clock())
	list := make([]Key, 0, len(k.keys))
	for _, v := range k.keys {
		list = append(list, v.listed())
	}
	slices.SortFunc(list, func(a, b Key) int {
		if c := b.Made.Compare(a.Made); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list
}

func (v *key) listed() Key {
	out := v.Key
	out.Used = v.Calls - int(max(v.left.Load(), 0))
	return out
}

// Drop ends a key and forgets its traces. It answers false when there is none.
func (k *Keys) Drop(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.o.Clock()
	k.sweep(now)
	if k.keys[id] == nil {
		return false
	}
	delete(k.keys, id)
	k.forget(func(t *kept) bool { return t.keyID == id })
	k.publish(now)
	return true
}

// Traces returns what a key showed, the oldest first. It answers false when
// there is no such key.
func (k *Keys) Traces(id string) ([]Trace, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweep(k.o.Clock())
	if k.keys[id] == nil {
		return nil, false
	}
	list := []Trace{}
	for i := range k.traces {
		if k.traces[i].keyID == id {
			list = append(list, *k.traces[i].trace)
		}
	}
	return list, true
}

// Sweep forgets what is too old. Every other method does so too; a gateway that
// nobody asks anything calls it now and then.
func (k *Keys) Sweep() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweep(k.o.Clock())
}

func (k *Keys) sweep(now time.Time) {
	old := now.Add(-Keep)
	k.forget(func(t *kept) bool { return t.trace.Began.Before(old) })
	ended := false
	for id, v := range k.keys {
		ended = ended || !now.Before(v.Expires)
		if v.Expires.Before(old) {
			delete(k.keys, id)
		}
	}
	if ended {
		k.publish(now)
	}
}

// publish shows calls the keys that have not expired.
func (k *Keys) publish(now time.Time) {
	live := make(map[sum]*key, len(k.keys))
	for v := range maps.Values(k.keys) {
		if now.Before(v.Expires) {
			live[v.sum] = v
		}
	}
	k.bySum.Store(&live)
}

func (k *Keys) forget(gone func(*kept) bool) {
	k.traces = slices.DeleteFunc(k.traces, func(t kept) bool {
		if !gone(&t) {
			return false
		}
		k.bytes -= t.size
		return true
	})
}

// Begin has a call watched when the text is a key that may still be used. It
// does nothing otherwise, and nothing to a call that is watched already.
func (k *Keys) Begin(c *call.Call, text string) {
	v := (*k.bySum.Load())[sumOf(text)]
	if v == nil || c.Trace != nil || !k.o.Clock().Before(v.Expires) {
		return
	}
	if v.left.Add(-1) < 0 {
		v.left.Add(1)
		return
	}
	c.Trace = &call.Trace{Now: k.o.Clock, Done: func(c *call.Call) { k.done(v, c) }}
}

// sumOf hashes in a buffer of the stack. What is longer than a key is hashed as
// far as one is long and then meets no key: it differs in the last byte.
func sumOf(text string) sum {
	var buffer [keyText + 1]byte
	return sha256.Sum256(buffer[:copy(buffer[:], text)])
}

// done keeps the trace of a call whose answer was written.
func (k *Keys) done(v *key, c *call.Call) {
	t := &c.Target
	if v.APIID != "" && v.APIID != t.APIID || v.GroupID != "" && v.GroupID != t.GroupID {
		v.left.Add(1)
		return
	}
	now := k.o.Clock()
	out := kept{keyID: v.ID, trace: &Trace{
		RequestID: strings.Clone(c.ID), APIID: strings.Clone(t.APIID), Method: strings.Clone(c.Request.Method),
		Host: strings.Clone(c.Request.Host), Path: cut(c.Request.Path), Status: c.Response.Status,
		Began: c.Started, Took: now.Sub(c.Started), Lines: c.Trace.Lines(),
	}}
	out.size = len(out.trace.Path)
	for _, line := range out.trace.Lines {
		out.size += len(line)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys[v.ID] == nil {
		return // dropped while the call went on
	}
	k.traces = append(k.traces, out)
	k.bytes += out.size
	for k.bytes > maxBytes {
		k.bytes -= k.traces[0].size
		k.traces = slices.Delete(k.traces, 0, 1)
	}
}

// cut bounds a path, which may have 32 KB, and takes it out of the call.
func cut(path string) string {
	const most = 1 << 10
	if len(path) > most {
		return strings.ToValidUTF8(path[:most], "") + "…"
	}
	return strings.Clone(path)
}
