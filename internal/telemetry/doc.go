// Package telemetry is what a process says about itself: its log, its metrics,
// the access record of every gateway call, the audit record of every
// management write, and the small HTTP handler that operators scrape.
//
//	keys.go      every key of our log lines
//	names.go     every metric name, label and bucket
//	access.go    the access record
//	line.go      its JSON line, and write.go the pieces of which it is made
//	calls.go     the counters of gateway calls, by core
//	audit.go     the audit record and its JSON line
//	encode.go    JSON text from hostile strings, appended without reflection
//	lines.go     bounded queue of pages between calls and the disk, each of one core
//	rotate.go    a file that is turned over by size
//	ops.go       /metrics, /healthz, /readyz
//
// Rules:
//   - Names exist once: nobody else spells a log key or a metric name.
//   - Label values come from lists given at the start; anything else counts as
//     "other". A caller can therefore never make a new series.
//   - An access record never holds a query string or a header that carries
//     credentials; paths are cut at '?' on the way in all the same.
//   - What every call writes, no two cores share: records lie in pages, counts beside each
//     other, until somebody collects them. Records of two cores within a second are
//     in no order.
//   - Access records may be lost under pressure and are counted then: a slow
//     disk must not slow down calls. Audit records are written before their
//     request is answered.
//
// It is a leaf: it imports neither plane, and whoever has something to record
// hands over plain values.
package telemetry
