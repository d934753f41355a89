package ledger

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

const (
	maxItems     = 64  // of a reservation
	maxRequestID = 255 // characters
	maxPage      = 500
	timeLayout   = "2006-01-02T15:04:05.000000Z"

	// The life of an open reservation in seconds.
	standardLife, maxLife = 300, 86_400
)

// order as the wire has it.
type orderInput struct {
	Reservation *struct {
		RequestID string  `json:"request_id" required:"true" doc:"1 to 255 characters, chosen by the service: the same request makes the same reservation."`
		ProjectID string  `json:"project_id" required:"true" doc:"Project that is charged."`
		Region    string  `json:"region" required:"true" doc:"Region of the quotas."`
		Items     *wanted `json:"items" required:"true" doc:"Items with the amounts to take; at most 64."`
		ExpiresIn *int    `json:"expires_in" doc:"Seconds until it is released by itself, 1 to 86400; 300 when left out."`
	} `json:"reservation" required:"true"`
}

// wanted is amounts by item.
type wanted map[string]Amount

// UnmarshalJSON reads the amounts strictly.
func (w *wanted) UnmarshalJSON(raw []byte) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || len(fields) == 0 || len(fields) > maxItems {
		return invalid("items", "an object of 1 to "+strconv.Itoa(maxItems)+" items")
	}
	read, err := amounts(fields, false)
	for name, n := range read {
		if n == 0 {
			return invalid(name, "more than 0")
		}
	}
	*w = read
	return err
}

// Schema is an object of numbers.
func (wanted) Schema() wire.Schema {
	return wire.Schema{"type": "object", "additionalProperties": wire.Schema{"type": "number", "exclusiveMinimum": 0}}
}

type reservationView struct {
	ID        string        `json:"id"`
	RequestID string        `json:"request_id" doc:"As the service chose it."`
	UserID    string        `json:"user_id" doc:"The service."`
	ProjectID string        `json:"project_id" doc:"Project that is charged."`
	DomainID  string        `json:"domain_id" doc:"Its department."`
	Region    string        `json:"region"`
	Items     sheet         `json:"items" doc:"What was taken."`
	State     string        `json:"state" enum:"reserved,committed,released,expired"`
	ExpiresAt string        `json:"expires_at" doc:"When it is released by itself, while it is reserved."`
	CreatedAt string        `json:"created_at"`
	UpdatedAt string        `json:"updated_at"`
	Links     keystone.Link `json:"links"`
}

type reservationAnswer struct {
	Reservation reservationView `json:"reservation"`
}

type reservationList struct {
	Reservations []reservationView `json:"reservations" doc:"In the order of their ids."`
	Links        keystone.Links    `json:"links" doc:"URL of the list and of its next page."`
}

func (a *Area) view(r *wire.Request, v *Reservation) reservationView {
	state := v.State
	if state == reserved && !v.Expires.After(a.Clock()) {
		state = expired // not returned yet, but it counts no more
	}
	out := reservationView{
		ID: v.ID, RequestID: v.RequestID, UserID: v.UserID, ProjectID: v.ProjectID, DomainID: v.DomainID, Region: v.Region,
		Items: sheet{}, State: state, ExpiresAt: v.Expires.Format(timeLayout), CreatedAt: v.Created.Format(timeLayout),
		UpdatedAt: v.Updated.Format(timeLayout), Links: a.Site.Entity(r, "quota_reservations", v.ID),
	}
	for key, n := range v.items {
		out.Items[key] = n // other services' items are called as they are kept
	}
	return out
}

// service refuses who may not claim for others.
func service(r *wire.Request) error {
	if r.Actor.Admin() || r.Actor.ProjectID != "" && r.Actor.Has(accounts.RoleService) {
		return nil
	}
	return keystone.Forbidden(r.Route.Action)
}

// read makes an order of what came, or says what is wrong with it.
func (in *orderInput) read() (o order, err error) {
	v := in.Reservation
	switch {
	case v == nil:
		return o, invalid("reservation", "an object")
	case v.RequestID == "" || utf8.RuneCountInString(v.RequestID) > maxRequestID:
		return o, invalid("request_id", "a text of 1 to 255 characters")
	case v.ProjectID == "":
		return o, invalid("project_id", "the id of a project")
	case v.Region == "":
		return o, invalid("region", "the name of a region")
	case v.Items == nil:
		return o, invalid("items", "an object of 1 to "+strconv.Itoa(maxItems)+" items")
	}
	life := standardLife
	if v.ExpiresIn != nil {
		life = *v.ExpiresIn
	}
	if life < 1 || life > maxLife {
		return o, invalid("expires_in", "a number of seconds from 1 to "+strconv.Itoa(maxLife))
	}
	return order{v.RequestID, v.ProjectID, v.Region, *v.Items, time.Duration(life) * time.Second}, nil
}

