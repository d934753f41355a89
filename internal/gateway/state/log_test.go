package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/state"
)

type records = []definition.Record

func put(revision uint64, id string) definition.Record {
	return definition.Record{
		Key:      definition.Key{Kind: definition.KindAPI, ID: id},
		Revision: revision, Body: fmt.Appendf(nil, `{"id":%q,"n":%d}`, id, revision),
	}
}

func drop(revision uint64, id string) definition.Record {
	return definition.Record{Key: definition.Key{Kind: definition.KindAPI, ID: id}, Revision: revision}
}

// spell makes records comparable.
func spell(list records) string {
	var b strings.Builder
	for _, r := range list {
		fmt.Fprintf(&b, "%s@%d=%s ", r.Key, r.Revision, r.Body)
	}
	return strings.TrimSpace(b.String())
}

// load opens and loads the log in dir.
func load(t testing.TB, dir string) (*state.Log, records, state.Report) {
	t.Helper()
	l, err := state.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // closing twice is an error that does not matter here
	list, report, err := l.LoadAll()
	if err != nil {
		t.Fatal(err)
	}
	return l, list, report
}

func mustAppend(t testing.TB, l *state.Log, list ...definition.Record) {
	t.Helper()
	if err := l.Append(list); err != nil {
		t.Fatal(err)
	}
}

func mustClose(t testing.TB, l *state.Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAppendAndLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	l, list, report := load(t, dir)
	if len(list) != 0 || !report.Fresh || report.Previous || len(report.Faults) != 0 {
		t.Fatalf("a new log: %v, %+v", list, report)
	}
	mustAppend(t, l, put(1, "a"), put(2, "b"))
	mustAppend(t, l, put(5, "a"), drop(4, "b"))
	mustAppend(t, l, put(3, "b"), put(3, "c"), put(2, "c"), put(6, "d"), drop(6, "d"))
	mustAppend(t, l)
	spaced := put(7, "e")
	spaced.Body = []byte("{\n  \"text\": \"line\\nbreak\"\n}")
	mustAppend(t, l, spaced)
	mustClose(t, l)

	_, list, report = load(t, dir)
	want := `api/c@3={"id":"c","n":3} api/a@5={"id":"a","n":5} api/d@6={"id":"d","n":6} api/e@7={"text":"line\nbreak"}`
	if got := spell(list); got != want {
		t.Errorf("loaded\n%s\nwant\n%s", got, want)
	}
	if report.Fresh || report.Previous || report.Torn != 0 || report.Revision != 7 || len(report.Faults) != 0 {
		t.Errorf("report %+v", report)
	}
}

func TestOrderOfUse(t *testing.T) {
	dir := t.TempDir()
	l, err := state.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Append(records{put(1, "a")}); !errors.Is(err, state.ErrNotLoaded) {
		t.Errorf("Append before Load: %v", err)
	}
	if _, err := state.Open(dir); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second Open of the folder: %v", err)
	}
	if _, _, err := l.LoadAll(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.LoadAll(); err == nil {
		t.Error("a second Load succeeded")
	}
	if err := l.Reset(); err == nil {
		t.Error("Reset of a log in use succeeded")
	}
	mustClose(t, l)
	if err := l.Append(records{put(1, "a")}); !errors.Is(err, state.ErrNotLoaded) {
		t.Errorf("Append after Close: %v", err)
	}
}

// TestRefusedRecords: what cannot be written is named; the rest is written.
func TestRefusedRecords(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	bad, big := put(2, "bad"), put(3, "big")
	bad.Body = []byte("{")
	big.Body = []byte(`"` + strings.Repeat("x", state.MaxRecord) + `"`)
	err := l.Append(records{put(1, "a"), bad, big, put(4, "b")})
	if err == nil || !strings.Contains(err.Error(), "api/bad at revision 2") || !strings.Contains(err.Error(), "api/big at revision 3") {
		t.Errorf("Append says %v", err)
	}
	mustClose(t, l)
	_, list, _ := load(t, dir)
	if len(list) != 2 || list[0].ID != "a" || list[1].ID != "b" {
		t.Errorf("loaded %s", spell(list))
	}
}

