//go:build linux && amd64

// Command guest is the first and only process that a virtual machine of the
// benchmark starts. It reads /job.json, starts one contender after the other,
// sends each an exactly known number of requests, and says how much processor
// time the contender took for them.
//
// The machine has one virtual processor that executes one instruction per
// nanosecond of its own clock (QEMU's -icount shift=0), so that processor time is
// a number of instructions, user and kernel. Everything runs in the scheduling
// class SCHED_BATCH, where nobody is interrupted because somebody else was woken:
// a gateway finds many requests when it wakes, as it does under full load.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/lintel-gateway/lintel/bench/job"
	"github.com/lintel-gateway/lintel/bench/loader"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "-calibrate" {
		n, err := strconv.ParseInt(os.Args[2], 10, 64)
		if err != nil || n < 1 {
			fmt.Fprintln(os.Stderr, "guest: -calibrate needs a number of iterations")
			os.Exit(2)
		}
		loop(n)
		return
	}
	if os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "guest: this is the first process of a virtual machine; bench/instructions.sh starts it there")
		os.Exit(2)
	}
	if err := run(); err != nil {
		say(job.Line{Fault: err.Error()})
	}
	say(job.Line{Done: true})
	// Everything was written: the console is synchronous.
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
	select {}
}

func say(l job.Line) {
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // a Line has nothing that JSON has not
	}
	fmt.Println(job.Mark + string(text))
}

// limit bounds a whole boot in the guest's own time.
const limit = 30 * time.Minute

func run() error {
	if err := furnish(); err != nil {
		return err
	}
	text, err := os.ReadFile("/job.json")
	if err != nil {
		return err
	}
	var j job.Job
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	if err := syscall.Settimeofday(&syscall.Timeval{Sec: j.Unix}); err != nil {
		return fmt.Errorf("set the clock: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if len(j.Calibrate) > 0 {
		if err := calibrate(j.Calibrate); err != nil {
			return err
		}
	}
	backend, err := start("backend", j.Backend, nil)
	if err != nil {
		return err
	}
	if err := backend.listens(ctx, j.Backend[len(j.Backend)-1]); err != nil {
		return err
	}
	for _, c := range j.Contenders {
		if err := measure(ctx, &j, c, backend); err != nil {
			say(job.Line{Contender: c.Name, Fault: err.Error()})
		}
	}
	return backend.stop()
}

// furnish mounts what programs expect, and brings the loopback interface up.
func furnish() error {
	for _, m := range [][3]string{{"proc", "/proc", "proc"}, {"sysfs", "/sys", "sysfs"}, {"cgroup2", groups, "cgroup2"}, {"devtmpfs", "/dev", "devtmpfs"}} {
		if err := os.MkdirAll(m[1], 0o755); err != nil {
			return err
		}
		if err := syscall.Mount(m[0], m[1], m[2], 0, ""); err != nil && err != syscall.EBUSY {
			return fmt.Errorf("mount %s: %w", m[1], err)
		}
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 65536, Max: 65536}); err != nil {
		return fmt.Errorf("raise the number of files: %w", err)
	}
	if err := loopback(); err != nil {
		return fmt.Errorf("loopback interface: %w", err)
	}
	if runtime.NumCPU() > 1 {
		// The first one keeps the time; only the others account it exactly.
		if err := eachThread(syscall.SYS_SCHED_SETAFFINITY, 8, &[8]byte{2}); err != nil {
			return fmt.Errorf("move to the second processor: %w", err)
		}
	}
	if err := eachThread(syscall.SYS_SCHED_SETSCHEDULER, schedBatch, &[8]byte{}); err != nil {
		return fmt.Errorf("SCHED_BATCH: %w", err)
	}
	return nil
}

func loopback() error {
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(s)
	// struct ifreq of netdevice(7): a name of 16 bytes, then flags, then room.
	var request [40]byte
	copy(request[:], "lo")
	binary.NativeEndian.PutUint16(request[16:], syscall.IFF_UP|syscall.IFF_RUNNING)
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(s), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return errno
	}
	return nil
}

const schedBatch = 3

// eachThread makes a system call about every thread of this process, with a number
// and a few bytes. Threads and processes that they make inherit what it sets.
func eachThread(call, number uintptr, argument *[8]byte) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if _, _, errno := syscall.Syscall(call, uintptr(id), number, uintptr(unsafe.Pointer(argument))); errno != 0 {
			return errno
		}
	}
	return nil
}

// calibrate says what a loop of a known length costs: the difference of a program
// that executes it and one that ends at once.
func calibrate(args []string) error {
	var spent [2]job.Line
	for i, iterations := range []int{1, 1 + job.Loop/2} {
		p, err := start(fmt.Sprint(job.Calibration, iterations), append(args[:len(args):len(args)], strconv.Itoa(iterations)), nil)
		if err != nil {
			return err
		}
		<-p.done
		if p.err != nil {
			return fmt.Errorf("calibration: %w%s", p.err, p.tail())
		}
		total, user, err := p.spent()
		if err != nil {
			return err
		}
		spent[i] = job.Line{Total: total, User: user}
	}
	say(job.Line{Contender: job.Calibration, Total: spent[1].Total - spent[0].Total, User: spent[1].User - spent[0].User})
	return nil
}

func measure(ctx context.Context, j *job.Job, c job.Contender, backend *program) error {
	p, err := start(c.Name, c.Args, c.Env)
	if err != nil {
		return err
	}
	defer func() {
		if err := p.stop(); err != nil {
			say(job.Line{Contender: c.Name, Fault: err.Error()})
		}
	}()
	if err := p.listens(ctx, c.Address); err != nil {
		return err
	}
	if err := p.settles(ctx); err != nil {
		return err
	}
	for _, k := range c.Cases {
		if err := p.count(ctx, j, &k, backend); err != nil {
			say(job.Line{Contender: c.Name, Case: k.Name, Fault: err.Error() + p.tail()})
		}
	}
	return nil
}

// count opens connections, warms up, and reads the clocks around each part.
func (p *program) count(ctx context.Context, j *job.Job, k *job.Case, backend *program) error {
	client, err := loader.Open(ctx, k.Options, &k.Request)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Run(ctx, j.Warm); err != nil {
		return err
	}
	for part := range j.Parts {
		total, user, err := p.spent()
		if err != nil {
			return err
		}
		theirs, _, err := backend.spent()
		if err != nil {
			return err
		}
		if err := client.Run(ctx, j.Requests); err != nil {
			return err
		}
		totalEnd, userEnd, err := p.spent()
		if err != nil {
			return err
		}
		theirsEnd, _, err := backend.spent()
		if err != nil {
			return err
		}
		resident, err := p.resident()
		if err != nil {
			return err
		}
		say(job.Line{Contender: p.name, Case: k.Name, Part: part + 1, Requests: j.Requests, Total: totalEnd - total, User: userEnd - user,
			Backend: theirsEnd - theirs, Resident: resident})
	}
	return nil
}

// groups is where control groups are: the kernel adds up there what all threads
// of a program took, also those that have ended.
const groups = "/sys/fs/cgroup"

func groupOf(name string) string { return filepath.Join(groups, strings.ReplaceAll(name, " ", "-")) }

// command is a program in a control group of its own, with its output in a file.
func command(name string, args, env []string, group int, log *os.File) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp", "GOMAXPROCS=1"}, env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: group}
	return cmd
}
