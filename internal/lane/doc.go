// Package lane says which of the runtime's processors a goroutine runs on, so that
// what every call writes (a counter, a lease, a page of a log) can lie once for each core
// and no two cores meet at it, and how many cores there are.
//
// A lane is a hint. The goroutine may be moved as soon as Current has returned, so what
// lies in a lane is still guarded, by a lock or an atomic word that is nearly always free.
package lane
