// Package market is the area of the marketplace: listings of API groups, orders
// of them, and what was bought (reference 4.12).
//
// It owns the tables listings and purchases. The reference describes reading
// what was bought and nothing that makes it; the rest is ours.
//
// Listing. The project of a group asks for its sale (on_sell_status 2 becomes
// 3), an administrator approves (1) or refuses (2) and nobody else may
// (APIG.1101), the project withdraws it (2) at any time. on_sell_status is a column of groups, written by this area alone.
// A listing goes with its group, by a foreign key. Everybody may see what is on
// sale, with name and remark; what is under review the project and
// administrators only.
//
// Ordering. A project orders a group of another project (its own: APIG.1119)
// for a number of days or months and a number of calls, from now on. A group
// that was never on sale answers APIG.1101 to other projects, one that is not
// any more APIG.3420, one whose project was disabled APIG.3412. Of one group a
// project has one order at a time (APIG.3304); when it has expired the group can
// be ordered again. Withdrawing a group leaves its orders as they are until they
// expire.
//
// What an order makes: an app with creator MARKET, which takes a place in the
// quota of apps (APIG.3103), and a grant with the role CONSUMER for each API of
// the group that RELEASE serves with APP authentication. The app's key and
// secret are those of any app, and so is who sees the secret: members of its
// project; readers, and administrators of other projects, get "*****". The area
// releases grants what is published to RELEASE later. Apps and grants are other
// areas' tables; this one writes the rows of its orders there, because an order
// without them is none.
//
// An order's end. When it expires its CONSUMER grants end (Expire, called once
// a minute); it stays in the list of orders with quota_left 0, and its app stays.
// The buyer may end an order before or after that, which deletes it with its app
// and all grants of the app: that is how the app goes, which cannot be deleted by
// itself (4.3.5). A group with orders that have not expired cannot be deleted.
//
// Calls. Gateways count them down (gateway/policy/order says what counts and what
// a crash can lose). Once a minute, and when the platform ends, Flush adds what
// the gateway of this process counted to what is stored and publishes the order
// again, so that every gateway and its state file know the sum. quota_used is
// the sum with what was counted since; quota_left is at least 0.
package market
