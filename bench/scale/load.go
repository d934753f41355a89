package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/state"
)

// makeState writes the state file of a gateway that serves the sets.
func makeState(dir string, sets []*set, granted bool) error {
	log, err := state.Open(dir + "/gateway")
	if err != nil {
		return err
	}
	if _, err := log.Load(func([]definition.Record) {}); err != nil {
		return errors.Join(err, log.Close())
	}
	revision, err := appended(log, 0)(applications(0))
	for _, s := range sets {
		if err == nil {
			revision, err = appended(log, revision)(s.about(revision))
		}
		for n := 0; n < s.apis && err == nil; n += 1000 {
			revision, err = appended(log, revision)(s.records(n, min(n+1000, s.apis), granted, revision))
		}
	}
	return errors.Join(err, log.Close())
}

func appended(log *state.Log, revision uint64) func([]definition.Record, error) (uint64, error) {
	return func(list []definition.Record, err error) (uint64, error) {
		if err != nil {
			return revision, err
		}
		return revision + uint64(len(list)), log.Append(list)
	}
}

// loaded is what a load phase measures. Memory is what the kernel counts as
// resident after a collection whose free pages were given back.
type loaded struct {
	Read, Apply, Total float64 // seconds: taking the records of the file, making tables of them, both
	CPU                float64 // seconds of all processors for both
	Records            int
	Empty, Full, Gone  int64 // resident bytes: before, loaded, all deleted
	Rest               int64 // likewise, of a gateway that has loaded what stays: applications and groups
	Peak               int64
}

// load starts a gateway over the state file as a restarted node does, then
// deletes every API.
func load(o *settings) (*loaded, error) {
	profile := o.profile
	if profile == "" {
		runtime.MemProfileRate = 0 // as in a program that does not profile its heap
	}
	dir, err := copied(o.dir)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if was := debug.SetGCPercent(400); was != 100 { // as the platform does, unless GOGC says otherwise
		debug.SetGCPercent(was)
	}
	w, err := newWorld(dir)
	if err != nil {
		return nil, err
	}
	var l loaded
	if l.Empty, err = resident(); err != nil {
		return nil, err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return nil, err
		}
	}
	if err := w.load(&l); err != nil {
		return nil, err
	}
	pprof.StopCPUProfile()
	if l.Full, err = resident(); err != nil {
		return nil, err
	}
	if l.Peak, err = status("VmHWM:"); err != nil {
		return nil, err
	}
	if err := w.empty(o.many(), o.granted); err != nil {
		return nil, err
	}
	if l.Gone, err = resident(); err == nil && profile != "" {
		err = heap(profile + ".heap")
	}
	runtime.KeepAlive(w)
	err = errors.Join(err, o.child("rest", &l.Rest))
	return &l, errors.Join(err, w.log.Close())
}

// rest is the resident size of a gateway that has loaded the applications and the groups
// of a set, but none of its APIs.
func rest(o *settings) (int64, error) {
	runtime.MemProfileRate = 0
	dir, err := os.MkdirTemp("", "lintel-scale-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	s := o.many()
	s.apis = 0
	if err := makeState(dir, []*set{s}, false); err != nil {
		return 0, err
	}
	w, err := newWorld(dir)
	if err != nil {
		return 0, err
	}
	if err := w.load(new(loaded)); err != nil {
		return 0, err
	}
	n, err := resident()
	runtime.KeepAlive(w)
	return n, errors.Join(err, w.log.Close())
}

// heap writes what is left in the heap.
func heap(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
}

// copied is a copy of a state file: what is deleted is deleted there. The file is
// read from memory then, as that of a gateway that restarts mostly is.
func copied(from string) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "lintel-scale-"); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir+"/gateway", 0o700); err != nil {
		return dir, err
	}
	return dir, exec.Command("cp", from+"/gateway/current.log", dir+"/gateway/").Run()
}

func (w *world) load(l *loaded) error {
	began, cpu := time.Now(), processors()
	restoring := w.snapshot.Restore()
	report, err := w.log.Load(restoring.Take)
	l.Read = time.Since(began).Seconds()
	if err = errors.Join(append(report.Faults, err, restoring.Done())...); err != nil {
		return err
	}
	l.Records = w.snapshot.Len()
	l.Total, l.CPU = time.Since(began).Seconds(), processors()-cpu
	l.Apply = l.Total - l.Read
	return nil
}

// empty deletes the APIs of a set and their grants in the way of a gateway that is told
// so, a thousand at a time. No list of all keys is made for it, which no gateway has.
func (w *world) empty(s *set, granted bool) error {
	revision := w.snapshot.Revision()
	for n := 0; n < s.apis; n += 1000 {
		gone := s.deletions(n, min(n+1000, s.apis), granted, revision)
		revision += uint64(len(gone))
		if err := errors.Join(w.snapshot.Apply(gone), w.log.Append(gone)); err != nil {
			return err
		}
		if w.snapshot.Shrunk() {
			debug.FreeOSMemory() // as the platform does
		}
	}
	if left, want := w.snapshot.Len(), apps+s.groups; left != want {
		return fmt.Errorf("%d records are left where the applications and groups are %d: the file is not that of -apis %d -groups %d -granted=%t",
			left, want, s.apis, s.groups, granted)
	}
	return w.compacted()
}

// compacted waits until the state file has been compacted after the last change, which
// goes on beside and holds memory of its own.
func (w *world) compacted() error {
	for range 6000 {
		s := w.log.Status()
		if s.Compact != nil {
			return s.Compact
		}
		if s.Records <= max(2*s.Live, shortLog) {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New("the state file is not compacted a minute after the last change")
}

// shortLog is the length from which on a state file is compacted.
const shortLog = 1024

// resident is what the process holds in memory once the garbage is gone, without
// the pages of its program, which come in as they are first run.
func resident() (int64, error) {
	for range 3 { // cleanups and weak references end a cycle later
		debug.FreeOSMemory()
	}
	return status("RssAnon:")
}

// processors is the time that this process has taken, in seconds.
func processors() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for a wrong first argument only
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// status reads a size out of /proc/self/status, in bytes.
func status(name string) (int64, error) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) == 3 && fields[0] == name {
			kb, err := strconv.ParseInt(fields[1], 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no %s", name)
}
