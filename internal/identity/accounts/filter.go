package accounts

// ProjectQuery says what Projects lists; empty fields do not filter.
type ProjectQuery struct {
	By                           Reach
	ID, Name, DomainID, ParentID string
	Enabled                      *bool // together with the domain
	Tags                         TagQuery
}

// TagQuery says which tags a project must have: all of All, one of Any, not
// every one of NotAll, none of NotAny.
type TagQuery struct{ All, Any, NotAll, NotAny []string }

// DomainQuery says what Domains lists; empty fields do not filter.
type DomainQuery struct {
	By       Reach
	ID, Name string
	Enabled  *bool
}
