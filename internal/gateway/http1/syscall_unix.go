//go:build unix && (race || !linux || (!amd64 && !arm64))

package http1

import "syscall"

// readNow and writeNow read from and write to a socket, which does not block.
func readNow(fd int, p []byte) (int, error) { return retried(syscall.Read, fd, p) }

func writeNow(fd int, p []byte) (int, error) { return retried(syscall.Write, fd, p) }

// retried repeats a call that a signal has interrupted.
func retried(call func(int, []byte) (int, error), fd int, p []byte) (int, error) {
	for {
		n, err := call(fd, p)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}
