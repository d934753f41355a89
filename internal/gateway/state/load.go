package state

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// Report tells how a load went.
type Report struct {
	// Fresh says that there was no log yet.
	Fresh bool
	// Previous says that the previous log was used, because of Faults.
	Previous bool
	// Revision is what the state stands at: where distribution resumes.
	Revision uint64
	// Torn is how many bytes of an incomplete last frame were dropped.
	Torn int64
	// Faults are what was wrong with the files; a file that could not be read
	// is a *FileError.
	Faults []error
}

// FileError says what is wrong with one of the files.
type FileError struct {
	Name string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("state: %s: %v", e.Name, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }

// Load opens the log for Append and hands its records to deliver in the order of
// the file: superseded ones and deletions are among them, and of the records of a
// key the one with the highest revision counts. They come a frame at a time, and
// nothing of them may be kept without copying it, as the memory of their bodies is
// used again. Nothing is delivered before the whole file was found sound.
//
// When there are files but none can be used, it fails, delivers nothing and the log
// stays closed. When only writing is not possible, that is one of the report's
// faults and what every Append returns: a gateway whose disk is full shall still
// serve.
func (l *Log) Load(deliver func([]definition.Record)) (Report, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return Report{}, errors.New("state: the log is loaded already")
	}
	var report Report
	current, err := l.check(currentName)
	if err == nil {
		defer current.file.Close()
		if err = current.deliver(deliver); err != nil {
			return report, &FileError{currentName, err}
		}
		report.Revision, report.Torn = current.revision, current.torn
		l.serve(&report, l.adopt(current))
		return report, nil
	}
	previous, previousErr := l.check(previousName)
	if errors.Is(err, fs.ErrNotExist) && errors.Is(previousErr, fs.ErrNotExist) {
		report.Fresh = true
		return report, l.begin(nil)
	}
	report.Faults = append(report.Faults, &FileError{currentName, err})
	if previousErr != nil {
		report.Faults = append(report.Faults, &FileError{previousName, previousErr})
		return report, fmt.Errorf("state: no log can be used; restore one of the files, or start from nothing with Reset: %w",
			errors.Join(report.Faults...))
	}
	defer previous.file.Close()
	if err := previous.deliver(deliver); err != nil {
		return report, &FileError{previousName, err}
	}
	report.Previous, report.Revision, report.Torn = true, previous.revision, previous.torn
	l.serve(&report, l.begin(previous))
	return report, nil
}

// serve goes on without writing if err says that it cannot be done.
func (l *Log) serve(report *Report, err error) {
	if err != nil {
		report.Faults = append(report.Faults, err)
		l.lost = fmt.Errorf("state: nothing is written until the gateway is restarted: %w", err)
	}
}

// Reset puts a log that cannot be used aside, as damaged.log, and begins an
// empty one. Only who can have the records from elsewhere should call it.
func (l *Log) Reset() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return errors.New("state: the log is in use; there is nothing to reset")
	}
	if l.lost != nil {
		return l.lost // records were loaded; an empty log would not have them
	}
	return l.begin(nil)
}

// loaded is a log file that was found sound.
type loaded struct {
	file *os.File
	content
	torn  int64
	found int // how many records it has
}

// adopt opens the current log for writing behind its last whole frame.
func (l *Log) adopt(f *loaded) error {
	file, err := l.root.OpenFile(currentName, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	if f.torn > 0 {
		if err := errors.Join(file.Truncate(f.size), file.Sync()); err != nil {
			return errors.Join(&FileError{currentName, fmt.Errorf("cut off an incomplete frame: %w", err)}, file.Close())
		}
	}
	l.file, l.content = file, f.content
	return nil
}

// check reads a log file and says whether it can be used: every frame is whole, but
// for the last one perhaps, and every record can be read. The content is not known
// then, only how far it reaches.
func (l *Log) check(name string) (*loaded, error) {
	file, err := l.root.Open(name)
	if err != nil {
		return nil, err
	}
	f := &loaded{file: file}
	if err := f.check(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return f, nil
}

func (f *loaded) check() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	err = f.measure(f.file, info.Size())
	if !errors.Is(err, errTorn) {
		return err
	}
	tail, err := io.ReadAll(io.NewSectionReader(f.file, f.size, info.Size()-f.size))
	if err != nil {
		return err
	}
	// The bad frame begins the tail; anything sound must come after it.
	if soundFrame(tail[1:]) {
		return fmt.Errorf("the frame at byte %d is damaged, frames behind it are sound", f.size)
	}
	f.torn = int64(len(tail))
	return nil
}

// measure finds how far a log reaches: to the end or to the first frame that is not
// whole; then the error is errTorn.
func (f *loaded) measure(r io.ReaderAt, size int64) error {
	revision, err := readHeader(io.NewSectionReader(r, 0, size))
	if err != nil {
		return err
	}
	f.revision, f.size = revision, headerSize
	frames := newFrames(r, headerSize, size)
	var payload []byte
	for {
		payload, err = frames.next(payload)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		n, err := checkRecords(payload)
		if err != nil {
			return fmt.Errorf("the frame at byte %d: %w", f.size, err)
		}
		f.found += n
		f.size += int64(prefixSize + len(payload))
	}
}

// deliver hands out the records and notes where they are. While a frame is being
// delivered the next is read.
func (f *loaded) deliver(deliver func([]definition.Record)) error {
	full, empty := make(chan *part, 2), make(chan *part, 3)
	for range cap(empty) {
		empty <- &part{}
	}
	var err error
	go func() {
		defer close(full)
		err = f.parts(full, empty)
	}()
	for p := range full {
		deliver(p.records)
		empty <- p
	}
	return err
}

// part is a frame on its way.
type part struct {
	payload []byte
	records []definition.Record
}

// parts reads all frames and sends them, in parts that it gets back from empty.
func (f *loaded) parts(full chan<- *part, empty <-chan *part) error {
	f.index = newIndex().empty(f.found)
	defer f.index.fit()
	frames := newFrames(f.file, headerSize, f.size)
	for at := int64(headerSize); at < f.size; {
		p := <-empty
		var err error
		if p.payload, err = frames.next(p.payload); err == nil {
			p.records, err = f.cut(p.payload, at+prefixSize, p.records[:0])
		}
		if err != nil {
			// The file was sound a moment ago.
			return fmt.Errorf("the frame at byte %d: %w", at, err)
		}
		at += prefixSize + int64(len(p.payload))
		full <- p
	}
	return nil
}

// cut adds the records of a payload to the content and to list.
func (f *loaded) cut(payload []byte, at int64, list []definition.Record) ([]definition.Record, error) {
	for len(payload) > 0 {
		r, n, err := cutRecord(payload)
		if err != nil {
			return list, err
		}
		f.add(f.index.sum(r.Key), place{revision: r.Revision, offset: at, dead: r.Deleted()})
		list = append(list, r)
		payload, at = payload[n:], at+int64(n)
	}
	return list, nil
}
