package function

import (
	"container/list"
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
)

// cache keeps compiled modules by the hash of their bytes, the last used ones.
// Code that somebody still runs outlives its place in the cache.
type cache struct {
	maxModules, maxBytes int

	mu      sync.Mutex
	modules map[[sha256.Size]byte]*module
	used    list.List // of *module, the last used in front
	bytes   int
}

// module is compiled code.
type module struct {
	hash  [sha256.Size]byte
	shape *shape
	code  wazero.CompiledModule
	place *list.Element // nil when it is not in the cache any more
	users int
}

func newCache(modules, bytes int) *cache {
	return &cache{maxModules: modules, maxBytes: bytes, modules: map[[sha256.Size]byte]*module{}}
}

// get answers a module for use, or nil.
func (c *cache) get(hash [sha256.Size]byte) *module {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.modules[hash]
	if m == nil {
		return nil
	}
	m.users++
	c.used.MoveToFront(m.place)
	return m
}

// put enters a module that get has not found, for use.
func (c *cache) put(m *module) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.users, m.place = 1, c.used.PushFront(m)
	c.modules[m.hash] = m
	c.bytes += m.shape.Size
	for c.used.Len() > 1 && (c.used.Len() > c.maxModules || c.bytes > c.maxBytes) {
		c.drop(c.used.Back().Value.(*module))
	}
}

// release ends a use.
func (c *cache) release(m *module) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.users--
	m.free()
}

func (c *cache) drop(m *module) {
	c.used.Remove(m.place)
	m.place = nil
	delete(c.modules, m.hash)
	c.bytes -= m.shape.Size
	m.free()
}

// free gives the code back once nobody has it. Closing compiled code reports
// nothing that could be acted upon.
func (m *module) free() {
	if m.users == 0 && m.place == nil {
		_ = m.code.Close(context.Background())
	}
}

// compiled answers the module for use; the caller releases it. One module is
// compiled at a time: compiling takes a whole core for as long as it lasts, and
// the same module is wanted by many callers at once when it is new.
func (r *Runtime) compiled(ctx context.Context, hash [sha256.Size]byte, binary []byte) (*module, error) {
	if m := r.modules.get(hash); m != nil {
		return m, nil
	}
	s, err := inspect(binary)
	if err != nil {
		return nil, err
	}
	select {
	case r.compiling <- struct{}{}:
	case <-ctx.Done():
		return nil, fault(Timeout, "there was no time left to compile the module").because(ctx.Err())
	}
	if m := r.modules.get(hash); m != nil { // while this one waited
		<-r.compiling
		return m, nil
	}
	// The compiler does not look at a context. Who has no time left goes; the
	// work ends by itself and the next call finds what it made.
	done := make(chan error, 1)
	var m *module
	r.work.Add(1)
	go func() {
		defer r.work.Done()
		defer func() { <-r.compiling }()
		code, err := compile(r.engine, binary)
		if err == nil {
			m = &module{hash: hash, shape: s, code: code}
			r.modules.put(m)
		}
		done <- err
	}()
	select {
	case err = <-done:
		return m, err
	case <-ctx.Done():
		r.work.Add(1)
		go func() { // gives back the use that nobody waits for any more
			defer r.work.Done()
			if <-done == nil {
				r.modules.release(m)
			}
		}()
		return nil, fault(Timeout, "the module took too long to compile; call the function again").because(ctx.Err())
	}
}

// compile turns panics into refusals: the compiler panics on some modules that it
// should refuse, and modules come from tenants.
func compile(engine wazero.Runtime, binary []byte) (code wazero.CompiledModule, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault(Module, "the module cannot be compiled").because(fmt.Errorf("panic: %v", p))
		}
	}()
	code, err = engine.CompileModule(context.Background(), withChecks(binary))
	if err != nil {
		return nil, fault(Module, "the module is not valid: %s", clip(err.Error())).because(err)
	}
	return code, nil
}

// clip bounds what a message repeats of what the compiler says: it may hold
// names from the module.
func clip(text string) string {
	const most = 200
	out := []rune(text)
	if len(out) > most {
		out = append(out[:most], '…')
	}
	for i, c := range out {
		if c < ' ' || c == 0x7f {
			out[i] = ' '
		}
	}
	return string(out)
}
