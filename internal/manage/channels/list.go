package channels

import (
	"strconv"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of channels (reference table 4-482).
type List struct {
	Total    int        `json:"total"`
	Size     int        `json:"size"`
	Channels []*Channel `json:"vpcs"`
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	var f store.Filter
	if !r.Actor.Admin() {
		f.And("project_id = ?", r.Actor.ProjectID)
	}
	f.Equal("id", r.Query().Get("id"))
	f.Match("name", r.Query().Get("name"), apig.Precise(r, "name"))
	if v := r.Query().Get("vpc_type"); v != "" {
		kind, err := strconv.Atoi(v)
		if err != nil {
			return nil, apig.Invalid("vpc_type")
		}
		if kind != typeBuiltIn {
			f.And("1 = 0") // there is no other type
		}
	}
	l := &List{}
	if l.Total, l.Channels, err = selectChannels(r.Context(), a.DB, &f, page); err != nil {
		return nil, err
	}
	for _, ch := range l.Channels {
		a.judge(ch)
	}
	l.Size = len(l.Channels)
	return l, nil
}

func (a *Area) listMembers(r *wire.Request) (*Members, error) {
	ch, err := own(r, a.DB)
	if err != nil {
		return nil, err
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	var f store.Filter
	f.And("m.channel_id = ?", ch.ID)
	f.Match("m.name", r.Query().Get("name"), false)
	l := &Members{}
	if l.Total, l.Members, err = selectMemberPage(r.Context(), a.DB, &f, page); err != nil {
		return nil, err
	}
	a.judgeMembers(l.Members)
	l.Size = len(l.Members)
	return l, nil
}
