package profiles

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

const (
	defaultPageSize = 10
	maxPageSize     = 1000
	maxPage         = math.MaxInt32 // the type of the published schema
	// maxSearch is in characters: no name or address is longer.
	maxSearch = 255
)

// invalid stands for the refusals of a query or body in the tables of routes.
var invalid = ghippo.BadRequest("<field or query parameter> must be <what>")

// page says which part of a list is wanted.
type page struct {
	number, size int // from 1
	search       string
}

// pagination says which part of a list an answer is.
type pagination struct {
	Page     int `json:"page" doc:"From 1."`
	PageSize int `json:"pageSize" doc:"How many a page holds."`
	Total    int `json:"total" doc:"How many there are on all pages."`
}

// empty is an answer that says nothing but that it was done.
type empty struct{}

// pages are the query parameters of a list in pages.
func pages(search string) []wire.Param {
	return []wire.Param{
		{Name: "page", Type: "integer", Doc: "From 1; 1 when left out."},
		{Name: "pageSize", Type: "integer", Doc: "1 to 1000; 10 when left out."},
		{Name: "search", Type: "string", Doc: search},
	}
}

func readPage(r *wire.Request) (p page, err error) {
	if p.number, err = number(r, "page", 1, maxPage); err != nil {
		return p, err
	}
	if p.size, err = number(r, "pageSize", defaultPageSize, maxPageSize); err != nil {
		return p, err
	}
	if p.search, err = word(r, "search"); err != nil {
		return p, err
	}
	if utf8.RuneCountInString(p.search) > maxSearch {
		return p, ghippo.BadRequest("query parameter %q may have %d characters", "search", maxSearch)
	}
	return p, nil
}

func (p page) offset() int { return (p.number - 1) * p.size }

func (p page) of(total int) pagination {
	return pagination{Page: p.number, PageSize: p.size, Total: total}
}

// word is a query parameter that is given once or not at all: of two, nobody
// knows which is meant.
func word(r *wire.Request, name string) (string, error) {
	switch values := r.Query()[name]; len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	default:
		return "", ghippo.BadRequest("query parameter %q is there more than once", name)
	}
}

func number(r *wire.Request, name string, otherwise, most int) (int, error) {
	text, err := word(r, name)
	if err != nil {
		return 0, err
	}
	if _, given := r.Query()[name]; !given {
		return otherwise, nil
	}
	n, ok := wholeNumber(text, most)
	if !ok {
		return 0, ghippo.BadRequest("query parameter %q must be a whole number from 1 to %d", name, most)
	}
	return n, nil
}

// wholeNumber reads digits, and nothing else, that say 1 to most.
func wholeNumber(text string, most int) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31) // takes no sign, no blank, no underscore
	return int(n), err == nil && n >= 1 && n <= uint64(most)
}

// truth reads a flag of the query strictly: a text that is neither true nor
// false must not count as one of them (OSSA-2026-007).
func truth(r *wire.Request, name string) (*bool, error) {
	text, err := word(r, name)
	if err != nil {
		return nil, err
	}
	switch text {
	case "":
		return nil, nil
	case "true", "false":
		v := text == "true"
		return &v, nil
	}
	return nil, ghippo.BadRequest("query parameter %q must be true or false", name)
}
