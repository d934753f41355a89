package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// initramfs is the file system of the guest, which the kernel unpacks into memory:
// a cpio archive in the format newc, which is a header of 110 bytes in hexadecimal
// text, the name and the content, each filled up to four bytes
// (Documentation/driver-api/early-userspace/buffer-format.rst of the kernel).
type initramfs struct {
	w     io.Writer
	dirs  map[string]bool
	inode int
	err   error
}

func (a *initramfs) entry(name string, mode uint32, content []byte) {
	if a.err != nil {
		return
	}
	a.inode++
	name = strings.TrimPrefix(name, "/")
	head := fmt.Sprintf("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		a.inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name)+1, 0) + name + "\x00"
	for _, part := range [][]byte{[]byte(head), content} {
		padded := append(part[:len(part):len(part)], make([]byte, -len(part)&3)...)
		if _, a.err = a.w.Write(padded); a.err != nil {
			return
		}
	}
}

const (
	directory = 0o040755
	regular   = 0o100000
)

// mkdir makes a folder and those above it.
func (a *initramfs) mkdir(name string) {
	name = filepath.Clean(name)
	if name == "/" || name == "." || a.dirs[name] {
		return
	}
	a.mkdir(filepath.Dir(name))
	a.dirs[name] = true
	a.entry(name, directory, nil)
}

func (a *initramfs) file(name string, permissions fs.FileMode, content []byte) {
	a.mkdir(filepath.Dir(name))
	a.entry(name, regular|uint32(permissions.Perm()), content)
}

// copy takes a file or a folder over, to the same place.
func (a *initramfs) copy(from string) {
	if a.err != nil {
		return
	}
	a.err = filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			a.mkdir(name)
			return err
		}
		info, err := os.Stat(name) // what a link leads to: libraries have several names
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		a.file(name, info.Mode(), content)
		return err
	})
}

var libraryPath = regexp.MustCompile(`/\S+`)

// program takes a program and its libraries over.
func (a *initramfs) program(ctx context.Context, path string) {
	a.copy(path)
	// Ours are linked statically, for which ldd fails.
	out, err := exec.CommandContext(ctx, "ldd", path).Output()
	if err != nil {
		return
	}
	for _, library := range libraryPath.FindAllString(string(out), -1) {
		if !a.dirs[library] {
			a.dirs[library] = true // several programs need it
			a.copy(library)
		}
	}
}

// writeInitramfs puts the guest's program, the job and everything that the
// contenders of the job need into one file.
func (f *field) writeInitramfs(ctx context.Context, name string, job []byte, programs []string) (err error) {
	var b bytes.Buffer
	a := &initramfs{w: &b, dirs: map[string]bool{}}
	for _, dir := range []string{"/proc", "/sys", "/dev", "/tmp", "/run", "/var/log/nginx", "/var/lib/nginx"} {
		a.mkdir(dir)
	}
	a.file("/job.json", 0o644, job)
	a.file("/etc/passwd", 0o644, []byte("root:x:0:0:root:/:/bin/sh\n"))
	a.file("/etc/group", 0o644, []byte("root:x:0:\n"))
	a.file("/etc/nsswitch.conf", 0o644, []byte("passwd: files\ngroup: files\nhosts: files\n"))
	a.file("/etc/hosts", 0o644, []byte("127.0.0.1 localhost\n"))
	guest, err := os.ReadFile(f.file("guest"))
	if err != nil {
		return err
	}
	a.file("/init", 0o755, guest)
	for _, p := range slices.Compact(slices.Sorted(slices.Values(programs))) {
		a.program(ctx, p)
	}
	entries, err := os.ReadDir(f.work)
	if err != nil {
		return err
	}
	for _, e := range entries {
		// The maker's data, and what belongs to this run on the host, stays here.
		if path := f.file(e.Name()); e.Name() != "data" && e.Name() != "guest" && !strings.HasPrefix(e.Name(), "boot-") && !a.dirs[path] && !slices.Contains(programs, path) {
			a.copy(path)
		}
	}
	a.entry("TRAILER!!!", 0, nil)
	if a.err != nil {
		return a.err
	}
	return os.WriteFile(name, b.Bytes(), 0o600)
}
