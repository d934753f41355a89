package appcredentials

import "time"

// timeLayout is how Keystone writes the end of an application credential: UTC
// without a zone. gophercloud reads no other form.
const timeLayout = "2006-01-02T15:04:05.000000"

// maxYear bounds a moment: later years do not have four digits.
const maxYear = 9999

// parseMoment reads RFC 3339, or Keystone's form, in which UTC is meant.
func parseMoment(s string) (time.Time, bool) {
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05"} {
		// Parse takes a fraction of a second after either.
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC().Truncate(time.Microsecond)
			return t, t.Year() >= 1970 && t.Year() <= maxYear
		}
	}
	return time.Time{}, false
}
