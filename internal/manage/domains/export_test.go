package domains

import "time"

// Canonical is what tests ask of names.
var Canonical = canonical

// ParsePair answers the chain that is served, in PEM.
func ParsePair(content, key string, now time.Time) (chain, private []byte, err error) {
	p, err := parsePair(content, key, now)
	if err != nil {
		return nil, nil, err
	}
	return p.chain, p.key, nil
}
