// Package answer words the faults of a group: its own responses (wire-facts §14),
// compiled.
//
// A fault has a type (call.Fault.Type). The response that the API names words it,
// else the default response of the group; a type that this response does not set
// keeps the gateway's words, also when the other response sets it. DEFAULT_4XX and
// DEFAULT_5XX are types of their own, for the faults that have no better one, and
// not what is asked when a better one is not set. A host that leads to a group is
// enough: a call whose path no API has (NOT_FOUND) is worded by the group's
// default response. A fault that is found before the host is looked up (a
// malformed or oversized request) has the gateway's words.
//
// What a response sets is the status and the body. The body is JSON text with
// variables inside its strings, so what is put in is escaped as a part of a JSON
// string, with the characters that could be markup: whatever a caller sends, the
// answer stays the JSON that the owner wrote, and its type application/json. A
// variable that has no value for a call (appId without app authentication) is
// empty. Values are data: they are not looked at for variables again.
//
// The names behind "$context." are those that management accepts, v2's included
// (stage is the environment's name, reqPath the canonical path, reqUri the path
// and the query as they came). A full stop or a dash at the end of a name belongs
// to the text. Names of an authorizer's properties are case-sensitive.
//
// Values of a caller times places of a template could make a gateway write a
// hundred megabytes for one refused call. An answer ends at maxAnswer bytes:
// values beyond it are cut, the owner's own text never.
package answer
