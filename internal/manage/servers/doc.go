// Package servers is the area of the instance directory, in which members of
// VPC channels are found by their id.
//
// The original service asks the cloud for the address of an instance. Here an
// operator, or a script of the cloud that the instances live in, tells the
// directory: PUT makes or replaces an entry, with the field names of the compute
// API (nova) that the EasyStack reference names in §1.2, at the path that it
// gives: /v1/{project_id}/servers.
//
// It owns the table servers and reads identity_projects, channels and
// channel_members. It writes nothing of others: a member names a server by its
// id and reads the address from here, so a channel follows when the address
// changes or the server goes (see package channels). What this area does for
// channels is to say that they changed.
//
// Rules:
//
// Ids are the client's: 1 to 64 letters, digits, '-' and '_', as the reference
// wants of instance_id. They are unique in a project, so that one project's ids
// tell nothing about another's.
//
// Who works in a project, and administrators in every one (APIC.7111). An
// unknown server is refused with APIG.3092, "The ECS does not exist": the code
// with which naming it as a member is refused, and the only one in the catalogue
// for an instance. So is every server of a project that does not exist, which
// only administrators can name.
//
// The address that gateways call is accessIPv4, as nova says of that field;
// without it the first fixed IPv4 address, networks taken in the order of their
// names; then accessIPv6 and IPv6 addresses in the same way; then what is not
// fixed. One address at least is needed.
//
// The status is stored and answered; what a server does while it is not ACTIVE
// is for health checks to find out. Deleting a server is never refused: its
// members stay, without an address.
//
// Lists have the form of nova: limit (0 to 1000, default 1000) and marker, the
// id of the last server seen; servers_links leads to the next page. A total is
// not counted. Answers carry the request's id in RequestId as well, under which
// clients of that family look for it.
package servers
