package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// writer writes a new log. Nothing of it counts until it is renamed, so one
// fsync at the end does.
type writer struct {
	file    *os.File
	content content
	frame   frame
	err     error
}

// create begins next.log.
func (l *Log) create(revision uint64) (*writer, error) {
	if err := l.root.Remove(nextName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file, err := l.root.OpenFile(nextName, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	w := &writer{file: file, content: content{index: make(map[definition.Key]place), revision: revision}}
	w.write(appendHeader(nil, revision))
	w.frame.data = openFrame(nil)
	return w, nil
}

func (w *writer) write(data []byte) {
	if w.err == nil {
		_, w.err = w.file.Write(data)
		w.content.size += int64(len(data))
	}
}

// raw adds a record as it is spelled in another log.
func (w *writer) raw(key definition.Key, revision uint64, spelling []byte) {
	w.frame.records = append(w.frame.records, placed{
		key: key, place: place{revision: revision, offset: int64(len(w.frame.data))},
	})
	w.frame.data = append(w.frame.data, spelling...)
	if len(w.frame.data) >= frameSize {
		w.flush()
	}
}

func (w *writer) flush() {
	if len(w.frame.records) == 0 {
		return
	}
	closeFrame(w.frame.data)
	for _, r := range w.frame.records {
		r.place.offset += w.content.size
		w.content.add(r.key, r.place)
	}
	w.write(w.frame.data)
	w.frame = frame{data: openFrame(w.frame.data[:0])}
}

// finish makes the new log durable.
func (w *writer) finish() error {
	w.flush()
	if w.err == nil {
		w.err = w.file.Sync()
	}
	return w.err
}

// begin writes a log of what is live in another, nil for nothing, and makes it
// current. A current log that was no good is kept as damaged.log; the previous one,
// which may be the only good one left, stays where it is.
func (l *Log) begin(from *loaded) error {
	revision := uint64(0)
	if from != nil {
		revision = from.revision
	}
	w, err := l.create(revision)
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	if from != nil {
		if err := w.copyLive(from.file, &from.content); err != nil {
			return errors.Join(err, w.file.Close())
		}
	}
	return l.install(w, damagedName)
}

// rewrite compacts the current log: next.log gets the live records, then
// becomes current.log, and current.log becomes previous.log.
func (l *Log) rewrite() error {
	w, err := l.create(l.content.revision)
	if err != nil {
		return fmt.Errorf("state: compact: %w", err)
	}
	if err := w.copyLive(l.file, &l.content); err != nil {
		return errors.Join(fmt.Errorf("state: compact: %w", err), w.file.Close())
	}
	return l.install(w, previousName)
}

// copyLive copies the live records of a log in the order of the file. It reads whole
// frames, though the index knows the places, because only frames have
// checksums: damage must not be copied into a file that looks sound.
func (w *writer) copyLive(file *os.File, c *content) error {
	frames := newFrames(file, c.size)
	var payload []byte
	for at := int64(headerSize); at < c.size; {
		var err error
		if payload, err = frames.next(payload); err != nil {
			return &FileError{currentName, fmt.Errorf("the frame at byte %d: %w", at, err)}
		}
		at += prefixSize
		for rest := payload; len(rest) > 0; {
			record, n, err := cutRecord(rest)
			if err != nil {
				return &FileError{currentName, fmt.Errorf("byte %d: %w", at, err)}
			}
			if p := c.index[record.Key]; p.offset == at && !p.dead {
				w.raw(record.Key, record.Revision, rest[:n])
			}
			rest, at = rest[n:], at+int64(n)
		}
	}
	return nil
}

// install makes next.log current and keeps what was current under old. A crash
// between the two renames leaves no current log; then the previous one, which
// says the same, is loaded.
func (l *Log) install(w *writer, old string) error {
	err := w.finish()
	if err == nil {
		err = l.root.Rename(currentName, old)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err == nil {
		err = l.syncFolder()
	}
	if err == nil {
		err = l.root.Rename(nextName, currentName)
	}
	if err == nil {
		err = l.syncFolder()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("state: make a new %s: %w", currentName, err), w.file.Close())
	}
	if l.file != nil {
		// Everything in it is synced; only the descriptor is given back.
		_ = l.file.Close()
	}
	l.file, l.content = w.file, w.content
	return nil
}

// syncFolder makes renames durable.
func (l *Log) syncFolder() error {
	folder, err := l.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
