package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// syncEvery is how many bytes of a new log wait in the kernel at most. A file
// system writes them all when somebody else asks it for an fsync: with 100 MB
// waiting, the database's next commit would last until they are on disk.
const syncEvery = 4 << 20

// errClosing ends a compaction that the end of the process does not wait for.
var errClosing = errors.New("the log is being closed")

// writer writes a new log. Nothing of it counts until it is renamed, so what is
// synced before its end is synced only to be spread over time.
type writer struct {
	file     *os.File
	begun    uint64 // the revision in its header
	content  content
	frame    frame
	unsynced int
	closing  <-chan struct{} // gives up when it is closed; nil for never
	err      error
}

// create begins next.log, with an index that is empty.
func (l *Log) create(revision uint64, empty *index) (*writer, error) {
	if err := l.root.Remove(nextName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file, err := l.root.OpenFile(nextName, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	w := &writer{file: file, begun: revision, content: content{index: empty, revision: revision}}
	w.write(appendHeader(nil, revision))
	w.frame.data = openFrame(nil)
	return w, nil
}

func (w *writer) write(data []byte) {
	if w.err == nil {
		_, w.err = w.file.Write(data)
		w.content.size += int64(len(data))
		w.unsynced += len(data)
	}
	if w.unsynced >= syncEvery {
		w.sync()
	}
}

func (w *writer) sync() {
	if w.err == nil && w.unsynced > 0 {
		w.err, w.unsynced = w.file.Sync(), 0
	}
}

// raw adds a record as it is spelled in another log.
func (w *writer) raw(sum sum, p place, spelling []byte) {
	p.offset = int64(len(w.frame.data))
	w.frame.records = append(w.frame.records, placed{sum: sum, place: p})
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
		w.content.add(r.sum, r.place)
	}
	w.write(w.frame.data)
	w.frame = frame{data: openFrame(w.frame.data[:0]), records: w.frame.records[:0]}
}

// finish makes what was written so far durable.
func (w *writer) finish() error {
	w.flush()
	w.sync()
	return w.err
}

// cut is cutRecord for whoever wants nothing but the sum of the record's key, and
// whether it deletes: without strings, of which 100,000 records would leave 12 MB.
func (x *index) cut(payload []byte) (key sum, p place, size int, err error) {
	line, body, err := cutLines(payload)
	if err != nil {
		return key, p, 0, err
	}
	if kind, id, revision, ok := plainHead(line); ok && revision > 0 {
		return x.sumOf(kind, id), place{revision: revision, dead: len(body) == 0}, len(line) + len(body) + 2, nil
	}
	r, size, err := cutRecord(payload)
	return x.sum(r.Key), place{revision: r.Revision, dead: r.Deleted()}, size, err
}

// take copies from another log the records between two places, which are
// frames' ends, that keep wants, in the order of the file. It reads whole frames,
// though an index knows the records' places, because only frames have checksums:
// damage must not be copied into a file that looks sound.
func (w *writer) take(file *os.File, from, to int64, keep func(sum, int64) bool) error {
	frames := newFrames(file, from, to)
	if n := int(min(to-from, frameSize+frameSize/8)); cap(w.frame.data) < n {
		w.frame.data = append(make([]byte, 0, n), w.frame.data...)
	}
	var payload []byte
	for at := from; at < to; {
		select {
		case <-w.closing:
			return errClosing
		default:
		}
		var err error
		if payload, err = frames.next(payload); err != nil {
			return &FileError{currentName, fmt.Errorf("the frame at byte %d: %w", at, err)}
		}
		at += prefixSize
		for rest := payload; len(rest) > 0; {
			sum, p, n, err := w.content.index.cut(rest)
			if err != nil {
				return &FileError{currentName, fmt.Errorf("byte %d: %w", at, err)}
			}
			if keep(sum, at) {
				w.raw(sum, p, rest[:n])
			}
			rest, at = rest[n:], at+int64(n)
		}
	}
	return w.err
}
