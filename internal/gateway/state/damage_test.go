package state_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/state"
)

// batches are three frames, each a prefix of what follows.
var batches = []records{{put(1, "a"), put(2, "b")}, {put(3, "c")}, {put(4, "a"), drop(5, "b"), put(6, "d")}}

// prefixes are what a log of the first n batches says.
var prefixes = []string{
	"",
	spell(records{put(1, "a"), put(2, "b")}),
	spell(records{put(1, "a"), put(2, "b"), put(3, "c")}),
	spell(records{put(3, "c"), put(4, "a"), put(6, "d")}),
}

// ends are where the frames end.
func ends() []int {
	list := []int{state.HeaderSize}
	for n := 1; n <= len(batches); n++ {
		list = append(list, len(state.File(batches[:n]...)))
	}
	return list
}

// TestCutAnywhere cuts a log at every byte: what is left of whole frames is
// loaded and can be added to; a cut header is no log.
func TestCutAnywhere(t *testing.T) {
	whole := state.File(batches...)
	for size := range whole {
		l, err := state.Open(folder(t, whole[:size], nil))
		if err != nil {
			t.Fatal(err)
		}
		list, report, err := l.LoadAll()
		if size < state.HeaderSize {
			if err == nil || len(report.Faults) == 0 {
				t.Errorf("cut to %d bytes: a log without header was loaded", size)
			}
			mustClose(t, l)
			continue
		}
		frames := 0
		for frames < len(batches) && ends()[frames+1] <= size {
			frames++
		}
		if err != nil || spell(list) != prefixes[frames] || report.Torn != int64(size-ends()[frames]) || len(report.Faults) > 0 {
			t.Fatalf("cut to %d bytes: %s, %+v, %v", size, spell(list), report, err)
		}
		mustAppend(t, l, put(9, "z"))
		mustClose(t, l)
	}
}

// TestAppendAfterCut: what follows a dropped frame is found again.
func TestAppendAfterCut(t *testing.T) {
	whole := state.File(batches...)
	for _, size := range []int{ends()[2], ends()[2] + 1, ends()[3] - 1} {
		dir := folder(t, whole[:size], nil)
		l, _, _ := load(t, dir)
		mustAppend(t, l, put(9, "z"))
		mustClose(t, l)
		_, list, report := load(t, dir)
		if want := prefixes[2] + " " + spell(records{put(9, "z")}); spell(list) != want || report.Torn != 0 {
			t.Errorf("cut to %d bytes: %s, %+v", size, spell(list), report)
		}
	}
}

// TestZeroTail: some file systems leave zeros where data was not yet written.
func TestZeroTail(t *testing.T) {
	whole := state.File(batches...)
	zeros := slices.Concat(whole[:ends()[2]], make([]byte, 5000))
	_, list, report := load(t, folder(t, zeros, nil))
	if spell(list) != prefixes[2] || report.Torn != 5000 {
		t.Errorf("loaded %s, %+v", spell(list), report)
	}
}

// TestFlipAnyBit: a flipped bit never changes what is loaded into something
// that was not written. In the last frame it costs that frame; anywhere before,
// the previous log is used and the fault told.
func TestFlipAnyBit(t *testing.T) {
	whole, previous := state.File(batches...), state.File(batches[:1]...)
	for bit := range len(whole) * 8 {
		flipped := slices.Clone(whole)
		flipped[bit/8] ^= 1 << (bit % 8)
		if list, _, _, err := state.Parse(flipped); err == nil && !slices.Contains(prefixes, spell(list)) {
			t.Fatalf("bit %d: read %s", bit, spell(list))
		}
		if bit%23 != 0 { // a sample of bits, every third byte, goes through files
			continue
		}
		dir := folder(t, flipped, previous)
		l, err := state.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		list, report, err := l.LoadAll()
		if err != nil {
			t.Fatalf("bit %d: %v", bit, err)
		}
		if bit/8 >= ends()[2] {
			if spell(list) != prefixes[2] || report.Torn == 0 || report.Previous {
				t.Fatalf("bit %d of the last frame: %s, %+v", bit, spell(list), report)
			}
		} else if spell(list) != prefixes[1] || !report.Previous || len(report.Faults) != 1 || report.Revision != 2 {
			t.Fatalf("bit %d: %s, %+v", bit, spell(list), report)
		}
		mustClose(t, l)
		if bit%5 == 0 && report.Previous { // a sample: what was recovered is durable
			_, again, report := load(t, dir)
			if spell(again) != prefixes[1] || len(report.Faults) > 0 {
				t.Fatalf("bit %d, loaded again: %s, %+v", bit, spell(again), report)
			}
			kept, err := os.ReadFile(filepath.Join(dir, state.DamagedName))
			if err != nil || !slices.Equal(kept, flipped) {
				t.Fatalf("bit %d: the damaged file was not kept: %v", bit, err)
			}
		}
	}
}

