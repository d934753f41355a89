package telemetry

import (
	"math"
	"math/bits"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// CallStat is what one gateway call counts for.
type CallStat struct {
	Status  int
	Fault   string // code, "" when a backend answered
	Took    time.Duration
	Asked   bool          // whether a backend was asked
	Backend time.Duration // until its head came, or until it failed
}

// calls counts gateway calls. Each core has its own counts, because counters that all
// of them write in every call keep moving from core to core; they are added up
// when somebody asks. It is the collector of its metrics.
type calls struct {
	faults map[string]int // where a code is counted; read only after newCalls
	codes  []string       // by that number, the last is "other"

	counts []counts // a power of two of them

	classes, fault, took, backend *prometheus.Desc
}

// counts are those of a core. The lock is nobody else's, but for a collection and for a
// goroutine that was moved to another core meanwhile.
type counts struct {
	mu      sync.Mutex
	classes [6]uint64 // by first digit of the status; 0 is "other"
	faults  []uint64
	took    histogram
	backend histogram
	_       [64]byte // the next counts are on another cache line
}

// histogram has a bucket more than callBuckets, for what is longer than all.
type histogram struct {
	buckets [len(callBuckets) + 1]uint64
	total   time.Duration
}

func (h *histogram) add(d time.Duration) {
	at := 0
	for at < len(callLimits) && d > callLimits[at] {
		at++
	}
	h.buckets[at]++
	h.total += d
}

// callLimits are callBuckets as durations.
var callLimits = func() (t [len(callBuckets)]time.Duration) {
	for i, seconds := range callBuckets {
		t[i] = time.Duration(math.Round(seconds * float64(time.Second)))
	}
	return t
}()

// maxLanes is how many lanes are kept apart: one for each core, but not more than 64, which
// bounds the memory on machines with many cores.
func maxLanes() int { return 1 << bits.Len(uint(min(runtime.GOMAXPROCS(0), 64)-1)) }

func newCalls(codes []string) *calls {
	c := &calls{
		faults:  make(map[string]int, len(codes)),
		counts:  make([]counts, maxLanes()),
		classes: prometheus.NewDesc(nameCalls, "Gateway calls by class of the status answered.", []string{labelClass}, nil),
		fault:   prometheus.NewDesc(nameFaults, "Gateway calls answered with a fault of the gateway itself, by its code.", []string{labelCode}, nil),
		took:    prometheus.NewDesc(nameCallSeconds, "Time from the head of a call to the end of its answer.", nil, nil),
		backend: prometheus.NewDesc(nameBackendSeconds, "Time from asking a backend to the head of its answer.", nil, nil),
	}
	for _, code := range codes {
		if _, twice := c.faults[code]; !twice && code != other {
			c.faults[code] = len(c.codes)
			c.codes = append(c.codes, code)
		}
	}
	c.codes = append(c.codes, other)
	for i := range c.counts {
		c.counts[i].faults = make([]uint64, len(c.codes))
	}
	return c
}

// Call counts one gateway call. It does not allocate. Callers with different lanes
// do not wait for each other; any lane will do.
func (m *Metrics) Call(lane uint32, s *CallStat) {
	c := m.calls
	n := &c.counts[lane&uint32(len(c.counts)-1)]
	class := s.Status / 100
	if class < 1 || class >= len(n.classes) {
		class = 0
	}
	n.mu.Lock()
	n.classes[class]++
	if s.Fault != "" {
		at, known := c.faults[s.Fault]
		if !known {
			at = len(c.codes) - 1
		}
		n.faults[at]++
	}
	n.took.add(s.Took)
	if s.Asked {
		n.backend.add(s.Backend)
	}
	n.mu.Unlock()
}

// Describe implements prometheus.Collector.
func (c *calls) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.classes, c.fault, c.took, c.backend} {
		to <- d
	}
}

// Collect implements prometheus.Collector. All series are there from the start.
func (c *calls) Collect(to chan<- prometheus.Metric) {
	sum := counts{faults: make([]uint64, len(c.codes))}
	for i := range c.counts {
		n := &c.counts[i]
		n.mu.Lock()
		for k, calls := range n.classes {
			sum.classes[k] += calls
		}
		for k, calls := range n.faults {
			sum.faults[k] += calls
		}
		sum.took.join(&n.took)
		sum.backend.join(&n.backend)
		n.mu.Unlock()
	}
	for class, n := range sum.classes {
		name := other
		if class > 0 {
			name = strconv.Itoa(class) + "xx"
		}
		to <- prometheus.MustNewConstMetric(c.classes, prometheus.CounterValue, float64(n), name)
	}
	for i, n := range sum.faults {
		to <- prometheus.MustNewConstMetric(c.fault, prometheus.CounterValue, float64(n), c.codes[i])
	}
	to <- sum.took.metric(c.took)
	to <- sum.backend.metric(c.backend)
}

func (h *histogram) join(other *histogram) {
	for i, n := range other.buckets {
		h.buckets[i] += n
	}
	h.total += other.total
}

// metric has the buckets as Prometheus wants them: each with those before it.
func (h *histogram) metric(d *prometheus.Desc) prometheus.Metric {
	below := make(map[float64]uint64, len(callBuckets))
	n := uint64(0)
	for i, limit := range callBuckets {
		n += h.buckets[i]
		below[limit] = n
	}
	n += h.buckets[len(callBuckets)]
	return prometheus.MustNewConstHistogram(d, n, h.total.Seconds(), below)
}
