package telemetry

import (
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// MetricsOptions bound the series: only these label values exist.
type MetricsOptions struct {
	Version    string
	FaultCodes []string // codes that the gateway can answer
}

// Metrics are the counters of one process, in a registry of their own. Its
// methods are safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	calls *calls

	revision, records, broken prometheus.Gauge
	stateFaults, auditFailed  prometheus.Counter

	actions           atomic.Pointer[[]string] // sorted
	management        *prometheus.CounterVec
	managementSeconds prometheus.Histogram
}

// NewMetrics makes and registers every metric. Series of calls and faults are
// made here, so that they are 0 from the start and a call looks up no label.
func NewMetrics(o MetricsOptions) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.SetActions(nil)
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)

	m.calls = newCalls(o.FaultCodes)
	m.registry.MustRegister(m.calls)

	m.revision = m.gauge(nameSnapshotRevision, "Revision of the definitions that this gateway serves.")
	m.records = m.gauge(nameSnapshotRecords, "Records in the snapshot.")
	m.broken = m.gauge(nameSnapshotBroken, "Records that could not be built; their last good form is served.")
	m.stateFaults = m.counter(nameStateFaults, "Damaged or unwritable state files met.")
	m.auditFailed = m.counter(nameAuditFailed, "Audit records that could not be written.")

	m.management = m.vec(nameManagement, "Requests to the management APIs.", labelAction, labelStatus)
	m.managementSeconds = m.histogram(nameManagementSeconds, "Time of requests to the management APIs.", managementBuckets)

	build := m.gaugeVec(nameBuild, "1, with the version as label.", labelVersion, labelGo)
	build.WithLabelValues(o.Version, runtime.Version()).Set(1)
	return m
}

// SetActions names the actions of all management routes, which are known later
// than the first metric: the database may be away at the start.
func (m *Metrics) SetActions(actions []string) {
	sorted := slices.Sorted(slices.Values(actions))
	m.actions.Store(&sorted)
}

// Management counts one request to our own APIs.
func (m *Metrics) Management(action string, status int, took time.Duration) {
	if _, known := slices.BinarySearch(*m.actions.Load(), action); !known {
		action = other
	}
	code := other
	if status >= 100 && status <= 599 {
		code = strconv.Itoa(status)
	}
	m.management.WithLabelValues(action, code).Inc()
	m.managementSeconds.Observe(took.Seconds())
}

// Snapshot shows what the gateway serves now.
func (m *Metrics) Snapshot(revision uint64, records, broken int) {
	m.revision.Set(float64(revision))
	m.records.Set(float64(records))
	m.broken.Set(float64(broken))
}

// StateFault counts a damaged or unwritable state file.
func (m *Metrics) StateFault() { m.stateFaults.Inc() }

// AuditFailed counts an audit record that could not be written.
func (m *Metrics) AuditFailed() { m.auditFailed.Inc() }

// WatchAccessLog shows how many records l lost. It is called at most once.
func (m *Metrics) WatchAccessLog(l *AccessLog) {
	m.registry.MustRegister(prometheus.NewCounterFunc(
		prometheus.CounterOpts{Name: nameAccessDropped, Help: "Access records lost because the disk was slow or failed."},
		func() float64 { return float64(l.Dropped()) }))
}

func (m *Metrics) vec(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) gaugeVec(name, help string, labels ...string) *prometheus.GaugeVec {
	c := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) histogram(name, help string, buckets []float64) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	m.registry.MustRegister(h)
	return h
}

func (m *Metrics) gauge(name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	m.registry.MustRegister(g)
	return g
}

func (m *Metrics) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	m.registry.MustRegister(c)
	return c
}
