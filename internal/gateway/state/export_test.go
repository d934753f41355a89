package state

import (
	"bytes"
	"errors"

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
	f, err := parse(bytes.NewReader(data), int64(len(data)))
	if f == nil {
		return nil, 0, false, err
	}
	torn = errors.Is(err, errTorn)
	if torn {
		err = nil
	}
	return f.sorted(), f.size, torn, err
}

// File spells a log whose batches are given, one frame or more each.
func File(batches ...[]definition.Record) []byte {
	data := appendHeader(nil, 0)
	for _, batch := range batches {
		frames, err := encode(batch)
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
