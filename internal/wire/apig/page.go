package apig

import (
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire"
)

const (
	// DefaultPage is the number of rows of a page nobody sized.
	DefaultPage = 20
	// LargestPage is the largest page_size (reference 4.2.9).
	LargestPage = 500
	// MaxPage bounds the answer to page_size=0, which asks for all rows.
	MaxPage = 10_000

	// maxNumber keeps the offset far from the limits of BIGINT.
	maxNumber = 1<<31 - 1
)

// Page is the part of a list that a request asks for, ready for LIMIT and
// OFFSET.
type Page struct{ Limit, Offset int }

// Paging reads page_size (0 to 500, default 20; 0 stands for all rows, at most
// MaxPage) and page_no (from 1, default 1).
//
// Newer clients send limit and offset instead; they are read when neither
// page_size nor page_no is there (wire-facts §0.3).
func Paging(r *wire.Request) (Page, error) {
	q := r.Query()
	if !q.Has("page_size") && !q.Has("page_no") && (q.Has("limit") || q.Has("offset")) {
		return window(r)
	}
	size, err := number(r, "page_size", DefaultPage, 0, LargestPage)
	if err != nil {
		return Page{}, err
	}
	no, err := number(r, "page_no", 1, 1, maxNumber)
	if err != nil {
		return Page{}, err
	}
	if size == 0 {
		size = MaxPage
	}
	return Page{Limit: size, Offset: (no - 1) * size}, nil
}

// window reads the newer pair, whose documented rule is to bring values into
// their range instead of refusing them.
func window(r *wire.Request) (Page, error) {
	limit, err := number(r, "limit", DefaultPage, -maxNumber, maxNumber)
	if err != nil {
		return Page{}, err
	}
	offset, err := number(r, "offset", 0, -maxNumber, maxNumber)
	if err != nil {
		return Page{}, err
	}
	if limit <= 0 {
		limit = DefaultPage
	}
	return Page{Limit: min(limit, LargestPage), Offset: max(offset, 0)}, nil
}

// number reads a whole number of the query. An empty value counts as absent:
// SDKs send their unset fields so.
func number(r *wire.Request, param string, absent, min, max int) (int, error) {
	values := r.Query()[param]
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		return absent, nil
	}
	if len(values) > 1 {
		return 0, Invalid(param)
	}
	digits := strings.TrimPrefix(values[0], "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, Invalid(param)
	}
	n, err := strconv.Atoi(values[0])
	if err != nil { // Only digits: it does not fit, so it is out of range.
		n = max + 1
		if digits != values[0] {
			n = min - 1
		}
	}
	var c Check
	c.Range(param, n, min, max)
	return n, c.Err()
}

// Precise reports whether precise_search names the field: it is then compared
// whole instead of in part. Several names are separated by commas.
func Precise(r *wire.Request, field string) bool {
	for _, v := range r.Query()["precise_search"] {
		for name := range strings.SplitSeq(v, ",") {
			if strings.TrimSpace(name) == field {
				return true
			}
		}
	}
	return false
}
