package outline

import "github.com/lintel-gateway/lintel/internal/wire"

// Groups is the answer of 4.13.1 (table 4-383).
type Groups struct {
	OffSell int `json:"offsell_nums"`
	OnSell  int `json:"onsell_nums"`
}

// APIs is the answer of 4.13.2 (table 4-386).
type APIs struct {
	All        int `json:"instance_num"`
	OffRelease int `json:"nums_off_release"`
	OnRelease  int `json:"nums_on_release"`
}

// Apps is the answer of 4.13.3 (table 4-389).
type Apps struct {
	Authorised   int `json:"authed_nums"`
	Unauthorised int `json:"unauthed_nums"`
}

func (a *Area) groups(r *wire.Request) (*Groups, error) {
	all, onSale, err := countGroups(r.Context(), a.DB, project(r))
	return &Groups{OffSell: all - onSale, OnSell: onSale}, err
}

func (a *Area) apis(r *wire.Request) (*APIs, error) {
	all, released, err := countAPIs(r.Context(), a.DB, project(r))
	return &APIs{All: all, OffRelease: all - released, OnRelease: released}, err
}

func (a *Area) apps(r *wire.Request) (*Apps, error) {
	all, authorised, err := countApps(r.Context(), a.DB, project(r))
	return &Apps{Authorised: authorised, Unauthorised: all - authorised}, err
}

// project is whose things the actor counts, "" for all.
func project(r *wire.Request) string {
	if r.Actor.Admin() {
		return ""
	}
	return r.Actor.ProjectID
}
