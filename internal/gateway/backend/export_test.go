package backend

// ScanHead reports whether the guard finds a response head clear when it comes in
// pieces of size bytes.
func ScanHead(head []byte, size int) bool {
	h := headScan{active: true}
	for len(head) > 0 && h.active {
		n := min(size, len(head))
		if !h.scan(head[:n]) {
			return false
		}
		head = head[n:]
	}
	return true
}
