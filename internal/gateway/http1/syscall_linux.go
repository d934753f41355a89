//go:build linux && (amd64 || arm64) && !race

package http1

import (
	"syscall"
	"unsafe"
)

// readNow and writeNow read from and write to a socket, which does not block. They
// do not tell the scheduler that a system call is under way, as syscall.Read and
// Write do: that would take its processor away if the call lasted long, and takes 150
// instructions to say and to take back. These calls never wait for anybody, so that
// to the scheduler and the collector they are code like any other, but for being a stretch
// during which it cannot be stopped: that of copying at most a buffer, or 32 KB.
//
// They are recv and send, not read and write, which do for a socket what those do and
// besides it what the kernel does for files (positions, watches): 10 % of a call that finds nothing.
// MSG_NOSIGNAL spares the runtime a signal that says what the error says.
//
// A build with the race detector uses the others, because they tell it that what was
// written before one end of a connection writes comes before the other one's reading.
func readNow(fd int, p []byte) (int, error) { return rawCall(syscall.SYS_RECVFROM, fd, p, 0) }

func writeNow(fd int, p []byte) (int, error) {
	return rawCall(syscall.SYS_SENDTO, fd, p, syscall.MSG_NOSIGNAL)
}

func rawCall(call uintptr, fd int, p []byte, flags uintptr) (int, error) {
	for {
		n, _, err := syscall.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), flags, 0, 0)
		switch err {
		case 0:
			return int(n), nil
		case syscall.EAGAIN:
			return 0, syscall.EAGAIN // a constant: making an error of a number allocates
		case syscall.EINTR:
			continue
		}
		return 0, err
	}
}
