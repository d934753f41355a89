package state_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/state"
)

// script is what happens to a log around and during a compaction: a step is a
// pass, or a batch. It has every case: what a pass has copied is replaced (a),
// deleted (b), or stays (c); what it will copy is replaced before (d, twice); keys
// come and go meanwhile (e, f).
var script = []records{
	{put(1, "a"), put(2, "b"), put(3, "c"), put(4, "d"), put(5, "a"), drop(6, "gone"), put(7, "d")},
	nil,
	{put(8, "a"), drop(9, "b"), put(10, "d"), put(11, "e")},
	{put(12, "d"), put(13, "f")},
	nil,
	{drop(14, "f"), put(15, "a")},
}

// scripted is what the log says after a number of steps.
func scripted(steps int) string {
	var all records
	for _, batch := range script[:steps] {
		all = append(all, batch...)
	}
	return spell(state.Live(all))
}

// play runs the script; look is called after each step with how many were done, the
// last time with one more than there are, after the end of the compaction.
func play(t *testing.T, dir string, look func(done int)) {
	t.Helper()
	l, _, _ := load(t, dir)
	mustAppend(t, l, script[0]...)
	c, err := l.StartCompaction()
	for done, batch := range script[1:] {
		if err != nil {
			t.Fatal(err)
		}
		look(done + 1)
		if batch == nil {
			err = c.Pass()
		} else {
			err = l.Append(batch)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	look(len(script))
	if err := c.Finish(); err != nil {
		t.Fatal(err)
	}
	look(len(script) + 1)
	if s := l.Status(); s.Live != 4 || s.Revision != 15 || s.Compact != nil {
		t.Errorf("status %+v", s)
	}
	mustAppend(t, l, put(16, "g"))
	mustClose(t, l)
}

// TestAppendDuringCompaction: what is appended while a compaction is under way is
// in the new log, with what it deletes, and appending goes on there.
func TestAppendDuringCompaction(t *testing.T) {
	dir := t.TempDir()
	play(t, dir, func(int) {})
	_, list, report := load(t, dir)
	if want := scripted(len(script)) + " " + spell(records{put(16, "g")}); spell(list) != want {
		t.Errorf("loaded\n%s\nwant\n%s", spell(list), want)
	}
	if report.Revision != 16 || len(report.Faults) > 0 || report.Torn > 0 {
		t.Errorf("report %+v", report)
	}
	data, err := os.ReadFile(filepath.Join(dir, state.CurrentName))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(data); strings.Contains(text, "gone") || strings.Contains(text, `"revision":4}`) {
		t.Errorf("the new log holds what was deleted or superseded before it was begun:\n%s", text)
	}
	data, err = os.ReadFile(filepath.Join(dir, state.PreviousName))
	if err != nil {
		t.Fatal(err)
	}
	if old, _, torn, err := state.Parse(data); err != nil || torn || spell(old) != scripted(len(script)) {
		t.Errorf("the previous log says %s, torn %v, %v", spell(old), torn, err)
	}
}

// TestDeletionIsNewest: the newest change deletes what is in no new log; the log
// still resumes behind it.
func TestDeletionIsNewest(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	mustAppend(t, l, put(1, "a"))
	c, err := l.StartCompaction()
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, put(2, "b"), drop(3, "b"))
	if err := errors.Join(c.Pass(), c.Finish()); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	if _, list, report := load(t, dir); spell(list) != spell(records{put(1, "a")}) || report.Revision != 3 {
		t.Errorf("loaded %s at revision %d", spell(list), report.Revision)
	}
}

// TestCrashDuringCompaction cuts the new log at every byte after every step, as a
// crash may: what was appended is there, and a compaction can be made again.
func TestCrashDuringCompaction(t *testing.T) {
	read := func(dir, name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	dir := t.TempDir()
	play(t, dir, func(done int) {
		if done > len(script) {
			return
		}
		current, next := read(dir, state.CurrentName), read(dir, state.NextName)
		for size := range len(next) + 1 {
			crashed := folder(t, current, nil)
			if err := os.WriteFile(filepath.Join(crashed, state.NextName), next[:size], 0o600); err != nil {
				t.Fatal(err)
			}
			if size%16 == 0 || size == len(next) { // a sample of the cuts is compacted again
				recover16(t, crashed, scripted(done), 0)
				continue
			}
			l, list, report := load(t, crashed)
			if spell(list) != scripted(done) || len(report.Faults) > 0 || report.Previous {
				t.Fatalf("after step %d, %d bytes: %s, %+v", done, size, spell(list), report)
			}
			mustClose(t, l)
		}
	})

	// Between the renames there is no current log, and what was current is whole.
	between := folder(t, nil, read(dir, state.PreviousName))
	if err := os.WriteFile(filepath.Join(between, state.NextName), read(dir, state.CurrentName), 0o600); err != nil {
		t.Fatal(err)
	}
	recover16(t, between, scripted(len(script)), 1)
}

// recover16 loads a folder that a crash left, adds revision 16, compacts, and loads
// it again.
func recover16(t *testing.T, dir, want string, faults int) {
	t.Helper()
	l, list, report := load(t, dir)
	if spell(list) != want || len(report.Faults) != faults {
		t.Fatalf("loaded %s, want %s; %+v", spell(list), want, report)
	}
	c, err := l.StartCompaction()
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, put(16, "g"))
	if err := errors.Join(c.Pass(), c.Finish()); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	l, list, report = load(t, dir)
	if spell(list) != want+" "+spell(records{put(16, "g")}) || len(report.Faults) > 0 {
		t.Fatalf("loaded again %s, %+v", spell(list), report)
	}
	mustClose(t, l)
	if _, err := os.Stat(filepath.Join(dir, state.NextName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the third file is still there: %v", err)
	}
}

// TestConcurrentCompaction appends from several sides while compactions come by
// themselves.
func TestConcurrentCompaction(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	const sides, rounds, keys = 4, 12, 300
	var all sync.WaitGroup
	for side := range uint64(sides) {
		all.Go(func() {
			for round := range uint64(rounds) {
				var batch records
				for i := range uint64(keys) {
					batch = append(batch, put(1+round*keys+i, fmt.Sprint(side, "/", i)))
				}
				if err := l.Append(batch); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	l.Settle()
	if s := l.Status(); s.Live != sides*keys || s.Compact != nil || s.Revision != rounds*keys || s.Records > 2*s.Live {
		t.Errorf("status %+v", s)
	}
	mustClose(t, l)
	_, list, report := load(t, dir)
	if len(list) != sides*keys || len(report.Faults) > 0 {
		t.Fatalf("%d records, %+v", len(list), report)
	}
	for _, r := range list {
		if r.Revision <= (rounds-1)*keys {
			t.Errorf("%s is at revision %d, not of the last round", r.Key, r.Revision)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, state.PreviousName)); err != nil {
		t.Errorf("there was no compaction: %v", err)
	}
}

// TestCloseEndsCompaction: the end of the process does not wait until a large log
// is copied, and leaves nothing behind.
func TestCloseEndsCompaction(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	var batch records
	for i := range uint64(30_000) {
		batch = append(batch, put(i+1, fmt.Sprint(i%10_000)))
	}
	mustAppend(t, l, batch...)
	mustClose(t, l)
	_, list, report := load(t, dir)
	if len(list) != 10_000 || len(report.Faults) > 0 || report.Revision != 30_000 {
		t.Errorf("%d records, %+v", len(list), report)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if slices.Contains(names, state.NextName) {
		t.Errorf("files %v", names)
	}
}

// TestFailedCompaction: while no third file can be made the log grows, says why,
// and does not try at every change.
func TestFailedCompaction(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	blocker := filepath.Join(dir, state.NextName)
	if err := os.MkdirAll(filepath.Join(blocker, "file"), 0o700); err != nil {
		t.Fatal(err)
	}
	revision := uint64(0)
	add := func(n int) state.Status {
		var batch records
		for range n {
			revision++
			batch = append(batch, put(revision, "a"))
		}
		mustAppend(t, l, batch...)
		l.Settle()
		return l.Status()
	}
	if s := add(state.MinCompact); s.Compact == nil || s.Records != state.MinCompact {
		t.Fatalf("status %+v", s)
	}
	if err := os.RemoveAll(blocker); err != nil {
		t.Fatal(err)
	}
	if s := add(state.MinCompact - 1); s.Compact == nil || s.Records != 2*state.MinCompact-1 {
		t.Errorf("it tried again at once: status %+v", s)
	}
	if s := add(1); s.Compact != nil || s.Records != 1 || s.Revision != revision {
		t.Errorf("it did not try again: status %+v", s)
	}
}
