package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// Policies of Linux's scheduler.
const (
	normalPolicy   = 0
	realTimePolicy = 1 // first in, first out
	idlePolicy     = 5
)

// stepBack makes all threads of this command wait for everybody else on the machine.
// They stand for machines of their own: those who make changes, those who look when a
// change is served, and those who judge. Here they share the cores with the gateway, in
// storms only, and a call that finds both cores taken by them would blame the gateway.
// What the gateway itself does for a change competes with its calls as anywhere.
//
// The idle policy, as a nice value is not enough: since Linux 6.6 who has a core keeps it
// for a slice of a millisecond and more whatever its weight, unless it is idle. A thread that
// wakes each millisecond beside two that compute in bursts was 2.5 to 2.7 ms late at p99 with
// all at nice 0, 2.3 to 2.5 with those at nice 15, and 0.07 to 0.09 with those idle (two runs
// each in turns). In storms, threads of lintel that had lost a core waited 40 to 47 ms a second
// behind those of this command at nice 0, 15 to 20 at nice 15, and 6 to 7 with the idle policy
// (perf sched, two runs each in turns, with other work on the machine).
//
// Nobody comes back from there without rights, and children and new threads inherit it: the
// gateway and the parts are started before. They stay in this command's session: of threads
// of several sessions Linux weighs the sessions first (sched_autogroup_enabled).
func stepBack() error {
	if err := setPolicy(os.Getpid(), idlePolicy, 0); err != nil {
		return fmt.Errorf("stepping back: %w", err)
	}
	return nil
}

// goAhead lets a part run whenever it can. Callers and the backend stand for machines of
// their own, which never wait for the gateway's cores: as threads like lintel's, the calls
// of a storm were sent 0.5 ms late at p99 where those of quiet were 0.15, and it looked as
// if lintel had taken that time. They take 0.1 of the two cores, in quiet as in storms.
func goAhead(p *part) error {
	if err := setPolicy(p.cmd.Process.Pid, realTimePolicy, 1); err != nil {
		return fmt.Errorf("real-time priority for %s, which root may give: %w", p.name, err)
	}
	return nil
}

// setPolicy gives all threads of a process a policy. Later ones have it from those.
func setPolicy(pid, policy int, priority int32) error {
	for found := true; found; { // until no thread was made meanwhile by one that was not there yet
		found = false
		err := eachThread(pid, func(id, has int) error {
			if has == policy {
				return nil
			}
			found = true
			if _, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, uintptr(id), uintptr(policy), uintptr(unsafe.Pointer(&priority))); errno != 0 {
				return errno
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkPolicy says which thread of a process has another policy than it must have.
func checkPolicy(name string, pid, want int) error {
	return eachThread(pid, func(id, policy int) error {
		if policy != want {
			return fmt.Errorf("%s: thread %d has scheduling policy %d and must have %d: the phase compares nothing", name, id, policy, want)
		}
		return nil
	})
}

// eachThread does something with all threads of a process and their policies.
func eachThread(pid int, do func(id, policy int) error) error {
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return err
	}
	for _, t := range list {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		policy, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_GETSCHEDULER, uintptr(id), 0, 0)
		if errno != 0 {
			err = errno
		} else {
			err = do(id, int(policy))
		}
		if err != nil && !errors.Is(err, syscall.ESRCH) { // a thread that has ended meanwhile
			return err
		}
	}
	return nil
}
