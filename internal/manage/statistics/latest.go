package statistics

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	calls "github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// APIs is the answer for an API.
type APIs struct {
	Envelope
	List []API `json:"list"`
}

// Groups is the answer for a group.
type Groups struct {
	Envelope
	List []Figures `json:"list"`
}

// Envelope is what is around both lists.
type Envelope struct {
	Code      string `json:"code" doc:"Always APIG.0000."`
	Msg       string `json:"msg"`
	StartTime int64  `json:"start_time" doc:"First minute, seconds since the epoch."`
	EndTime   int64  `json:"end_time" doc:"Last minute, seconds since the epoch."`
}

// Figures are those of one minute. Latencies are milliseconds.
type Figures struct {
	GroupID          string  `json:"group_id"`
	Provider         string  `json:"provider" doc:"Project of the APIs."`
	CurrentMinute    int64   `json:"current_minute" doc:"Start of the minute, seconds since the epoch."`
	Cycle            string  `json:"cycle" doc:"Always MINUTE."`
	ReqCount         int64   `json:"req_count"`
	ReqCount2xx      int64   `json:"req_count2xx"`
	ReqCount4xx      int64   `json:"req_count4xx"`
	ReqCount5xx      int64   `json:"req_count5xx"`
	ReqCountError    int64   `json:"req_count_error" doc:"4xx and 5xx."`
	MaxLatency       int64   `json:"max_latency"`
	AvgLatency       float64 `json:"avg_latency"`
	OutputThroughput int64   `json:"output_throughput" doc:"Bytes of the answers' bodies."`
	InputThroughput  int64   `json:"input_throughput" doc:"Bytes of the requests."`
	RegisterTime     string  `json:"register_time" doc:"When this was recorded, UTC."`
	ReqTime          string  `json:"req_time" doc:"The minute, UTC."`
	Status           int     `json:"status" doc:"Always 1."`
}

// API is Figures of one API, which say more about its latency.
type API struct {
	APIID string `json:"api_id"`
	Figures
	MaxBackendLatency int64   `json:"max_backend_latency"`
	AvgBackendLatency float64 `json:"avg_backend_latency"`
	MaxInnerLatency   int64   `json:"max_inner_latency"`
	AvgInnerLatency   float64 `json:"avg_inner_latency"`
}

const (
	success = "APIG.0000"
	cycle   = "MINUTE"
	// timeForm is how both times of an entry are written.
	timeForm = "2006-01-02 15:04:05"

	maxDuration = 24 * 60 // minutes
	groupHour   = 60
)

// owner is whose figures are asked for.
type owner struct{ projectID, groupID string }

// minute is one entry before it is put into the words of the wire.
type minute struct {
	start    int64
	recorded int64 // microseconds
	calls.Sums
}

func (a *Area) api(r *wire.Request) (*APIs, error) {
	id, q := r.Query().Get("api_id"), r.Query()
	var c apig.Check
	c.Required("api_id", id)
	c.Required("duration", q.Get("duration"))
	if c.Err() != nil {
		return nil, c.Err()
	}
	length, err := minutesOf(q.Get("duration"))
	if err != nil {
		return nil, err
	}
	own, err := selectAPI(r.Context(), a.DB, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoAPI(id)
	}
	if err != nil {
		return nil, err
	}
	if err := apig.Own(&r.Actor, own.projectID, apig.E1102); err != nil {
		return nil, err
	}
	out := &APIs{Envelope: a.envelope(length), List: []API{}}
	list, err := a.latest(r, ofAPIs, id, out.StartTime, a.Calls.API)
	for i := range list {
		out.List = append(out.List, API{
			APIID: id, Figures: list[i].figures(own),
			MaxBackendLatency: milliseconds(list[i].BackendMax), AvgBackendLatency: average(list[i].Backend, list[i].Asked),
			MaxInnerLatency: milliseconds(list[i].InnerMax), AvgInnerLatency: average(list[i].Inner, list[i].Calls),
		})
	}
	return out, err
}

func (a *Area) group(r *wire.Request) (*Groups, error) {
	id := r.Query().Get("group_id")
	if id == "" {
		return nil, apig.Missing("group_id")
	}
	own, err := selectGroup(r.Context(), a.DB, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoGroup(id)
	}
	if err != nil {
		return nil, err
	}
	if err := apig.Own(&r.Actor, own.projectID, apig.E1101); err != nil {
		return nil, err
	}
	out := &Groups{Envelope: a.envelope(groupHour), List: []Figures{}}
	list, err := a.latest(r, ofGroups, id, out.StartTime, a.Calls.Group)
	for i := range list {
		out.List = append(out.List, list[i].figures(own))
	}
	return out, err
}

// envelope covers a number of minutes up to the one that is running.
func (a *Area) envelope(minutes int) Envelope {
	end := calls.MinuteOf(a.Clock())
	return Envelope{Code: success, StartTime: end - int64(minutes-1)*60, EndTime: end}
}

// latest answers the minutes from since on in order: what is stored, and what
// is not stored yet.
func (a *Area) latest(r *wire.Request, of subject, id string, since int64, pending func(id string, since int64) []calls.Row) (list []minute, err error) {
	var rows []calls.Row
	err = a.Calls.View(func() error {
		rows = pending(id, since)
		list, err = selectMinutes(r.Context(), a.DB, of, id, since)
		return err
	})
	now := store.Micros(a.Clock())
	for i := range rows {
		at, found := slices.BinarySearchFunc(list, rows[i].Minute, func(m minute, start int64) int { return cmp.Compare(m.start, start) })
		if !found {
			list = slices.Insert(list, at, minute{start: rows[i].Minute})
		}
		list[at].Add(&rows[i].Sums)
		list[at].recorded = now
	}
	return list, err
}

func (m *minute) figures(own owner) Figures {
	return Figures{
		GroupID: own.groupID, Provider: own.projectID, CurrentMinute: m.start, Cycle: cycle, Status: 1,
		ReqCount: m.Calls, ReqCount2xx: m.OK, ReqCount4xx: m.Refused, ReqCount5xx: m.Failed, ReqCountError: m.Refused + m.Failed,
		MaxLatency: milliseconds(m.LatencyMax), AvgLatency: average(m.Latency, m.Calls),
		OutputThroughput: m.Out, InputThroughput: m.In,
		RegisterTime: store.Time(m.recorded).Format(timeForm), ReqTime: time.Unix(m.start, 0).UTC().Format(timeForm),
	}
}

// milliseconds rounds microseconds.
func milliseconds(us int64) int64 { return (us + 500) / 1000 }

// average is a mean in milliseconds with two decimals.
func average(us, n int64) float64 {
	if n == 0 {
		return 0
	}
	return math.Round(float64(us)/float64(n)/10) / 100
}

// minutesOf reads a duration: a whole number and the unit, h or m.
func minutesOf(text string) (int, error) {
	digits, unit := text[:len(text)-1], text[len(text)-1]
	minutes := 1
	switch unit {
	case 'h', 'H':
		minutes = 60
	case 'm', 'M':
	default:
		return 0, apig.Invalid("duration")
	}
	if digits == "" {
		return 0, apig.Invalid("duration")
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, apig.Invalid("duration")
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil { // only digits: it does not fit
		return 0, apig.TooLarge("duration")
	}
	var c apig.Check
	c.Range("duration", n, 1, maxDuration/minutes)
	return n * minutes, c.Err()
}
