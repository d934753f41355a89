// Package differential sends the same bytes through several servers and compares
// what each of them understood: how many messages there were, and where each of them
// ended. A message that two servers end at different bytes is how requests are
// smuggled past one of them, so the claim that is tested here is
//
//	our edges never take a message in which two of the servers disagree on
//	where it ends.
//
// The servers are reverse proxies in front of a recorder, which takes nothing but the
// strict grammar of RFC 9112 and keeps every byte: what a server understood is what
// it forwards. They are the whole data plane behind each of our edges, net/http with
// its own ReverseProxy, and nginx and haproxy as Debian packages them. `go test` runs
// ours and net/http, which need nothing; `make differential` installs the other two
// and runs all, and fails without them.
//
//	corpus (…_cases_test.go) ─▶ exchange ─▶ server ─▶ recorder ─▶ reading ─▶ verdict
//
// Requests and answers have a corpus each: answers are those of a bad backend, and
// what counts there is what the caller gets, and whether bytes of one answer become
// the answer to somebody else's request.
//
// testdata/*.golden hold what every server made of every case, VERDICTS.md the table
// by family; -update rewrites them. The fuzzers mutate the corpus: FuzzDifferential
// compares our edge with net/http and with a strict reader in one process,
// FuzzProxies adds nginx and haproxy.
//
// It does not judge paths, methods or hosts that are well framed: package gateway
// does, and its tests do. They are in the corpus because servers differ in them.
package differential
