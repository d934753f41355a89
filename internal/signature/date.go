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
	signed, ok := parseDate(date)
	if !ok {
		return ErrDate
	}
	const most = int64(MaxSkew / time.Second)
	if away := now.Unix() - signed; away > most || away < -most {
		return &SkewError{Signed: time.Unix(signed, 0).UTC(), Now: now.UTC().Truncate(time.Second)}
	}
	return nil
}

// parseDate is the Unix time of time.Parse for dateLayout and nothing but it: no
// fraction after the seconds, which other verifiers do not take. It exists because
// time.Parse takes 1,600 instructions of a signed call and this 200.
func parseDate(s string) (int64, bool) {
	if len(s) != len(dateLayout) || s[8] != 'T' || s[15] != 'Z' {
		return 0, false
	}
	var wrong uint
	pair := func(at int) int { // two digits
		tens, units := uint(s[at])-'0', uint(s[at+1])-'0'
		if tens > 9 || units > 9 {
			wrong = 1
		}
		return int(10*tens + units)
	}
	year, month, day := 100*pair(0)+pair(2), pair(4), pair(6)
	hour, minute, second := pair(9), pair(11), pair(13)
	if wrong != 0 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	if day > 28 && time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		return 0, false // a 31st of April was carried over into May
	}
	return ((days(year, month, day)*24+int64(hour))*60+int64(minute))*60 + int64(second), true
}

// days is how many days a date of the Gregorian calendar is after 1 January 1970.
// Years begin in March here, so that the 29th of February is their last day.
func days(year, month, day int) int64 {
	if month -= 3; month < 0 {
		month += 12
		year--
	}
	const untilEpoch = 719468 + 146097 // from 1 March of the year -400
	y := uint(year + 400)
	return int64(365*y+y/4-y/100+y/400+(153*uint(month)+2)/5) + int64(day-1) - untilEpoch
}
