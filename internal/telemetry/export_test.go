package telemetry

// What the tests of encoding look at.
var (
	AppendText    = appendText
	AppendSeconds = appendSeconds
	AppendTime    = appendTime
	AppendInt     = appendInt
	AllPlain      = allPlain
)

// Line is the record's line.
func (r *AccessRecord) Line() string { return string(r.append(nil, new(seconds))) }

// Line is the record's line.
func (r *AuditRecord) Line() string { return string(r.append(nil)) }
