// Package snapshot turns definition records into what a gateway executes, and
// switches calls over to it.
//
// It owns: which hosts lead to which group, which APIs a group serves in which
// environment, which record of a key is the newest, and which records could not
// be used. It does not own: what a plan does (gateway/plan), how a path is
// matched (gateway/route), what applications may do (gateway/callers), where
// records come from (distribute) and where they are kept (gateway/state).
//
//	Record ─▶ newer? ─▶ try to build, pack ─▶ version ─▶ table per (group, environment)
//	                └▶ App, Grant ─▶ callers                    │ one atomic store per group
//	call ─▶ Group(host) ─▶ Lookup(environment, call) ◀──────────┘ plan at the first call
//
// # What an API costs
//
// A version keeps the body of its record packed, and builds its plan at the first call, which stays for as long as the version. That a
// plan can be built is tried when a record is applied, so a first call finds nothing
// out; only records that a restart restores are trusted until Verify has tried them.
// Should a call find one before, the version is taken out of service and the call
// is answered as if the record had been refused.
//
// A batch edits the tables that it touches, at the cost of what it changes. Only
// where two APIs claim a route, or did so before, is the table built anew, because
// then it matters whose record is older.
//
// # What a call sees
//
// All tables of a group hang on one pointer, so a call sees one state of its
// group: a batch that changes several APIs of a group, in whatever
// environments, shows them together. Across groups, and between a group and
// its callers, there is no common moment; within a batch, credentials and
// grants go first, then APIs, then hosts.
//
// # Which record wins
//
// The visible state depends on the set of records alone, never on their order.
// Of the records of one key it is the newest that can be built. Things of different keys that claim the same thing, a route or
// a host, cannot come from one moment of the management plane, only from
// records that overtook each other: the older route keeps it (the last good one
// keeps serving), the newer host takes it (a domain moved). The loser is kept
// and tried again whenever its table changes.
//
// # Broken records
//
// A record that cannot be decoded, opened, built or routed harms nobody else:
// it is reported by Apply and listed by Broken, the newest good record of its
// key keeps serving, and the rest of the batch applies. Records that are broken
// by themselves keep the state independent of order. A lasting conflict of
// routes does not entirely: which older version of the loser still serves
// depends on what had been applied. The management plane refuses such
// conflicts (APIG.3301), and so does Check.
//
// # Revisions
//
// A record is skipped unless it is newer than what is held of its key: the
// revision of the live record, or of the deletion. Deletions cannot be
// remembered for ever. The last MaxTombstones are, one by one; for older ones a
// floor remains, the highest revision that was forgotten, and a record of an
// unknown key at or below the floor is skipped as a straggler. Distribution
// delivers in order of revision with gaps only at the end, so such a record
// would have to be late by MaxTombstones deletions. Within a batch there is no order,
// and who was away for long gets all deletions in one, at its highest revision: what they
// forget raises the floor only when the batch has been taken. The floor errs towards
// forgetting: to skip a late new API is an outage that the next synchronisation
// shows, to revive a deleted app is a break-in.
package snapshot
