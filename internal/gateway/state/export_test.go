package state

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/lintel-gateway/lintel/internal/definition"
)

const (
	CurrentName  = currentName
	PreviousName = previousName
	NextName     = nextName
	DamagedName  = damagedName
	HeaderSize   = headerSize
	FrameSize    = frameSize
	MinCompact   = minCompact
)

// Parse reads a log from memory: the records, how far they reach, and whether
// the rest is no whole frame.
func Parse(data []byte) (records []definition.Record, size int64, torn bool, err error) {
	var f loaded
	err = f.measure(bytes.NewReader(data), int64(len(data)))
	if torn = errors.Is(err, errTorn); err != nil && !torn {
		return nil, 0, false, err
	}
	var all []definition.Record
	f.index = newIndex()
	frames := newFrames(bytes.NewReader(data), headerSize, f.size)
	for at := int64(headerSize); at < f.size; {
		payload, err := frames.next(nil)
		if err != nil {
			return nil, 0, false, err
		}
		if all, err = f.cut(payload, at+prefixSize, all); err != nil {
			return nil, 0, false, err
		}
		at += prefixSize + int64(len(payload))
	}
	return Live(all), f.size, torn, nil
}

// Live are the newest records of their keys that are no deletions, ordered by
// revision.
func Live(all []definition.Record) []definition.Record {
	newest := map[definition.Key]definition.Record{}
	for _, r := range all {
		if held, ok := newest[r.Key]; !ok || held.Revision < r.Revision {
			newest[r.Key] = r
		}
	}
	maps.DeleteFunc(newest, func(_ definition.Key, r definition.Record) bool { return r.Deleted() })
	return slices.SortedFunc(maps.Values(newest), func(a, b definition.Record) int { return cmp.Compare(a.Revision, b.Revision) })
}

// LoadAll is Load for tests, which look at all live records together.
func (l *Log) LoadAll() ([]definition.Record, Report, error) {
	var all []definition.Record
	report, err := l.Load(func(part []definition.Record) {
		for _, r := range part {
			r.Body = bytes.Clone(r.Body)
			all = append(all, r)
		}
	})
	return Live(all), report, err
}

// Settle waits until no compaction is under way.
func (l *Log) Settle() { l.settle() }

// Compaction is a compaction that a test takes step by step.
type Compaction struct{ c *compaction }

// StartCompaction is its first step, whatever the log's length is. The log must be
// shorter than MinCompact, lest another begins by itself.
func (l *Log) StartCompaction() (Compaction, error) {
	c := Compaction{&compaction{log: l, from: l.file, taken: headerSize}}
	return c, c.c.start(l.Status().Revision, l.content.index.empty(0))
}

func (c Compaction) Pass() error   { return c.c.pass(c.c.log.size()) }
func (c Compaction) Finish() error { return c.c.finish() }

// Compacting says whether a compaction is under way.
func (l *Log) Compacting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.compacting != nil
}

// File spells a log whose batches are given, one frame or more each.
func File(batches ...[]definition.Record) []byte {
	data := appendHeader(nil, 0)
	for _, batch := range batches {
		frames, err := encode(batch, newIndex())
		if err != nil {
			panic(err)
		}
		for _, f := range frames {
			data = append(data, f.data...)
		}
	}
	return data
}

// SoundFrame is soundFrame.
func SoundFrame(data []byte) bool { return soundFrame(data) }

// BreakDisk makes writes to the log fail until repair is called.
func (l *Log) BreakDisk() (repair func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	readOnly, err := l.root.Open(currentName)
	if err != nil {
		return nil, err
	}
	writable := l.file
	l.file = readOnly
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.file = writable
		_ = readOnly.Close()
	}, nil
}
