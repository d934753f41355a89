// Package statistics is the area of how often and how fast APIs answered:
// wire-facts §0.2.
//
// It owns the tables api_statistics and group_statistics: sums per minute of
// each API and of each group of APIs, which the loop of internal/app has it
// write once a minute and at the end (Flush). What the gateway of this process
// has counted since is in package internal/statistics; answers add both, so a
// call is seen at once. Rows older than seven days are forgotten (Prune). It
// reads the tables of APIs and of groups.
//
// Where the reference is silent. A call belongs to the minute in which it
// ended. The list has one entry for each minute in which there were calls, the
// oldest first, the minute that is running included; minutes without calls have
// none. start_time and end_time are the first and the last of these minutes, so
// that a duration of one hour are 60 of them. A duration is a whole number of
// hours or minutes, one minute to 24 hours. req_count_error are the answers
// with status 4xx or 5xx, which is what the newer edition's sample adds up to.
// Latencies are milliseconds; what the gateway needed itself (inner) and what
// the backend needed add up to the whole; the average of the backend is over the
// calls that asked one. provider is the project of the API. register_time and
// req_time are in UTC: when the sums were last stored, and the minute.
//
// The two operations' samples contradict each other in the code of a success;
// both answer APIG.0000.
//
// A group's minutes hold what its APIs counted then, deleted ones included.
package statistics
