//go:build unix

package state

import (
	"os"
	"syscall"
)

// exclusive takes the folder's lock, which ends with the process. A new gateway
// that starts while the old one drains would else append to a file that the
// other has renamed.
func exclusive(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
