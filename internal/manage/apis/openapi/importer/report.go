package importer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
)

// What became of a word of the document.
const (
	Used      = "used"      // as the reference means it
	Converted = "converted" // into something near
	Stored    = "stored"    // kept, not applied
	Ignored   = "ignored"
)

// Entry says what became of one word.
type Entry struct {
	Pointer string `json:"pointer" doc:"JSON pointer into the document; an entry stands for everything below it that has none of its own."`
	Keyword string `json:"keyword"`
	Action  string `json:"action" enum:"used,converted,stored,ignored"`
	Detail  string `json:"detail,omitempty"`
}

// Count is the number of entries of one kind.
type Count struct {
	Keyword string `json:"keyword"`
	Action  string `json:"action" enum:"used,converted,stored,ignored"`
	Count   int    `json:"count"`
}

// Report collects entries.
type Report struct{ entries []Entry }

func (r *Report) add(pointer, keyword, action, detail string) {
	r.entries = append(r.entries, Entry{pointer, keyword, action, detail})
}

// Response adds what became of the response that an operation names.
func (r *Report) Response(op *Operation, found bool) {
	at := document.Pointer(op.Pointer, ext.Response)
	if found {
		r.add(at, ext.Response, Used, "")
	} else {
		r.add(at, ext.Response, Ignored, "the group has no response of that name")
	}
}

// Len is the number of all entries.
func (r *Report) Len() int { return len(r.entries) }

// First answers at most n entries: first those that did not become what the
// document says, those about the whole document before those about its parts.
func (r *Report) First(n int) []Entry {
	list := slices.Clone(r.entries)
	slices.SortStableFunc(list, func(a, b Entry) int {
		if meant := a.Action == Used; meant != (b.Action == Used) {
			if meant {
				return 1
			}
			return -1
		}
		return cmp.Compare(strings.Count(a.Pointer, "/"), strings.Count(b.Pointer, "/"))
	})
	return list[:min(n, len(list))]
}

// Counts groups the entries by keyword and action.
func (r *Report) Counts() []Count {
	type key struct{ keyword, action string }
	counts := map[key]int{}
	for _, e := range r.entries {
		counts[key{e.Keyword, e.Action}]++
	}
	list := make([]Count, 0, len(counts))
	for k, n := range counts {
		list = append(list, Count{k.keyword, k.action, n})
	}
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Keyword, b.Keyword), cmp.Compare(a.Action, b.Action))
	})
	return list
}
