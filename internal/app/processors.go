package app

import "runtime"

// spareProcessors is how many more goroutines may run at once than there are cores.
//
// Who waits for the disk keeps its processor until Go's monitor takes it away, 20 µs
// to 10 ms later, and each change waits for it three times. With as many processors as
// cores, calls wait as well when somebody else is at work meanwhile
// (docs/decisions/0020).
const spareProcessors = 1

// TuneProcessors adds spareProcessors to what Go takes for the cores of this process. It
// belongs to main, once for the process and before anything is made that is divided
// among cores; GOMAXPROCS wins.
func TuneProcessors(environ func(string) (string, bool)) {
	if _, set := environ("GOMAXPROCS"); !set {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + spareProcessors)
	}
}
