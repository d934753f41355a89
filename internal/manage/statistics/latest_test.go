package statistics_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/manage/statistics"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

const ms = time.Millisecond

// TestFigures: what was stored and what was not stored yet make one answer.
func TestFigures(t *testing.T) {
	each(t, func(x *fixture) {
		x.call("api1", 200, 10*ms, 6*ms)
		x.call("api1", 404, 3*ms, 0)
		x.flush()
		x.call("api1", 503, 20*ms+400*time.Microsecond, 15*ms)
		x.clock.Advance(2 * time.Minute)
		x.call("api1", 200, ms, 0)
		x.call("api2", 200, 99*ms, 0)

		start := noon.Unix() - 30
		want := statistics.API{
			APIID: "api1",
			Figures: statistics.Figures{
				GroupID: "g1", Provider: "p1", CurrentMinute: start, Cycle: "MINUTE", Status: 1,
				ReqCount: 3, ReqCount2xx: 1, ReqCount4xx: 1, ReqCount5xx: 1, ReqCountError: 2,
				MaxLatency: 20, AvgLatency: 11.13, InputThroughput: 21, OutputThroughput: 210,
				RegisterTime: "2026-01-02 12:02:30", ReqTime: "2026-01-02 12:00:00",
			},
			MaxBackendLatency: 15, AvgBackendLatency: 10.5, MaxInnerLatency: 5, AvgInnerLatency: 4.13,
		}
		got := x.ofAPI("api1", "1h")
		if len(got.List) != 2 || got.List[0] != want {
			x.Errorf("%+v\nwant first %+v", got.List, want)
		}
		if got.Code != "APIG.0000" || got.EndTime != start+120 || got.StartTime != got.EndTime-59*60 {
			x.Errorf("%+v", got.Envelope)
		}
		if now := x.ofAPI("api1", "1m"); len(now.List) != 1 || now.List[0].ReqCount != 1 || now.StartTime != now.EndTime {
			x.Errorf("the running minute: %+v", now)
		}
		if two := x.ofAPI("api1", "2m"); len(two.List) != 1 {
			x.Errorf("two minutes: %+v", two.List)
		}
		if three := x.ofAPI("api1", "3M"); len(three.List) != 2 {
			x.Errorf("three minutes: %+v", three.List)
		}
		before := fmt.Sprint(statistics.API{APIID: want.APIID, Figures: want.Figures})
		x.flush()
		stored := x.ofAPI("api1", "24h")
		if len(stored.List) != 2 || fmt.Sprint(statistics.API{APIID: "api1", Figures: stored.List[0].Figures}) != before {
			x.Errorf("stored: %+v", stored.List)
		}
	})
}

