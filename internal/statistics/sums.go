package statistics

import "time"

// Call is what a finished call counts for. GroupID is the group of the API.
type Call struct {
	APIID, GroupID string
	Status         int
	Latency        time.Duration // from the head of the request to the end of the answer
	Asked          bool          // whether a backend was asked
	Backend        time.Duration // the part of Latency from asking the backend on
	In, Out        int64         // bytes of the request and of the answer's body
	// Lasting says that APIID and GroupID never change, so that they can be kept as
	// they are. They are then reachable until they were stored.
	Lasting bool
}

// Sums are the figures of some calls. Times are microseconds.
type Sums struct {
	Calls, OK, Refused, Failed int64 // all; status 2xx, 4xx, 5xx
	Latency, LatencyMax        int64
	Asked                      int64 // calls for which a backend was asked
	Backend, BackendMax        int64
	Inner, InnerMax            int64 // what is left of the latency: the gateway's own part
	In, Out                    int64
}

// count adds one call.
func (s *Sums) count(c *Call) {
	s.Calls++
	switch c.Status / 100 {
	case 2:
		s.OK++
	case 4:
		s.Refused++
	case 5:
		s.Failed++
	}
	latency, backend := c.Latency.Microseconds(), int64(0)
	if c.Asked {
		backend = c.Backend.Microseconds()
		s.Asked++
		s.Backend += backend
		s.BackendMax = max(s.BackendMax, backend)
	}
	s.Latency += latency
	s.LatencyMax = max(s.LatencyMax, latency)
	s.Inner += latency - backend
	s.InnerMax = max(s.InnerMax, latency-backend)
	s.In += c.In
	s.Out += c.Out
}

// Add adds the figures of other calls.
func (s *Sums) Add(o *Sums) {
	s.Calls += o.Calls
	s.OK += o.OK
	s.Refused += o.Refused
	s.Failed += o.Failed
	s.Latency += o.Latency
	s.LatencyMax = max(s.LatencyMax, o.LatencyMax)
	s.Asked += o.Asked
	s.Backend += o.Backend
	s.BackendMax = max(s.BackendMax, o.BackendMax)
	s.Inner += o.Inner
	s.InnerMax = max(s.InnerMax, o.InnerMax)
	s.In += o.In
	s.Out += o.Out
}

// Row is the sums of one API in one minute.
type Row struct {
	APIID, GroupID string
	Minute         int64 // its start in seconds since the epoch
	Sums
}

// MinuteOf is the start of the minute of a moment, in seconds since the epoch.
func MinuteOf(t time.Time) int64 {
	seconds := t.Unix()
	return seconds - seconds%60
}
