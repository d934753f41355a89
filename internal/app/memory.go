package app

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"
)

const (
	// collectPercent is how much of the live memory may become garbage before
	// it is collected. On two cores a collection takes half of the machine: with
	// 100,000 APIs (360 MB live) for 0.2 s in every 3 to 9 s of writing at Go's
	// default of 100, which was the 99th percentile of every write.
	collectPercent = 400
	// memoryShare is the part of the machine's memory from which on the
	// collector works harder instead, in percent.
	memoryShare = 70
)

// TuneMemory sets the garbage collector for latency, within the memory that
// there is. It belongs to main, once for the process; GOGC and GOMEMLIMIT win.
func TuneMemory(environ func(string) (string, bool)) {
	if _, set := environ("GOGC"); !set {
		debug.SetGCPercent(collectPercent)
	}
	if _, set := environ("GOMEMLIMIT"); set {
		return
	}
	if total := memoryTotal(os.ReadFile); total > 0 {
		debug.SetMemoryLimit(total / 100 * memoryShare)
	}
}

// returnMemory collects garbage and gives the system what is free then. It is for the
// trial after a start, which makes garbage of several times the live memory, and for
// deletions of many records: an idle gateway would keep it until its next collection is
// due, and of what the runtime keeps about its largest heap it would never give any back.
func returnMemory() { debug.FreeOSMemory() }

// memoryTotal answers the bytes that this process may use, by its control group
// or else by the machine; 0 when neither says.
func memoryTotal(read func(string) ([]byte, error)) int64 {
	total := int64(0)
	if b, err := read("/proc/meminfo"); err == nil {
		if _, rest, ok := bytes.Cut(b, []byte("MemTotal:")); ok {
			line, _, _ := bytes.Cut(rest, []byte("kB"))
			kb, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
			if err == nil {
				total = kb << 10
			}
		}
	}
	if b, err := read("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 64); err == nil && n > 0 && (total == 0 || n < total) {
			total = n
		}
	}
	return total
}
