// Package responses is the area of how groups word the faults of the gateway:
// wire-facts §14. v1.0 has the field response_id of an API and four codes, and no
// operation; ours are those of v2, below /v1.0/apigw/api-groups, and at the paths
// of v2 themselves, which clients of that edition call.
//
// It owns the tables group_responses and group_response_types and reads those of
// groups and of what APIs name. The area groups deletes both with a group.
//
// Every group has a response named default. It comes into being with its row
// when somebody first asks for the responses of the group, dated back to the
// group's own beginning, so that no client can tell. It can be edited and neither
// deleted (APIG.3491) nor renamed (APIG.3492). The quota (APIG.3136) counts the
// others.
//
// The types are fixed. Of each the status and the body can be set; a type that is
// not set answers what the gateway always answers, and says so with default:
// true. Where the public lists of default statuses contradict the faults
// themselves the faults win (wire-facts §19 rows 2, 3, 13): UNAUTHORIZED and
// AUTHORIZER_FAILURE are 403, REQUEST_PARAMETERS_FAILURE is 400. A status that is
// left out, or 0, keeps that of the fault; DEFAULT_4XX and DEFAULT_5XX have none
// to show.
//
// A body is JSON text of up to 8192 characters. Variables of $context stand for
// what the gateway knows of the call, those of v2 included; another one is
// refused, since it would reach callers as it stands. JSON has room for them in
// texts only, so a body stays JSON whatever is put in. Headers, which v2 can set
// too, are refused.
//
// PUT of a whole response replaces it, as v2 does: a type that it leaves out is
// as it always was. A name that it leaves out stays.
//
// The catalogue has no code for a response that does not exist, nor for one that
// an API still names. It is a configuration of the gateway, so these are
// APIG.3007 and APIG.1107; a type that does not exist is APIG.3007 as well.
//
// At the paths of v2 the project is the actor's own (APIC.7111) and a group
// outside of it does not exist. There is one installation and no instance of it:
// any well-formed instance id will do, another one is refused with APIG.3030.
package responses