func (a *Area) createReservation(r *wire.Request, in *orderInput) (reservationAnswer, error) {
	if err := service(r); err != nil {
		return reservationAnswer{}, err
	}
	o, err := in.read()
	if err != nil {
		return reservationAnswer{}, err
	}
	return a.answer(r, &claim{act: reserve, order: o})
}

func (a *Area) commitReservation(r *wire.Request) (reservationAnswer, error) {
	return a.change(r, commit)
}

func (a *Area) releaseReservation(r *wire.Request) (reservationAnswer, error) {
	return a.change(r, release)
}

func (a *Area) change(r *wire.Request, what act) (reservationAnswer, error) {
	if err := service(r); err != nil {
		return reservationAnswer{}, err
	}
	return a.answer(r, &claim{act: what, id: r.Path("id")})
}

// answer makes a claim and shows the reservation as the claim left it.
func (a *Area) answer(r *wire.Request, c *claim) (reservationAnswer, error) {
	c.userID, c.admin = r.Actor.UserID, r.Actor.Admin()
	v, err := a.claim(r.Context(), c)
	if err != nil {
		return reservationAnswer{}, err
	}
	r.Touched(v.ID)
	return reservationAnswer{a.view(r, &v)}, nil
}

func (a *Area) showReservation(r *wire.Request) (reservationAnswer, error) {
	if err := service(r); err != nil {
		return reservationAnswer{}, err
	}
	id := r.Path("id")
	list, err := a.find(r, query{id: id, limit: 1})
	if err != nil || len(list) == 0 {
		return reservationAnswer{}, orMissing(err, "reservation", id)
	}
	return reservationAnswer{a.view(r, list[0])}, nil
}

// query says which reservations are wanted; empty fields do not filter.
type query struct {
	id, projectID, requestID, state, marker string
	limit                                   int
}

// find lists reservations within the actor's reach, which is a condition of the
// query itself.
func (a *Area) find(r *wire.Request, q query) ([]*Reservation, error) {
	var f store.Filter
	if !r.Actor.Admin() {
		f.And("user_id = ?", r.Actor.UserID)
	}
	f.Equal("id", q.id)
	f.Equal("project_id", q.projectID)
	f.Equal("request_id", q.requestID)
	if q.marker != "" {
		f.And("id > ?", q.marker)
	}
	now := store.Micros(a.Clock())
	switch q.state {
	case "":
	case reserved:
		f.And("state = 'reserved' AND expire_time > ?", now)
	case expired:
		f.And("(state = 'expired' OR state = 'reserved' AND expire_time <= ?)", now)
	default:
		f.Equal("state", q.state)
	}
	statement := `SELECT ` + reservationColumns + ` FROM quota_reservations` + f.Where() + ` ORDER BY id` + f.Page(q.limit, 0)
	return store.List(r.Context(), a.DB, scanReservation, statement, f.Args()...)
}

func (a *Area) listReservations(r *wire.Request) (reservationList, error) {
	if err := service(r); err != nil {
		return reservationList{}, err
	}
	from := r.Query()
	q := query{
		projectID: from.Get("project_id"), requestID: from.Get("request_id"), state: from.Get("state"),
		marker: from.Get("marker"), limit: maxPage,
	}
	if q.state != "" && !slices.Contains([]string{reserved, committed, released, expired}, q.state) {
		return reservationList{}, invalid("state", "reserved, committed, released or expired")
	}
	if text := from.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPage {
			return reservationList{}, invalid("limit", "a number from 1 to "+strconv.Itoa(maxPage))
		}
		q.limit = n
	}
	list, err := a.find(r, q)
	if err != nil {
		return reservationList{}, err
	}
	out := reservationList{Reservations: make([]reservationView, len(list)), Links: a.Site.List(r)}
	for i, v := range list {
		out.Reservations[i] = a.view(r, v)
	}
	if len(list) == q.limit {
		next := url.Values{}
		for name := range from {
			next.Set(name, from.Get(name))
		}
		next.Set("marker", list[len(list)-1].ID)
		address := a.Site.Base(r.HTTP) + r.HTTP.URL.EscapedPath() + "?" + next.Encode()
		out.Links.Next = &address
	}
	return out, nil
}