// TestUnusable: there were files, none is any good, so nothing is loaded and
// the error names each. Reset begins anew and keeps the damaged file.
func TestUnusable(t *testing.T) {
	whole := state.File(batches...)
	middle := slices.Clone(whole)
	middle[ends()[1]+20] ^= 1
	newer := slices.Clone(whole)
	binary.LittleEndian.PutUint32(newer[8:], 2)
	binary.LittleEndian.PutUint32(newer[24:], crc32.Checksum(newer[:24], crc32.MakeTable(crc32.Castagnoli)))

	for name, c := range map[string]struct {
		current, previous []byte
		want              []string
	}{
		"empty current":         {[]byte{}, nil, []string{"current.log: the header is cut off after 0 bytes", "previous.log: "}},
		"foreign file":          {[]byte(strings.Repeat("text", 20)), nil, []string{"does not begin as a state log"}},
		"damaged middle":        {middle, nil, []string{"the frame at byte", "frames behind it are sound"}},
		"another version":       {newer, nil, []string{"format version 2, this program reads 1"}},
		"both damaged":          {middle, middle[:10], []string{"current.log: the frame", "previous.log: the header is cut off after 10 bytes"}},
		"no current, bad other": {nil, newer, []string{"current.log: ", "previous.log: it has format version 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, c.current, c.previous)
			l, err := state.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			list, report, err := l.LoadAll()
			if err == nil || len(list) != 0 || report.Fresh || len(report.Faults) != 2 {
				t.Fatalf("loaded %s, %+v, %v", spell(list), report, err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\ndoes not say %q", err, want)
				}
			}
			var file *state.FileError
			if !errors.As(err, &file) {
				t.Errorf("%v is no FileError", err)
			}
			if err := l.Append(records{put(9, "z")}); !errors.Is(err, state.ErrNotLoaded) {
				t.Errorf("Append to a log that is no good: %v", err)
			}
			if err := l.Reset(); err != nil {
				t.Fatal(err)
			}
			mustAppend(t, l, put(9, "z"))
			mustClose(t, l)
			_, list, report = load(t, dir)
			if spell(list) != spell(records{put(9, "z")}) || len(report.Faults) > 0 {
				t.Errorf("after Reset: %s, %+v", spell(list), report)
			}
			if kept, err := os.ReadFile(filepath.Join(dir, state.DamagedName)); c.current != nil && (err != nil || !slices.Equal(kept, c.current)) {
				t.Errorf("the damaged file was not kept: %v", err)
			}
		})
	}
}

// TestPreviousIsUsed covers what a crash or an operator can do to the current
// log; a third file that was never finished is ignored.
func TestPreviousIsUsed(t *testing.T) {
	whole := state.File(batches...)
	for name, current := range map[string][]byte{
		"missing":   nil,
		"empty":     {},
		"cut short": whole[:10],
		"foreign":   []byte("not a log, but longer than a header"),
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, current, whole)
			if err := os.WriteFile(filepath.Join(dir, state.NextName), whole[:40], 0o600); err != nil {
				t.Fatal(err)
			}
			l, list, report := load(t, dir)
			if spell(list) != prefixes[3] || !report.Previous || len(report.Faults) != 1 || report.Revision != 6 {
				t.Errorf("loaded %s, %+v", spell(list), report)
			}
			mustAppend(t, l, put(9, "z"))
			mustClose(t, l)
			_, list, report = load(t, dir)
			if want := prefixes[3] + " " + spell(records{put(9, "z")}); spell(list) != want || len(report.Faults) > 0 {
				t.Errorf("loaded again %s, %+v", spell(list), report)
			}
			if kept, err := os.ReadFile(filepath.Join(dir, state.PreviousName)); err != nil || !slices.Equal(kept, whole) {
				t.Errorf("the previous log has changed: %v", err)
			}
		})
	}
}

