package telemetry

// What the tests of encoding look at.
var (
	AppendText    = appendText
	AppendSeconds = appendSeconds
	AppendTime    = appendTime
	AppendInt     = appendInt
)

// AllPlain reports whether a record with these texts is only copied.
func AllPlain(texts []string) bool {
	var found uint64
	for _, s := range texts {
		found |= specials(s)
	}
	return found&tops == 0
}

// Line is the record's line.
func (r *AccessRecord) Line() string { return string(r.append(nil, new(familiar))) }

// LinesOfPage are the lines of records that come one after the other in a page.
func LinesOfPage(records []*AccessRecord) string {
	var last familiar
	var b []byte
	for _, r := range records {
		b = r.append(b, &last)
	}
	return string(b)
}

// Line is the record's line.
func (r *AuditRecord) Line() string { return string(r.append(nil)) }

// LineRoom is what is kept free for all of a line but its texts.
const LineRoom = fixed

// LineOvershoot is how many bytes behind what is written may be overwritten at most.
const LineOvershoot = stretchRoom

// Pages is how many pages the lanes hold.
func (l *AccessLog) Pages() (n int) {
	for i := range l.lines.lanes {
		p := &l.lines.lanes[i]
		p.mu.Lock()
		n += len(p.free)
		if p.lines != nil {
			n++
		}
		p.mu.Unlock()
	}
	return n
}
