package telemetry

import (
	"io"
	"sync"
	"time"
)

// AuditRecord is one management write: who did what to which resource, with
// which outcome. It has the fields of wire.AuditRecord in the same order, so
// that app converts one to the other and a field that is added on one side
// alone does not compile.
type AuditRecord struct {
	Time      time.Time
	RequestID string
	Action    string

	UserID, UserName string
	DomainID         string
	ProjectID        string
	Credential       string
	AccessKey        string
	TokenAuditID     string

	Resource  string
	Status    int
	ErrorCode string
	Remote    string
	Duration  time.Duration
}

// append appends the record as one JSON line.
func (r *AuditRecord) append(b []byte) []byte {
	b = appendTime(append(b, `{"time":"`...), r.Time)
	b = appendText(append(b, `","request_id":`...), r.RequestID)
	b = appendText(append(b, `,"action":`...), r.Action)
	b = appendText(append(b, `,"user_id":`...), r.UserID)
	b = appendText(append(b, `,"user_name":`...), r.UserName)
	b = appendText(append(b, `,"domain_id":`...), r.DomainID)
	b = appendText(append(b, `,"project_id":`...), r.ProjectID)
	b = appendText(append(b, `,"credential":`...), r.Credential)
	b = appendText(append(b, `,"access_key":`...), r.AccessKey)
	b = appendText(append(b, `,"token_audit_id":`...), r.TokenAuditID)
	b = appendText(append(b, `,"resource":`...), r.Resource)
	b = appendInt(append(b, `,"status":`...), int64(r.Status))
	b = appendText(append(b, `,"error_code":`...), r.ErrorCode)
	b = appendText(append(b, `,"remote_addr":`...), r.Remote)
	b = appendSeconds(append(b, `,"duration":`...), r.Duration)
	return append(b, "}\n"...)
}

// AuditLog writes audit records. It is safe for concurrent use.
type AuditLog struct {
	mu    sync.Mutex
	w     io.WriteCloser
	space []byte
}

// NewAuditLog writes to w, which it owns.
func NewAuditLog(w io.WriteCloser) *AuditLog { return &AuditLog{w: w} }

// Record hands one line to the system before it returns: management writes are
// few, and their trail must not be lost with the process. The error is for
// the log; the write it tells of has already happened.
func (l *AuditLog) Record(r *AuditRecord) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.space = r.append(l.space[:0])
	_, err := l.w.Write(l.space)
	return err
}

// Close closes the file.
func (l *AuditLog) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Close()
}
