package passwords

import "time"

// Policy is what passwords must be like, how long they last, and when wrong
// ones lock a user out. The zero value asks for nothing.
type Policy struct {
	MinLength int           // in characters
	Classes   int           // of lower case, upper case, digits and others: 0 to 4
	History   int           // how many former passwords may not come again
	Expiry    time.Duration // 0: never
	FirstUse  bool          // a password that somebody else chose must be changed first
	// Failures wrong passwords within Window lock a user for Lock; 0: never.
	Failures     int
	Window, Lock time.Duration
}
