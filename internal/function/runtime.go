package function

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	lanes "github.com/lintel-gateway/lintel/internal/lane"
)

// Options say what a Runtime may use of the machine. 0 stands for the default.
type Options struct {
	// Running is how many modules run at once; twice the cores, and at least 8.
	Running int
	// PerProject and PerFunction are how many of them one project and one
	// function may have; half and a quarter of Running.
	PerProject, PerFunction int
	// Cores is how many modules of one project compute at the same moment; all
	// cores but one, and at least 1. A module that sleeps does not count.
	Cores int
	// Waiting is how many calls of one function may wait for a place; 64.
	Waiting int
	// Queue is how many calls of all functions may wait; 1024. Each holds its
	// event, and its module unless that is loaded once for all.
	Queue int
	// MemoryMB is the memory of all running modules together, 100 for the stack
	// of each included; 2048.
	MemoryMB int
	// Modules is how many compiled modules are kept; 128, of 256 MB together.
	Modules int
	// Targets is how many calls of http functions are under way at once; 512,
	// of which one project may have a half and one function a quarter.
	Targets int
	// Transport makes the requests of http functions (NewTransport); with nil none
	// is reached.
	Transport http.RoundTripper
}

const (
	keptCode  = 256 << 20 // bytes of modules whose code is kept
	mostPages = 1024 * 16 // 1 GB: the largest memory of a definition
)

// Runtime runs functions. It is safe for concurrent use.
type Runtime struct {
	engine    wazero.Runtime
	modules   *cache
	compiling chan struct{}
	sandboxes *gate
	cores     *cores
	targets   *gate
	client    *http.Client
	queued    atomic.Int64 // bytes of events that nobody waits for

	life   context.Context // ends with Close
	end    context.CancelFunc
	mu     sync.Mutex // keeps calls that begin out of a Close that waits
	closed bool
	work   sync.WaitGroup
}

// New makes a runtime. Close it: it holds executable memory.
func New(ctx context.Context, o Options) (*Runtime, error) {
	o = o.withDefaults()
	ctx = context.WithoutCancel(ctx) // it is for its values; the runtime outlives it
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2.SetEnabled(api.CoreFeatureReferenceTypes, false)).
		WithMemoryLimitPages(mostPages).
		WithCloseOnContextDone(true).
		WithDebugInfoEnabled(false)
	r := &Runtime{
		engine: wazero.NewRuntimeWithConfig(ctx, config), modules: newCache(o.Modules, keptCode), compiling: make(chan struct{}, 1),
		sandboxes: newGate(share{
			Total: o.Running, Project: o.PerProject, Function: o.PerFunction, Waiting: o.Waiting, Queue: o.Queue, MemoryMB: o.MemoryMB,
		}),
		targets: newGate(share{
			Total: o.Targets, Project: max(1, o.Targets/2), Function: max(1, o.Targets/4), Waiting: o.Waiting, Queue: o.Queue,
		}),
		cores: newCores(o.Cores),
		client: &http.Client{
			Transport:     o.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	r.life, r.end = context.WithCancel(context.Background())
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r.engine); err != nil {
		r.end()
		return nil, errors.Join(fmt.Errorf("function: %s: %w", host, err), r.engine.Close(ctx))
	}
	return r, nil
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *int
		value int
	}{
		{&o.Running, max(8, 2*lanes.Cores())}, {&o.Cores, max(1, lanes.Cores()-1)}, {&o.Waiting, 64}, {&o.Queue, 1024}, {&o.MemoryMB, 2048}, {&o.Modules, 128}, {&o.Targets, 512},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if o.PerProject <= 0 {
		o.PerProject = max(1, o.Running/2)
	}
	if o.PerFunction <= 0 {
		o.PerFunction = max(1, o.Running/4)
	}
	if o.Transport == nil {
		o.Transport = NewTransport(nil)
	}
	return o
}

// Close ends all calls and gives everything back.
func (r *Runtime) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.end()
	r.work.Wait()
	r.client.CloseIdleConnections()
	return r.engine.Close(ctx)
}

