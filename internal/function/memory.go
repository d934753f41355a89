package function

import "github.com/tetratelabs/wazero/experimental"

// allocator gives one instance its memory, up to the definition's limit. The
// memory is address space taken from the system for this call and given back
// after it: pages that a module does not touch cost nothing, growing moves
// nothing, and what one call leaves behind no other call can ever see, because
// the system hands out zeroed pages.
type allocator struct {
	limit   uint64
	refused bool
	space   []byte // of limit bytes; nil before the first use and after Free
}

// Allocate implements experimental.MemoryAllocator.
func (a *allocator) Allocate(_, _ uint64) experimental.LinearMemory { return a }

// Reallocate implements experimental.LinearMemory; nil refuses.
func (a *allocator) Reallocate(size uint64) []byte {
	if size > a.limit {
		a.refused = true
		return nil
	}
	if a.space == nil {
		var err error
		if a.space, err = reserve(int(a.limit)); err != nil {
			a.refused = true
			return nil
		}
	}
	return a.space[:size]
}

// Free implements experimental.LinearMemory. It may be called again.
func (a *allocator) Free() {
	if a.space != nil {
		release(a.space)
		a.space = nil
	}
}