// TestFiles: ids never become names, and nobody else may read.
func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	l, _, _ := load(t, dir)
	for i := range uint64(3 * state.MinCompact) {
		mustAppend(t, l, put(i+1, "../../"+fmt.Sprint(i%3)))
	}
	l.Settle()
	mustClose(t, l)
	var names []string
	err := filepath.WalkDir(filepath.Dir(dir), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		names = append(names, entry.Name())
		info, err := entry.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{state.CurrentName, "lock", state.PreviousName}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
}

// TestCompaction: the log stays within twice its live records, and the
// previous one is whole.
func TestCompaction(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	const keys = 600
	revision := uint64(0)
	for range 5 {
		var batch records
		for i := range keys {
			revision++
			batch = append(batch, put(revision, fmt.Sprint(i)))
		}
		mustAppend(t, l, batch...)
		l.Settle()
		if s := l.Status(); s.Live != keys || s.Records > 2*keys || s.Compact != nil || s.Revision != revision {
			t.Errorf("status %+v", s)
		}
	}
	var gone records
	for i := range keys - 1 {
		revision++
		gone = append(gone, drop(revision, fmt.Sprint(i)))
	}
	mustAppend(t, l, gone...)
	l.Settle()
	if s := l.Status(); s.Live != 1 || s.Records != 1 {
		t.Errorf("after deleting: status %+v", s)
	}
	mustClose(t, l)

	_, list, report := load(t, dir)
	if len(list) != 1 || list[0].ID != fmt.Sprint(keys-1) {
		t.Errorf("loaded %s", spell(list))
	}
	if report.Revision != revision {
		t.Errorf("the log resumes at %d, want %d: deletions were the newest", report.Revision, revision)
	}
	previous, err := os.ReadFile(filepath.Join(dir, state.PreviousName))
	if err != nil {
		t.Fatal(err)
	}
	old, _, torn, err := state.Parse(previous)
	if err != nil || torn || spell(old) != spell(list) {
		t.Errorf("the previous log says %s, torn %v, %v", spell(old), torn, err)
	}
}

// TestLargeBatch spans frames; a cut in its last leaves the frames before.
func TestLargeBatch(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	var batch records
	for i := range uint64(30) {
		r := put(i+1, fmt.Sprint(i))
		r.Body = fmt.Appendf(nil, `"%s"`, strings.Repeat("x", state.FrameSize/8))
		batch = append(batch, r)
	}
	mustAppend(t, l, batch...)
	size := l.Status().Bytes
	mustClose(t, l)
	if _, list, _ := load(t, copyOf(t, dir, -1)); len(list) != len(batch) {
		t.Errorf("%d of %d records", len(list), len(batch))
	}
	_, list, report := load(t, copyOf(t, dir, size-1))
	if len(list) != 24 || report.Torn == 0 {
		t.Errorf("%d records of a cut batch, want the 24 of three whole frames; %+v", len(list), report)
	}
}

// copyOf copies the current log to a new folder, cut to size unless negative.
func copyOf(t testing.TB, dir string, size int64) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, state.CurrentName))
	if err != nil {
		t.Fatal(err)
	}
	if size >= 0 {
		data = data[:size]
	}
	return folder(t, data, nil)
}

