package function

import "syscall"

// reserve takes address space from the system. Its pages are zero, and there
// only once they are touched.
func reserve(size int) ([]byte, error) {
	return syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
}

// release gives it back. The system refuses only what reserve did not return.
func release(space []byte) { _ = syscall.Munmap(space) }
