package main

import (
	"fmt"
	"syscall"
	"unsafe"
)

// await waits for events, for this long at most. It keeps Go's processor while it
// waits, which nobody else wants in a part: to get one back may take long.
func await(epoll int, events []syscall.EpollEvent, wait moment) (int, error) {
	timeout := syscall.NsecToTimespec(int64(wait))
	const epollPwait2 = 441 // the one that takes nanoseconds, on every architecture; since Linux 5.11
	n, _, errno := syscall.RawSyscall6(epollPwait2, uintptr(epoll), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)),
		uintptr(unsafe.Pointer(&timeout)), 0, 0)
	switch errno {
	case 0:
		return int(n), nil
	case syscall.EINTR:
		return 0, nil
	}
	return 0, fmt.Errorf("epoll_pwait2, which Linux has since 5.11: %w", errno)
}

// look asks to be told when a file can be read, as the given number.
func look(epoll, fd, as int) error {
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(as)}
	return syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, fd, &event)
}

// read reads what is there; again says that there is nothing now.
func read(fd int, to []byte) (n int, again bool, err error) {
	n, err = syscall.Read(fd, to)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return 0, true, nil
	}
	return max(n, 0), false, err
}
