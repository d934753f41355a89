// Package channel spreads calls over the members of VPC channels and knows which
// of them are well.
//
// It owns the channels by their ids, the four ways of balancing, the health
// checks and the ejection of members that fail calls. It does not own what is
// sent (policy/mapping, and policy/mapping alone decides the Host), nor how
// (backend.HTTP), nor which addresses may be dialled: the dial function that New
// gets refuses those, for calls elsewhere and for checks here.
//
// Balancing. 1 is smooth weighted round robin: the order of one round is worked
// out when a channel comes, so a call costs one atomic addition. 2 compares calls
// under way per weight, and takes turns by weight among the equal; a call is
// under way until its answer was written. 3 and 4 are weighted rendezvous hashing
// of the caller's address and of path and query as the caller sent them: each
// member gets its weight's share, and a member that comes or goes moves its own
// share and nothing else. Every gateway hashes alike, and nobody outside can
// aim at a member without the channel's id. When the member whose turn it is takes
// no calls, the turn goes to another by weight. Weight 0 takes no calls and is
// checked all the same.
//
// Health checks. A new member is well (wire-facts §10); as many failures in a row
// as the channel says make it sick, as many successes well again. The first check
// comes at a random moment within the interval and within ten seconds, so that
// channels do not check in step. A check follows no redirect, reads 16 KB at most,
// names itself lintel-health-check and has the channel's time-out in all. Checks
// over https do not verify the certificate: they ask whether a member answers,
// carry nothing secret, and a channel has no name to verify; the calls
// themselves are verified. A member whose address may not be dialled fails its
// checks.
//
// TLS. The certificate of a member has to name the API's vpc_proxy_host, or without
// one the host that the caller called: members are mostly bare addresses, for which
// nobody has certificates. Connections are shared by calls for one name only.
//
// Ejection. Five calls in a row that failed by the backend's fault (no
// connection, reset, no valid answer, time-out, a name that does not resolve) put a
// member out for ten seconds, the next time for twenty, and so on up to five
// minutes. After that the next call whose turn it is tries the member, one call at a
// time; a success brings it back, a failure puts it out for longer. What callers do
// (malformed or slow bodies, leaving) counts for nothing, nor does any status
// that a backend answers, nor what happens behind the head of an answer. At most half of the members are out, never the last one
// that is well, and when health checks take all others away, a member that is out
// is used rather than none: an ejection is a guess, a health check is the owner's
// word.
//
// Retries. A call whose connection could not be opened goes to another member, to
// three in all, within the one time-out of the API. Nothing was sent then and the
// body was not touched. Whatever else fails is not repeated.
//
// Members are known by their host and port: one that stays when a channel changes
// keeps its state, and two entries with one address are one member with the sum of
// both weights. All state is this gateway's own; others find out for themselves.
//
// A channel without a usable member is APIG.0610, one that is not there APIG.0609.
package channel
