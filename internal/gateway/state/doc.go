// Package state keeps a gateway's records on its own disk, so that it restarts
// and serves without a database and without its peers.
//
// It owns three files in one folder, all 0600: the current log, the previous
// one, and a third while a log is being written. It does not interpret records
// beyond key, revision and "deleted"; gateway/snapshot does. Secrets in it are
// sealed, as they are everywhere in definitions.
//
// # File
//
//	header  "LINTELST" version:4 zero:4 revision:8 crc32c:4          28 bytes
//	frame   length:4 crc32c(payload):4 crc32c(first 8 bytes):4 payload
//	payload for each record: {"kind","id","revision"} \n body \n
//
// Numbers are little-endian. The revision of the header is what the log stood
// at when it was begun; deletions older than that are in no record any more.
// Bodies are compact JSON and so hold no line break; an empty line deletes.
//
// # What can be relied on
//
// A log holds a prefix of what was appended: Append writes a frame only after
// the frame before it is on disk, and what could not be written is kept and
// written first the next time. A batch that fits one frame is loaded whole or
// not at all.
//
// Each frame is followed by an fsync. Changes come at the rate of people and
// pipelines, a few per second at the very most, and one fsync costs
// milliseconds; a publication that was acknowledged must not be forgotten by
// the gateway that serves it.
//
// When most of a log is superseded, a new one is written beside it and takes its
// place. Appending goes on meanwhile and waits for the last megabyte at most and for
// the renames. A crash at any time leaves what was appended: next.log counts for
// nothing, and between the two renames the previous log is what was current.
//
// Load checks the whole file before it hands out the first record, and so reads it
// twice: the second time it comes out of the kernel's cache.
//
// # Damage
//
// The last frame may be torn by a crash: it is dropped, and the report says so.
// Since frames are made durable one by one, a sound frame behind a bad one
// means that the file was damaged, and then nothing in it is trusted: the
// previous log is used and the fault reported, and the damaged file is kept as
// damaged.log. A frame's length has a checksum of its own, so that a flipped
// bit there is not mistaken for a torn end. If no log can be used, Load fails:
// it never returns an empty state when there were files, because a gateway
// that starts empty answers 404 to everybody. Reset starts anew for whoever
// knows that records can be had elsewhere.
//
// The previous log is whole as of the last compaction. What it lacks is known
// by its revision, from where distribution resumes.
package state
