package signature

import "time"

// MaxSkew is how far X-Sdk-Date may be away from the verifier's clock, in
// either direction (wire-facts §3.1).
const MaxSkew = 15 * time.Minute

// dateLayout is the form of X-Sdk-Date: UTC, whole seconds.
const dateLayout = "20060102T150405Z"

// CheckDate accepts a date that is at most MaxSkew away from now, counted in
// whole seconds as the date is. It answers ErrDate or a *SkewError.
func CheckDate(date string, now time.Time) error {
	// The length rules out the fraction that time.Parse takes after the
	// seconds; other verifiers do not. A parser of our own saved 80 ns of
	// BenchmarkSigned's 1.2 µs, too little for its thirty lines.
	if len(date) != len(dateLayout) {
		return ErrDate
	}
	signed, err := time.Parse(dateLayout, date)
	if err != nil {
		return ErrDate
	}
	now = now.UTC().Truncate(time.Second)
	if away := now.Sub(signed); away > MaxSkew || away < -MaxSkew {
		return &SkewError{Signed: signed, Now: now}
	}
	return nil
}
