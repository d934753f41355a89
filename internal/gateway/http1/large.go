package http1

import (
	"sync"
	"unsafe"
)

// large are pools of the buffers that heads need which do not fit into one of
// bufferSize: twice that, four times, …, 1 MB. Such a head is hardly ever a caller's who
// means well, so what it takes must not become garbage: with the collector set for latency
// (decision 0011) a flood of heads of 48 KB held 65 MB of it (bench/faults).
var large [largest]sync.Pool

// largest is the number of doublings of bufferSize up to 1 MB, the edge's limit of a head.
const largest = 6

// doubling is which of large has buffers of n bytes, -1 for none.
func doubling(n int) int {
	for i := range largest {
		if n == bufferSize<<(i+1) {
			return i
		}
	}
	return -1
}

func takeLarge(n int) []byte {
	if i := doubling(n); i >= 0 {
		if first, ok := large[i].Get().(*byte); ok {
			return unsafe.Slice(first, n)
		}
	}
	return make([]byte, n)
}

func putLarge(b []byte) {
	if i := doubling(len(b)); i >= 0 {
		large[i].Put(unsafe.SliceData(b)) // a pointer to the first byte keeps all of them, and is no allocation
	}
}
