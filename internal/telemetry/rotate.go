package telemetry

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// Rotation bounds the space that a log takes: at most (Keep+1) × MaxBytes.
type Rotation struct {
	MaxBytes int64 // default 64 MB
	Keep     int   // turned-over files beside the current one, default 8
}

// Open opens a log for appending lines: path "-" is standard output, which is
// never closed, anything else a file that is turned over by size. The folder
// is made when it is missing. The file can be read by its owner alone: records
// name users and addresses.
func Open(path string, stdout io.Writer, r Rotation) (io.WriteCloser, error) {
	if path == "-" {
		return standard{stdout}, nil
	}
	if r.MaxBytes <= 0 {
		r.MaxBytes = 64 << 20
	}
	if r.Keep <= 0 {
		r.Keep = 8
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("telemetry: folder of the log: %w", err)
	}
	f := &rotated{path: path, rotation: r}
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

type standard struct{ io.Writer }

func (standard) Close() error { return nil }

// rotated is a file that becomes path.1 when it is full, path.1 becoming
// path.2 and so on; the oldest is deleted. It is not safe for concurrent use.
type rotated struct {
	path     string
	rotation Rotation
	file     *os.File // nil after a failure to reopen
	size     int64
}

func (f *rotated) open() error {
	file, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("telemetry: open log: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("telemetry: size of log: %w", err), file.Close())
	}
	f.file, f.size = file, info.Size()
	return nil
}

// Write appends whole lines; they are never split over two files, so a file
// may exceed MaxBytes by one Write when it is empty.
func (f *rotated) Write(lines []byte) (int, error) {
	if f.file == nil {
		if err := f.open(); err != nil {
			return 0, err
		}
	}
	if f.size > 0 && f.size+int64(len(lines)) > f.rotation.MaxBytes {
		if err := f.turn(); err != nil {
			return 0, err
		}
	}
	n, err := f.file.Write(lines)
	if err != nil {
		n = f.mend(lines[:n])
		err = fmt.Errorf("telemetry: write log: %w", err)
	}
	f.size += int64(n)
	return n, err
}

// mend takes half a line off the end again, so that the next one does not
// continue it, and answers how much stays.
func (f *rotated) mend(written []byte) int {
	whole := bytes.LastIndexByte(written, '\n') + 1
	if whole < len(written) && f.file.Truncate(f.size+int64(whole)) != nil {
		return len(written) // what cannot be cut off is at least counted in the size
	}
	return whole
}

// turn starts a new file. When renaming fails the old file goes on growing:
// too large is better than lost.
func (f *rotated) turn() error {
	for i := f.rotation.Keep - 1; i >= 1; i-- {
		if err := os.Rename(f.name(i), f.name(i+1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if err := os.Rename(f.path, f.name(1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return errors.Join(err, f.open())
}

func (f *rotated) name(i int) string { return f.path + "." + strconv.Itoa(i) }

func (f *rotated) Close() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	if err != nil {
		return fmt.Errorf("telemetry: close log: %w", err)
	}
	return nil
}
