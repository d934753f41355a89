//go:build linux && !race

package engine_test

import (
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// deep uses as much stack as the chain of policies and a backend do.
//
//go:noinline
func deep(n int) int {
	var room [64]int
	if n == 0 {
		return room[0]
	}
	room[n%64] = n
	return deep(n-1) + room[n%64]
}

// TestIdleMemory is what a connection takes of the heap and of stacks while it idles,
// after a call: buffers are given back, and the stack that the call needed is.
// bench/idle.go measures the process from outside.
func TestIdleMemory(t *testing.T) {
	const connections, most = 500, 5 << 10
	h := handler(func(c *call.Call) {
		deep(8)
		discard(c)
	})
	_, address := start(t, h, options(h))
	ask(t, client(t, address))
	for calls, wait := range map[int]time.Duration{
		1: 100 * time.Millisecond, // after the first call a connection moves at once
		2: time.Second,            // and later when watch says so
	} {
		before := used()
		for range connections {
			fd := client(t, address)
			for range calls {
				ask(t, fd)
			}
		}
		time.Sleep(wait)
		each := (used() - before) / connections
		t.Logf("%d bytes for each connection after %d calls", each, calls)
		if each > most {
			t.Errorf("an idle connection takes %d bytes after %d calls, more than %d", each, calls, most)
		}
	}
}

// TestLingerMemory: a connection that was refused and lingers, so that its caller can read
// why, has given back the buffer of a head of 1 MB.
func TestLingerMemory(t *testing.T) {
	const connections, most = 12, 64 << 10
	h := handler(discard)
	_, address := start(t, h, options(h))
	refused := func(fd int) {
		// 1 MB and 300 KB, more than is read of who goes on: the rest of the moment is slept.
		flood := "GET /x HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 1<<20+300<<10)
		for len(flood) > 0 {
			n, err := syscall.Write(fd, []byte(flood))
			if err != nil {
				t.Fatal(err)
			}
			flood = flood[n:]
		}
		var answer [512]byte
		if n, err := syscall.Read(fd, answer[:]); err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 431 ") {
			t.Fatalf("%q, %v", answer[:n], err)
		}
	}
	refused(client(t, address))
	time.Sleep(lingers)
	before := used()
	for range connections {
		refused(client(t, address))
	}
	// The last one has its answer before its connection has given the buffer back, and a
	// megabyte of one is more than most for each.
	each := (used() - before) / connections
	for late := time.Now().Add(lingers / 3); each > most && time.Now().Before(late); each = (used() - before) / connections {
		time.Sleep(5 * time.Millisecond)
	}
	t.Logf("%d bytes for each", each)
	if each > most {
		t.Errorf("a refused connection that lingers takes %d bytes, more than %d", each, most)
	}
}

// lingers is how long a refused connection does, and a little.
const lingers = 550 * time.Millisecond

func used() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// client is a connection of which this process has nothing but a descriptor.
func client(t testing.TB, address string) int {
	t.Helper()
	port := 0
	for _, c := range address[len("127.0.0.1:"):] {
		port = port*10 + int(c-'0')
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err == nil {
		t.Cleanup(func() { syscall.Close(fd) })
		err = syscall.Connect(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

func ask(t *testing.T, fd int) {
	t.Helper()
	var answer [512]byte
	_, err := syscall.Write(fd, []byte(get("/x")))
	n := 0
	if err == nil {
		n, err = syscall.Read(fd, answer[:])
	}
	if err != nil || n < 17 || string(answer[:17]) != "HTTP/1.1 200 OK\r\n" {
		t.Fatalf("%q, %v", answer[:n], err)
	}
}
