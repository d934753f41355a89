package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/bench/job"
)

// machineKind is how the virtual machine is made. Three kinds together give the
// figures: see combine.
type machineKind struct {
	name string
	cpu  string // QEMU's -cpu
	// split tells the kernel to account user and kernel time by themselves at each
	// system call, on a processor of its own.
	split bool
}

// What a copy costs depends on the processor's string instructions: real ones
// count REP MOVSB as one instruction, QEMU counts each repetition. So everything
// is measured on a processor that copies by bytes and on one that copies by words
// of eight.
var (
	byWords   = machineKind{name: "words", cpu: "max,-erms,-fsrm"}
	byBytes   = machineKind{name: "bytes", cpu: "max"}
	splitKind = machineKind{name: "split", cpu: "max,-erms,-fsrm", split: true}
)

// makeJob is what the guest does.
func (f *field) makeJob() (job.Job, []string, error) {
	j := job.Job{
		Unix: time.Now().Unix(), Warm: f.o.warm, Requests: f.o.counted, Parts: f.o.parts,
		Backend:   []string{f.file("backend"), "-addr", f.backendAddress},
		Calibrate: []string{f.file("guest"), "-calibrate"},
	}
	programs := []string{f.file("backend"), f.file("guest")}
	for _, s := range f.servers {
		c := job.Contender{Name: s.name, Args: append([]string(nil), s.args...), Env: s.env, Address: s.address}
		path, err := exec.LookPath(s.args[0])
		if err != nil {
			return j, nil, err
		}
		c.Args[0] = path
		for i := range f.contenders {
			if f.contenders[i].server != s {
				continue
			}
			for _, k := range kinds {
				if !f.called(&f.contenders[i], &k) {
					continue
				}
				c.Cases = append(c.Cases, job.Case{Name: caseName(&f.contenders[i], &k),
					Options: f.contenders[i].options(&k), Request: f.api.request(f.contenders[i].message, &k)})
			}
		}
		if len(c.Cases) > 0 {
			j.Contenders = append(j.Contenders, c)
			programs = append(programs, path)
		}
	}
	return j, programs, nil
}

// caseName names a contender and a kind in the guest's answers.
func caseName(c *contender, k *kind) string { return c.name + " / " + k.name }

// boot runs the job in one kind of machine and hands its lines on as they come.
func (f *field) boot(ctx context.Context, kind machineKind, archive string, line func(job.Line) error) (err error) {
	share := filepath.Join(f.o.tools, "usr", "share", "qemu")
	processors, extra := "1", ""
	if kind.split {
		processors, extra = "2", " nohz_full=1"
	}
	cmd := exec.CommandContext(ctx, filepath.Join(f.o.tools, "usr", "bin", "qemu-system-x86_64"),
		"-L", share, "-L", "/usr/share/seabios", "-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off",
		"-cpu", kind.cpu, "-smp", processors, "-m", fmt.Sprint(f.o.memory), "-display", "none", "-nodefaults", "-no-reboot",
		"-serial", "stdio", "-monitor", "none", "-kernel", f.o.kernel, "-initrd", archive,
		"-append", "console=ttyS0 quiet panic=-1 tsc=reliable random.trust_cpu=on"+extra)
	log, err := os.Create(filepath.Join(f.o.out, "guest-"+kind.name+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start QEMU, which bench/instructions.sh unpacks: %w", err)
	}
	done := false
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Fprintln(log, lines.Text())
		_, text, found := strings.Cut(lines.Text(), job.Mark)
		if !found {
			continue
		}
		var l job.Line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return errors.Join(fmt.Errorf("the guest says %q: %w", text, err), cmd.Process.Kill(), cmd.Wait())
		}
		done = done || l.Done
		if err := line(l); err != nil {
			return errors.Join(err, cmd.Process.Kill(), cmd.Wait())
		}
	}
	if err := errors.Join(lines.Err(), cmd.Wait()); err != nil {
		return fmt.Errorf("QEMU: %w; see %s", err, log.Name())
	}
	if !done {
		return fmt.Errorf("the guest ended early; see %s", log.Name())
	}
	return nil
}
