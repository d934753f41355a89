// Package statistics adds up the finished calls of this process per API and
// minute, and the calls that orders pay for (Orders), until somebody stores the
// sums.
//
// A gateway adds (Collector.Add) and knows no database; management drains and
// reads (Collector.Drain, Collector.View) and knows no gateway. Adding takes a
// lock that no other core takes (APIs beyond the first thousand that a core calls in a
// minute share one with one in 256 APIs), allocates nothing once an
// API was called in the minute, and never waits for the database. However many cores
// counted, an API and minute is one row for who reads and for the store.
//
// What is held is bounded: sums of more than 1,024 APIs and minutes in one of
// the 256 parts, in front of which each core has 1,024 at most, are not kept, and the
// calls that they would have counted are counted as lost. An installation of 100,000 APIs that are all called in every
// minute stays below that while its database is there.
package statistics
