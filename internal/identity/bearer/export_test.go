package bearer

// Unknown is how many ids are remembered as nobody's.
func (r *Ring) Unknown() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.unknown)
}
