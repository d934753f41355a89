// Package gateway is the data plane's way of one call: Gateway.Serve, which
// reads top-down in gateway.go, is the story; everything it uses stands below.
//
//	edge ─▶ Serve: prepare → snapshot (host → group → environment → route)
//	               → plan.Policies in order → plan.Choose → mapping → backend
//	               → response fields ─▶ edge writes ─▶ Finish: access record
//
// An edge acquires a call.Call, fills Request with what came (method, path,
// query, host and fields as they stood on the wire), calls Serve, writes
// c.Response and sets Response.Sent, calls Finish, and releases the call. Serve
// always leaves a status. Nothing here knows which edge it was.
//
// The gateway canonicalises once, in prepare; routing, signature check, mapping
// and the access record read the same result. It owns the limits of a request's
// head and body (wire-facts §1.2), the request id, and the fields that every
// answer carries. It does not own what an API demands (plan, policy/…), which
// APIs there are (snapshot), or bytes on a connection (edge).
//
// No package of the management plane is imported here or below.
package gateway
