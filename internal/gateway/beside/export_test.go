package beside

// Places counts the places that are remembered.
func (b *Beside) Places() int {
	b.bound.mu.Lock()
	defer b.bound.mu.Unlock()
	return len(b.bound.places)
}
