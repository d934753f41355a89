// Package acls is the area of access control policies and of what they are
// bound to: reference 4.10 and 4.11, wire-facts §9. A policy admits (PERMIT) or
// refuses (DENY) callers by their address (IP) or by the name of their account
// (DOMAIN).
//
// It owns the table acls and reads those of APIs, environments and bindings.
// The rules of binding are package binding's, the enforcement is the gateway's.
//
// acl_value is a list separated by commas. Of a DOMAIN policy the entries are
// account names, 1024 characters in all; of an IP policy they are addresses,
// CIDR blocks and ranges first-last of either family, first not above last, 64
// KiB in all.
// Blanks around entries are dropped, all else is stored and answered as it was
// given; gateways get the canonical form of addresses. An entry that is no
// address is refused with APIG.2015, one that is there twice with APIG.3306,
// and more entries than the quota acl_entries allows with APIG.3100: the
// catalogue has no code of their own. ADMIN, which one table of the reference
// names as a type of entity, is in none of its requests and is refused.
//
// In PUT an absent field stays as it is. The type of entity cannot be changed
// (4.10.3): a PUT that names it is refused unless it is the one the policy has.
// It is therefore a safe slot for bindings: an API has, in an environment, one
// policy of addresses and one of accounts, whatever becomes of the policies.
//
// A policy that is bound cannot be deleted (APIG.3447). What an import wished
// to be bound and is not yet does not count: such wishes end with the policy.
//
// Batches are one transaction and answer 200 with what was refused, item by
// item; an id that is given twice counts once. Of another project's policy or
// binding an item tells nothing but that it is another's.
package acls