// TestReadOnlyRecovery: the previous log is good, but no new current one can be
// written. What there is is served; the fault is in the report and in each
// Append; the files stay for the next start.
func TestReadOnlyRecovery(t *testing.T) {
	whole := state.File(batches...)
	dir := folder(t, whole[:10], whole)
	blocker := filepath.Join(dir, state.NextName)
	if err := os.MkdirAll(filepath.Join(blocker, "file"), 0o700); err != nil {
		t.Fatal(err)
	}
	l, list, report := load(t, dir)
	if spell(list) != prefixes[3] || !report.Previous || len(report.Faults) != 2 {
		t.Errorf("loaded %s, %+v", spell(list), report)
	}
	if err := l.Append(records{put(9, "z")}); err == nil || !strings.Contains(err.Error(), "until the gateway is restarted") {
		t.Errorf("Append says %v", err)
	}
	if err := l.Reset(); err == nil {
		t.Error("Reset threw away what was loaded")
	}
	mustClose(t, l)
	if err := os.RemoveAll(blocker); err != nil {
		t.Fatal(err)
	}
	_, list, report = load(t, dir)
	if spell(list) != prefixes[3] || len(report.Faults) != 1 {
		t.Errorf("loaded again %s, %+v", spell(list), report)
	}
}

// TestDamageIsNotCopied: a compaction reads what it copies, and gives up on a
// log that has rotted since it was loaded. Appending goes on.
func TestDamageIsNotCopied(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	mustAppend(t, l, put(1, "a"))
	path := filepath.Join(dir, state.CurrentName)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte{'#'}, state.HeaderSize+20); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	var batch records
	for i := range uint64(2 * state.MinCompact) {
		batch = append(batch, put(i+2, "b"))
	}
	mustAppend(t, l, batch...)
	l.Settle()
	var damaged *state.FileError
	if s := l.Status(); !errors.As(s.Compact, &damaged) || s.Live != 2 {
		t.Errorf("status %+v", s)
	}
	if _, err := os.Stat(filepath.Join(dir, state.PreviousName)); err == nil {
		t.Error("a damaged log was made the previous one")
	}
}

// FuzzLog feeds arbitrary files to the reader: it must not fail in other ways
// than an error, must keep within the file, and what it accepts must go on
// being a log when a frame is added.
func FuzzLog(f *testing.F) {
	whole := state.File(batches...)
	f.Add(whole)
	f.Add(whole[:len(whole)-3])
	f.Add(whole[:state.HeaderSize])
	f.Add(slices.Concat(whole[:ends()[1]], []byte{0, 0, 0, 0}, whole[ends()[1]:]))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		list, size, torn, err := state.Parse(data)
		state.SoundFrame(data)
		if err != nil {
			return
		}
		if size < state.HeaderSize || size > int64(len(data)) || torn != (size < int64(len(data))) {
			t.Fatalf("%d of %d bytes read, torn %v", size, len(data), torn)
		}
		top := uint64(0)
		for _, r := range list {
			top = max(top, r.Revision)
		}
		if top == ^uint64(0) {
			return
		}
		added := definition.Record{Key: definition.Key{Kind: "added", ID: "\n/../"}, Revision: top + 1, Body: []byte("[1]")}
		frame := state.File(records{added})[state.HeaderSize:]
		again, _, torn, err := state.Parse(slices.Concat(data[:size], frame))
		if err != nil || torn || !state.SoundFrame(frame) {
			t.Fatalf("with a frame added: torn %v, %v", torn, err)
		}
		if got := again[len(again)-1]; spell(records{got}) != spell(records{added}) {
			t.Fatalf("added %s, read %s", spell(records{added}), spell(records{got}))
		}
	})
}
