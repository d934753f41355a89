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
	normalPolicy = 0
	idlePolicy   = 5
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
	for found := true; found; { // until no thread was made meanwhile by one that was not there yet
		found = false
		err := eachThread(os.Getpid(), func(id, policy int) error {
			if policy == idlePolicy {
				return nil
			}
			found = true
			var priority int32
			if _, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, uintptr(id), idlePolicy, uintptr(unsafe.Pointer(&priority))); errno != 0 {
				return errno
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("stepping back: %w", err)
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
