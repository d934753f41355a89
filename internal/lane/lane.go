package lane

import (
	"math/bits"
	"runtime"
	_ "unsafe" // for go:linkname
)

// procPin is the runtime's: it keeps the goroutine where it is and returns the number of
// its processor, from 0 to GOMAXPROCS-1. The runtime promises to keep it for packages that
// link to it (go.dev/issue/67401). The documented way to something of one's own
// processor, a sync.Pool, takes 134 instructions for Get and Put, and the garbage
// collector empties it; this takes 15.
//
//go:linkname procPin runtime.procPin
func procPin() int

//go:linkname procUnpin runtime.procUnpin
func procUnpin()

// Current is the lane of the calling goroutine, below GOMAXPROCS. It is a hint: see the
// package's comment.
func Current() uint32 {
	n := procPin()
	procUnpin()
	return uint32(n)
}

// Count is how many lanes a structure needs so that each core has its own: a power of
// two, at least GOMAXPROCS as it is now. Take Current modulo Count.
func Count() int {
	return 1 << bits.Len(uint(runtime.GOMAXPROCS(0)-1))
}

var cores = runtime.GOMAXPROCS(0)

// Cores is how many cores this process was given: GOMAXPROCS as Go or the environment had
// it at the start, before main added to it. It is for whoever divides work that keeps a
// core busy.
func Cores() int { return cores }
