package function_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t testing.TB, o function.Options) *function.Runtime {
	t.Helper()
	if o.Transport == nil {
		o.Transport = function.NewTransport(new(net.Dialer).DialContext)
	}
	r, err := function.New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// wasi is a function with 16 MB and 5 s.
func wasi(module []byte) *function.Function { return small(module, 16, 5000) }

func small(module []byte, memoryMB, timeoutMS int) *function.Function {
	return function.Load(&definition.Function{
		URN: "urn:fss:r:p:function:default:f", Version: "latest", ProjectID: "p", Runtime: function.WASI,
		Handler: "main", TimeoutMS: timeoutMS, MemoryMB: memoryMB, Module: module,
	})
}

// fails asserts the kind of a failure and a part of its text.
func fails(t *testing.T, err error, kind function.Kind, text string) {
	t.Helper()
	var e *function.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Detail, text) {
		t.Fatalf("%v, want kind %d with %q", err, kind, text)
	}
}

func TestAnswers(t *testing.T) {
	r := start(t, function.Options{})
	large := bytes.Repeat([]byte("0123456789abcdef"), 300_000) // 4.8 MB, many reads
	for _, event := range [][]byte{[]byte(`{"body":"","path":"/x"}`), nil, []byte("名前"), large} {
		got, err := r.Invoke(t.Context(), wasi(functiontest.Echo()), event)
		if err != nil || !bytes.Equal(got.Output, event) || got.Duration <= 0 {
			t.Fatalf("%d bytes for %d, %v", len(got.Output), len(event), err)
		}
	}
	got, err := r.Invoke(t.Context(), wasi(functiontest.Says("answer", "log")), nil)
	if err != nil || string(got.Output) != "answer" || string(got.Logs) != "log" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = r.Invoke(t.Context(), wasi(functiontest.Sleeps(20, "awake")), nil)
	if err != nil || string(got.Output) != "awake" || got.Duration < 20*time.Millisecond {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFailures(t *testing.T) {
	r := start(t, function.Options{})
	invoke := func(f *function.Function, event []byte) (function.Result, error) {
		return r.Invoke(t.Context(), f, event)
	}
	got, err := invoke(wasi(functiontest.Exits(7)), nil)
	fails(t, err, function.Failed, "code 7")
	if string(got.Logs) != "about to end" || got.Output != nil {
		t.Errorf("%+v", got)
	}
	if _, err = invoke(wasi(functiontest.Exits(0)), nil); err != nil {
		t.Errorf("an exit with 0: %v", err)
	}
	_, err = invoke(wasi(functiontest.Traps()), nil)
	fails(t, err, function.Failed, "unreachable")
	_, err = invoke(small(functiontest.Recurses(), 16, 60_000), nil)
	fails(t, err, function.Failed, "stack")
	_, err = invoke(wasi(functiontest.Echo()), make([]byte, function.MaxEvent+1))
	fails(t, err, function.Large, "event")
	_, err = invoke(small(functiontest.Wants(16*17), 16, 1000), nil)
	fails(t, err, function.Memory, "starts with 17 MB")
	_, err = invoke(function.Load(&definition.Function{Runtime: "python", TimeoutMS: 10}), nil)
	fails(t, err, function.Module, `"python"`)
}

func TestEndlessLoopIsStopped(t *testing.T) {
	r := start(t, function.Options{})
	for _, module := range [][]byte{functiontest.Loops(), functiontest.Sleeps(60_000, "x")} {
		begun := time.Now()
		_, err := r.Invoke(t.Context(), small(module, 16, 150), nil)
		fails(t, err, function.Timeout, "150 ms")
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("stopped after %v", took)
		}
	}
	// The caller's time counts as well.
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := r.Invoke(ctx, small(functiontest.Loops(), 16, 60_000), nil)
	fails(t, err, function.Timeout, "")
}

func TestMemoryBombIsStopped(t *testing.T) {
	r := start(t, function.Options{})
	_, err := r.Invoke(t.Context(), small(functiontest.Grows(), 32, 5000), nil)
	fails(t, err, function.Memory, "32 MB")
	// One function's limit is not another's, though they share the code.
	_, err = r.Invoke(t.Context(), small(functiontest.Grows(), 64, 5000), nil)
	fails(t, err, function.Memory, "64 MB")
}

func TestGiantOutputIsStopped(t *testing.T) {
	r := start(t, function.Options{})
	begun := time.Now()
	got, err := r.Invoke(t.Context(), small(functiontest.Floods(1), 16, 20_000), nil)
	fails(t, err, function.Large, "answer")
	if took := time.Since(begun); took > 5*time.Second || got.Output != nil {
		t.Errorf("%d bytes after %v", len(got.Output), took)
	}
	got, err = r.Invoke(t.Context(), small(functiontest.Floods(2), 16, 200), nil)
	fails(t, err, function.Timeout, "")
	if len(got.Logs) != function.MaxLog {
		t.Errorf("%d bytes of log", len(got.Logs))
	}
}

// TestOneFunctionLeavesRoom: the loops of one function, or of one project, do
// not keep others from running.
func TestOneFunctionLeavesRoom(t *testing.T) {
	r := start(t, function.Options{Running: 4, PerProject: 2, PerFunction: 1, Waiting: 1})
	named := func(project, urn string, module []byte) *function.Function {
		return function.Load(&definition.Function{URN: urn, ProjectID: project, Runtime: function.WASI, TimeoutMS: 5000, MemoryMB: 16, Module: module})
	}
	slow := named("p1", "a", functiontest.Sleeps(300, "late"))
	var all sync.WaitGroup
	first, err := r.Enter(slow)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Enter(slow) // waits
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []*function.Call{first, second} {
		all.Go(func() {
			if got, err := call.Run(context.Background(), nil); err != nil || string(got.Output) != "late" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	_, err = r.Enter(slow)
	fails(t, err, function.Busy, "under way")
	other, err := r.Enter(named("p1", "b", functiontest.Sleeps(300, "late")))
	if err != nil {
		t.Fatal(err)
	}
	all.Go(func() { _, _ = other.Run(context.Background(), nil) })
	// The project is full, but its third function may wait; another project runs.
	begun := time.Now()
	if got, err := r.Invoke(t.Context(), named("p2", "c", functiontest.Echo()), []byte("x")); err != nil || string(got.Output) != "x" {
		t.Fatalf("%+v, %v", got, err)
	}
	if took := time.Since(begun); took > 250*time.Millisecond {
		t.Errorf("another project waited for %v", took)
	}
	if got, err := r.Invoke(t.Context(), named("p1", "d", functiontest.Echo()), []byte("x")); err != nil || string(got.Output) != "x" {
		t.Fatalf("%+v, %v", got, err)
	}
	all.Wait()
	// Who waits for longer than it may run is let go.
	long, err := r.Enter(slow)
	if err != nil {
		t.Fatal(err)
	}
	all.Go(func() { _, _ = long.Run(context.Background(), nil) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = r.Invoke(ctx, slow, nil)
	fails(t, err, function.Busy, "in time")
	all.Wait()
}

func TestMemoryIsShared(t *testing.T) {
	r := start(t, function.Options{Running: 8, PerProject: 8, PerFunction: 8, MemoryMB: 64})
	f := small(functiontest.Sleeps(100, "x"), 40, 5000)
	begun := time.Now()
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := r.Invoke(context.Background(), f, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if took := time.Since(begun); took < 300*time.Millisecond {
		t.Errorf("three of 40 MB ran in %v side by side in 64 MB", took)
	}
}

func TestCloseEndsCalls(t *testing.T) {
	r, err := function.New(t.Context(), function.Options{})
	if err != nil {
		t.Fatal(err)
	}
	call, err := r.Enter(small(functiontest.Sleeps(60_000, "x"), 16, 60_000))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { _, err := call.Run(context.Background(), nil); done <- err }()
	background, err := r.Enter(small(functiontest.Loops(), 16, 60_000))
	if err != nil {
		t.Fatal(err)
	}
	if err := background.Start(nil); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	begun := time.Now()
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	fails(t, <-done, function.Closed, "shutting down")
	_, err = r.Invoke(t.Context(), wasi(functiontest.Echo()), nil)
	fails(t, err, function.Closed, "shutting down")
	_, err = r.Compile(t.Context(), functiontest.Echo())
	fails(t, err, function.Closed, "shutting down")
}

// TestCodeIsKept: a module is compiled once, however many definitions hold it,
// and what the cache drops still runs to its end.
func TestCodeIsKept(t *testing.T) {
	r := start(t, function.Options{Modules: 2})
	slow := functiontest.Sleeps(200, "late")
	call, err := r.Enter(wasi(slow))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { _, err := call.Run(context.Background(), nil); done <- err }()
	time.Sleep(50 * time.Millisecond)
	for _, text := range []string{"a", "b", "c", "a", "b"} {
		if got, err := r.Invoke(t.Context(), wasi(functiontest.Says(text, "")), nil); err != nil || string(got.Output) != text {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := r.Invoke(context.Background(), wasi(functiontest.Says("new", "")), nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
