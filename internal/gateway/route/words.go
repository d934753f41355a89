package route

import (
	"slices"
	"strconv"
	"strings"
)

// maxWords bounds what is remembered in order to be shared. What is forgotten is
// not lost, only kept once more the next time.
const maxWords = 4096

// words keeps what the routes of a table have in common once: most APIs of an
// installation share a few segments and a few lists of variables.
type words struct {
	texts    map[string]string
	shapes   map[string]*shape // by the spelling of their variables
	params   []param
	spelling []byte
}

func newWords() *words {
	return &words{texts: make(map[string]string), shapes: make(map[string]*shape)}
}

// shape is what a route keeps of its template beside its place in the tree.
type shape struct {
	params []param
	// spelled is the template where it is not spelled as its segments are: what a
	// conflict names. It is in nobody else's shape.
	spelled string
}

// word returns a text that is no slice of a definition.
func (w *words) word(text string) string {
	if own, ok := w.texts[text]; ok {
		return own
	}
	own := strings.Clone(text)
	if len(w.texts) < maxWords {
		w.texts[own] = own
	}
	return own
}

// shape returns that of a template, nil for one without variables. plain says
// that its segments are spelled as they are matched.
func (w *words) shape(pattern string, plain bool) *shape {
	w.params = params(w.params[:0], pattern)
	if len(w.params) == 0 && plain {
		return nil
	}
	w.spelling = w.spelling[:0]
	for _, v := range w.params {
		w.spelling = strconv.AppendInt(w.spelling, int64(v.skip), 10)
		w.spelling = append(w.spelling, '{')
		w.spelling = append(w.spelling, v.name...)
		if v.several {
			w.spelling = append(w.spelling, '+')
		}
	}
	if shared, ok := w.shapes[string(w.spelling)]; ok && plain {
		return shared
	}
	own := &shape{params: slices.Clone(w.params)}
	for i := range own.params {
		own.params[i].name = w.word(own.params[i].name)
	}
	switch {
	case !plain:
		own.spelled = strings.Clone(pattern)
	case len(w.shapes) < maxWords:
		w.shapes[string(w.spelling)] = own
	}
	return own
}

// plain reports whether the segments of a template are spelled as they are
// matched.
func plain(pattern string, segments []segment) bool {
	for _, s := range segments {
		var text string
		if text, pattern = cut(pattern); !s.variable && text != s.text {
			return false
		}
	}
	return true
}

// spell spells a template by its segments, with other names of its variables.
func spell(pattern string, segments []segment, names []param) string {
	parts := strings.Split(pattern, "/")[1:]
	for i, s := range segments {
		if !s.variable {
			parts[i] = s.text
		}
	}
	at := 0
	for _, v := range names {
		at += v.skip
		parts[at] = "{" + v.name + "}"
		if v.several {
			parts[at] = "{" + v.name + "+}"
		}
		at++
	}
	return "/" + strings.Join(parts, "/")
}
