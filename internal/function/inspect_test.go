package function_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

// TestModulesAreRefused: what cannot run, or would cost too much, is refused
// before it costs anything.
func TestModulesAreRefused(t *testing.T) {
	r := start(t, function.Options{})
	noise := make([]byte, 1<<20)
	rand.Read(noise)
	good := functiontest.Echo()
	for _, c := range []struct {
		name   string
		module []byte
		text   string
	}{
		{"nothing", nil, "not the bytes of a WebAssembly module"},
		{"text", []byte("#!/bin/sh\nrm -rf /"), "not the bytes of a WebAssembly module"},
		{"noise", noise, "not the bytes of a WebAssembly module"},
		{"noise behind the head", append([]byte("\x00asm\x01\x00\x00\x00\x03"), noise...), ""},
		{"a component", []byte("\x00asm\x0d\x00\x01\x00"), "version 1"},
		{"cut short", good[:len(good)-9], ""},
		{"a section twice", append(good[:len(good):len(good)], 5, 3, 1, 0, 1), "stands twice"},
		{"larger than 8 MB", make([]byte, function.MaxModule+1), "8388608 are allowed"},
		{"no entry", functiontest.NoEntry(), `no function "_start"`},
		{"another host", functiontest.Imports("env", "system"), "imports env.system"},
		{"an older host", functiontest.Imports("wasi_unstable", "fd_write"), "imports wasi_unstable.fd_write"},
		{"an unknown function", functiontest.Imports("wasi_snapshot_preview1", "exec"), "imports exec"},
		{"a function of another type", functiontest.Imports("wasi_snapshot_preview1", "fd_close"), ""},
		{"a long name", functiontest.Imports(string(make([]byte, 2000)), "x"), "name of 2000 bytes"},
		{"locals", functiontest.Locals(1, 50_000), "50000 locals"},
		{"locals in many functions", functiontest.Locals(1000, 4096), "locals together"},
		{"functions", functiontest.Locals(70_000, 0), "70001 functions"},
		{"a large table", functiontest.Table(1 << 27), "table of 134217728 elements"},
		{"blocks in blocks", functiontest.Nested(80_000), "80000 jumps"},
		{"jumps with locals", functiontest.Long(4000, 4000), "too much to compile"},
		{"a large function", functiontest.Nested(200_000), "262144 are allowed"},
		{"4 GB of memory", functiontest.Wants(65536), "valid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begun := time.Now()
			_, err := r.Compile(t.Context(), c.module)
			took := time.Since(begun)
			runtime.ReadMemStats(&after)
			if c.name == "a function of another type" { // only instances find out
				if _, err = r.Invoke(t.Context(), wasi(c.module), nil); err == nil {
					t.Error("it ran")
				}
				return
			}
			fails(t, err, function.Module, c.text)
			if used := after.TotalAlloc - before.TotalAlloc; took > 100*time.Millisecond || used > 64<<20 {
				t.Errorf("refused after %v and %d bytes", took, used)
			}
		})
	}
	if memory, err := r.Compile(t.Context(), functiontest.Wants(16*20+1)); err != nil || memory != 21 {
		t.Errorf("%d MB, %v", memory, err)
	}
}

// TestHostileModulesCompileInTime: the worst that the limits let through.
func TestHostileModulesCompileInTime(t *testing.T) {
	if raceDetector {
		t.Skip("measures the compiler, which the race detector slows down")
	}
	r := start(t, function.Options{})
	for name, module := range map[string][]byte{
		"blocks in blocks":  functiontest.Nested(11_900),
		"jumps with locals": functiontest.Long(1020, 2048),
		"jumps, few locals": functiontest.Long(5_900, 300),
		"many functions":    functiontest.Locals(60_000, 16),
	} {
		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		_, err := r.Compile(ctx, module)
		cancel()
		t.Logf("%s: %v, %v", name, time.Since(begun), err)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// On a free core it is under 4 s; a module of
		// the same size that the limits refuse takes hours.
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("%s: %v", name, took)
		}
	}
}

// TestCompilingIsLeft: who has no time left goes; the work is not lost.
func TestCompilingIsLeft(t *testing.T) {
	r := start(t, function.Options{})
	module := functiontest.Locals(30_000, 16)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := r.Compile(ctx, module)
	fails(t, err, function.Timeout, "compile")
	if _, err := r.Compile(t.Context(), module); err != nil {
		t.Error(err)
	}
}

// TestGoModule runs what a real compiler makes.
func TestGoModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module with the Go compiler")
	}
	dir := t.TempDir()
	module := filepath.Join(dir, "f.wasm")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", module, "./testdata/hello")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	binary, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, function.Options{})
	if _, err := r.Compile(t.Context(), binary); err != nil {
		t.Fatal(err)
	}
	f := small(binary, 64, 20_000)
	got, err := r.Invoke(t.Context(), f, []byte(`{"name":"Ann"}`))
	if want := `{"args":["function"],"environment":["FUNCTION_URN=urn:fss:r:p:function:default:f","FUNCTION_VERSION=latest","FUNCTION_HANDLER=main"],"files":"refused","network":"refused","hello":"Ann"}`; err != nil || string(bytes.TrimSpace(got.Output)) != want {
		t.Errorf("%s\nwant %s\n%v", got.Output, want, err)
	}
	if !bytes.Contains(got.Logs, []byte("greeting Ann")) {
		t.Errorf("log %q", got.Logs)
	}
	begun := time.Now()
	if _, err := r.Invoke(t.Context(), f, []byte(`{"name":"Ann"}`)); err != nil {
		t.Error(err)
	}
	t.Logf("the second call took %v", time.Since(begun))
	_, err = r.Invoke(t.Context(), f, []byte(`{"eat":true}`))
	fails(t, err, function.Memory, "64 MB")
	got, err = r.Invoke(t.Context(), f, []byte(`no JSON`))
	fails(t, err, function.Failed, "code 1")
	if !bytes.Contains(got.Logs, []byte("invalid character")) {
		t.Errorf("log %q", got.Logs)
	}
}

// FuzzCompile: no bytes make the frame's reader, or the compiler behind it,
// fail in another way than by refusing.
func FuzzCompile(f *testing.F) {
	for _, module := range [][]byte{
		functiontest.Echo(), functiontest.Sleeps(1, "x"), functiontest.NoEntry(), functiontest.Imports("env", "x"),
		functiontest.Locals(3, 5), functiontest.Table(3), functiontest.Nested(3), []byte("\x00asm\x01\x00\x00\x00"), nil,
	} {
		f.Add(module)
	}
	r, err := function.New(f.Context(), function.Options{Modules: 4})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = r.Close(context.Background()) })
	f.Fuzz(func(t *testing.T, module []byte) {
		if len(module) > 1<<16 {
			return
		}
		memory, err := r.Compile(context.Background(), module)
		var refused *function.Error
		switch {
		case err == nil && (memory < 0 || memory > 1024):
			t.Errorf("starts with %d MB", memory)
		case err != nil && (!errors.As(err, &refused) || refused.Kind != function.Module):
			t.Errorf("%v", err)
		case err != nil && len(refused.Detail) > 2000:
			t.Errorf("the text has %d bytes", len(refused.Detail))
		}
	})
}
