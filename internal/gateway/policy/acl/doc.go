// Package acl admits callers by address and by account (wire-facts §9). It owns
// what a list means; which list is bound to which API is package beside's matter.
//
// A list of addresses is kept as disjoint ranges in order, IPv4 and IPv6 apart, and
// searched by halves: a hundred entries take seven comparisons. A list of accounts
// is a set of names.
//
// Rules:
//   - PERMIT admits only what is listed, DENY everybody else. Where a list of
//     addresses and one of accounts are bound, both must admit the caller.
//   - The address is call.Request.Client, which package gateway found: the TCP peer,
//     or whom a trusted proxy names. A caller without an address is refused by any
//     list of addresses (APIG.0401), also by DENY: nobody knows that it is not listed.
//   - IPv4 and IPv6 do not meet: "::/0" holds no IPv4 caller. An IPv4 address
//     written in IPv6 notation is the IPv4 address, as callers have it.
//   - Names of accounts are compared byte by byte. A list of accounts has no effect
//     but under IAM authentication: plan.Build puts Accounts into no other plan.
//   - An address with a zone, a range that is reversed or goes from IPv4 to IPv6, an
//     empty list or entry: Compile refuses the list, and publication with it.
package acl
