// Package channels is the area of VPC channels and their members: reference
// 4.17. A channel is a port on several servers, with balancing and a health
// check, which an API names as its backend instead of a host.
//
// It owns the tables channels and channel_members. It reads servers, the
// instance directory of manage/servers, and api_uses, which says what APIs
// name. It writes nothing of others.
//
// Rules where the reference is silent or contradicts itself:
//
// Types. 2, the built-in one, is the only type. Type 1, a load balancer of the
// cloud, cannot be created (APIG.1120), and a channel cannot be made one
// (APIG.3471).
//
// Members. In a channel with member_type "instance", which is the default and
// which newer clients call "ecs", a member is an instance_id of the instance
// directory of the channel's project; one that is not there is refused with
// APIG.3092. In a channel with member_type "ip", which the reference announces
// and does not have yet, a member is a host: an IP address or a host name. Any
// address may be named; which ones may be called is the data plane's to decide.
//
// The host of an instance is read from the directory whenever it is needed. A
// server that gets another address takes its channels with it at once. A server
// that is deleted leaves its members behind with status 2 and no host: they get
// no calls, and do again when the server is back. So deleting a server is never
// refused, as in a cloud, where the channel is not asked either.
//
// An instance, or a host, is in a channel once (APIG.3306; the reference has no
// other code for it). Two instances may have the same address.
//
// Changing a channel replaces all of it with its members. A member that was
// there before keeps its id and its time, and so does the health check.
//
// A member is removed by its own id, as the reference says, or by its instance
// id, which is what scripts have at hand.
//
// The fields path and http_code of a health check hold for HTTP and HTTPS and
// are dropped for TCP. The table of the object model calls path a number; it is
// a text (wire-facts §10). Without a port the check goes to the channel's port,
// and that is what is answered.
//
// The status of a member is 2 when its host is not known, and when the gateway of
// this process gives it no calls: its health checks fail, or calls do. That of a
// channel is 2 when it has members and none of them is well; a channel without
// members is not abnormal, it is empty. What no gateway has heard of yet is
// normal, as new members are (wire-facts §10). The status is the gateway's word of the
// moment and is not stored: after a restart members are normal until they are
// checked, and other gateways of a cluster may judge otherwise.
package channels
