package state

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

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

// Load reads the newest record of each key that is not deleted, ordered by
// revision, and opens the log for Append. Bodies may share memory. When there
// are files but none can be used, it fails and the log stays closed. When only
// writing is not possible, that is one of the report's faults and what every
// Append returns: a gateway whose disk is full shall still serve.
func (l *Log) Load() ([]definition.Record, Report, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return nil, Report{}, errors.New("state: the log is loaded already")
	}
	var report Report
	current, err := l.read(currentName)
	if err == nil {
		report.Revision, report.Torn = current.revision, current.torn
		l.serve(&report, l.adopt(current))
		return current.sorted(), report, nil
	}
	previous, previousErr := l.read(previousName)
	if errors.Is(err, fs.ErrNotExist) && errors.Is(previousErr, fs.ErrNotExist) {
		report.Fresh = true
		return nil, report, l.begin(nil, 0)
	}
	report.Faults = append(report.Faults, &FileError{currentName, err})
	if previousErr != nil {
		report.Faults = append(report.Faults, &FileError{previousName, previousErr})
		return nil, report, fmt.Errorf("state: no log can be used; restore one of the files, or start from nothing with Reset: %w",
			errors.Join(report.Faults...))
	}
	report.Previous, report.Revision, report.Torn = true, previous.revision, previous.torn
	records := previous.sorted()
	l.serve(&report, l.begin(records, previous.revision))
	return records, report, nil
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
	return l.begin(nil, 0)
}

// loaded is a log file that was read.
type loaded struct {
	content
	latest map[definition.Key]definition.Record
	torn   int64
}

func (f *loaded) sorted() []definition.Record {
	records := make([]definition.Record, 0, len(f.latest))
	for _, r := range f.latest {
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b definition.Record) int { return cmp.Compare(a.Revision, b.Revision) })
	return records
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

// read reads a log file.
func (l *Log) read(name string) (*loaded, error) {
	file, err := l.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	f, err := parse(file, info.Size())
	if !errors.Is(err, errTorn) {
		return f, err
	}
	if _, err := file.Seek(f.size, io.SeekStart); err != nil {
		return nil, err
	}
	tail, err := io.ReadAll(io.LimitReader(file, info.Size()-f.size))
	if err != nil {
		return nil, err
	}
	// The bad frame begins the tail; anything sound must come after it.
	if soundFrame(tail[1:]) {
		return nil, fmt.Errorf("the frame at byte %d is damaged, frames behind it are sound", f.size)
	}
	f.torn = int64(len(tail))
	return f, nil
}

// parse reads frames up to the end or to the first that is not whole; then the
// error is errTorn and what was read before is returned.
func parse(r io.Reader, size int64) (*loaded, error) {
	f := &loaded{latest: make(map[definition.Key]definition.Record)}
	f.index = make(map[definition.Key]place)
	r = bufio.NewReaderSize(io.LimitReader(r, size), 64<<10)
	revision, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	f.revision, f.size = revision, headerSize
	for {
		payload, err := readFrame(r)
		switch {
		case errors.Is(err, io.EOF):
			return f, nil
		case errors.Is(err, errTorn):
			return f, errTorn
		case err != nil:
			return nil, err
		}
		if err := f.frame(payload); err != nil {
			return nil, fmt.Errorf("the frame at byte %d: %w", f.size, err)
		}
		f.size += int64(prefixSize + len(payload))
	}
}

// frame adds the records of a payload.
func (f *loaded) frame(payload []byte) error {
	for at := 0; at < len(payload); {
		r, n, err := cutRecord(payload[at:])
		if err != nil {
			return err
		}
		if held, ok := f.index[r.Key]; !ok || held.revision < r.Revision {
			if r.Deleted() {
				delete(f.latest, r.Key)
			} else {
				f.latest[r.Key] = r
			}
		}
		f.add(r.Key, place{revision: r.Revision, offset: f.size + prefixSize + int64(at), dead: r.Deleted()})
		at += n
	}
	return nil
}
