package edge

import (
	"net"
	"syscall"
)

// tcpNotSentLowAt is TCP_NOTSENT_LOWAT of linux/tcp.h; package syscall is frozen
// and lacks it.
const tcpNotSentLowAt = 25

// shortQueue bounds how much the kernel takes for a connection beyond what the
// peer's window lets it send. Without that a send buffer grows to megabytes and a
// blocked Write is woken when a third of it is free: a caller that reads 10 KB/s
// would look stalled for longer than any write deadline (measured: a reader of 3 MB/s
// was cut after 4 MB with a deadline of 250 ms), and every slow caller would hold
// that memory. The kernel wakes a Write at half of the bound, which is
// writeBlock, so that a write deadline sees progress in the steps that it is meant for.
//
// A failure is ignored: deadlines are only coarser then.
func shortQueue(c net.Conn) {
	t, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotSentLowAt, 2*writeBlock)
	})
}
