//go:build !linux

package engine

// lookout is for Linux, where gateways run in earnest. Elsewhere a caller that has left
// is noticed when its answer is written.
type lookout struct{ conns []*conn }

func (l *lookout) look(func(*conn)) {}
