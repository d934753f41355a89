package main

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// programs share the cores: the gateway, the backend, the sender, and the command itself
// with those who make changes, look for them and judge.
const programs = 4

// use is what a program took of the cores in a phase, each of which it may have for
// all of the time.
type use struct {
	Name  string  `json:"name"`
	Cores float64 `json:"cores"`
	// Waited is how many of its threads could have run on the average and had no core.
	Waited float64 `json:"waited"`
}

// spent is the time that threads ran, and that they waited for a core to run on.
type spent struct{ ran, waited time.Duration }

// reading is what all have spent so far.
type reading struct {
	programs [programs]spent
	machine  time.Duration // everybody, the kernel included
	stolen   time.Duration // the host gave it to others
}

// program is one of them and the policy that it must have.
type program struct {
	name        string
	pid, policy int
}

func (h *house) programs() [programs]program {
	return [programs]program{
		{"lintel", h.server.cmd.Process.Pid, normalPolicy},
		{"the backend", h.backend.cmd.Process.Pid, realTimePolicy},
		{"the sender", h.sending.part.cmd.Process.Pid, realTimePolicy},
		{"changers, probers, judges", os.Getpid(), idlePolicy},
	}
}

func (h *house) used() (r reading, err error) {
	for i, p := range h.programs() {
		if r.programs[i], err = spentBy(p.pid); err != nil {
			return r, err
		}
	}
	b, err := os.ReadFile("/proc/stat")
	if err == nil {
		r.machine, r.stolen, err = parseMachine(string(b))
	}
	return r, err
}

// parseMachine reads the first line of /proc/stat: "cpu", and hundredths of a second of
// user, nice, system, idle, iowait, irq, softirq, steal.
func parseMachine(text string) (busy, stolen time.Duration, err error) {
	var name string
	var ticks [8]int64
	if _, err := fmt.Sscan(text, &name, &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]); err != nil {
		return 0, 0, fmt.Errorf("/proc/stat: %w", err)
	}
	const tick = 10 * time.Millisecond
	return time.Duration(ticks[0]+ticks[1]+ticks[2]+ticks[5]+ticks[6]) * tick, time.Duration(ticks[7]) * tick, nil
}

// checkPolicies fails when a thread has another weight than the benchmark says.
func (h *house) checkPolicies() (err error) {
	for _, p := range h.programs() {
		err = errors.Join(err, checkPolicy(p.name, p.pid, p.policy))
	}
	return err
}

// spentBy adds up the threads of a program that are there.
func spentBy(pid int) (s spent, err error) {
	err = eachThread(pid, func(id, _ int) error {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/schedstat", pid, id))
		if errors.Is(err, os.ErrNotExist) {
			return nil // it has ended
		}
		var ran, waited time.Duration
		if err == nil {
			_, err = fmt.Sscan(string(b), (*int64)(&ran), (*int64)(&waited))
		}
		s.ran, s.waited = s.ran+ran, s.waited+waited
		return err
	})
	return s, err
}

// use notes what was spent in a phase.
func (p *phase) use(names [programs]program, before, after reading) {
	cores := func(before, after time.Duration) float64 { return (after - before).Seconds() / p.Seconds }
	p.Others, p.Stolen = cores(before.machine, after.machine), cores(before.stolen, after.stolen)
	for i, a := range after.programs {
		b := before.programs[i]
		p.Used[i] = use{names[i].name, cores(b.ran, a.ran), cores(b.waited, a.waited)}
		p.Others -= p.Used[i].Cores
	}
	p.Others = max(0, p.Others) // the whole is known to a tick
}