// begin counts a call in unless the runtime is closed.
func (r *Runtime) begin() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return fault(Closed, "the runtime is shutting down")
	}
	r.work.Add(1)
	return nil
}

// Compile checks a module and keeps its code. It answers the memory in
// megabytes that the module starts with.
func (r *Runtime) Compile(ctx context.Context, binary []byte) (memoryMB int, err error) {
	if err := r.begin(); err != nil {
		return 0, err
	}
	defer r.work.Done()
	m, err := r.compiled(ctx, sha256.Sum256(binary), binary)
	if err != nil {
		return 0, err
	}
	defer r.modules.release(m)
	return m.shape.MemoryMB, nil
}

// Invoke calls a function and waits for its answer. The result is there in
// failures too, as far as it came. Errors are of type *Error.
func (r *Runtime) Invoke(ctx context.Context, f *Function, event []byte) (Result, error) {
	call, err := r.Enter(f)
	if err != nil {
		return Result{}, err
	}
	return call.Run(ctx, event)
}

// Call is a call that has a place among the running or the waiting.
type Call struct {
	runtime  *Runtime
	function *Function
	place    *place
}

// Enter takes a place for a call, or refuses with Busy. The caller uses it with
// Run or Start, once.
func (r *Runtime) Enter(f *Function) (*Call, error) {
	if err := r.begin(); err != nil {
		return nil, err
	}
	g := r.sandboxes
	if f.Runtime == HTTP {
		g = r.targets
	}
	p, ok := g.enter(f)
	if !ok {
		r.work.Done()
		return nil, fault(Busy, "too many calls of the function are under way")
	}
	return &Call{r, f, p}, nil
}

// Start runs the call in the background. Its result is dropped. event must not
// change any more. It refuses with Busy when too many bytes of events wait.
func (c *Call) Start(event []byte) error {
	r := c.runtime
	if size := int64(len(event)); r.queued.Add(size) > maxQueued {
		r.queued.Add(-size)
		c.place.leave()
		r.work.Done()
		return fault(Busy, "too many events wait for their functions")
	}
	go func() {
		defer r.queued.Add(-int64(len(event)))
		_, _ = c.Run(context.Background(), event)
	}()
	return nil
}

// Queue calls a function in the background, or refuses with Busy, Large or
// Closed. Its result is dropped. event must not change any more.
func (r *Runtime) Queue(f *Function, event []byte) error {
	if len(event) > MaxEvent {
		return fault(Large, "the event has %d bytes; %d are allowed", len(event), MaxEvent)
	}
	call, err := r.Enter(f)
	if err != nil {
		return err
	}
	return call.Start(event)
}

// Run waits for the place at most as long as the function may run, and then
// runs it.
func (c *Call) Run(ctx context.Context, event []byte) (Result, error) {
	r, f := c.runtime, c.function
	defer r.work.Done()
	waiting, cancel := r.bounded(ctx, f.timeout())
	err := c.place.wait(waiting)
	cancel()
	if err != nil {
		if r.life.Err() != nil {
			return Result{}, fault(Closed, "the runtime is shutting down")
		}
		return Result{}, fault(Busy, "no place among the running calls came free in time").because(err)
	}
	defer c.place.leave()
	if len(event) > MaxEvent {
		return Result{}, fault(Large, "the event has %d bytes; %d are allowed", len(event), MaxEvent)
	}
	ctx, cancel = r.bounded(ctx, f.timeout())
	defer cancel()
	begun := time.Now()
	var result Result
	switch f.Runtime {
	case WASI:
		result, err = r.sandbox(ctx, f, event)
	case HTTP:
		result, err = r.post(ctx, f, event)
	default:
		err = fault(Module, "there is no runtime %q", f.Runtime)
	}
	result.Duration = time.Since(begun)
	if err != nil && r.life.Err() != nil {
		err = fault(Closed, "the runtime is shutting down")
	}
	return result, err
}

// bounded ends with ctx, with the time given, and with the runtime.
func (r *Runtime) bounded(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, d)
	stop := context.AfterFunc(r.life, cancel)
	return ctx, func() { stop(); cancel() }
}
