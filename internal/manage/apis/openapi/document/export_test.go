package document

// Entries is what the scan counts of a text.
func Entries(raw []byte) int {
	s := scanner{}
	for len(raw) > 0 {
		var line []byte
		line, raw = cutLine(raw)
		s.line(line)
	}
	return s.entries
}