// folder makes a folder with these logs; nil leaves one out.
func folder(t testing.TB, current, previous []byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string][]byte{state.CurrentName: current, state.PreviousName: previous} {
		if data == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestFullDisk: while the disk refuses, nothing that is on it changes; once it
// accepts again, everything is there.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	mustAppend(t, l, put(1, "a"))
	repair, err := l.BreakDisk()
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(3) {
		if err := l.Append(records{put(i+2, "b")}); err == nil || !strings.Contains(err.Error(), "stays at revision 1") {
			t.Errorf("Append to a full disk: %v", err)
		}
	}
	if s := l.Status(); s.Revision != 1 || s.Pending == 0 {
		t.Errorf("status %+v", s)
	}
	if _, list, _ := load(t, copyOf(t, dir, -1)); len(list) != 1 {
		t.Errorf("on disk are %s", spell(list))
	}
	repair()
	mustAppend(t, l, put(5, "c"))
	if s := l.Status(); s.Revision != 5 || s.Pending != 0 {
		t.Errorf("status %+v", s)
	}
	mustClose(t, l)
	_, list, _ := load(t, dir)
	if got, want := spell(list), spell(records{put(1, "a"), put(4, "b"), put(5, "c")}); got != want {
		t.Errorf("loaded %s, want %s", got, want)
	}
}

// TestGivingUp: memory is bounded while the disk refuses, and what is on disk
// then stays a sound prefix even when the disk recovers.
func TestGivingUp(t *testing.T) {
	dir := t.TempDir()
	l, _, _ := load(t, dir)
	mustAppend(t, l, put(1, "a"))
	repair, err := l.BreakDisk()
	if err != nil {
		t.Fatal(err)
	}
	large := []byte(`"` + strings.Repeat("x", state.MaxRecord/2) + `"`)
	for i := range uint64(10) {
		r := put(i+2, fmt.Sprint(i))
		r.Body = large
		err = l.Append(records{r})
	}
	if err == nil || !strings.Contains(err.Error(), "until the gateway is restarted") {
		t.Errorf("Append says %v", err)
	}
	if s := l.Status(); s.Pending != 0 {
		t.Errorf("%d bytes are still kept", s.Pending)
	}
	repair()
	if err := l.Append(records{put(20, "late")}); err == nil {
		t.Error("a gap was written over")
	}
	mustClose(t, l)
	_, list, report := load(t, dir)
	if spell(list) != spell(records{put(1, "a")}) || report.Revision != 1 {
		t.Errorf("loaded %s at %d", spell(list), report.Revision)
	}
}

// TestModel runs random batches, reopenings and cuts against a map.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		model := map[string]uint64{}
		revision := uint64(0)
		for range rapid.IntRange(1, 3).Draw(rt, "lives") {
			l, err := state.Open(dir)
			if err != nil {
				rt.Fatal(err)
			}
			list, report, err := l.LoadAll()
			if err != nil || len(report.Faults) > 0 || report.Revision != revision {
				rt.Fatal(err, report, revision)
			}
			if len(list) != len(model) {
				rt.Fatalf("loaded %d records, want %d", len(list), len(model))
			}
			for _, r := range list {
				if model[r.ID] != r.Revision || string(r.Body) != string(put(r.Revision, r.ID).Body) {
					rt.Fatalf("loaded %s, want revision %d", spell(records{r}), model[r.ID])
				}
			}
			for range rapid.IntRange(0, 5).Draw(rt, "batches") {
				var batch records
				// Long batches make compactions.
				for range rapid.SampledFrom([]int{1, 1, 2, 3, 700}).Draw(rt, "length") {
					revision++
					id := fmt.Sprint(revision * 7 % 13)
					if revision%5 == 0 {
						batch = append(batch, drop(revision, id))
						delete(model, id)
					} else {
						batch = append(batch, put(revision, id))
						model[id] = revision
					}
				}
				if err := l.Append(batch); err != nil {
					rt.Fatal(err)
				}
			}
			if rapid.Bool().Draw(rt, "settle") { // else Close gives the compaction up
				l.Settle()
			}
			if s := l.Status(); s.Live != len(model) || s.Compact != nil {
				rt.Fatalf("status %+v, want %d live", s, len(model))
			}
			if err := l.Close(); err != nil {
				rt.Fatal(err)
			}
		}
	})
}
