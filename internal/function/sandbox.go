package function

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/sys"
)

// sandbox runs a module once, in an instance of its own.
func (r *Runtime) sandbox(ctx context.Context, f *Function, event []byte) (Result, error) {
	m, err := r.compiled(ctx, f.hash, f.Module)
	if err != nil {
		return Result{}, err
	}
	defer r.modules.release(m)
	if m.shape.MemoryMB > f.MemoryMB {
		return Result{}, fault(Memory, "the module starts with %d MB of memory; the function has %d", m.shape.MemoryMB, f.MemoryMB)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	out := &output{stop: stop}
	logs := &tail{}
	memory := &allocator{limit: uint64(f.MemoryMB) << 20}
	defer memory.Free() // the engine forgets it when it cannot make an instance
	core, err := r.cores.take(ctx, f.ProjectID)
	if err != nil {
		return Result{}, fault(Busy, "no processor came free for the project in time").because(err)
	}
	err = run(experimental.WithMemoryAllocator(ctx, memory), r.engine, m.code, config(ctx, f, event, out, logs, core))
	core.give()
	result := Result{Output: out.data, Logs: logs.bytes()}
	if err != nil || ctx.Err() != nil { // a module may end well although it was told to stop
		err = reason(ctx, f, memory, err)
	}
	if err != nil {
		result.Output = nil
	}
	return result, err
}

// config is the whole world of a module.
func config(ctx context.Context, f *Function, event []byte, out io.Writer, logs io.Writer, own *core) wazero.ModuleConfig {
	return wazero.NewModuleConfig().
		WithName(""). // instances of one module do not know each other
		WithArgs("function").
		WithEnv("FUNCTION_URN", f.URN).
		WithEnv("FUNCTION_VERSION", f.Version).
		WithEnv("FUNCTION_HANDLER", strings.ReplaceAll(f.Handler, "\x00", "")).
		WithStdin(bytes.NewReader(event)).
		WithStdout(out).
		WithStderr(logs).
		WithRandSource(rand.Reader).
		WithSysWalltime().
		WithSysNanotime().
		WithNanosleep(func(ns int64) { own.sleep(ctx, time.Duration(ns)) }).
		WithStartFunctions(entry)
}

// run instantiates, which runs the module's entry, and ends the instance.
func run(ctx context.Context, engine wazero.Runtime, code wazero.CompiledModule, c wazero.ModuleConfig) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	instance, err := engine.InstantiateModule(ctx, code, c)
	if instance != nil {
		err = errors.Join(err, instance.Close(context.WithoutCancel(ctx)))
	}
	return err
}

// reason says why a call ended. The order matters: a module that is stopped
// fails in one way or another, and only the cause of the stop says why.
func reason(ctx context.Context, f *Function, memory *allocator, err error) error {
	var known *Error
	if errors.As(context.Cause(ctx), &known) {
		return known
	}
	if ctx.Err() != nil {
		return fault(Timeout, "the function was stopped: it may run for %d ms", f.TimeoutMS).because(err)
	}
	var exit *sys.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == 0:
		return nil
	case memory.refused:
		return fault(Memory, "the function failed after it asked for more memory than its %d MB", f.MemoryMB).because(err)
	case errors.As(err, &exit):
		return fault(Failed, "the function ended with code %d", exit.ExitCode()).because(err)
	default:
		line, _, _ := strings.Cut(err.Error(), "\n") // without the stack of the module
		return fault(Failed, "the function failed: %s", clip(line)).because(err)
	}
}

// output takes the answer. What is too large ends the call at once.
type output struct {
	data []byte
	stop context.CancelCauseFunc
}

func (o *output) Write(p []byte) (int, error) {
	if len(o.data)+len(p) > MaxOutput {
		err := fault(Large, "the answer of the function is larger than %d bytes", MaxOutput)
		o.stop(err)
		return 0, err
	}
	o.data = append(o.data, p...)
	return len(p), nil
}

// tail keeps the end of what is written to it.
type tail struct{ data []byte }

func (t *tail) Write(p []byte) (int, error) {
	n := len(p)
	if n > MaxLog {
		p = p[n-MaxLog:]
	}
	if len(t.data)+len(p) > 2*MaxLog {
		t.data = append(t.data[:0], t.data[len(t.data)-MaxLog:]...)
	}
	t.data = append(t.data, p...)
	return n, nil
}

func (t *tail) bytes() []byte { return t.data[max(0, len(t.data)-MaxLog):] }

// supported reports whether the host module has a function. The list is that
// of WASI preview 1; what needs files or sockets is there and finds none.
func supported(name string) bool {
	switch name {
	case "args_get", "args_sizes_get", "clock_res_get", "clock_time_get", "environ_get", "environ_sizes_get",
		"fd_advise", "fd_allocate", "fd_close", "fd_datasync", "fd_fdstat_get", "fd_fdstat_set_flags",
		"fd_fdstat_set_rights", "fd_filestat_get", "fd_filestat_set_size", "fd_filestat_set_times", "fd_pread",
		"fd_prestat_dir_name", "fd_prestat_get", "fd_pwrite", "fd_read", "fd_readdir", "fd_renumber", "fd_seek",
		"fd_sync", "fd_tell", "fd_write", "path_create_directory", "path_filestat_get", "path_filestat_set_times",
		"path_link", "path_open", "path_readlink", "path_remove_directory", "path_rename", "path_symlink",
		"path_unlink_file", "poll_oneoff", "proc_exit", "proc_raise", "random_get", "sched_yield", "sock_accept",
		"sock_recv", "sock_send", "sock_shutdown":
		return true
	}
	return false
}
