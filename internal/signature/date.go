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
// time.Parse takes 1,600 instructions of a signed call and this 125.
func parseDate(s string) (int64, bool) {
	if len(s) != len(dateLayout) || s[8] != 'T' || s[15] != 'Z' {
		return 0, false
	}
	date, goodDate := pairs(eight(s, 0))
	moment, goodMoment := pairs((eight(s, 7) >> 16) | '0'<<48 | '0'<<56)
	year, month, day := 100*int(date&0xff)+int(date>>16&0xff), int(date>>32&0xff), int(date>>48)
	hour, minute, second := moment&0xff, moment>>16&0xff, moment>>32&0xff
	if !goodDate || !goodMoment || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	if day > 28 && time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		return 0, false // a 31st of April was carried over into May
	}
	return days(year, month, day)*24*60*60 + int64((hour*60+minute)*60+second), true
}

// pairs are the numbers of each two of eight digits, in every second byte, and whether
// they are digits: adding sets the top bit of what is above '9', subtracting that of
// what is below '0'. Two by two a date took 54 instructions more.
func pairs(digits uint64) (uint64, bool) {
	const ones = 0x0101010101010101
	good := ((digits+(0x7f-'9')*ones)|(digits-'0'*ones))&(0x80*ones) == 0
	digits -= '0' * ones
	return (digits*10 + digits>>8) & 0x00ff00ff00ff00ff, good
}

// eight becomes one load.
func eight(s string, at int) uint64 {
	c := s[at : at+8]
	return uint64(c[0]) | uint64(c[1])<<8 | uint64(c[2])<<16 | uint64(c[3])<<24 |
		uint64(c[4])<<32 | uint64(c[5])<<40 | uint64(c[6])<<48 | uint64(c[7])<<56
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