// TestGroups: a group's minute is that of its APIs together, stored or not.
func TestGroups(t *testing.T) {
	each(t, func(x *fixture) {
		x.call("api1", 200, 10*ms, 0)
		x.call("api2", 404, 30*ms, 0)
		x.flush()
		x.call("api2", 200, 20*ms, 0)
		x.clock.Advance(time.Minute)
		x.call("api1", 500, ms, 0)
		x.flush()
		x.call("api1", 500, ms, 0)
		got := x.ofGroup("g1")
		if len(got.List) != 2 || got.Code != "APIG.0000" || got.StartTime != got.EndTime-59*60 {
			x.Fatalf("%+v", got)
		}
		want := statistics.Figures{
			GroupID: "g1", Provider: "p1", CurrentMinute: noon.Unix() - 30, Cycle: "MINUTE", Status: 1,
			ReqCount: 3, ReqCount2xx: 2, ReqCount4xx: 1, ReqCountError: 1, MaxLatency: 30, AvgLatency: 20,
			InputThroughput: 21, OutputThroughput: 210, RegisterTime: "2026-01-02 12:01:30", ReqTime: "2026-01-02 12:00:00",
		}
		if got.List[0] != want || got.List[1].ReqCount5xx != 2 {
			x.Errorf("%+v\nwant first %+v", got.List, want)
		}
		var other statistics.Groups
		x.bob.Do("GET", ofGroup+"g2", nil).Want(200).Decode(&other)
		if other.List == nil || len(other.List) != 0 {
			x.Errorf("another group: %+v", other.List)
		}
		x.clock.Advance(time.Hour)
		if got := x.ofGroup("g1"); len(got.List) != 0 {
			x.Errorf("an hour later: %+v", got.List)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		for _, test := range []struct {
			path, code, text string
			status           int
		}{
			{ofAPI + "&duration=1h", "APIG.2001", "parameterName:api_id", 400},
			{ofAPI + "api1", "APIG.2001", "parameterName:duration", 400},
			{ofAPI + "api1&duration=h", "APIG.2011", "parameterName:duration", 400},
			{ofAPI + "api1&duration=1", "APIG.2011", "parameterName:duration", 400},
			{ofAPI + "api1&duration=1d", "APIG.2011", "parameterName:duration", 400},
			{ofAPI + "api1&duration=-1h", "APIG.2011", "parameterName:duration", 400},
			{ofAPI + "api1&duration=1.5h", "APIG.2011", "parameterName:duration", 400},
			{ofAPI + "api1&duration=1%E5%B0%8F", "APIG.2011", "parameterName:duration", 400},
			{ofAPI + "api1&duration=0m", "APIG.2002", "parameterName:duration", 400},
			{ofAPI + "api1&duration=25h", "APIG.2003", "parameterName:duration", 400},
			{ofAPI + "api1&duration=1441m", "APIG.2003", "parameterName:duration", 400},
			{ofAPI + "api1&duration=99999999999999999999h", "APIG.2003", "parameterName:duration", 400},
			{ofAPI + "nothing&duration=1h", "APIG.3002", "API nothing does not exist", 404},
			{ofAPI + "foreign&duration=1h", "APIG.1102", "", 403},
			{ofGroup, "APIG.2001", "parameterName:group_id", 400},
			{ofGroup + "nothing", "APIG.3001", "API group nothing does not exist", 404},
			{ofGroup + "g2", "APIG.1101", "", 403},
		} {
			x.alice.Do("GET", test.path, nil).Refused(test.status, test.code, test.text)
		}
		x.admin.Do("GET", ofAPI+"foreign&duration=1h", nil).Want(200)
		x.admin.Do("GET", ofGroup+"g2", nil).Want(200)
	})
}

// TestFlushSurvivesAnAbsentDatabase: what could not be stored is stored later
// and answered meanwhile.
func TestFlushSurvivesAnAbsentDatabase(t *testing.T) {
	each(t, func(x *fixture) {
		x.call("api1", 200, ms, 0)
		gone, cancel := context.WithCancel(x.Context())
		cancel()
		if err := x.area.Flush(gone); err == nil {
			x.Fatal("stored without a context")
		}
		if n := x.rows("api_statistics"); n != 0 {
			x.Errorf("%d rows", n)
		}
		if got := x.ofAPI("api1", "1h"); len(got.List) != 1 || got.List[0].ReqCount != 1 {
			x.Errorf("%+v", got.List)
		}
		x.flush()
		if got := x.ofAPI("api1", "1h"); len(got.List) != 1 || got.List[0].ReqCount != 1 {
			x.Errorf("%+v", got.List)
		}
	})
}

// TestManyAPIs: more rows than one statement and one transaction hold.
func TestManyAPIs(t *testing.T) {
	each(t, func(x *fixture) {
		const apis = 1234
		for round := range 2 {
			for i := range apis {
				x.call(fmt.Sprint("many", i), 200, time.Duration(round+1)*ms, 0)
			}
			x.flush()
		}
		if n := x.rows("api_statistics"); n != apis {
			x.Errorf("%d rows of %d APIs", n, apis)
		}
		if got := x.ofGroup("g1"); len(got.List) != 1 || got.List[0].ReqCount != 2*apis || got.List[0].AvgLatency != 1.5 {
			x.Errorf("%+v", got.List)
		}
	})
}

func TestPrune(t *testing.T) {
	each(t, func(x *fixture) {
		for range 3 {
			x.call("api1", 200, ms, 0)
			x.flush()
			x.clock.Advance(time.Minute)
		}
		x.clock.Advance(7*24*time.Hour - 2*time.Minute) // the first minute is older now
		x.call("api1", 200, ms, 0)
		x.flush()
		if err := x.area.Prune(x.Context()); err != nil {
			x.Fatal(err)
		}
		if apis, groups := x.rows("api_statistics"), x.rows("group_statistics"); apis != 3 || groups != 3 {
			x.Errorf("%d minutes of APIs and %d of groups are left, want 3", apis, groups)
		}
		x.clock.Advance(30 * 24 * time.Hour)
		if err := x.area.Prune(x.Context()); err != nil {
			x.Fatal(err)
		}
		if apis, groups := x.rows("api_statistics"), x.rows("group_statistics"); apis != 0 || groups != 0 {
			x.Errorf("%d minutes of APIs and %d of groups are left", apis, groups)
		}
	})
}

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 140, statistics.Schema()) }
