package catalog

import "slices"

// Text is one text in both languages.
type Text struct{ En, Zh string }

// Entry is what a user needs to know of one code.
type Entry struct {
	Code   string
	Advice Text
}

// Chapter is what a user may have been doing, with the codes that this ends
// in.
type Chapter struct {
	Title   Text
	Entries []Entry
}

// Absence is why some codes cannot occur here, and what holds instead.
type Absence struct {
	Title, Why Text
	Codes      []string
}

// Fault is what a user needs to know of one fault of the data plane, by its
// name in package call.
type Fault struct {
	Name          string
	Caller, Owner Text // what they do; empty when they can do nothing
}

// Chapters are the codes that operations answer, by what the user was doing.
func Chapters() []Chapter {
	return slices.Concat(requests(), resources(), policies(), others())
}

// Advice finds what to do about a code; false when it cannot occur.
func Advice(code string) (Text, bool) {
	for _, c := range Chapters() {
		for _, e := range c.Entries {
			if e.Code == code {
				return e.Advice, true
			}
		}
	}
	return Text{}, false
}
