package shard

// Fitted returns m, or what is in it in a new map once it holds less than a
// quarter of the most it has held: a map of Go never gives memory back. It also
// returns the most that the result has held. Small maps stay.
func Fitted[K comparable, V any](m map[K]V, most int) (map[K]V, int) {
	const small = 1024
	if most < small || len(m) >= most/4 {
		return m, most
	}
	next := make(map[K]V, len(m))
	for k, v := range m {
		next[k] = v
	}
	return next, max(small/2, len(next))
}
