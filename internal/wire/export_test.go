package wire

// Inspect lets the fuzz test compare the scan alone.
func Inspect(raw []byte) string { return inspect(raw) }
