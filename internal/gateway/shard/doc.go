// Package shard is a map for tables that every call reads and publication
// changes now and then: hosts, app keys, AppCodes, grants.
//
// Reads take no lock and allocate nothing. The keys are typed, because
// sync.Map takes keys as any and moves every string key to the heap; a plain
// map behind an atomic pointer would copy the whole table for one change.
//
// A map is 256 parts, each a hash table of immutable chains. A write copies the
// chain it changes, a handful of nodes, and publishes it with one atomic store;
// when a part outgrows its table it is rebuilt alone, so neither the pause of a
// writer nor the extra memory grows with more than 1/256 of the map.
//
// A reader sees each key as it was at some moment during its read. There is no
// view of several keys at one moment: what must change together belongs into
// one value (see the tables of gateway/snapshot).
package shard
