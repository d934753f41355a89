// Package distribute carries committed records from publication to gateways.
//
// Memory is the carrier of one process: a function call, so that a change is
// served before the publish that made it answers. A cluster will use etcd, as
// a copy that can be rebuilt from SQL; both will pass one conformance suite
// then. There is no interface before there is a second carrier.
package distribute

import (
	"sync"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// Receiver takes records in commit order. It never refuses: a record that it
// cannot use is its own to report.
type Receiver func([]definition.Record)

// Memory carries records to receivers of the same process. It is safe for
// concurrent use; receivers see one batch at a time.
type Memory struct {
	mu        sync.Mutex
	receivers []Receiver
}

// Subscribe adds a receiver for everything sent from now on.
func (m *Memory) Subscribe(r Receiver) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.receivers = append(m.receivers, r)
}

// Send hands records to every receiver and returns when all have them.
func (m *Memory) Send(records []definition.Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, receive := range m.receivers {
		receive(records)
	}
}
