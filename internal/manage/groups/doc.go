// Package groups is the area of API groups: reference 4.1.
//
// It owns the table groups. A group is the entrance of the APIs in it: it gets
// a sub-domain of 32 hex characters under the gateway domain when it is made,
// which never changes. Only the label is stored; the domain is configuration.
//
// Rules: names are unique in a project (APIG.3201); a group that holds APIs
// cannot be deleted (APIG.3415); another project's group is refused with
// APIG.1101, administrators see all.
//
// A group may have a limit for the calls of all its APIs, which gateways enforce.
// The reference shows its fields and no request sets them; ours are call_limits,
// time_interval and time_unit of 4.1.2 and 4.1.3. They are one value: given
// together or not at all, left as it is when they are left out.
//
// The reference (4.1.4) deletes with a group everything that belongs to it. Of
// the tables of other areas those are the rows of env_variables,
// group_responses, group_response_types, domains and certificates, and expired
// orders with their MARKET apps (a group with orders that are in force cannot be
// deleted: APIG.1101): they are deleted here, which is the one place where this area writes what it does not
// own. Doing it by foreign keys of theirs would make the order in which the
// areas' schemas are applied matter, and gateways would not be told; doing it in
// their areas would need calls between areas.
//
// Of domains and certificates the area reads what groups show (url_domains) and
// the hosts that their published form has. The status of a domain is the area
// domains' to find out; it is asked to, through a function that app hands in,
// before a group or a list of few groups is shown.
package groups
